# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions that tell a service, and their answers as its facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ..._windows import registry, sc, service_key
from ..._windows.command import Command, Results
from ..._windows.sc import State
from ..._windows.service_key import Definition
from . import baseline as _baselines
from .baseline import Baseline
from .facts import Neighbour, ServiceFacts
from .spec import ServiceDescription
from .start_events import StartFailure

SVCHOST = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"

ALWAYS_RUNNING = ("RpcSs",)
"""Windows lets nobody stop it, and answers no question without it: that it runs needs none."""
_RUNNING = State(code=4, win32_exit_code=0, service_exit_code=0)


def probe(service: ServiceDescription) -> tuple[Command, ...]:
    """The commands that tell the service itself: its definition, its svchost group, its state."""
    return (
        service_key.query_definition(service.name),
        registry.query_value(SVCHOST, service.group),
        sc.query_state(service.name),
    )


def probe_for_change(service: ServiceDescription) -> tuple[Command, ...]:
    """The commands that a change of the service needs: state and start type of all neighbours as well."""
    return (
        *probe(service),
        *(sc.query_state(name) for name in service.neighbours),
        *(service_key.query_start(name) for name in service.neighbours),
    )


def follow_up(service: ServiceDescription, results: Results, running: Collection[str] = ()) -> tuple[Command, ...]:
    """State and start type of the neighbours and other dependencies that nobody has asked yet.

    ``running`` are those that need no question: that they run follows from what is known.
    """
    known = {name.lower() for name in running}
    unasked = (
        name
        for name in _neighbours(service, _definition(service, results))
        if name.lower() not in known and _is_service_name(name) and sc.query_state(name) not in results
    )
    return tuple(each for name in unasked for each in (sc.query_state(name), service_key.query_start(name)))


def read(
    service: ServiceDescription,
    results: Results,
    baseline: Baseline,
    system_root: str,
    *,
    start_failures: Iterable[StartFailure] = (),
    running: Collection[str] = (),
) -> ServiceFacts:
    """The facts of the service, from the answers to a probe and its follow-up; ``running`` as in ``follow_up``.

    Raises UnexpectedOutput when reg.exe or sc.exe answered in a form that is not theirs.
    """
    definition = _definition(service, results)
    svchost = registry.read_tree(results[registry.query_value(SVCHOST, service.group)]).key(SVCHOST)
    members = svchost.strings(service.group) if svchost else None
    return ServiceFacts(
        description=service,
        definition=definition,
        state=sc.read_state(results[sc.query_state(service.name)]),
        group_members=members,
        dependencies=tuple(read_neighbour(service, name, results, running) for name in _dependencies(definition)),
        neighbours=tuple(read_neighbour(service, name, results, running) for name in _neighbours(service, definition)),
        baseline=baseline.name,
        drift=_baselines.drift(definition, baseline, members, service.name, system_root) if definition else (),
        start_failures=tuple(start_failures),
    )


def read_neighbour(
    service: ServiceDescription, name: str, results: Results, running: Collection[str] = ()
) -> Neighbour:
    """A service that the described one needs, as far as it was asked for; not installed where its name can be no service's."""
    if not _is_service_name(name):
        return Neighbour(name, State(), None)
    usual = service.spelling(name)
    answer = results.get(sc.query_state(usual))
    start = results.get(service_key.query_start(usual))
    inferred = _RUNNING if usual in running else State()
    return Neighbour(
        name,
        sc.read_state(answer) if answer else inferred,
        service_key.read_start(start) if start else None,
        known=answer is not None or usual in running,
    )


def _definition(service: ServiceDescription, results: Results) -> Definition | None:
    tree = registry.read_tree(results[service_key.query_definition(service.name)])
    return service_key.read_definition(tree, service.name)


def _dependencies(definition: Definition | None) -> Iterator[str]:
    # A leading + names a load order group, not a service (Microsoft, CreateService, lpDependencies).
    return (name for name in (definition.dependencies if definition else ()) if not name.startswith("+"))


def _neighbours(service: ServiceDescription, definition: Definition | None) -> Iterator[str]:
    """The neighbours of the description, then the other dependencies."""
    yield from service.neighbours
    usual = {name.lower() for name in service.neighbours}
    yield from (name for name in _dependencies(definition) if name.lower() not in usual)


def _is_service_name(name: str) -> bool:
    r"""Whether a name can be a service's: at most 256 characters without slash, backslash or quote (Microsoft, CreateService)."""
    return 0 < len(name) <= 256 and name.isprintable() and not set(name) & set('/\\"') and not name.startswith("~")
