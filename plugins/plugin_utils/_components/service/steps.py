# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps for the attributes of a service: those that sc.exe config sets in one call, and those with a separate command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..._exceptions import UnquotableArgument, WsusClientError
from ..._plan import Change, Step
from ..._windows import registry, sc, service_key
from ..._windows.command import Command
from ..._windows.readable import can_be_written_back
from ..._windows.registry import Value
from ..._windows.service_key import INTERACTIVE, Definition, ErrorControl, ServiceType, SidType
from . import baseline
from .baseline import Drift
from .desired import Desired
from .facts import ServiceFacts, published
from .probe import SVCHOST
from .spec import ServiceSpec

CONFIG = ("image_path", "service_type", "start_type", "error_control", "account", "dependencies")
"""The attributes that sc.exe config sets in one call."""

# Of these, the attributes that take effect only at the next start of the service.
_EFFECTIVE_AT_START = frozenset({"image_path", "service_type", "account"})


def key(service: ServiceSpec) -> str:
    """The registry key of a service."""
    return rf"{service_key.SERVICES}\{service.name}"


def config(service: ServiceSpec, definition: Definition, wanted: Desired, differs: list[Drift]) -> Step:
    """The step that sets the differing attributes among CONFIG in one call."""
    new = wanted.definition
    after: dict[str, Any] = {
        "image_path": new.image_path,
        "service_type": new.type,
        "start_type": wanted.start_type,
        "error_control": service_key.number(ErrorControl, new.error_control),
        "account": new.account,
        "dependencies": new.dependencies,
    }
    before: dict[str, Any] = {
        "image_path": definition.image_path,
        "service_type": definition.type,
        "start_type": definition.start_type,
        "error_control": definition.error_control,
        "account": definition.account,
        "dependencies": definition.dependencies,
    }
    names = [each.attribute for each in differs]
    changes = tuple(
        Change(
            each.attribute,
            published(each.attribute, each.actual),
            wanted.start_type if each.attribute == "start_type" else published(each.attribute, each.expected),
        )
        for each in differs
    )
    return Step(
        changes,
        _config(service, {name: after[name] for name in names}),
        _undo_config(service, {name: before[name] for name in names}),
        restart=not _EFFECTIVE_AT_START.isdisjoint(names),
    )


def _config(service: ServiceSpec, values: Mapping[str, Any]) -> Command:
    if "service_type" in values and "account" not in values and values["service_type"] & INTERACTIVE:
        # sc.exe accepts an interactive type only together with the account (Microsoft "Windows Commands", sc config).
        values = {**values, "account": "LocalSystem"}
    names = {"service_type": "kind", "start_type": "start"}
    return sc.config(service.name, **{names.get(name, name): value for name, value in values.items()})


def _undo_config(service: ServiceSpec, values: Mapping[str, Any]) -> tuple[Command, ...]:
    """The command that restores the previous values, except undefined numbers, accounts with a password, and damaged texts."""
    known = {
        name: value
        for name, value in values.items()
        if value is not None and all(map(can_be_written_back, _texts(value)))
    }
    if "account" in known and not baseline.is_built_in(known["account"]):
        del known["account"]
    if known.get("service_type", ServiceType.SHARE_PROCESS) & ~INTERACTIVE not in sc.TYPE_WORDS:
        del known["service_type"]
    if known.get("start_type", "demand") not in sc.START_WORDS:
        del known["start_type"]
    if "error_control" in known and service_key.word(ErrorControl, known["error_control"]) is None:
        del known["error_control"]
    return _if_quotable(lambda: _config(service, known)) if known else ()


def _texts(value: Any) -> tuple[str, ...]:
    """A value as texts: one, several in a list, or none in a number."""
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()


def _privileges(facts: ServiceFacts, wanted: Desired, drift: Drift) -> Step:
    name = facts.spec.name
    before = facts.definition.privileges if facts.definition else None
    whole = before and all(map(can_be_written_back, before))
    undo = _if_quotable(lambda: sc.privileges(name, before)) if before and whole else ()
    return Step(_change(drift), sc.privileges(name, drift.expected), undo, restart=True)


def _sid_type(facts: ServiceFacts, wanted: Desired, drift: Drift) -> Step:
    name = facts.spec.name
    before = facts.definition.sid_type if facts.definition else None
    undo = (sc.sid_type(name, before),) if before is not None and service_key.word(SidType, before) else ()
    after = service_key.number(SidType, wanted.definition.sid_type)
    return Step(_change(drift), sc.sid_type(name, after), undo)


def _failure_actions(facts: ServiceFacts, wanted: Desired, drift: Drift) -> Step:
    name = facts.spec.name
    before = facts.definition.failure_actions if facts.definition else None
    known = before and before.actions and all(each.action in sc.ACTION_WORDS for each in before.actions)
    undo = (sc.failure_actions(name, before),) if before and known else ()
    return Step(_change(drift), sc.failure_actions(name, wanted.definition.failure_actions), undo)


_PARAMETERS_REFUSED = (
    "The permissions of this key may not allow administrators to write it: allow that in regedit.exe (Permissions), "
    "or repair Windows with an in-place upgrade"
)
"""Microsoft's BITS troubleshooting pack grants the user full control of the key before it writes the value, and removes the
permission afterward (stored public file 6997404903)."""


def _service_dll(facts: ServiceFacts, wanted: Desired, drift: Drift) -> Step:
    parameters = rf"{key(facts.spec)}\Parameters"
    before = facts.definition.service_dll if facts.definition else None
    new = Value("ServiceDll", "REG_EXPAND_SZ", wanted.definition.service_dll)
    if before is None:
        undo: tuple[Command, ...] = (registry.delete_value(parameters, "ServiceDll"),)
    elif not can_be_written_back(before):
        undo = ()
    else:
        undo = _if_quotable(lambda: registry.add(parameters, Value("ServiceDll", "REG_EXPAND_SZ", before)))
    return Step(_change(drift), registry.add(parameters, new), undo, restart=True, if_refused=_PARAMETERS_REFUSED)


class GroupUnreadable(WsusClientError):
    """The list of a svchost group has a name that may have arrived damaged, so it cannot be written with another name in it."""

    reason = "group_unreadable"


def _group(facts: ServiceFacts, wanted: Desired, drift: Drift) -> Step:
    service, members = facts.spec, facts.group_members or ()
    if not all(map(can_be_written_back, members)):
        raise GroupUnreadable(
            f"the svchost group {service.group} lists a service whose name cannot be read over this connection, so the list cannot "
            f"be written with {service.name} in it. Connect with winrm, or add the name manually. Nothing was changed"
        )
    before, after = (Value(service.group, "REG_MULTI_SZ", names) for names in (members, (*members, service.name)))
    return Step((Change("svchost_group", False, True),), registry.add(SVCHOST, after), (registry.add(SVCHOST, before),))


SINGLE: Mapping[str, Callable[[ServiceFacts, Desired, Drift], Step]] = {
    "privileges": _privileges,
    "sid_type": _sid_type,
    "failure_actions": _failure_actions,
    "service_dll": _service_dll,
    "svchost_group": _group,
}
"""The steps for the attributes with a separate command."""


def _change(drift: Drift) -> tuple[Change, ...]:
    return (
        Change(drift.attribute, published(drift.attribute, drift.actual), published(drift.attribute, drift.expected)),
    )


def _if_quotable(build: Callable[[], Command]) -> tuple[Command, ...]:
    try:
        return (build(),)
    except UnquotableArgument:
        return ()
