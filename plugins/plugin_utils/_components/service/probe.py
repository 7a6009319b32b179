# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The queries for a service, and its facts from their answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..._windows import readable, registry, sc, service_key
from ..._windows.query import Answers, Query
from ..._windows.sc import ServiceState, State
from ..._windows.service_key import Definition
from .baseline import Baseline, drift
from .crashes import NO_CRASHES, Crashes
from .facts import RelatedService, ServiceFacts
from .spec import ServiceSpec
from .start_failures import StartFailure

SVCHOST = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"

MOST_ASKED = 20
"""How many unusual services an audit asks about; Windows itself has a handful for any service."""

# This service cannot be stopped, and without it no query is answered: its state does not have to be queried.
_ALWAYS_RUNNING = "RpcSs"
_RUNNING = State(ServiceState.RUNNING, win32_exit_code=0, service_exit_code=0)


def probe(service: ServiceSpec) -> tuple[Query[Any], ...]:
    """The queries for the service itself: its definition, its svchost group, its state."""
    return (
        service_key.definition(service.name),
        registry.value(SVCHOST, service.group),
        sc.state(service.name),
    )


def probe_for_change(service: ServiceSpec) -> tuple[Query[Any], ...]:
    """The queries that a change of the service requires, including state and start type of all related services."""
    return (
        *probe(service),
        *(sc.state(name) for name in service.related_services),
        *(service_key.start(name) for name in service.related_services),
    )


def follow_up(service: ServiceSpec, related_services: Iterable[RelatedService]) -> tuple[Query[Any], ...]:
    """Queries for state and start type of the related services whose state is not known."""
    names = (service.spelling(each.name) for each in related_services if each.readable and not each.known)
    return tuple(query for name in names for query in (sc.state(name), service_key.start(name)))


def read(
    service: ServiceSpec,
    answers: Answers,
    baseline: Baseline,
    system_root: str,
    *,
    start_failures: Iterable[StartFailure] = (),
    crashes: Crashes = NO_CRASHES,
) -> ServiceFacts:
    """The facts of the service from the answers to a probe and, if available, to its follow-up.

    Raises UnexpectedOutput if the output of reg.exe or sc.exe cannot be parsed.
    """
    definition = answers[service_key.definition(service.name)]
    svchost = answers[registry.value(SVCHOST, service.group)]
    members = svchost.strings(service.group) if svchost else None
    found = drift(definition, baseline, members, service.name, system_root) if definition else ()
    return ServiceFacts(
        spec=service,
        definition=definition,
        state=answers[sc.state(service.name)],
        group_members=members,
        dependencies=_read_related(service, _dependencies(definition), answers),
        related_services=_read_related(service, _related_names(service, definition), answers),
        baseline=baseline.name,
        drift=tuple(each for each in found if each.attribute not in baseline.unconfirmed),
        start_failures=tuple(start_failures),
        crashes=crashes,
    )


def _read_related(service: ServiceSpec, names: Iterable[str], answers: Answers) -> tuple[RelatedService, ...]:
    """The services with these names. How many there are is the machine's word, which must not decide what an audit costs."""
    found, unusual = [], 0
    for name in names:
        each = read_related_service(service, name, answers)
        unusual += name not in service.related_services
        found.append(each if unusual <= MOST_ASKED else replace(each, known=False, asked=False))
    return tuple(found)


def read_related_service(service: ServiceSpec, name: str, answers: Answers) -> RelatedService:
    """A service that ``service`` requires, as far as it was queried; not installed if its name cannot be that of a service.

    Nothing is known of a name that may be damaged.
    """
    if not readable.is_readable(name):
        return RelatedService(name, State(), None, known=False)
    if not _is_service_name(name):
        return RelatedService(name, State(), None)
    usual = service.spelling(name)
    state = answers.get(sc.state(usual), _inferred(service, usual, answers))
    return RelatedService(name, state or State(), answers.get(service_key.start(usual), None), known=state is not None)


def _inferred(service: ServiceSpec, name: str, answers: Answers) -> State | None:
    """The state of a related service without a query: it always runs, or a running service depends on it; otherwise None."""
    other = answers.get(sc.state(service.implied[name]), None) if name in service.implied else None
    return _RUNNING if name == _ALWAYS_RUNNING or (other and other.running) else None


def _dependencies(definition: Definition | None) -> Iterator[str]:
    # A leading + marks a load order group, not a service (Microsoft, CreateService, lpDependencies).
    return (name for name in (definition.dependencies if definition else ()) if not name.startswith("+"))


def _related_names(service: ServiceSpec, definition: Definition | None) -> Iterator[str]:
    """The related services of the spec, then the other dependencies."""
    yield from service.related_services
    usual = {name.lower() for name in service.related_services}
    yield from (name for name in _dependencies(definition) if name.lower() not in usual)


def _is_service_name(name: str) -> bool:
    r"""Whether a text is a valid service name: at most 256 characters, no slash, backslash or quote (Microsoft, CreateService)."""
    return 0 < len(name) <= 256 and name.isprintable() and not set(name) & set('/\\"') and not name.startswith("~")
