# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions that tell a service, and their answers as its facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..._windows import readable, registry, sc, service_key
from ..._windows.query import Answers, Query
from ..._windows.sc import ServiceState, State
from ..._windows.service_key import Definition
from .baseline import Baseline, drift
from .facts import RelatedService, ServiceFacts
from .spec import ServiceSpec
from .start_failures import StartFailure

SVCHOST = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"

# Windows lets nobody stop it, and answers no question without it: that it runs needs none.
_ALWAYS_RUNNING = "RpcSs"
_RUNNING = State(ServiceState.RUNNING, win32_exit_code=0, service_exit_code=0)


def probe(service: ServiceSpec) -> tuple[Query[Any], ...]:
    """The queries that tell the service itself: its definition, its svchost group, its state."""
    return (
        service_key.definition(service.name),
        registry.value(SVCHOST, service.group),
        sc.state(service.name),
    )


def probe_for_change(service: ServiceSpec) -> tuple[Query[Any], ...]:
    """The queries that a change of the service needs: state and start type of all related services as well."""
    return (
        *probe(service),
        *(sc.state(name) for name in service.related_services),
        *(service_key.start(name) for name in service.related_services),
    )


def follow_up(service: ServiceSpec, related_services: Iterable[RelatedService]) -> tuple[Query[Any], ...]:
    """State and start type of those related services whose state is not known."""
    names = (service.spelling(each.name) for each in related_services if each.readable and not each.known)
    return tuple(query for name in names for query in (sc.state(name), service_key.start(name)))


def read(
    service: ServiceSpec,
    answers: Answers,
    baseline: Baseline,
    system_root: str,
    *,
    start_failures: Iterable[StartFailure] = (),
) -> ServiceFacts:
    """The facts of the service, from the answers to a probe and, as far as they are there, its follow-up.

    Raises UnexpectedOutput when reg.exe or sc.exe answered in a form that is not theirs.
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
        dependencies=tuple(read_related_service(service, name, answers) for name in _dependencies(definition)),
        related_services=tuple(
            read_related_service(service, name, answers) for name in _related_names(service, definition)
        ),
        baseline=baseline.name,
        drift=tuple(each for each in found if each.attribute not in baseline.unconfirmed),
        start_failures=tuple(start_failures),
    )


def read_related_service(service: ServiceSpec, name: str, answers: Answers) -> RelatedService:
    """A service that the described one needs, as far as it was asked for; not installed where its name can be no service's.

    Of a name that may be damaged nothing is known.
    """
    if not readable.is_readable(name):
        return RelatedService(name, State(), None, known=False)
    if not _is_service_name(name):
        return RelatedService(name, State(), None)
    usual = service.spelling(name)
    state = answers.get(sc.state(usual), _inferred(service, usual, answers))
    return RelatedService(name, state or State(), answers.get(service_key.start(usual), None), known=state is not None)


def _inferred(service: ServiceSpec, name: str, answers: Answers) -> State | None:
    """The state of a related service that need not be asked for, because it always runs or another one could not run without it; else None."""
    other = answers.get(sc.state(service.implied[name]), None) if name in service.implied else None
    return _RUNNING if name == _ALWAYS_RUNNING or (other and other.running) else None


def _dependencies(definition: Definition | None) -> Iterator[str]:
    # A leading + names a load order group, not a service (Microsoft, CreateService, lpDependencies).
    return (name for name in (definition.dependencies if definition else ()) if not name.startswith("+"))


def _related_names(service: ServiceSpec, definition: Definition | None) -> Iterator[str]:
    """The related services of the spec, then the other dependencies."""
    yield from service.related_services
    usual = {name.lower() for name in service.related_services}
    yield from (name for name in _dependencies(definition) if name.lower() not in usual)


def _is_service_name(name: str) -> bool:
    r"""Whether a name can be a service's: at most 256 characters without slash, backslash or quote (Microsoft, CreateService)."""
    return 0 < len(name) <= 256 and name.isprintable() and not set(name) & set('/\\"') and not name.startswith("~")
