# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services that a service requires: those to enable because they are disabled, those to start because they are stopped."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..._exceptions import WsusClientError
from ..._plan import Change, Step
from ..._windows import sc
from .desired import Desired
from .facts import RelatedService, ServiceFacts


class DependencyMissing(WsusClientError):
    """A service must depend on one that does not exist on the machine; this collection cannot create it."""

    reason = "dependency_missing"


def services_to_start(
    facts: ServiceFacts, wanted: Desired, extra_services: Collection[str] = ()
) -> tuple[RelatedService, ...]:
    """The required services that are not running; ``extra_services`` are required in addition to the dependencies."""
    if wanted.stopped:
        return ()
    needed = _needed(facts, wanted, extra_services)
    return tuple(each for each in needed if each.state.installed and not each.state.running)


def related_service_steps(facts: ServiceFacts, wanted: Desired, extra_services: Collection[str] = ()) -> Iterator[Step]:
    """Steps that enable the required services that are disabled; ``extra_services`` as in ``services_to_start``."""
    if wanted.stopped:
        return
    service = facts.spec
    for each in _needed(facts, wanted, extra_services):
        if each.disabled:
            start = service.related_services.get(service.spelling(each.name), "demand")
            yield Step(
                (Change(f"{each.name}.start_type", "disabled", start),),
                sc.config(each.name, start=start),
                (sc.config(each.name, start="disabled"),),
            )


def require_dependencies(facts: ServiceFacts, wanted: Desired) -> None:
    """Raises DependencyMissing if the service must be able to start and depends on a queried service that does not exist."""
    if wanted.stopped:
        return
    installed = {each.name.lower() for each in facts.related_services if each.state.installed}
    queried = {each.name.lower() for each in facts.related_services}
    missing = [name for name in _dependencies(facts, wanted) if name.lower() in queried - installed]
    if missing:
        raise DependencyMissing(
            f"{facts.spec.subject} must depend on {', '.join(missing)}, which does not exist on this machine. "
            "It is part of Windows and cannot be recreated: repair Windows (in-place upgrade), then run this again. Nothing was changed"
        )


def _needed(facts: ServiceFacts, wanted: Desired, extra_services: Collection[str]) -> tuple[RelatedService, ...]:
    """The future dependencies and the other required services, as far as they were queried."""
    names = {name.lower() for name in (*_dependencies(facts, wanted), *extra_services)}
    return tuple(each for each in facts.related_services if each.name.lower() in names)


def _dependencies(facts: ServiceFacts, wanted: Desired) -> tuple[str, ...]:
    if "dependencies" in wanted.managed or facts.definition is None:
        return wanted.definition.dependencies
    return facts.definition.dependencies
