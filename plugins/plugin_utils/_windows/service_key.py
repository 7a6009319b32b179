# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of Windows services: their definition in the registry.

It is read from the registry, because the labels and start types in the output of ``sc.exe qc`` are localized.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from . import registry
from .command import Result
from .dir_listing import name_of
from .query import Query
from .registry import Tree
from .urls import HIDDEN

SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
INTERACTIVE = 0x100
"""The flag that a service type may have in addition."""


class StartType(IntEnum):
    """The start type of a service (SERVICE_BOOT_START and so on)."""

    BOOT = 0
    SYSTEM = 1
    AUTO = 2
    DEMAND = 3
    DISABLED = 4


class ServiceType(IntEnum):
    """The type of a service (SERVICE_KERNEL_DRIVER and so on), without the interactive flag."""

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
    """The SID type of a service (SERVICE_SID_TYPE_NONE and so on)."""

    NONE = 0
    UNRESTRICTED = 1
    RESTRICTED = 3


class ActionType(IntEnum):
    """The action of the service control manager after a failure (SC_ACTION_NONE and so on)."""

    NONE = 0
    RESTART = 1
    REBOOT = 2
    RUN_COMMAND = 3


def word(kind: type[IntEnum], number: int | None) -> str | None:
    """The name of a number in one of the enumerations above, as in facts and options; None if it has none."""
    return _WORDS[kind].get(number) if number is not None else None


def number(kind: type[IntEnum], word: str) -> int:
    """The number of a name in one of the enumerations above."""
    return kind[word.upper()].value


_WORDS: Mapping[type[IntEnum], Mapping[int, str]] = {
    kind: {each.value: each.name.lower() for each in kind}
    for kind in (StartType, ServiceType, ErrorControl, SidType, ActionType)
}


@dataclass(frozen=True)
class FailureAction:
    """An action of the service control manager after a failure, and its delay in milliseconds."""

    action: str
    delay_ms: int


@dataclass(frozen=True)
class FailureActions:
    """The failure actions of a service; the failure count is reset after ``reset_period_s`` seconds without a failure."""

    reset_period_s: int
    actions: tuple[FailureAction, ...]


@dataclass(frozen=True)
class Definition:
    """The configuration of a service. None means that the registry contains no such value, or an empty list of names.

    If it is not ``complete``, because a part of its key could not be listed, None means that the value is not known.
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
        """The part of the image path after the program."""
        return None if self.image_path is None else _program_and_arguments(self.image_path)[1]

    @property
    def svchost_group(self) -> str | None:
        """The svchost group after ``-k`` in the image path; None if the program is not svchost.exe or has no group."""
        if self.program is None or not _is_svchost(self.program):
            return None
        match = re.search(r"(?:^|\s)-k\s+(\S+)", self.arguments or "", re.IGNORECASE)
        return match[1] if match else None

    @property
    def start_type(self) -> str | None:
        """The name of the start type: boot, system, auto, delayed_auto, demand, disabled."""
        if self.start == StartType.AUTO and self.delayed:
            return "delayed_auto"
        return _word_or_number(StartType, self.start)

    @property
    def process_type(self) -> int | None:
        """The service type without the interactive flag."""
        return None if self.type is None else self.type & ~INTERACTIVE

    @property
    def service_type(self) -> str | None:
        """The name of the service type, without the interactive flag."""
        return _word_or_number(ServiceType, self.process_type)

    @property
    def error_control_word(self) -> str | None:
        """The name of the error control: ignore, normal, severe, critical."""
        return _word_or_number(ErrorControl, self.error_control)

    @property
    def sid_type_word(self) -> str | None:
        """The name of the SID type: none, unrestricted, restricted."""
        return _word_or_number(SidType, self.sid_type)

    @property
    def interactive(self) -> bool:
        """Whether the interactive flag (0x100) is set."""
        return bool((self.type or 0) & INTERACTIVE)


def definition(name: str) -> Query[Definition | None]:
    """The definition of a service; None if its registry key does not exist or has no values."""
    return Query(registry.tree(rf"{SERVICES}\{name}").command, _definition)


def start(name: str) -> Query[int | None]:
    """Only the registry value Start of a service (0 boot to 4 disabled); None if it does not exist."""
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
    """Decode the registry value FailureActions (the layout of SERVICE_FAILURE_ACTIONS with 32-bit fields, also on x64).

    Five little-endian u32 (reset period in seconds, two placeholders, count, a placeholder for the address of the actions),
    then the type and the delay in milliseconds of each action. The actions follow immediately, regardless of the last
    placeholder: on Windows 7 and 10 it is 20 for BITS and 0 for RpcSs. None if the blob is shorter than its count requires.
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


def shown_image_path(image_path: str | None) -> str | None:
    """An image path as it may be shown: the program, and the arguments of svchost.exe. Any other argument may be a password."""
    if image_path is None:
        return None
    program, arguments = _program_and_arguments(image_path)
    plain = _PLAIN_PROGRAM.match(program)
    if plain and plain.end() < len(program):
        return f"{plain[0]}{HIDDEN}"
    known = _OF_SVCHOST.match(arguments) if _is_svchost(program) else None
    left = arguments[known.end() if known else 0 :]
    return f"{image_path[: image_path.rindex(left)].rstrip()} {HIDDEN}" if left else image_path


def type_in_words(number: int | None) -> str | None:
    """The name of a service type, with the interactive flag: ``own_process (interactive)``."""
    if number is None:
        return None
    return f"{_word_or_number(ServiceType, number & ~INTERACTIVE)}{' (interactive)' if number & INTERACTIVE else ''}"


_END_OF_PROGRAM = re.compile(r"\.(?:exe|sys|dll)(?=\s|$)", re.IGNORECASE)


# A path without arguments in it, and without what separates a name from its value.
_PLAIN_PROGRAM = re.compile(r'(?:(?! [-/])[^=;@&|<>"\r\n])*')
# The article that is followed has a dash (U+2013), which may arrive as another character.
_OF_SVCHOST = re.compile(r"(?:[-/\u2013\u2014\ufffd?]{1,3}(?:p|[ks]\s+[\w.]{1,64})(?:\s+|$))*", re.IGNORECASE)


def _is_svchost(program: str) -> bool:
    return name_of(program).lower() in ("svchost", "svchost.exe")


def _program_and_arguments(image_path: str) -> tuple[str, str]:
    if image_path.startswith('"'):
        program, _separator, arguments = image_path[1:].partition('"')
        return program, arguments.strip()
    if end := _END_OF_PROGRAM.search(image_path, 1):
        return image_path[: end.end()], image_path[end.end() :].strip()
    program, _separator, arguments = image_path.partition(" ")
    return program, arguments.strip()


def _word_or_number(kind: type[IntEnum], number: int | None) -> str | None:
    return None if number is None else word(kind, number) or f"unknown ({number:#x})"
