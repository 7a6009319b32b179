# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wsus_client_id: finish an interrupted run, read the machine, delete the ID, wait for a new one."""

from __future__ import annotations

from dataclasses import dataclass

from .._components import Context, client_id, system
from .._components.client_id import ClientId, ClientIdOptions, Decision, LastRun, PendingRun
from .._components.shared.journal import JournalFailed
from .._components.shared.registry_keys import UPDATE
from .._components.system import System
from .._exceptions import WsusClientError
from .._plan import Change
from .._remote import stopped_services, transaction
from .._remote.session import Session
from .._remote.stopped_services import Service
from .._windows import registry, timestamps
from .agent_reset import RebootPending
from .journaled import JournaledOperation
from .operation import Operation, Outcome

SERVICES = ("UsoSvc", "wuauserv")
"""The agent, which keeps its ID in memory while it runs, and the service that would start it again."""
_PROTECTED = frozenset({"UsoSvc"})
_NAME = "A new client ID"


class NotDeleted(WsusClientError):
    """A value of the client ID still exists after its deletion."""

    reason = "not_deleted"


class NotRestored(WsusClientError):
    """A value of the client ID does not have its previous data after it was restored."""

    reason = "not_put_back"


class NoNewId(WsusClientError):
    """The agent created no new ID."""

    reason = "no_new_id"


class SameId(WsusClientError):
    """The agent created the previous ID or a known duplicate again."""

    reason = "same_id"


@dataclass(frozen=True)
class Observation:
    """The state of the machine when it was read."""

    system: System
    facts: ClientId
    services: tuple[Service, ...]
    awaits_restart: bool


class _Regeneration(JournaledOperation[ClientIdOptions, Observation]):
    """One run on one machine."""

    def _work(self, seen: Observation, *, check_mode: bool) -> Outcome:
        changes: tuple[Change, ...] = ()
        finished = False
        before = seen.facts
        if unfinished := seen.facts.unfinished:
            changes = client_id.changes_of_resuming(unfinished)
            finished = unfinished.is_gone(seen.facts.raw_id)
            if not check_mode:
                self._session.begin(_NAME, unfinished.were_running, journaled=True)
                self._resume(unfinished, seen, finished=finished)
                seen = self._observe()
        decision = Decision("resumed") if finished else client_id.decide(self._options, seen.facts)
        file = None
        if decision.changes_machine:
            if seen.awaits_restart:
                raise RebootPending(
                    "a restart of Windows is pending, which completes installed updates: the agent does not scan before it, and the server would not "
                    "receive a new client ID. Nothing was changed. Restart the machine, then regenerate the ID"
                )
            stopped_services.require_startable(seen.services)
            if not check_mode:
                file = self._renew(seen, decision)
                seen = self._observe()
        values = {
            "decision": decision.reason,
            "client_id": seen.facts.id,
            "previous_client_id": (before.unfinished.id if before.unfinished else before.id) or None,
            "backup": file,
        }
        return Outcome(values, (*changes, *decision.changes), "WSUS client ID")

    def _observe(self) -> Observation:
        answers = self._host.probe(
            (*system.probe(), *client_id.probe(self._context), *stopped_services.probe(SERVICES))
        )
        machine = system.read(answers)
        facts = client_id.read(answers, machine, self._context)
        if facts.journal_damage:
            raise facts.journal_damage
        awaits_restart = answers[registry.tree(UPDATE)].key(rf"{UPDATE}\Auto Update\RebootRequired") is not None
        return Observation(machine, facts, stopped_services.read(SERVICES, answers), awaits_restart)

    def _renew(self, seen: Observation, decision: Decision) -> str | None:
        file = self._back_up(seen)
        running = stopped_services.running(seen.services)
        work = PendingRun(seen.facts.now, seen.facts.values, running)
        self._session.begin(
            _NAME,
            running,
            decision.changes,
            journaled=True,
            decision=decision.reason,
            previous_client_id=seen.facts.id,
            backup=file,
        )
        self._begin(work, seen)
        try:
            with stopped_services.stopped_services(self._control, running, protected=_PROTECTED):
                self._delete(seen)
        except WsusClientError as error:
            raise self._rolled_back(error, work, seen.system, file) from None
        self._await_new_id(seen.system, work, file)
        return file

    def _resume(self, work: PendingRun, seen: Observation, *, finished: bool) -> None:
        """Continue an interrupted run: if it deleted the ID, wait for a new one; otherwise restore the old state."""
        if not finished:
            self._restore(work, seen.system)
            return
        self._session.progress(f"finishing the run that began at {timestamps.plain(work.begun)}")
        try:
            with stopped_services.stopped_services(self._control, (), stopped_before=work.were_running):
                pass
        except WsusClientError as error:
            raise error.extended("The next run of this module resumes this one.") from None
        self._await_new_id(seen.system, work, None)

    def _await_new_id(self, machine: System, work: PendingRun, file: str | None) -> None:
        """Make the agent create an ID, wait for it, and verify that it is unique to this machine."""
        unwanted = {client_id.normalize_id(entry) for entry in self._options.duplicates} | {work.id}
        try:
            # Starting the agent may have been enough, but only a scan registers the machine with the server.
            self._start_agent_work(machine)
            seen = self._wait(
                lambda: self._identity(machine),
                lambda facts: facts.id is not None,
                "the agent to create a new client ID",
            )
            if seen.id is None:
                raise NoNewId(
                    f"the agent did not create a new client ID within {self._options.timeout} s. "
                    "Check the findings of the agent and of reachability, or increase the timeout option"
                )
            if not client_id.is_new(seen, unwanted):
                raise SameId(
                    f"the agent created the client ID {seen.id} again, which is not unique to this machine. "
                    "Check whether imaging software or a policy writes it"
                )
        except WsusClientError as error:
            if self._options.restore_on_failure:
                raise self._rolled_back(error, work, machine, file) from None
            self._run_if_held(client_id.CLEAR_PENDING)
            outcome = "The machine has no client ID until its agent creates one, because restore_on_failure is false."
            raise _extended(error, outcome, file, rolled_back=False) from None
        self._run_if_held(LastRun(self._session.current_time(), work.id).write(), client_id.CLEAR_PENDING)

    def _rolled_back(
        self, error: WsusClientError, work: PendingRun, machine: System, file: str | None
    ) -> WsusClientError:
        """Restore the previous state, and return the error extended with the outcome."""
        try:
            self._restore(work, machine)
        except WsusClientError:
            outcome = "Some changes could not be rolled back. The next run of this module resumes this one."
            return _extended(error, outcome, file, rolled_back=False)
        return _extended(error, "All changes were rolled back.", file, rolled_back=True)

    def _restore(self, work: PendingRun, machine: System) -> None:
        """Write the previous values, start the services that ran before, and clear the journal.

        Raises NotRestored, StopFailed, StartFailed and ServiceHangs, and then keeps the journal.
        """
        with stopped_services.stopped_services(
            self._control, protected=_PROTECTED, stopped_before=work.were_running
        ) as stopped:
            if self._identity(machine).values != work.values:
                # A running agent would overwrite the values with the ID that it has in memory.
                stopped.stop(stopped_services.running(self._observe().services))
                self._run_if_held(*work.restore())
                if self._identity(machine).values != work.values:
                    raise NotRestored("the previous client ID could not be restored")
        self._run_if_held(client_id.CLEAR_PENDING)

    def _identity(self, machine: System) -> ClientId:
        return client_id.read(self._host.probe(client_id.probe(self._context)), machine, self._context)

    def _back_up(self, seen: Observation) -> str | None:
        if not seen.facts.values:
            return None  # nothing to back up
        folder, root = self._options.backup_dir, seen.system.system_root
        file = transaction.backup_file(folder, root, "client-id", seen.facts.now, self._session.unguessable)
        transaction.back_up(self._host, client_id.backup(file), "the client ID", file)
        return file

    def _begin(self, work: PendingRun, seen: Observation) -> None:
        """Write the journal before the first change. Raises JournalFailed if it cannot be read back."""
        results = self._host.run([*work.write(seen.facts.other_names), client_id.JOURNAL.command])
        if client_id.read_unfinished(client_id.JOURNAL.parse(results[-1])) != work:
            raise JournalFailed

    def _delete(self, seen: Observation) -> None:
        """Delete the values. Raises NotDeleted if one still exists."""
        self._run_if_held(*client_id.delete(seen.facts.values))
        left = self._identity(seen.system).values
        if left:
            names = ", ".join(value.name for value in left)
            raise NotDeleted(f"Windows did not delete {names}, or another program wrote it again at once")


def run(session: Session, options: ClientIdOptions, *, check_mode: bool) -> Outcome:
    """Plan, and apply the plan except in check mode.

    Raises RebootPending, ServiceDisabled, Busy, BackupFailed and JournalFailed before any change; StopFailed, StartFailed, ServiceHangs,
    NotDeleted, TriggerMissing, NoNewId and SameId, which say whether all changes were rolled back; TakenOver.
    """
    # File names and the journal contain whole seconds.
    context = Context(now=session.now.replace(microsecond=0))
    return _Regeneration(session, options, context).run(check_mode=check_mode)


OPERATION = Operation(ClientIdOptions, run)


def _extended(error: WsusClientError, outcome: str, file: str | None, *, rolled_back: bool) -> WsusClientError:
    kept = f"The previous values are saved in {file} on the machine." if file else ""
    return error.extended(outcome, kept, rolled_back=rolled_back, backup=file)
