# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows services as they are configured: their definition in the registry.

It is read there and not from ``sc.exe qc``, whose labels and words for start types are localized.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from . import registry
from .command import Result
from .query import Query
from .registry import Tree

SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
INTERACTIVE = 0x100
"""The flag that a service type may have in addition."""


class StartType(IntEnum):
    """When a service starts (SERVICE_BOOT_START and so on)."""

    BOOT = 0
    SYSTEM = 1
    AUTO = 2
    DEMAND = 3
    DISABLED = 4


class ServiceType(IntEnum):
    """What a service runs in (SERVICE_KERNEL_DRIVER and so on), without the interactive flag."""

    KERNEL_DRIVER = 0x1
    FILE_SYSTEM_DRIVER = 0x2
    OWN_PROCESS = 0x10
    SHARE_PROCESS = 0x20
    OWN_OR_SHARE_PROCESS = 0x30


class ErrorControl(IntEnum):
    """What Windows does at boot if a service fails to start (SERVICE_ERROR_IGNORE and so on)."""

    IGNORE = 0
    NORMAL = 1
    SEVERE = 2
    CRITICAL = 3


class SidType(IntEnum):
    """The type of a service's own SID (SERVICE_SID_TYPE_NONE and so on)."""

    NONE = 0
    UNRESTRICTED = 1
    RESTRICTED = 3


class ActionType(IntEnum):
    """What the service control manager does after a failure (SC_ACTION_NONE and so on)."""

    NONE = 0
    RESTART = 1
    REBOOT = 2
    RUN_COMMAND = 3


def word(kind: type[IntEnum], number: int | None) -> str | None:
    """The word for a number of one of the enumerations above, as facts and options have it; None if it has none."""
    return _WORDS[kind].get(number) if number is not None else None


def number(kind: type[IntEnum], word: str) -> int:
    """The number that a word stands for."""
    return kind[word.upper()].value


_WORDS: Mapping[type[IntEnum], Mapping[int, str]] = {
    kind: {each.value: each.name.lower() for each in kind}
    for kind in (StartType, ServiceType, ErrorControl, SidType, ActionType)
}


@dataclass(frozen=True)
class FailureAction:
    """What the service control manager does after a failure, and after how many milliseconds."""

    action: str
    delay_ms: int


@dataclass(frozen=True)
class FailureActions:
    """The recovery plan of a service; the count of failures starts again after ``reset_period_s`` seconds without one."""

    reset_period_s: int
    actions: tuple[FailureAction, ...]


@dataclass(frozen=True)
class Definition:
    """A service as it is configured. None means that the registry holds no such value, or an empty list of names.

    Where it is not ``complete``, because a part of its key could not be listed, it means that this is not known.
    """

    image_path: str | None
    type: int | None
    start: int | None
    delayed: bool
    error_control: int | None
    account: str | None
    dependencies: tuple[str, ...]
    privileges: tuple[str, ...] | None
    sid_type: int | None
    failure_actions: FailureActions | None
    service_dll: str | None
    complete: bool = True

    def knows(self, value: object) -> bool:
        """Whether one of its values is what the registry holds: what is missing from a part of the key is unknown."""
        return self.complete or value not in (None, ())

    @property
    def program(self) -> str | None:
        """The program part of the image path, without quotes."""
        return None if self.image_path is None else _program_and_arguments(self.image_path)[0]

    @property
    def arguments(self) -> str | None:
        """What follows the program in the image path."""
        return None if self.image_path is None else _program_and_arguments(self.image_path)[1]

    @property
    def svchost_group(self) -> str | None:
        """The svchost group that the image path names with ``-k``; None where the program is not svchost.exe or names none."""
        if self.program is None or not re.fullmatch(r"(?:.*\\)?svchost(?:\.exe)?", self.program, re.IGNORECASE):
            return None
        match = re.search(r"(?:^|\s)-k\s+(\S+)", self.arguments or "", re.IGNORECASE)
        return match[1] if match else None

    @property
    def start_type(self) -> str | None:
        """The start type in words: boot, system, auto, delayed_auto, demand, disabled."""
        if self.start == StartType.AUTO and self.delayed:
            return "delayed_auto"
        return _word_or_number(StartType, self.start)

    @property
    def process_type(self) -> int | None:
        """The service type without the interactive flag."""
        return None if self.type is None else self.type & ~INTERACTIVE

    @property
    def service_type(self) -> str | None:
        """The service type in words, without the interactive flag."""
        return _word_or_number(ServiceType, self.process_type)

    @property
    def error_control_word(self) -> str | None:
        """The error control in words: ignore, normal, severe, critical."""
        return _word_or_number(ErrorControl, self.error_control)

    @property
    def sid_type_word(self) -> str | None:
        """The type of the service's own SID in words: none, unrestricted, restricted."""
        return _word_or_number(SidType, self.sid_type)

    @property
    def interactive(self) -> bool:
        """Whether the interactive flag (0x100) is set."""
        return bool((self.type or 0) & INTERACTIVE)


def definition(name: str) -> Query[Definition | None]:
    """A service's definition; None where its registry key is absent or holds no service."""
    return Query(registry.tree(rf"{SERVICES}\{name}").command, _definition)


def start(name: str) -> Query[int | None]:
    """Only the registry value Start of a service (0 boot to 4 disabled); None where it is absent."""
    return Query(registry.value(rf"{SERVICES}\{name}", "Start").command, _start)


def _definition(result: Result) -> Definition | None:
    path = result.command.arguments[1]
    tree = registry.tree(path).parse(result)
    complete = tree.complete
    if not complete:
        tree = _as_far_as_listed(tree)
    key = tree.key(path)
    if key is None or not key.values:
        return None
    parameters = tree.key(rf"{path}\Parameters")
    failure_actions = key.binary("FailureActions")
    return Definition(
        image_path=key.text("ImagePath"),
        type=key.number("Type"),
        start=key.number("Start"),
        delayed=bool(key.number("DelayedAutostart")),
        error_control=key.number("ErrorControl"),
        account=key.text("ObjectName"),
        dependencies=key.strings("DependOnService") or (),
        privileges=key.strings("RequiredPrivileges"),
        sid_type=key.number("ServiceSidType"),
        failure_actions=None if failure_actions is None else parse_failure_actions(failure_actions),
        service_dll=parameters.text("ServiceDll") if parameters else None,
        complete=complete,
    )


def _as_far_as_listed(tree: Tree) -> Tree:
    """A tree whose listing broke off, as if it were whole: what it lacks is marked in the definition."""
    return Tree({name: replace(key, complete=True) for name, key in tree.keys.items()})


def _start(result: Result) -> int | None:
    key = registry.value(result.command.arguments[1], "Start").parse(result)
    return key.number("Start") if key else None


def parse_failure_actions(blob: bytes) -> FailureActions | None:
    """Decode the registry value FailureActions (the layout of SERVICE_FAILURE_ACTIONS with 32-bit fields, on x64 too).

    Five little-endian u32 (reset period in seconds, two placeholders, count, a placeholder for the actions' place), then
    per action its type and its delay in milliseconds. The actions follow at once whatever the last placeholder says: it is
    20 for BITS and 0 for RpcSs on Windows 7 and 10 alike. None where the blob does not hold what it announces.
    """
    header = struct.Struct("<5I")
    if len(blob) < header.size:
        return None
    reset, _reboot, _command, count, _place = header.unpack_from(blob)
    if len(blob) < header.size + 8 * count:
        return None
    pairs = struct.iter_unpack("<2I", blob[header.size : header.size + 8 * count])
    return FailureActions(
        reset, tuple(FailureAction(word(ActionType, kind) or str(kind), delay) for kind, delay in pairs)
    )


def type_in_words(number: int | None) -> str | None:
    """A service type in words, the interactive flag included: ``own_process (interactive)``."""
    if number is None:
        return None
    return f"{_word_or_number(ServiceType, number & ~INTERACTIVE)}{' (interactive)' if number & INTERACTIVE else ''}"


def _program_and_arguments(image_path: str) -> tuple[str, str]:
    if image_path.startswith('"'):
        program, _separator, arguments = image_path[1:].partition('"')
        return program, arguments.strip()
    if match := re.match(r"(.+?\.(?:exe|sys|dll))(?:\s+(.*))?$", image_path, re.IGNORECASE):
        return match[1], (match[2] or "").strip()
    program, _separator, arguments = image_path.partition(" ")
    return program, arguments.strip()


def _word_or_number(kind: type[IntEnum], number: int | None) -> str | None:
    return None if number is None else word(kind, number) or f"unknown ({number:#x})"
