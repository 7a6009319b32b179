# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a service to its desired state: back up, change, verify, start; roll back on failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic

from .._components import Context, system
from .._components.service import baseline
from .._components.service import plan as service_plan
from .._components.service.component import FactsT, ServiceComponent
from .._components.service.desired import Desired, texts_beyond_ascii
from .._components.service.facts import ServiceFacts
from .._components.service.options import ServiceOptions
from .._components.system import System
from .._exceptions import Unverifiable, WsusClientError
from .._plan import Change, Step, changes_of
from .._remote import transaction
from .._remote.service_control import ServiceControl, ServiceHangs
from .._remote.session import Session
from .._windows.query import Answers, Query
from .._windows.sc import SETTLED, State
from . import observe
from .operation import Outcome


@dataclass(frozen=True)
class RepairPlan(Generic[FactsT]):
    """The plan of a run: the steps, the services to start first, and the ``transition`` of the service itself.

    The transition is start, stop, restart, or empty.
    """

    system: System
    facts: FactsT
    wanted: Desired
    steps: tuple[Step, ...]
    to_start: tuple[str, ...]
    transition: str

    @property
    def state(self) -> State:
        """The state of the service before the run."""
        return self.facts.service.state

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes; those of the definition first."""
        started = tuple(Change(f"{name}.state", "stopped", "running") for name in self.to_start)
        after = {"start": "running", "stop": "stopped", "restart": "restarted"}
        own = (Change("state", self.state.name, after[self.transition]),) if self.transition else ()
        return (*changes_of(self.steps), *started, *own)


class ServiceRepair(Generic[FactsT]):
    """One run of a module that manages a service."""

    def __init__(self, session: Session, component: ServiceComponent[FactsT], options: ServiceOptions) -> None:
        self._session = session
        self._host = session.host
        self._control = ServiceControl(session, options.timeout)
        self._component = component
        self._service = component.service
        self._options = options

    def run(self, *, check_mode: bool) -> Outcome:
        """Plan, and apply the plan except in check mode."""
        plan = self.plan(wait=not check_mode)
        values: Mapping[str, Any] = {"backup": None, "state": plan.state.name}
        if plan.changes and not check_mode:
            values = self.apply(plan)
        return Outcome(values, plan.changes, self._service.name)

    def plan(self, *, wait: bool = True) -> RepairPlan[FactsT]:
        """Read the machine and plan the changes; changes nothing.

        ``wait``: if the state of the service is pending, wait until it settles. Raises ServiceHangs after the timeout.
        """
        machine, facts = self._observe()
        if wait and facts.service.state.pending:
            self._control.settled(self._service.name, "state change", SETTLED)
            machine, facts = self._observe()
        wanted = service_plan.narrowed(self._component.desired(self._options, machine), facts.service)
        if (names := texts_beyond_ascii(wanted)) and not self._host.reads_unicode:
            raise Unverifiable(
                f"{', '.join(names)}: text that is not ASCII cannot be read over this connection, so it could not be verified. "
                "Connect with winrm, or use ASCII characters only. Nothing was changed"
            )
        steps = tuple(self._component.plan(facts, wanted, machine))
        to_start = tuple(each.name for each in self._component.services_to_start(facts, wanted))
        transition = _transition(facts.service.state, wanted, steps, to_start)
        if not transition and not facts.service.state.running and self._stopped_earlier() and not wanted.stopped:
            transition = "start"
        return RepairPlan(machine, facts, wanted, steps, to_start, transition)

    def apply(self, plan: RepairPlan[FactsT]) -> dict[str, Any]:
        """Apply the plan, and return the values of the result.

        Raises BackupFailed, StepFailed, NotVerified, StartFailed, StopFailed and ServiceHangs; each says whether all
        changes were rolled back.
        """
        file = self._back_up(plan) if plan.steps else None
        running = (self._service.name,) if plan.state.running else ()
        self._session.begin(f"The repair of {self._service.phrase}", running, plan.changes, backup=file)
        done: list[Step] = []
        try:
            self._run_steps(plan, done)
            for name in plan.to_start:
                self._control.start(name)
            state = self._move(plan.transition)
        except WsusClientError as error:
            raise self._roll_back(plan, done, error, file) from None
        return {"backup": file, "state": state or plan.state.name}

    def _stopped_earlier(self) -> bool:
        """Whether the service ran before an attempt of this task that lost the connection."""
        return any(self._service.name in begun.services for begun in self._session.begun)

    def _observe(self) -> tuple[System, FactsT]:
        answers = self._host.probe(self._probe())
        machine = system.read(answers)
        return machine, self._read(answers, machine)

    def _probe(self) -> tuple[Query[Any], ...]:
        return (*system.probe(), *self._component.probe())

    def _read(self, answers: Answers, machine: System) -> FactsT:
        return observe.read(self._session, self._component, answers, machine, Context(now=self._session.now))

    def _back_up(self, plan: RepairPlan[FactsT]) -> str | None:
        if plan.facts.service.definition is None:
            return None  # nothing to back up
        folder, root = self._options.backup_dir, plan.system.system_root
        session = self._session
        file = transaction.backup_file(folder, root, self._service.name, session.now, session.unguessable)
        export = service_plan.backup(self._service, file)
        transaction.back_up(self._host, export, f"the definition of {self._service.phrase}", file)
        return file

    def _run_steps(self, plan: RepairPlan[FactsT], done: list[Step]) -> None:
        """Run the steps and verify that none remains; ``done`` receives those that succeeded."""
        if plan.steps:
            answers = transaction.run_steps(self._host, self._service.name, plan.steps, self._probe(), done)
            facts = self._read(answers, plan.system)
            remaining = self._component.plan(facts, plan.wanted, plan.system)
            transaction.require_applied(self._service.phrase, remaining)

    def _move(self, transition: str) -> str | None:
        name, context = self._service.name, self._service.error_context
        if transition in ("stop", "restart"):
            state = self._control.stop(name, context)
        if transition in ("start", "restart"):
            state = self._control.start(name, context)
        return state.name if transition else None

    def _roll_back(
        self, plan: RepairPlan[FactsT], done: list[Step], error: WsusClientError, file: str | None
    ) -> WsusClientError:
        """Undo the changes in reverse order, and return the error extended with the outcome."""
        transaction.roll_back(self._host, done)
        as_before = not done or self._is_as_before(plan)
        runs_again = self._runs_again(plan, error)
        if not done:
            outcome = "The definition was not changed."
        elif as_before:
            outcome = "All changes were rolled back."
        else:
            outcome = "Some changes could not be rolled back."
        down = "" if runs_again else f"{self._service.subject} is not running, although it was before."
        kept = f"The previous definition is saved in {file} on the machine." if file else ""
        return error.extended(outcome, down, kept, rolled_back=as_before and runs_again, backup=file)

    def _runs_again(self, plan: RepairPlan[FactsT], error: WsusClientError) -> bool:
        """Start the service again if this run stopped it; False if it is not running, although it was before."""
        if not plan.state.running or plan.transition != "restart":
            return True
        if isinstance(error, ServiceHangs):
            return False  # waiting again would not help
        try:
            return self._control.start(self._service.name).running
        except WsusClientError:
            return False

    def _is_as_before(self, plan: RepairPlan[FactsT]) -> bool:
        """Whether everything that steps change has its previous value; some steps cannot be undone, or only in part."""
        try:
            _machine, now = self._observe()
        except WsusClientError:
            return False
        return _changeable(now.service) == _changeable(plan.facts.service)


def _transition(state: State, wanted: Desired, steps: tuple[Step, ...], to_start: tuple[str, ...]) -> str:
    """The transition: start a repaired service to verify it; restart a running one only if required or requested."""
    if wanted.stopped:
        return "stop" if state.running else ""
    if state.running:
        needs_restart = wanted.state == "restarted" or any(step.restart for step in steps)
        return "restart" if needs_restart else ""
    requested = wanted.state in ("started", "restarted")
    return "start" if requested or steps or to_start or state.failed_with is not None else ""


def _changeable(facts: ServiceFacts) -> tuple[Any, ...]:
    """Everything that steps change, as published; ignores the spelling of an account and the delay of a disabled service."""
    definition = facts.as_fact()["definition"]
    if definition and baseline.is_account(definition["account"], "LocalSystem"):
        definition["account"] = "LocalSystem"
    return (
        facts.state.installed,
        definition,
        facts.group_members,
        {each.name: each.start for each in facts.related_services},
    )
