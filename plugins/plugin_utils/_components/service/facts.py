# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of a service: its definition, its state, the services that it requires, its failed starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ... import _error_codes
from ..._windows import readable, service_key
from ..._windows.sc import State
from ..._windows.service_key import Definition, FailureActions, StartType
from .baseline import Drift
from .crashes import NO_CRASHES, Crashes
from .spec import ServiceSpec
from .start_failures import StartFailure


@dataclass(frozen=True)
class RelatedService:
    """A service that another one requires. ``start`` is its registry value Start, None if it was not queried or does not exist.

    ``known``: whether its state was queried, or could be inferred. ``asked``: whether an audit asks for it: there is a limit.
    """

    name: str
    state: State
    start: int | None
    known: bool = True
    asked: bool = True

    @property
    def readable(self) -> bool:
        """Whether it is asked for, and its name is the one on the machine: of a damaged name nothing can be asked."""
        return self.asked and readable.is_readable(self.name)

    @property
    def disabled(self) -> bool:
        """Whether it is disabled and therefore cannot start."""
        return self.start == StartType.DISABLED

    def as_fact(self) -> dict[str, Any]:
        """The service as published."""
        return {
            "name": self.name,
            "state": self.state.name if self.known else None,
            "start_type": service_key.word(StartType, self.start),
            "win32_exit_code": self.state.win32_exit_code,
        }


@dataclass(frozen=True)
class ServiceFacts:
    """A service on one machine.

    ``definition`` is None if the registry contains none, ``group_members`` is None if the svchost group cannot be read.
    ``dependencies`` are the services in its definition; ``related_services`` are those of its ServiceSpec, then the other
    dependencies. ``start_failures`` and ``crashes`` are empty if the logs were not queried.
    """

    spec: ServiceSpec
    definition: Definition | None
    state: State
    group_members: tuple[str, ...] | None
    dependencies: tuple[RelatedService, ...]
    related_services: tuple[RelatedService, ...]
    baseline: str
    drift: tuple[Drift, ...]
    start_failures: tuple[StartFailure, ...] = ()
    crashes: Crashes = NO_CRASHES

    @property
    def in_group(self) -> bool | None:
        """Whether its svchost group lists the service; None if the list cannot be read."""
        if self.group_members is None:
            return None
        return self.spec.name.lower() in {member.lower() for member in self.group_members}

    def as_fact(self) -> dict[str, Any]:
        """The facts as published; the failed starts are published with the other events of the component."""
        return {
            "installed": self.state.installed,
            "definition": _definition_fact(self.definition, self.in_group) if self.definition else None,
            "state": _state_fact(self.state, self.spec),
            "dependencies": [each.as_fact() for each in self.dependencies],
            "baseline": self.baseline,
            "drift": [
                {
                    "attribute": each.attribute,
                    "expected": published(each.attribute, each.expected),
                    "actual": published(each.attribute, each.actual),
                }
                for each in self.drift
            ],
        }

    def start_events(self) -> list[dict[str, Any]]:
        """The failed starts and the unexpected ends as published."""
        return [
            *(each.as_fact(self.spec) for each in self.start_failures),
            *(each.as_fact() for each in self.crashes.ends),
        ]


def published(attribute: str, value: Any) -> Any:
    """The value of an attribute as it may be shown: failure actions as plain data (delays in milliseconds), a tuple as a list."""
    if attribute == "image_path":
        return service_key.shown_image_path(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, FailureActions):
        return {
            "reset_period_s": value.reset_period_s,
            "actions": [{"action": each.action, "delay_ms": each.delay_ms} for each in value.actions],
        }
    return value


def _definition_fact(definition: Definition, in_group: bool | None) -> dict[str, Any]:
    shown = replace(definition, image_path=service_key.shown_image_path(definition.image_path))
    return {
        "image_path": shown.image_path,
        "program": shown.program,
        "arguments": shown.arguments,
        "service_type": definition.service_type,
        "interactive": definition.interactive,
        "start_type": definition.start_type,
        "error_control": definition.error_control_word,
        "account": definition.account,
        "dependencies": list(definition.dependencies),
        "privileges": None if definition.privileges is None else list(definition.privileges),
        "sid_type": definition.sid_type_word,
        "failure_actions": _plain(definition.failure_actions),
        "service_dll": definition.service_dll,
        "svchost_group": definition.svchost_group,
        "in_svchost_group": in_group,
    }


def _state_fact(state: State, service: ServiceSpec) -> dict[str, Any]:
    failed = state.failed_with
    return {
        "name": state.name,
        "code": None if state.code is None else int(state.code),
        "win32_exit_code": state.win32_exit_code,
        "service_exit_code": state.service_exit_code,
        "pid": state.pid,
        "error": None if failed is None else service.explain(_error_codes.of_win32(failed)).as_fact(),
    }
