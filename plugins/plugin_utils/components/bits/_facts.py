# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of BITS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ... import _baselines, _errors, _eventlog, _registry, _service, _service_definition
from ..._baselines import Drift
from ..._command import Command, Results, command
from ..._service import State
from ..._service_definition import Definition
from .. import Context
from ..system import System
from ._events import JobFailure, StartFailure, job_failures, queries, start_failures

SERVICE = "BITS"
_SENS = "SENS"
# Every service that BITS depends on, directly or not, on any Windows from 7 on, and SENS for its notices of logons.
_USUAL = ("RpcSs", "EventSystem", _SENS)
SVCHOST = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"
GROUP = "netsvcs"
_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"

# Where BITS keeps its jobs; cmd.exe writes the variable out (C:\ProgramData on every Windows from Vista on).
JOB_FOLDER = r"%ALLUSERSPROFILE%\Microsoft\Network\Downloader"

_DEFINITION = _service_definition.query_definition(SERVICE)
_STATE = _service.query_state(SERVICE)
_MEMBERS = _registry.query_value(SVCHOST, GROUP)
_FOLDER = command("cmd.exe", "/d", "/c", "dir", "/b", JOB_FOLDER.rpartition("\\")[0])
_SERVER = _registry.query_key(_POLICY)


@dataclass(frozen=True)
class Neighbour:
    """A service that BITS needs. ``start`` is its registry value Start, None where it was not asked for or is absent."""

    name: str
    state: State
    start: int | None

    @property
    def disabled(self) -> bool:
        """Whether its start type is 4."""
        return self.start == 4

    def as_fact(self) -> dict[str, Any]:
        """The service as published."""
        return {
            "name": self.name,
            "state": self.state.name,
            "start_type": None if self.start is None else _service_definition.START_TYPES.get(self.start),
            "win32_exit_code": self.state.win32_exit_code,
        }


@dataclass(frozen=True)
class Bits:
    """BITS on one machine.

    ``definition`` is None where the registry holds none; ``group_members`` None where the svchost group cannot be read.
    ``neighbours`` are all services that were asked for: what BITS depends on here or on any Windows, and SENS.
    ``job_folder``: whether the folder for jobs is there, None where it was not asked for.
    ``unreadable_logs`` maps a channel to the code that wevtutil ended with, ``damaged_events`` counts what was no XML.
    """

    definition: Definition | None
    state: State
    group_members: tuple[str, ...] | None
    dependencies: tuple[Neighbour, ...]
    sens: Neighbour
    neighbours: tuple[Neighbour, ...]
    baseline: str
    drift: tuple[Drift, ...]
    start_failures: tuple[StartFailure, ...]
    job_failures: tuple[JobFailure, ...]
    unreadable_logs: tuple[tuple[str, int], ...] = ()
    damaged_events: int = 0
    job_folder: bool | None = None

    @property
    def in_group(self) -> bool | None:
        """Whether the svchost group netsvcs lists BITS; None where the list cannot be read."""
        return (
            None if self.group_members is None else SERVICE.lower() in {member.lower() for member in self.group_members}
        )

    def as_fact(self) -> dict[str, Any]:
        """The facts as published."""
        return {
            "installed": self.state.installed,
            "definition": _definition_fact(self.definition, self.in_group) if self.definition else None,
            "state": _state_fact(self.state),
            "dependencies": [each.as_fact() for each in self.dependencies],
            "sens": self.sens.as_fact(),
            "baseline": self.baseline,
            "drift": [
                {"attribute": each.attribute, "expected": plain(each.expected), "actual": plain(each.actual)}
                for each in self.drift
            ],
            "events": sorted(
                [*(each.as_fact() for each in self.start_failures), *(each.as_fact() for each in self.job_failures)],
                key=lambda fact: fact["time"],
                reverse=True,
            ),
            "unreadable_logs": dict(self.unreadable_logs),
            "damaged_events": self.damaged_events,
        }


def probe(context: Context) -> tuple[Command, ...]:
    """The commands that tell all of BITS: one remote execution."""
    return (
        _DEFINITION,
        _MEMBERS,
        _SERVER,
        _STATE,
        *(_service.query_state(name) for name in _USUAL),
        _service_definition.query_start("EventSystem"),
        *queries(context.event_days).values(),
    )


def probe_for_change() -> tuple[Command, ...]:
    """The commands that a change needs: how all neighbours start as well, but nothing of the past."""
    return (
        _DEFINITION,
        _MEMBERS,
        _STATE,
        *(_service.query_state(name) for name in _USUAL),
        *(_service_definition.query_start(name) for name in _USUAL),
        _FOLDER,
    )


def follow_up(results: Results) -> tuple[Command, ...]:
    """What is asked of services that this BITS depends on and that of no Windows does: usually nothing."""
    usual = {name.lower() for name in _USUAL}
    unusual = [name for name in _dependencies(results) if name.lower() not in usual and _is_service_name(name)]
    return tuple(
        each for name in unusual for each in (_service.query_state(name), _service_definition.query_start(name))
    )


def read(results: Results, system: System, context: Context) -> Bits:
    """The facts from the answers to the probe and its follow-up.

    Raises UnexpectedOutput when reg.exe or sc.exe answered in a form that is not theirs.
    """
    definition = _service_definition.read_definition(_registry.read_tree(results[_DEFINITION]), SERVICE)
    svchost = _registry.read_tree(results[_MEMBERS]).key(SVCHOST)
    members = svchost.strings(GROUP) if svchost else None
    baseline = _baselines.bits(system.build)
    asked = queries(context.event_days)
    logs = [(channel, _eventlog.read(results[query])) for channel, query in asked.items() if query in results]
    events = [event for _channel, log in logs for event in log.events]
    return Bits(
        definition=definition,
        state=_service.read_state(results[_STATE]),
        group_members=members,
        dependencies=tuple(_neighbour(name, results) for name in _dependencies(results)),
        sens=_neighbour(_SENS, results),
        neighbours=tuple(_neighbour(name, results) for name in _neighbours(results)),
        baseline=baseline.name,
        drift=_baselines.drift(definition, baseline, members, SERVICE, system.system_root) if definition else (),
        start_failures=tuple(start_failures(events)),
        job_failures=tuple(job_failures(events, _servers(results))),
        unreadable_logs=tuple((channel, log.error) for channel, log in logs if log.error is not None),
        damaged_events=sum(log.damaged for _channel, log in logs),
        job_folder=results[_FOLDER].ok if _FOLDER in results else None,
    )


def _dependencies(results: Results) -> tuple[str, ...]:
    definition = _service_definition.read_definition(_registry.read_tree(results[_DEFINITION]), SERVICE)
    # A leading + names a load order group, not a service (Microsoft, CreateService, lpDependencies).
    return tuple(name for name in definition.dependencies if not name.startswith("+")) if definition else ()


def _neighbour(name: str, results: Results) -> Neighbour:
    if not _is_service_name(name):
        return Neighbour(name, State(), None)
    answer = results.get(_service.query_state(_canonical(name)))
    start = results.get(_service_definition.query_start(_canonical(name)))
    return Neighbour(
        name,
        _service.read_state(answer) if answer else State(),
        _service_definition.read_start(start) if start else None,
    )


def _neighbours(results: Results) -> tuple[str, ...]:
    """The usual services, then the unusual dependencies."""
    usual = {name.lower() for name in _USUAL}
    return (*_USUAL, *(name for name in _dependencies(results) if name.lower() not in usual))


def _canonical(name: str) -> str:
    """The spelling in which the probe asked for a service."""
    return next((usual for usual in _USUAL if usual.lower() == name.lower()), name)


def _is_service_name(name: str) -> bool:
    r"""Whether a name can be a service's: at most 256 characters without slash, backslash or quote (Microsoft, CreateService)."""
    return 0 < len(name) <= 256 and name.isprintable() and not set(name) & set('/\\"') and not name.startswith("~")


def _servers(results: Results) -> tuple[str, ...]:
    key = _registry.read_tree(results[_SERVER]).key(_POLICY) if _SERVER in results else None
    return tuple(url for name in ("WUServer", "UpdateServiceUrlAlternate") if key and (url := key.text(name)))


def _definition_fact(definition: Definition, in_group: bool | None) -> dict[str, Any]:
    return {
        "image_path": definition.image_path,
        "program": definition.program,
        "arguments": definition.arguments,
        "service_type": definition.service_type,
        "interactive": definition.interactive,
        "start_type": definition.start_type,
        "error_control": definition.error_control_word,
        "account": definition.account,
        "dependencies": list(definition.dependencies),
        "privileges": None if definition.privileges is None else list(definition.privileges),
        "sid_type": definition.sid_type_word,
        "failure_actions": plain(definition.failure_actions),
        "service_dll": definition.service_dll,
        "svchost_group": definition.svchost_group,
        "in_svchost_group": in_group,
    }


def _state_fact(state: State) -> dict[str, Any]:
    failed = state.failed_with
    return {
        "name": state.name,
        "code": state.code,
        "win32_exit_code": state.win32_exit_code,
        "service_exit_code": state.service_exit_code,
        "pid": state.pid,
        "error": None if failed is None else _errors.explain(_errors.of_win32(failed), "bits_start").as_fact(),
    }


def plain(value: Any) -> Any:
    """Failure actions as plain data (delays in milliseconds), a tuple as a list; everything else as it is."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, _service_definition.FailureActions):
        return {
            "reset_period_s": value.reset_period_s,
            "actions": [{"action": each.action, "delay_ms": each.delay_ms} for each in value.actions],
        }
    return value
