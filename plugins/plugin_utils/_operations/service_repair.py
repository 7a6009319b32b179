# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service made what it shall be on one machine: back up, change, verify, start; put back when something fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol

from .._components import Context, system
from .._components.service import baseline
from .._components.service import plan as service_plan
from .._components.service.desired import Desired
from .._components.service.facts import Neighbour, ServiceFacts
from .._components.service.spec import ServiceDescription
from .._components.system import System
from .._exceptions import WsusClientError
from .._plan import Step
from .._remote import transaction
from .._remote.host import Host
from .._remote.service_control import ServiceControl, ServiceHangs
from .._windows.query import Answers, Query
from .service_task import FactsT, Task, result_of, transition_of


class ServiceComponent(Protocol[FactsT]):
    """What a component offers whose service can be repaired: plans, and what they are made from."""

    SERVICE: ServiceDescription

    def probe_for_change(self) -> Sequence[Query[Any]]:
        """The queries that a change needs."""

    def follow_up(self, facts: FactsT) -> Sequence[Query[Any]]:
        """As every component's."""

    def read(self, answers: Answers, system: System, context: Context) -> FactsT:
        """As every component's, of what ``probe_for_change`` asked."""

    def desired(self, options: Mapping[str, Any], system: System) -> Desired:
        """What a module's options ask for."""

    def plan(self, facts: FactsT, wanted: Desired, system: System) -> Sequence[Step]:
        """The steps that bring the machine there."""

    def neighbours_to_start(self, facts: FactsT, wanted: Desired) -> Sequence[Neighbour]:
        """The services that must be started before."""


class ServiceRepair(Generic[FactsT]):
    """One run of a module that repairs a service; ``now`` is the controller's time in UTC, by which a backup is named."""

    def __init__(
        self,
        host: Host,
        control: ServiceControl,
        component: ServiceComponent[FactsT],
        options: Mapping[str, Any],
        now: datetime,
    ) -> None:
        self._host = host
        self._control = control
        self._component = component
        self._service = component.SERVICE
        self._options = options
        self._now = now

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        """Plan, carry it out outside check mode, and return the result of the module."""
        task = self.prepare(wait=not check_mode)
        outcome: Mapping[str, Any] = {"backup": None, "state": task.state.name}
        if task.changes and not check_mode:
            outcome = self.carry_out(task)
        return result_of(task, outcome, self._host) | {"check_mode": check_mode}

    def prepare(self, *, wait: bool = True) -> Task[FactsT]:
        """Read the machine and work out what is to be done; changes nothing.

        ``wait``: while the service is between two states, wait until it is in one; raises ServiceHangs after the timeout.
        """
        machine, facts = self._look()
        if wait and facts.service.state.name.endswith("_pending"):
            self._control.settled(self._service.name, "change of state", {1, 4, 7})
            machine, facts = self._look()
        wanted = self._component.desired(self._options, machine)
        steps = tuple(self._component.plan(facts, wanted, machine))
        neighbours = tuple(each.name for each in self._component.neighbours_to_start(facts, wanted))
        transition = transition_of(facts.service.state, wanted, steps, neighbours)
        return Task(machine, facts, wanted, steps, neighbours, transition)

    def carry_out(self, task: Task[FactsT]) -> dict[str, Any]:
        """Do it, and return what the result holds beside the changes.

        Raises BackupFailed, StepFailed, NotVerified, StartFailed, StopFailed and ServiceHangs; each says whether what was
        changed before has been put back.
        """
        file = self._back_up(task) if task.steps else None
        done: list[Step] = []
        try:
            self._apply(task, done)
            for name in task.neighbours:
                self._control.start(name)
            state = self._move(task.transition)
        except WsusClientError as error:
            raise self._put_back(task, done, error, file) from None
        return {"backup": file, "state": state or task.state.name}

    def _look(self) -> tuple[System, FactsT]:
        answers = self._host.probe(self._probe())
        machine = system.read(answers)
        return machine, self._read(answers, machine)

    def _probe(self) -> tuple[Query[Any], ...]:
        return (*system.probe(), *self._component.probe_for_change())

    def _read(self, answers: Answers, machine: System) -> FactsT:
        """The facts, with what the answers show to be needed as well."""
        context = Context(now=self._now)
        facts = self._component.read(answers, machine, context)
        if further := self._component.follow_up(facts):
            facts = self._component.read(answers | self._host.probe(further), machine, context)
        return facts

    def _back_up(self, task: Task[FactsT]) -> str | None:
        if task.facts.service.definition is None:
            return None  # there is nothing to save
        folder, root = self._options["backup_dir"], task.system.system_root
        file = transaction.backup_file(folder, root, self._service.name, self._now)
        export = service_plan.backup(self._service, file)
        transaction.back_up(self._host, export, f"the definition of {self._service.word}", file)
        return file

    def _apply(self, task: Task[FactsT], done: list[Step]) -> None:
        """Make the steps and see that nothing is left to be done; ``done`` receives what succeeded."""
        if task.steps:
            answers = transaction.make(self._host, self._service.name, task.steps, self._probe(), done)
            facts = self._read(answers, task.system)
            left = self._component.plan(facts, task.wanted, task.system)
            transaction.verified(self._service.word, left)

    def _move(self, transition: str) -> str | None:
        name, context = self._service.name, self._service.error_context
        if transition in ("stop", "restart"):
            state = self._control.stop(name, context)
        if transition in ("start", "restart"):
            state = self._control.start(name, context)
        return state.name if transition else None

    def _put_back(
        self, task: Task[FactsT], done: list[Step], error: WsusClientError, file: str | None
    ) -> WsusClientError:
        """The error with what became of the changes; undoes them in reverse order."""
        transaction.take_back(self._host, done)
        put_back = not done or self._is_as_before(task)
        runs_again = self._runs_again(task, error)
        if not done:
            outcome = "The definition was not changed."
        elif put_back:
            outcome = "What was changed before is put back."
        else:
            outcome = "Not all of what was changed before could be put back."
        down = "" if runs_again else f"{self._service.subject} does not run as it did before."
        kept = f"The definition as it was is saved on the machine in {file}." if file else ""
        return error.extended(outcome, down, kept, rolled_back=put_back and runs_again, backup=file)

    def _runs_again(self, task: Task[FactsT], error: WsusClientError) -> bool:
        """Start a service again that ran before this run stopped it; False where it does not run as it did."""
        if not task.state.running or task.transition != "restart":
            return True
        if isinstance(error, ServiceHangs):
            return False  # it would only be waited for once more
        try:
            return self._control.start(self._service.name).running
        except WsusClientError:
            return False

    def _is_as_before(self, task: Task[FactsT]) -> bool:
        """Whether what steps change reads as it did; a step without undo or one that undoes only a part of it may not."""
        try:
            _machine, now = self._look()
        except WsusClientError:
            return False
        return _changeable(now.service) == _changeable(task.facts.service)


def _changeable(facts: ServiceFacts) -> tuple[Any, ...]:
    """What steps change, in words: neither how an account is spelled nor whether a disabled service would start delayed counts."""
    definition = facts.as_fact()["definition"]
    if definition and baseline.is_account(definition["account"], "LocalSystem"):
        definition["account"] = "LocalSystem"
    return facts.state.installed, definition, facts.group_members, {each.name: each.start for each in facts.neighbours}
