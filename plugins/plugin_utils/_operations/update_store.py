# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of wsus_update_store on a machine: finish what an earlier run began, look, rename the store, see a new one made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._components import system, update_store
from .._components.shared.journal import JournalFailed
from .._components.system import System
from .._components.update_store import Decision, Last, Store, Unfinished
from .._exceptions import WsusClientError
from .._plan import Change
from .._remote import stopped_services
from .._remote.service_control import StartFailed
from .._remote.stopped_services import Service
from .._windows import dir_listing
from .._windows.dir_listing import Listing
from .folder_renames import HOLDER_OF_CATROOT2, HOLDERS, FolderMoves
from .journaled import Remaking


class NoNewStore(WsusClientError):
    """The agent did not make a new store."""

    reason = "no_new_store"


class NotDeleted(WsusClientError):
    """An earlier copy could not be deleted."""

    reason = "not_deleted"


@dataclass(frozen=True)
class Look:
    """The machine as it was found."""

    system: System
    facts: Store
    services: tuple[Service, ...]
    catroot2: Listing | None


class StoreChange(Remaking):
    """One run."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._moves = FolderMoves(
            self._host, self._control, self._options["service_timeout"], self._say, self._clock, self._sleep
        )

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        """Plan, carry it out outside check mode, and return the result of the module.

        Raises Blocked, NoCopy, UnsupportedPath, ServiceDisabled and JournalFailed with nothing changed; StopFailed, StartFailed,
        ServiceHangs, StoreHeld, TriggerMissing and NoNewStore, which say whether all is as before; NotDeleted.
        """
        look = self._look()
        changes: tuple[Change, ...] = ()
        finished = False
        if unfinished := look.facts.unfinished:
            changes = update_store.changes_of_resumption(unfinished)
            finished = bool(self._moves.made(unfinished.moves)) or not unfinished.moves
            if not check_mode:
                self._resume(unfinished, look, finished=finished)
                look = self._look()
        if finished and unfinished and unfinished.state == self._options["state"]:
            decision = Decision("resumed")
        else:
            decision = update_store.decide(self._options, look.facts, look.system, look.catroot2)
            if decision.acts:
                stopped_services.check(look.services)
        if not check_mode:
            self._carry_out(decision, look)
        return self._result(
            decision.why,
            (*changes, *decision.changes),
            check_mode=check_mode,
            backup=decision.backup,
            restored=decision.copy if decision.why == "asked" else None,
            pruned=[copy.name for copy in decision.prune],
            evidence=[each.as_fact() for each in look.facts.evidence],
            blocked_by=list(look.facts.blocked),
        )

    def _look(self) -> Look:
        names = (*HOLDERS, HOLDER_OF_CATROOT2)
        context = self._context
        answers = self._host.probe((*system.probe(), *update_store.probe(context), *stopped_services.probe(names)))
        machine = system.read(answers)
        facts = update_store.read(answers, machine, context)
        if further := update_store.follow_up(facts):
            answers |= self._host.probe(further)
            facts = update_store.read(answers, machine, context)
        if facts.journal_damage:
            raise facts.journal_damage
        listing = None
        if self._options["catroot2"]:
            query = dir_listing.query(rf"{update_store.catroot2_path(machine)}*")
            listing = self._host.probe([query])[query]
        holders = names if self._options["catroot2"] else HOLDERS
        return Look(machine, facts, stopped_services.read(holders, answers), listing)

    def _carry_out(self, decision: Decision, look: Look) -> None:
        if decision.acts:
            running = tuple(each.name for each in look.services if each.running)
            work = Unfinished(
                "rebuilt" if self._options["state"] == "rebuilt" else "restored",
                look.facts.now,
                decision.moves,
                running,
                look.facts.redirected,
            )
            self._begin(work)
            self._perform(work, running, look.system, decision.copy)
        for copy in decision.prune:
            self._say(f"deleting {copy.name}")
            parent = look.facts.path.rpartition("\\")[0]
            delete, query = update_store.delete(look.facts, copy), dir_listing.query(rf"{parent}\{look.facts.name}*")
            if query.parse(self._host.run([delete, query.command])[1]).get(copy.name):
                raise NotDeleted(
                    rf"the earlier copy {parent}\{copy.name} could not be deleted as a whole: a program holds a file in it open, or access is "
                    "denied. The store itself is in order",
                    path=rf"{parent}\{copy.name}",
                )

    def _begin(self, work: Unfinished) -> None:
        """Write the journal before anything is changed. Raises JournalFailed."""
        _written, read = self._host.run([work.write(), update_store.JOURNAL.command])
        if update_store.read_unfinished(update_store.JOURNAL.parse(read)) != work:
            raise JournalFailed

    def _resume(self, work: Unfinished, look: Look, *, finished: bool) -> None:
        """Finish what an earlier run began where it renamed anything; else only start again what it stopped."""
        running = tuple(each.name for each in look.services if each.running)
        if finished:
            self._say(f"finishing what was begun at {work.begun:%Y-%m-%d %H:%M:%S} UTC")
            copy = work.moves[0].name if work.state == "rebuilt" and work.moves else ""
            if work.state == "restored":
                copy = next((move.old_name for move in work.moves if move.base == move.name), "")
            self._perform(work, running, look.system, copy)
            return
        if not self._moves.take_back(work):
            raise _left(StartFailed("the services that an earlier run stopped could not all be started"), work)
        self._host.run([update_store.ERASE])

    def _perform(self, work: Unfinished, running: tuple[str, ...], machine: System, copy: str) -> None:
        try:
            if failure := self._moves.make(work, running):
                raise failure
            self._have_it_work(machine)
            if work.state == "rebuilt":
                self._wait_for_store()
        except WsusClientError as error:
            rolled_back = self._moves.take_back(work)
            if not rolled_back:
                raise _left(error, work) from None
            self._host.run([update_store.ERASE])
            raise _told(error, "Everything was put back as it was", rolled_back=True) from None
        # What failed while the earlier store was still in use is no evidence against this one.
        last = Last(work.state, self._now(), copy)
        self._host.run([last.write(), update_store.ERASE])

    def _wait_for_store(self) -> None:
        made = self._wait(
            bool,
            lambda: update_store.has_database(self._host.probe([update_store.DISK])),
            "the agent to make a new store",
        )
        if not made:
            raise NoNewStore(
                f"the agent made no new store within {self._options['timeout']} s: look at the findings of the agent (its service, the disk), or give it more "
                "time with the option timeout"
            )


def _told(error: WsusClientError, outcome: str, *, rolled_back: bool) -> WsusClientError:
    return error.extended(outcome, rolled_back=rolled_back)


def _left(error: WsusClientError, work: Unfinished) -> WsusClientError:
    folders = ", ".join(f"{move.path} as {move.name}" for move in work.moves) or "no folder"
    services = ", ".join(work.ran) or "none"
    return _told(
        error,
        f"Not everything could be put back: look at {folders}, and whether these services run: {services}. The next run of this module "
        "goes on where this one ended",
        rolled_back=False,
    )
