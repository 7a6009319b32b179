# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wsus_update_store: finish an interrupted run, read the machine, rename the store, wait for a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
from .._windows import dir_listing, timestamps
from .._windows.dir_listing import Listing
from . import observe
from .folder_renames import HOLDER_OF_CATROOT2, HOLDERS, PROTECTED, FolderRenames
from .journaled import JournaledOperation
from .operation import Operation, Outcome

_NAMES = {"rebuilt": "A rebuild of the update store", "restored": "A restore of the update store"}


class NoNewStore(WsusClientError):
    """The agent did not create a new store."""

    reason = "no_new_store"


class NotDeleted(WsusClientError):
    """An earlier copy could not be deleted."""

    reason = "not_deleted"


@dataclass(frozen=True)
class Observation:
    """The state of the machine when it was read."""

    system: System
    facts: Store
    services: tuple[Service, ...]
    catroot2: Listing | None

    @property
    def running(self) -> tuple[str, ...]:
        """The running services."""
        return stopped_services.running(self.services)


class _Rebuild(JournaledOperation[UpdateStoreOptions, Observation]):
    """One run on one machine."""

    def __init__(self, session: Session, options: UpdateStoreOptions, context: Context) -> None:
        super().__init__(session, options, context)
        self._renames = FolderRenames(session, self._control, options.service_timeout)

    def _work(self, seen: Observation, *, check_mode: bool) -> Outcome:
        changes: tuple[Change, ...] = ()
        finished = False
        if unfinished := seen.facts.unfinished:
            update_store.require_own(unfinished, seen.facts, seen.system)
            changes = update_store.changes_of_resuming(unfinished)
            finished = bool(self._renames.made(unfinished.renames)) or not unfinished.renames
            if not check_mode:
                self._session.begin(_NAMES[unfinished.state], unfinished.were_running, journaled=True)
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
        values = {
            "decision": decision.reason,
            "backup": decision.backup,
            "restored": decision.copy if decision.reason == "requested" else None,
            "pruned": [copy.name for copy in decision.prune],
            "evidence": [each.as_fact() for each in seen.facts.evidence],
            "blocked_by": list(seen.facts.blocked),
        }
        if not check_mode:
            self._apply(decision, seen, values)
        return Outcome(values, (*changes, *decision.changes), "update store")

    def _decide(self, seen: Observation) -> Decision:
        """The decision. Raises the errors of ``decide``, and ServiceDisabled."""
        decision = update_store.decide(self._options, seen.facts, seen.system, seen.catroot2)
        if decision.changes_machine:
            stopped_services.require_startable(seen.services, cannot_be_enabled=PROTECTED - {"UsoSvc"})
        return decision

    def _await_installer(self) -> None:
        """Wait until TrustedInstaller stops, which runs for minutes after each scan; if it does not, the rename shows open files."""
        query = update_store.INSTALLER
        self._session.poll(
            lambda: self._host.probe([query])[query],
            lambda state: not state.active,
            lambda state: f"TrustedInstaller to stop: {state.name}",
            timeout=self._options.service_timeout,
        )

    def _observe(self) -> Observation:
        names = (*HOLDERS, HOLDER_OF_CATROOT2)
        context = self._context
        answers = self._host.probe((*system.probe(), *update_store.probe(context), *stopped_services.probe(names)))
        machine = system.read(answers)
        facts = observe.read(self._session, update_store.COMPONENT, answers, machine, context)
        if facts.journal_damage:
            raise facts.journal_damage
        listing = None
        if self._options.catroot2:
            query = dir_listing.query(rf"{update_store.catroot2_path(machine)}*")
            listing = self._host.probe([query])[query]
        holders = names if self._options.catroot2 else HOLDERS
        return Observation(machine, facts, stopped_services.read(holders, answers), listing)

    def _apply(self, decision: Decision, seen: Observation, values: Mapping[str, Any]) -> None:
        """Carry out the decision; ``values`` are what the result says of it."""
        if decision.changes_machine:
            redirected = seen.facts.redirected
            work = PendingRun(self._options.state, seen.facts.now, decision.renames, seen.running, redirected)
            self._session.begin(_NAMES[work.state], work.were_running, decision.changes, journaled=True, **values)
            self._begin(work)
            self._perform(work, seen.running, seen.system, decision.copy)
        if decision.prune:
            self._session.begin("The deletion of earlier copies", (), decision.changes, **values)
        for copy in decision.prune:
            self._session.progress(f"deleting {copy.name}")
            delete = map(self._host.if_held, update_store.delete(seen.facts, copy))
            query = dir_listing.query(f"{seen.facts.path}*")
            if query.parse(self._host.run([*delete, query.command])[-1]).get(copy.name):
                path = dir_listing.beside(seen.facts.path, copy.name)
                raise NotDeleted(
                    f"the earlier copy {path} could not be deleted completely: a program has a file in "
                    "it open, or access is denied. The store itself is not affected",
                    path=path,
                )

    def _begin(self, work: PendingRun) -> None:
        """Write the journal before the first change. Raises JournalFailed if it cannot be read back."""
        _written, read = self._host.run([work.write(), update_store.JOURNAL.command])
        if update_store.read_unfinished(update_store.JOURNAL.parse(read)) != work:
            raise JournalFailed

    def _resume(self, work: PendingRun, seen: Observation, *, finished: bool) -> None:
        """Finish an interrupted run if it renamed anything; otherwise only start the services that it stopped."""
        if finished:
            self._session.progress(f"finishing the run that began at {timestamps.plain(work.begun)}")
            copy = work.renames[0].name if work.state == "rebuilt" and work.renames else ""
            if work.state == "restored":
                copy = next((renaming.old_name for renaming in work.renames if renaming.base == renaming.name), "")
            self._perform(work, seen.running, seen.system, copy)
            return
        if not self._renames.roll_back(work):
            error = StartFailed("some services that an earlier run stopped could not be started")
            raise _partly_rolled_back(error, work)
        self._run_if_held(update_store.CLEAR_PENDING)

    def _perform(self, work: PendingRun, running: tuple[str, ...], machine: System, copy: str) -> None:
        try:
            self._renames.apply(work, running)
            self._start_agent_work(machine)
            if work.state == "rebuilt":
                self._await_store()
        except WsusClientError as error:
            if not self._renames.roll_back(work):
                raise _partly_rolled_back(error, work) from None
            self._run_if_held(update_store.CLEAR_PENDING)
            raise error.extended("All changes were rolled back.", rolled_back=True) from None
        # Failures that occurred with the previous store are not evidence against this one.
        last = LastRun(work.state, self._session.current_time(), copy)
        self._run_if_held(last.write(), update_store.CLEAR_PENDING)

    def _await_store(self) -> None:
        created = self._wait(
            lambda: update_store.has_database(self._host.probe([update_store.DISK])),
            bool,
            "the agent to create a new store",
        )
        if not created:
            raise NoNewStore(
                f"the agent did not create a new store within {self._options.timeout} s. "
                "Check the findings of the agent (its service, the disk), or increase the timeout option"
            )


def run(session: Session, options: UpdateStoreOptions, *, check_mode: bool) -> Outcome:
    """Plan, and apply the plan except in check mode.

    Raises Blocked, NoCopy, UnsupportedPath, ServiceDisabled, Busy and JournalFailed before any change; StopFailed,
    StartFailed, ServiceHangs, StoreHeld, TriggerMissing and NoNewStore, which say whether all changes were rolled
    back; NotDeleted; TakenOver.
    """
    # Folder names and the journal contain whole seconds.
    context = Context(now=session.now.replace(microsecond=0), event_days=options.event_days)
    return _Rebuild(session, options, context).run(check_mode=check_mode)


OPERATION = Operation(UpdateStoreOptions, run)


def _partly_rolled_back(error: WsusClientError, work: PendingRun) -> WsusClientError:
    folders = ", ".join(f"{renaming.path} (new name: {renaming.name})" for renaming in work.renames) or "none"
    services = ", ".join(work.were_running) or "none"
    return error.extended(
        f"Some changes could not be rolled back. Check these folders: {folders}; and whether these services run: "
        f"{services}. The next run of this module resumes this one.",
        rolled_back=False,
    )
