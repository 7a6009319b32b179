# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run that repairs a service is about to do, and what it tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from .._components.service.desired import Desired
from .._components.service.facts import ServiceFacts
from .._components.system import System
from .._plan import Change, Step, changes_of, diff_of
from .._remote.host import Host
from .._windows.sc import State


class FactsWithService(Protocol):
    """The facts of a component that is about a service."""

    @property
    def service(self) -> ServiceFacts:
        """The service itself."""


FactsT = TypeVar("FactsT", bound=FactsWithService)


@dataclass(frozen=True)
class Task(Generic[FactsT]):
    """What a run is about to do: the steps, the neighbours to start, and what becomes of the service itself."""

    system: System
    facts: FactsT
    wanted: Desired
    steps: tuple[Step, ...]
    neighbours: tuple[str, ...]
    transition: str

    @property
    def state(self) -> State:
        """The state of the service before."""
        return self.facts.service.state

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes, the definition's first."""
        started = tuple(Change(f"{name}.state", "stopped", "running") for name in self.neighbours)
        after = {"start": "running", "stop": "stopped", "restart": "restarted"}
        own = (Change("state", self.state.name, after[self.transition]),) if self.transition else ()
        return (*changes_of(self.steps), *started, *own)


def transition_of(state: State, wanted: Desired, steps: tuple[Step, ...], neighbours: tuple[str, ...]) -> str:
    """What becomes of the service: a repaired one is started to prove it, a running one restarted only where that takes a restart."""
    if wanted.stopped:
        return "stop" if state.running else ""
    if state.running:
        needs_restart = wanted.state == "restarted" or any(step.restart for step in steps)
        return "restart" if needs_restart else ""
    asked_for = wanted.state in ("started", "restarted")
    return "start" if asked_for or steps or neighbours or state.failed_with is not None else ""


def result_of(task: Task[Any], outcome: Mapping[str, Any], host: Host) -> dict[str, Any]:
    """The result of the module; the same for a change that was made and for one that only would be."""
    return {
        "changed": bool(task.changes),
        "changes": [change.as_result() for change in task.changes],
        "diff": diff_of(task.changes),
        **outcome,
        "remote_executions": host.executions,
        "native_commands": host.commands,
    }
