# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that make BITS what it shall be: only what differs, each with its undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ... import _baselines, _errors, _registry, _service_change, _service_definition
from ..._baselines import Drift
from ..._command import Command, command
from ..._exceptions import UnquotableArgument, WsusClientError
from ..._plan import Change, Step
from ..._registry import Value
from ..._service_definition import Definition
from ..system import System
from ._desired import Desired
from ._facts import GROUP, JOB_FOLDER, SERVICE, SVCHOST, Bits, plain
from ._neighbours import neighbour_steps, require_dependencies

_KEY = rf"{_service_definition.SERVICES}\{SERVICE}"
_PARAMETERS = rf"{_KEY}\Parameters"
_DISPLAY_NAME = r"@%SystemRoot%\system32\qmgr.dll,-1000"
# What sc.exe config sets in one call.
_CONFIG = ("image_path", "service_type", "start_type", "error_control", "account", "dependencies")
# Of these, what a running BITS heeds only when it starts again.
_HEEDED_AT_START = frozenset({"image_path", "service_type", "account"})
_PATH_NOT_FOUND = 0x80070003


class DefinitionUnreadable(WsusClientError):
    """The service control manager knows BITS, but its registry key is gone or closed to administrators."""

    reason = "definition_unreadable"


def plan(bits: Bits, wanted: Desired, system: System) -> tuple[Step, ...]:
    """The steps that bring the definition of BITS, and the services that it needs, to what is wanted; empty where all is right.

    Raises DependencyMissing, DefinitionUnreadable, and UnquotableArgument for a wanted value that no command line can carry.
    """
    if bits.state.installed and bits.definition is None:
        raise DefinitionUnreadable(
            "Windows still runs with the definition of BITS, but its registry key is gone or may not be read: restart Windows "
            "(or mend the permissions of the key), then run this again. Nothing was changed"
        )
    if wanted.state != "stopped":
        require_dependencies(bits, wanted)
    return (*_definition_steps(bits, wanted, system), *neighbour_steps(bits, wanted), *_folder_steps(bits, wanted))


def backup(file: str) -> Command:
    """Export the whole definition to a .reg file on the machine."""
    return _registry.export(_KEY, file)


def _definition_steps(bits: Bits, wanted: Desired, system: System) -> Iterator[Step]:
    if bits.definition is None or not bits.state.installed:
        yield from _creation(bits, wanted)
        return
    found = _baselines.drift(bits.definition, wanted.definition, bits.group_members, SERVICE, system.system_root)
    differs = {each.attribute: each for each in found if each.attribute in wanted.managed}
    if config := [differs[name] for name in _CONFIG if name in differs]:
        yield _config_step(bits.definition, wanted, config)
    for attribute, step in _SINGLE.items():
        if attribute in differs:
            yield step(bits, wanted, differs[attribute])


def _creation(bits: Bits, wanted: Desired) -> Iterator[Step]:
    """The service anew, whatever the profile: one that does not exist has no attribute that could be left alone."""
    new = wanted.definition
    created = _service_change.create(
        SERVICE,
        _DISPLAY_NAME,
        image_path=new.image_path,
        kind=new.type,
        start=wanted.start_type,
        error_control=_number(_service_definition.ERROR_CONTROLS, new.error_control),
        account=new.account,
        dependencies=new.dependencies,
    )
    yield Step((Change("installed", False, True),), created, (_service_change.delete(SERVICE),))
    for attribute, step in _SINGLE.items():
        present = attribute == "svchost_group" and bits.in_group is not False
        if not present:
            made = step(bits, wanted, Drift(attribute, getattr(new, attribute), None))
            # The key goes with the service; the group's list is a key of its own.
            yield made if attribute == "svchost_group" else Step(made.changes, made.do)


def _config_step(definition: Definition, wanted: Desired, differs: list[Drift]) -> Step:
    new = wanted.definition
    after: dict[str, Any] = {
        "image_path": new.image_path,
        "service_type": new.type,
        "start_type": wanted.start_type,
        "error_control": _number(_service_definition.ERROR_CONTROLS, new.error_control),
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
            plain(each.actual),
            wanted.start_type if each.attribute == "start_type" else plain(each.expected),
        )
        for each in differs
    )
    return Step(
        changes,
        _config({name: after[name] for name in names}),
        _undo_config({name: before[name] for name in names}),
        restart=not _HEEDED_AT_START.isdisjoint(names),
    )


def _config(values: Mapping[str, Any]) -> Command:
    if (
        "service_type" in values
        and "account" not in values
        and values["service_type"] & _service_definition.INTERACTIVE
    ):
        # sc.exe takes an interactive type only together with the account (Microsoft "Windows Commands", sc config).
        values = {**values, "account": "LocalSystem"}
    names = {"service_type": "kind", "start_type": "start"}
    return _service_change.config(SERVICE, **{names.get(name, name): value for name, value in values.items()})


def _undo_config(values: Mapping[str, Any]) -> tuple[Command, ...]:
    """What was there before, as far as sc.exe can set it: only an account of Windows itself needs no password."""
    known = {name: value for name, value in values.items() if value is not None}
    if "account" in known and not _baselines.is_built_in(known["account"]):
        del known["account"]
    if known.get("service_type", 0x20) & ~_service_definition.INTERACTIVE not in (0x10, 0x20):
        del known["service_type"]
    if known.get("start_type", "demand") not in _service_change.START_WORDS:
        del known["start_type"]
    return _if_quotable(lambda: _config(known)) if known else ()


def _privileges(bits: Bits, wanted: Desired, drift: Drift) -> Step:
    before = bits.definition.privileges if bits.definition else None
    undo = _if_quotable(lambda: _service_change.privileges(SERVICE, before)) if before else ()
    return Step(_change(drift), _service_change.privileges(SERVICE, wanted.definition.privileges), undo, restart=True)


def _sid_type(bits: Bits, wanted: Desired, drift: Drift) -> Step:
    before = bits.definition.sid_type if bits.definition else None
    known = before is not None and before in _service_definition.SID_TYPES
    undo = (_service_change.sid_type(SERVICE, before),) if known and before is not None else ()
    number = _number(_service_definition.SID_TYPES, wanted.definition.sid_type)
    return Step(_change(drift), _service_change.sid_type(SERVICE, number), undo)


def _failure_actions(bits: Bits, wanted: Desired, drift: Drift) -> Step:
    before = bits.definition.failure_actions if bits.definition else None
    known = (
        before
        and before.actions
        and all(each.action in _service_definition.ACTIONS.values() for each in before.actions)
    )
    undo = (_service_change.failure_actions(SERVICE, before),) if before and known else ()
    return Step(_change(drift), _service_change.failure_actions(SERVICE, wanted.definition.failure_actions), undo)


def _service_dll(bits: Bits, wanted: Desired, drift: Drift) -> Step:
    before = bits.definition.service_dll if bits.definition else None
    new = Value("ServiceDll", "REG_EXPAND_SZ", wanted.definition.service_dll)
    if before is None:
        undo: tuple[Command, ...] = (_registry.delete_value(_PARAMETERS, "ServiceDll"),)
    else:
        undo = _if_quotable(lambda: _registry.add(_PARAMETERS, Value("ServiceDll", "REG_EXPAND_SZ", before)))
    return Step(_change(drift), _registry.add(_PARAMETERS, new), undo, restart=True)


def _group(bits: Bits, wanted: Desired, drift: Drift) -> Step:
    members = bits.group_members or ()
    before, after = (Value(GROUP, "REG_MULTI_SZ", names) for names in (members, (*members, SERVICE)))
    return Step(
        (Change("svchost_group", False, True),), _registry.add(SVCHOST, after), (_registry.add(SVCHOST, before),)
    )


_SINGLE: Mapping[str, Callable[[Bits, Desired, Drift], Step]] = {
    "privileges": _privileges,
    "sid_type": _sid_type,
    "failure_actions": _failure_actions,
    "service_dll": _service_dll,
    "svchost_group": _group,
}


def _folder_steps(bits: Bits, wanted: Desired) -> Iterator[Step]:
    """The folder for jobs, where BITS could not start for want of a path. An empty folder needs no undo that could fail."""
    failed_with = bits.state.failed_with
    without_path = failed_with is not None and _errors.of_win32(failed_with) == _PATH_NOT_FOUND
    if wanted.state != "stopped" and without_path and bits.job_folder is False:
        yield Step((Change("job_folder", "missing", "present"),), command("cmd.exe", "/d", "/c", "mkdir", JOB_FOLDER))


def _change(drift: Drift) -> tuple[Change, ...]:
    return (Change(drift.attribute, plain(drift.actual), plain(drift.expected)),)


def _number(words: Mapping[int, str], word: str) -> int:
    return next(number for number, each in words.items() if each == word)


def _if_quotable(build: Callable[[], Command]) -> tuple[Command, ...]:
    try:
        return (build(),)
    except UnquotableArgument:
        return ()
