# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows services: their definition as the registry holds it, their state as the service control manager tells it.

Definitions are read from the registry and states by number, because ``sc.exe`` prints localized labels (Spanish and
Italian Windows translate them all) while numbers and constants such as RUNNING stay as they are.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from . import _registry
from ._command import Command, Result, command
from ._exceptions import UnexpectedOutput

SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
NOT_INSTALLED = 1060  # ERROR_SERVICE_DOES_NOT_EXIST
NEVER_STARTED = 1077  # ERROR_SERVICE_NEVER_STARTED: not started since the machine started
SPECIFIC_ERROR = 1066  # ERROR_SERVICE_SPECIFIC_ERROR: the service's own code says more

STATES: Mapping[int, str] = {
    1: "stopped",
    2: "start_pending",
    3: "stop_pending",
    4: "running",
    5: "continue_pending",
    6: "pause_pending",
    7: "paused",
}
START_TYPES: Mapping[int, str] = {0: "boot", 1: "system", 2: "auto", 3: "demand", 4: "disabled"}
ERROR_CONTROLS: Mapping[int, str] = {0: "ignore", 1: "normal", 2: "severe", 3: "critical"}
SID_TYPES: Mapping[int, str] = {0: "none", 1: "unrestricted", 3: "restricted"}
ACTIONS: Mapping[int, str] = {0: "none", 1: "restart", 2: "reboot", 3: "run_command"}
SERVICE_TYPES: Mapping[int, str] = {
    0x1: "kernel_driver",
    0x2: "file_system_driver",
    0x10: "own_process",
    0x20: "share_process",
    0x30: "own_or_share_process",
}
INTERACTIVE = 0x100

_STATE = re.compile(r":\s*([1-7])\s+([A-Z_]+)\b")
_TYPE = re.compile(r":\s*([0-9a-fA-F]+)\s+(?:WIN32|USER_|KERNEL_|FILE_SYSTEM_|INTERACTIVE)\w*")
_EXIT_CODE = re.compile(r":\s*(\d+)\s+\(0x[0-9a-fA-F]+\)\s*$")
_PID = re.compile(r":\s*(\d+)\s*$")


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
    """A service as it is configured. None means that the registry holds no such value."""

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
        if self.start == 2 and self.delayed:
            return "delayed_auto"
        return _word(START_TYPES, self.start)

    @property
    def service_type(self) -> str | None:
        """The service type in words, without the interactive flag."""
        return None if self.type is None else _word(SERVICE_TYPES, self.type & ~INTERACTIVE)

    @property
    def interactive(self) -> bool:
        """Whether the interactive flag (0x100) is set."""
        return bool((self.type or 0) & INTERACTIVE)


@dataclass(frozen=True)
class State:
    """A service as the service control manager sees it now.

    ``code`` is None where it is not installed, or where the question was refused: then ``error`` is the Windows error.
    """

    code: int | None = None
    win32_exit_code: int | None = None
    service_exit_code: int | None = None
    pid: int | None = None
    error: int | None = None

    @property
    def installed(self) -> bool:
        """Whether the service control manager knows the service."""
        return self.code is not None or self.error is not None

    @property
    def name(self) -> str:
        """The state in words; ``not_installed`` or ``unreadable`` where there is none."""
        if self.code is None:
            return "not_installed" if self.error is None else "unreadable"
        return STATES[self.code]

    @property
    def running(self) -> bool:
        """Whether the state is RUNNING (4)."""
        return self.code == 4

    @property
    def failed_with(self) -> int | None:
        """The Win32 error that the service last ended with, None where it ended well or was not started since boot.

        A service-specific error takes the place of 1066, which only points to it.
        """
        if self.code != 1 or self.win32_exit_code in (0, NEVER_STARTED, None):
            return None
        return self.service_exit_code if self.win32_exit_code == SPECIFIC_ERROR else self.win32_exit_code


def query_state(name: str) -> Command:
    """Ask the service control manager for a service's state and process id."""
    return command("sc.exe", "queryex", name)


def query_definition(name: str) -> Command:
    """Read a service's definition with everything below it."""
    return _registry.query_tree(rf"{SERVICES}\{name}")


def query_start(name: str) -> Command:
    """Read only a service's start type."""
    return _registry.query_value(rf"{SERVICES}\{name}", "Start")


def read_start(result: Result) -> int | None:
    """The registry value Start (0 boot to 4 disabled) that ``query_start`` asked for; None where it is absent."""
    return next((key.number("Start") for key in _registry.read_tree(result).keys.values()), None)


def read_state(result: Result) -> State:
    """A service's state by the numbers of ``sc.exe queryex``, in any language.

    Raises UnexpectedOutput when sc.exe succeeded but no state can be found in what it printed.
    """
    if result.exit_code == NOT_INSTALLED:
        return State()
    if not result.ok:
        return State(error=result.exit_code)
    state = pid = None
    exit_codes: list[int] = []
    for line in result.lines:
        if state is None:
            if not _TYPE.search(line) and (match := _STATE.search(line)):
                state = int(match[1])
        elif match := _EXIT_CODE.search(line):
            exit_codes.append(int(match[1]))
        elif match := _PID.search(line):
            pid = int(match[1])
    if state is None or len(exit_codes) < 2:
        raise UnexpectedOutput(
            f"`{result.command}` did not print a service's state; it printed: {' '.join(result.text.split())[:200]!r}"
        )
    return State(state, exit_codes[0], exit_codes[1], pid or None)


def read_definition(tree: _registry.Tree, name: str) -> Definition | None:
    """A service's definition from its registry key; None where the key is absent or holds no service."""
    key = tree.key(rf"{SERVICES}\{name}")
    if key is None or not key.values:
        return None
    parameters = tree.key(rf"{SERVICES}\{name}\Parameters")
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
    )


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
    return FailureActions(reset, tuple(FailureAction(ACTIONS.get(kind, str(kind)), delay) for kind, delay in pairs))


def _program_and_arguments(image_path: str) -> tuple[str, str]:
    if image_path.startswith('"'):
        program, _, arguments = image_path[1:].partition('"')
        return program, arguments.strip()
    if match := re.match(r"(.+?\.(?:exe|sys|dll))(?:\s+(.*))?$", image_path, re.IGNORECASE):
        return match[1], (match[2] or "").strip()
    program, _, arguments = image_path.partition(" ")
    return program, arguments.strip()


def _word(words: Mapping[int, str], number: int | None) -> str | None:
    return None if number is None else words.get(number, f"unknown ({number:#x})")
