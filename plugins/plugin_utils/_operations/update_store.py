# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wsus_update_store: finish what an earlier run began, observe, rename the store, await a new one."""

from __future__ import annotations

from dataclasses import dataclass

from .._components import Context, system, update_store
from .._components.shared.journal import JournalFailed
from .._components.system import System
from .._components.update_store import Decision, LastRun, PendingRun, Store, UpdateStoreOptions
from .._exceptions import WsusClientError
from .._plan import Change
from .._remote import stopped_services
from .._remote.service_control import StartFailed
from .._remote.session import Session
from .._remote.stopped_services import Service
from .._windows import dir_listing
from .._windows.dir_listing import Listing
from .folder_renames import HOLDER_OF_CATROOT2, HOLDERS, PROTECTED, FolderRenames
from .journaled import JournaledOperation
from .operation import Operation, Outcome

_STOPPED = 1  # SERVICE_STOPPED


class NoNewStore(WsusClientError):
    """The agent did not create a new store."""

    reason = "no_new_store"


class NotDeleted(WsusClientError):
    """An earlier copy could not be deleted."""

    reason = "not_deleted"


@dataclass(frozen=True)
class Observation:
    """The machine as it was found."""

    system: System
    facts: Store
    services: tuple[Service, ...]
    catroot2: Listing | None

    @property
    def running(self) -> tuple[str, ...]:
        """The services that run."""
        return stopped_services.running(self.services)


class _Rebuild(JournaledOperation[UpdateStoreOptions]):
    """One run."""

    def __init__(self, session: Session, options: UpdateStoreOptions, context: Context) -> None:
        super().__init__(session, options, context)
        self._renames = FolderRenames(session, self._control, options.service_timeout)

    def run(self, *, check_mode: bool) -> Outcome:
        seen = self._observe()
        changes: tuple[Change, ...] = ()
        finished = False
        if unfinished := seen.facts.unfinished:
            changes = update_store.changes_of_resuming(unfinished)
            finished = bool(self._renames.made(unfinished.renames)) or not unfinished.renames
            if not check_mode:
                self._resume(unfinished, seen, finished=finished)
                seen = self._observe()
        if finished and unfinished and unfinished.state == self._options.state:
            decision = Decision("resumed")
        else:
            decision = self._decide(seen)
            if decision.changes_machine and seen.facts.installing and not check_mode:
                self._await_installer()
                seen = self._observe()
                decision = self._decide(seen)
        if not check_mode:
            self._apply(decision, seen)
        values = {
            "decision": decision.reason,
            "backup": decision.backup,
            "restored": decision.copy if decision.reason == "requested" else None,
            "pruned": [copy.name for copy in decision.prune],
            "evidence": [each.as_fact() for each in seen.facts.evidence],
            "blocked_by": list(seen.facts.blocked),
        }
        return Outcome(values, (*changes, *decision.changes), "update store")

    def _decide(self, seen: Observation) -> Decision:
        """What is to be done. Raises what ``decide`` raises, and ServiceDisabled."""
        decision = update_store.decide(self._options, seen.facts, seen.system, seen.catroot2)
        if decision.changes_machine:
            stopped_services.require_startable(seen.services, cannot_be_enabled=PROTECTED - {"UsoSvc"})
        return decision

    def _await_installer(self) -> None:
        """Let TrustedInstaller end, which also runs for minutes after each scan; where it does not, the rename shows what is held."""
        query = update_store.INSTALLER
        self._session.poll(
            lambda: self._host.probe([query])[query],
            lambda state: state.code in (None, _STOPPED),
            lambda state: f"TrustedInstaller to stop: {state.name}",
            timeout=self._options.service_timeout,
        )

    def _observe(self) -> Observation:
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
        if self._options.catroot2:
            query = dir_listing.query(rf"{update_store.catroot2_path(machine)}*")
            listing = self._host.probe([query])[query]
        holders = names if self._options.catroot2 else HOLDERS
        return Observation(machine, facts, stopped_services.read(holders, answers), listing)

    def _apply(self, decision: Decision, seen: Observation) -> None:
        if decision.changes_machine:
            redirected = seen.facts.redirected
            work = PendingRun(self._options.state, seen.facts.now, decision.renames, seen.running, redirected)
            self._begin(work)
            self._perform(work, seen.running, seen.system, decision.copy)
        for copy in decision.prune:
            self._session.progress(f"deleting {copy.name}")
            parent = seen.facts.path.rpartition("\\")[0]
            delete, query = update_store.delete(seen.facts, copy), dir_listing.query(rf"{parent}\{seen.facts.name}*")
            if query.parse(self._host.run([delete, query.command])[1]).get(copy.name):
                raise NotDeleted(
                    rf"the earlier copy {parent}\{copy.name} could not be deleted as a whole: a program holds a file in it open, or access is "
                    "denied. The store itself is in order",
                    path=rf"{parent}\{copy.name}",
                )

    def _begin(self, work: PendingRun) -> None:
        """Write the journal before anything is changed. Raises JournalFailed."""
        _written, read = self._host.run([work.write(), update_store.JOURNAL.command])
        if update_store.read_unfinished(update_store.JOURNAL.parse(read)) != work:
            raise JournalFailed

    def _resume(self, work: PendingRun, seen: Observation, *, finished: bool) -> None:
        """Finish what an earlier run began where it renamed anything; else only start again what it stopped."""
        if finished:
            self._session.progress(f"finishing what was begun at {work.begun:%Y-%m-%d %H:%M:%S} UTC")
            copy = work.renames[0].name if work.state == "rebuilt" and work.renames else ""
            if work.state == "restored":
                copy = next((renaming.old_name for renaming in work.renames if renaming.base == renaming.name), "")
            self._perform(work, seen.running, seen.system, copy)
            return
        if not self._renames.roll_back(work):
            error = StartFailed("the services that an earlier run stopped could not all be started")
            raise _partly_rolled_back(error, work)
        self._host.run([update_store.CLEAR_PENDING])

    def _perform(self, work: PendingRun, running: tuple[str, ...], machine: System, copy: str) -> None:
        try:
            self._renames.apply(work, running)
            self._start_agent_work(machine)
            if work.state == "rebuilt":
                self._await_store()
        except WsusClientError as error:
            if not self._renames.roll_back(work):
                raise _partly_rolled_back(error, work) from None
            self._host.run([update_store.CLEAR_PENDING])
            raise error.extended("All changes were rolled back.", rolled_back=True) from None
        # What failed while the earlier store was still in use is no evidence against this one.
        last = LastRun(work.state, self._session.time(), copy)
        self._host.run([last.write(), update_store.CLEAR_PENDING])

    def _await_store(self) -> None:
        created = self._wait(
            lambda: update_store.has_database(self._host.probe([update_store.DISK])),
            bool,
            "the agent to create a new store",
        )
        if not created:
            raise NoNewStore(
                f"the agent created no new store within {self._options.timeout} s: check the findings of the agent (its service, the disk), or "
                "increase the timeout option"
            )


def run(session: Session, options: UpdateStoreOptions, *, check_mode: bool) -> Outcome:
    """Plan, and outside check mode apply the plan.

    Raises Blocked, NoCopy, UnsupportedPath, ServiceDisabled and JournalFailed with nothing changed; StopFailed, StartFailed,
    ServiceHangs, StoreHeld, TriggerMissing and NoNewStore, which say whether all is as before; NotDeleted.
    """
    # Names and the journal have whole seconds.
    context = Context(now=session.now.replace(microsecond=0), event_days=options.event_days)
    return _Rebuild(session, options, context).run(check_mode=check_mode)


OPERATION = Operation(UpdateStoreOptions, run)


def _partly_rolled_back(error: WsusClientError, work: PendingRun) -> WsusClientError:
    folders = ", ".join(f"{renaming.path} as {renaming.name}" for renaming in work.renames) or "no folder"
    services = ", ".join(work.ran) or "none"
    return error.extended(
        f"Some changes could not be rolled back: check {folders}, and whether these services run: {services}. The next run of this "
        "module goes on where this one ended.",
        rolled_back=False,
    )
