# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of wsus_client_id on a machine: finish what an earlier run began, look, delete the id, wait for a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._components import client_id as identity
from .._components import system
from .._components.client_id import Decision, Identity, Last, Unfinished
from .._components.shared.journal import JournalFailed
from .._components.system import System
from .._exceptions import WsusClientError
from .._plan import Change
from .._remote import stopped_services, transaction
from .._remote.stopped_services import Interruption, Service
from .journaled import Remaking

SERVICES = ("UsoSvc", "wuauserv")
"""The agent, which keeps its id in memory while it runs, and what would start it again."""
_PROTECTED = frozenset({"UsoSvc"})


class NotDeleted(WsusClientError):
    """A value of the identity is still there after it was deleted."""

    reason = "not_deleted"


class NotPutBack(WsusClientError):
    """A value of the identity is not as it was after it was written back."""

    reason = "not_put_back"


class NoNewId(WsusClientError):
    """The agent made no new id."""

    reason = "no_new_id"


class SameId(WsusClientError):
    """The agent made an id again that is not this machine's own."""

    reason = "same_id"


@dataclass(frozen=True)
class Look:
    """The machine as it was found."""

    system: System
    facts: Identity
    services: tuple[Service, ...]

    @property
    def running(self) -> tuple[str, ...]:
        """The services that run."""
        return tuple(each.name for each in self.services if each.running)


class ClientIdChange(Remaking):
    """One run."""

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        """Plan, carry it out outside check mode, and return the result of the module.

        Raises ServiceDisabled, BackupFailed and JournalFailed with nothing changed; StopFailed, StartFailed, ServiceHangs,
        NotDeleted, TriggerMissing, NoNewId and SameId, which say what became of the values.
        """
        look = self._look()
        changes: tuple[Change, ...] = ()
        finished = False
        before = look.facts
        if unfinished := look.facts.unfinished:
            changes = identity.changes_of_resumption(unfinished)
            finished = look.facts.id != unfinished.id or not unfinished.id
            if not check_mode:
                self._resume(unfinished, look, finished=finished)
                look = self._look()
        decision = Decision("resumed") if finished else identity.decide(self._options, look.facts)
        file = None
        if decision.acts:
            stopped_services.check(look.services)
            if not check_mode:
                file = self._renew(look)
                look = self._look()
        previous = before.unfinished.id if before.unfinished else before.id
        return self._result(
            decision.why,
            (*changes, *decision.changes),
            check_mode=check_mode,
            client_id=look.facts.id,
            previous_client_id=previous or None,
            backup=file,
        )

    def _look(self) -> Look:
        answers = self._host.probe((*system.probe(), *identity.probe(self._context), *stopped_services.probe(SERVICES)))
        machine = system.read(answers)
        facts = identity.read(answers, machine, self._context)
        if facts.journal_damage:
            raise facts.journal_damage
        return Look(machine, facts, stopped_services.read(SERVICES, answers))

    def _renew(self, look: Look) -> str | None:
        file = self._back_up(look)
        work = Unfinished(look.facts.now, look.facts.values, look.running)
        self._begin(work)
        interruption = Interruption(self._control)
        failure: WsusClientError | None = None
        try:
            interruption.stop(look.running, _PROTECTED)
            self._delete(look)
        except WsusClientError as error:
            failure = error
        if failure := interruption.end(failure):
            raise self._undone(failure, work, look.system, file)
        self._see_a_new_one(look.system, work, file)
        return file

    def _resume(self, work: Unfinished, look: Look, *, finished: bool) -> None:
        """Go on where an earlier run was cut: the id is gone, so a new one is waited for; or it is still there, so it stays."""
        if not finished:
            if failure := self._put_back(work, look.system):
                raise failure
            return
        self._say(f"finishing what was begun at {work.begun:%Y-%m-%d %H:%M:%S} UTC")
        if failure := Interruption(self._control, begun=work.ran).end():
            raise failure.extended("The next run of this module goes on where this one ended.")
        self._see_a_new_one(look.system, work, None)

    def _see_a_new_one(self, machine: System, work: Unfinished, file: str | None) -> None:
        """Have the agent make an id, wait for it, and prove that it is one of the machine's own."""
        unwanted = {identity.normal(entry) for entry in self._options["duplicates"]} | {work.id}
        timeout = self._options["timeout"]
        try:
            # Starting may have been enough; a detection registers the machine with the server in any case.
            self._have_it_work(machine)
            seen = self._wait(
                lambda facts: facts.id is not None,
                lambda: self._identity(machine),
                "the agent to make a new client id",
            )
            if seen.id is None:
                raise NoNewId(
                    f"the agent made no new client id within {timeout} s: look at the findings of the agent and of the way to its server, or "
                    "give it more time with the option timeout"
                )
            if not identity.is_new(seen, unwanted):
                raise SameId(
                    f"the agent made the client id {seen.id} again, which is not this machine's own: look whether imaging software or a "
                    "policy writes it back"
                )
        except WsusClientError as error:
            if self._options["restore_on_failure"]:
                raise self._undone(error, work, machine, file) from None
            self._host.run([identity.ERASE])
            outcome = "It has none until its agent makes one: restore_on_failure was not asked for"
            raise _told(error, outcome, file, rolled_back=False) from None
        self._host.run([Last(self._now(), work.id).write(), identity.ERASE])

    def _undone(self, error: WsusClientError, work: Unfinished, machine: System, file: str | None) -> WsusClientError:
        """The error with what became of the values, after they were put back."""
        if self._put_back(work, machine):
            outcome = "Not everything could be put back; the next run of this module goes on where this one ended"
            return _told(error, outcome, file, rolled_back=False)
        return _told(error, "The client id and the services are as they were before", file, rolled_back=True)

    def _put_back(self, work: Unfinished, machine: System) -> WsusClientError | None:
        """Write the values as they were, start what ran before, and end the journal; what failed, if anything."""
        interruption = Interruption(self._control, begun=work.ran)
        failure: WsusClientError | None = None
        try:
            if self._identity(machine).values != work.values:
                # An agent that runs would write over it what it has in memory.
                interruption.stop(self._look().running, _PROTECTED)
                self._host.run(identity.put_back(work.values))
                if self._identity(machine).values != work.values:
                    failure = NotPutBack("the client id could not be written back as it was")
        except WsusClientError as error:
            failure = error
        if failure := interruption.end(failure):
            return failure
        self._host.run([identity.ERASE])
        return None

    def _identity(self, machine: System) -> Identity:
        return identity.read(self._host.probe(identity.probe(self._context)), machine, self._context)

    def _back_up(self, look: Look) -> str | None:
        if not look.facts.values:
            return None  # there is nothing to save
        file = transaction.backup_file(
            self._options["backup_dir"], look.system.system_root, "client-id", look.facts.now
        )
        transaction.back_up(self._host, identity.backup(file), "the identity of the client", file)
        return file

    def _begin(self, work: Unfinished) -> None:
        """Write the journal before anything is changed. Raises JournalFailed."""
        results = self._host.run([*work.write(), identity.JOURNAL.command])
        if identity.read_unfinished(identity.JOURNAL.parse(results[-1])) != work:
            raise JournalFailed

    def _delete(self, look: Look) -> None:
        """Delete the values. Raises NotDeleted."""
        self._host.run(identity.delete(look.facts.values))
        left = self._identity(look.system).values
        if left:
            names = ", ".join(value.name for value in left)
            raise NotDeleted(f"Windows did not delete {names}, or something wrote it back at once")


def _told(error: WsusClientError, outcome: str, file: str | None, *, rolled_back: bool) -> WsusClientError:
    kept = f"The values as they were are saved on the machine in {file}." if file else ""
    return error.extended(f"{outcome}.", kept, rolled_back=rolled_back, backup=file)
