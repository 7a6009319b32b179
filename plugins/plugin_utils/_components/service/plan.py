# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps to the desired state of a service: only what differs, each with its undo."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from ..._exceptions import WsusClientError
from ..._plan import Change, Step
from ..._windows import registry, sc, service_key
from ..._windows.command import Command
from ..._windows.service_key import ErrorControl
from . import baseline, steps
from .baseline import Drift
from .dependencies import related_service_steps, require_dependencies
from .desired import Desired
from .facts import ServiceFacts
from .spec import ServiceSpec


class DefinitionUnreadable(WsusClientError):
    """The service control manager lists the service, but administrators cannot read its registry key or a subkey, or it is missing."""

    reason = "definition_unreadable"


def narrowed(wanted: Desired, facts: ServiceFacts) -> Desired:
    """The desired state for this machine, without the unconfirmed attributes with which the service can start.

    Of the unconfirmed attributes, only dependencies on a service that does not exist prevent a start.
    """
    if facts.definition is None or not facts.state.installed:
        return wanted
    kept = wanted.definition.unconfirmed
    if any(each.known and not each.state.installed for each in facts.dependencies):
        kept -= {"dependencies"}
    return replace(wanted, managed=wanted.managed - kept)


def plan(
    facts: ServiceFacts, wanted: Desired, system_root: str, extra_services: Collection[str] = ()
) -> tuple[Step, ...]:
    """The steps to the desired definition, and those that enable the required services; empty if nothing has to change.

    ``extra_services`` are required in addition to the dependencies. Raises DependencyMissing, DefinitionUnreadable, or
    UnquotableArgument if a wanted value cannot be quoted on a command line.
    """
    if facts.state.installed and facts.definition is None:
        raise DefinitionUnreadable(
            f"Windows still lists {facts.spec.phrase}, but its registry key is missing or cannot be read: "
            "restart Windows (or correct the permissions of the key), then run this again. Nothing was changed"
        )
    if facts.definition is not None and not facts.definition.complete:
        raise DefinitionUnreadable(
            f"only part of the registry key of {facts.spec.phrase} could be read, so what differs is not known: check the "
            "permissions of the keys below it. Nothing was changed"
        )
    require_dependencies(facts, wanted)
    return (*_definition_steps(facts, wanted, system_root), *related_service_steps(facts, wanted, extra_services))


def backup(service: ServiceSpec, file: str) -> Command:
    """Export the whole definition to a .reg file on the machine."""
    return registry.export(steps.key(service), file)


def _definition_steps(facts: ServiceFacts, wanted: Desired, system_root: str) -> Iterator[Step]:
    if facts.definition is None or not facts.state.installed:
        yield from _creation(facts, wanted)
        return
    found = baseline.drift(facts.definition, wanted.definition, facts.group_members, facts.spec.name, system_root)
    differs = {each.attribute: each for each in found if each.attribute in wanted.managed}
    if config := [differs[name] for name in steps.CONFIG if name in differs]:
        yield steps.config(facts.spec, facts.definition, wanted, config)
    for attribute, step in steps.SINGLE.items():
        if attribute in differs:
            yield step(facts, wanted, differs[attribute])


def _creation(facts: ServiceFacts, wanted: Desired) -> Iterator[Step]:
    """The steps that create the service, with any profile: a service that does not exist has no attribute to keep."""
    new, service = wanted.definition, facts.spec
    created = sc.create(
        service.name,
        service.display_name,
        image_path=new.image_path,
        kind=new.type,
        start=wanted.start_type,
        error_control=service_key.number(ErrorControl, new.error_control),
        account=new.account,
        dependencies=new.dependencies,
    )
    yield Step((Change("installed", False, True),), created, (sc.delete(service.name),))
    for attribute, step in steps.SINGLE.items():
        expected = getattr(new, attribute)
        listed = attribute == "svchost_group" and facts.in_group is not False
        if expected is not None and not listed:
            made = step(facts, wanted, Drift(attribute, expected, None))
            # Deleting the service also deletes its key; the list of the group is in another key.
            yield made if attribute == "svchost_group" else Step(made.changes, made.do)
