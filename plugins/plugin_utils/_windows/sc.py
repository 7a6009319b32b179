# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sc.exe: the state of a service according to the service control manager, and the commands that change a service.

The labels in the output of ``sc.exe`` are localized (all of them in Spanish and Italian Windows); numbers and constants such as
RUNNING are not. In its options the equals sign belongs to the name, and the value is a separate word (Microsoft "Windows
Commands", sc config). The service control manager keeps the services in memory: settings that sc.exe supports are
therefore never written directly to the registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from .._exceptions import UnexpectedOutput, UnquotableArgument
from .command import Command, Result
from .query import Query
from .service_key import INTERACTIVE, ErrorControl, FailureActions, ServiceType, SidType
from .urls import text_without_credentials

NOT_INSTALLED = 1060  # ERROR_SERVICE_DOES_NOT_EXIST
NEVER_STARTED = 1077  # ERROR_SERVICE_NEVER_STARTED: not started since boot
SPECIFIC_ERROR = 1066  # ERROR_SERVICE_SPECIFIC_ERROR: the cause is in the service-specific exit code
ALREADY_RUNNING = 1056  # ERROR_SERVICE_ALREADY_RUNNING
NOT_ACTIVE = 1062  # ERROR_SERVICE_NOT_ACTIVE: not running


class ServiceState(IntEnum):
    """The current state of a service (SERVICE_STOPPED and so on)."""

    STOPPED = 1
    START_PENDING = 2
    STOP_PENDING = 3
    RUNNING = 4
    CONTINUE_PENDING = 5
    PAUSE_PENDING = 6
    PAUSED = 7


SETTLED = frozenset({ServiceState.STOPPED, ServiceState.RUNNING, ServiceState.PAUSED})
"""The states that do not change by themselves; the others are transitions to one of them."""

_STATE = re.compile(r":\s*([1-7])\s+([A-Z_]+)\b")
_TYPE = re.compile(r":\s*([0-9a-fA-F]+)\s+(?:WIN32|USER_|KERNEL_|FILE_SYSTEM_|INTERACTIVE)\w*")
_EXIT_CODE = re.compile(r":\s*([0-9]{1,10})\s+\(0x[0-9a-fA-F]+\)\s*$")
_PID = re.compile(r":\s*([0-9]{1,10})\s*$")

START_WORDS: Mapping[str, str] = {
    "auto": "auto",
    "delayed_auto": "delayed-auto",
    "demand": "demand",
    "disabled": "disabled",
}
"""The start types that a service of svchost.exe can have, as arguments of sc.exe."""

TYPE_WORDS: Mapping[int, str] = {ServiceType.OWN_PROCESS: "own", ServiceType.SHARE_PROCESS: "share"}
"""The service types that sc.exe can set, as its arguments."""
ACTION_WORDS: Mapping[str, str] = {"none": "", "restart": "restart", "reboot": "reboot", "run_command": "run"}
"""The actions after a failure, as arguments of sc.exe."""


@dataclass(frozen=True)
class State:
    """The current state of a service according to the service control manager.

    ``code`` is None if the service is not installed, or if the query was refused: then ``error`` is the Win32 error code.
    """

    code: ServiceState | None = None
    win32_exit_code: int | None = None
    service_exit_code: int | None = None
    pid: int | None = None
    error: int | None = None

    @property
    def installed(self) -> bool:
        """Whether the service exists in the service control manager."""
        return self.code is not None or self.error is not None

    @property
    def name(self) -> str:
        """The name of the state; ``not_installed`` or ``unreadable`` if there is none."""
        if self.code is None:
            return "not_installed" if self.error is None else "unreadable"
        return self.code.name.lower()

    @property
    def running(self) -> bool:
        """Whether it is running."""
        return self.code == ServiceState.RUNNING

    @property
    def stopped(self) -> bool:
        """Whether it is stopped; False if it is not installed or cannot be read."""
        return self.code == ServiceState.STOPPED

    @property
    def pending(self) -> bool:
        """Whether it is in a pending state."""
        return self.code is not None and self.code not in SETTLED

    @property
    def active(self) -> bool:
        """Whether it is running, paused, or in a pending state."""
        return self.code is not None and not self.stopped

    @property
    def failed_with(self) -> int | None:
        """The Win32 error code with which the service last ended; None if it succeeded or was not started since boot.

        1066 is replaced by the service-specific exit code that it refers to.
        """
        if not self.stopped or self.win32_exit_code in (0, NEVER_STARTED, None):
            return None
        return self.service_exit_code if self.win32_exit_code == SPECIFIC_ERROR else self.win32_exit_code


def state(name: str) -> Query[State]:
    """The state and process ID of a service according to the service control manager."""
    return Query(_sc("queryex", name), _state)


def _state(result: Result) -> State:
    """The state of a service from the numbers in the output of ``sc.exe queryex``, in any language.

    Raises UnexpectedOutput if sc.exe succeeded but its output contains no state.
    """
    if result.exit_code == NOT_INSTALLED:
        return State()
    if not result.ok:
        return State(error=result.exit_code)
    code: ServiceState | None = None
    pid: int | None = None
    exit_codes: list[int] = []
    for line in result.lines:
        if code is None:
            if not _TYPE.search(line) and (match := _STATE.search(line)):
                code = ServiceState(int(match[1]))
        elif match := _EXIT_CODE.search(line):
            exit_codes.append(int(match[1]))
        elif match := _PID.search(line):
            pid = int(match[1])
    if code is None or len(exit_codes) < 2:
        raise UnexpectedOutput(
            f"`{result.command.shown}` did not print the state of a service; it printed: {text_without_credentials(' '.join(result.text.split()))[:200]!r}"
        )
    return State(code, exit_codes[0], exit_codes[1], pid or None)


def config(
    name: str,
    *,
    image_path: str | None = None,
    kind: int | None = None,
    start: str | None = None,
    error_control: int | None = None,
    account: str | None = None,
    dependencies: Iterable[str] | None = None,
) -> Command:
    """Change the given attributes of a service in one call, which applies all of them or none.

    ``kind`` is a ServiceType, optionally with INTERACTIVE; ``error_control`` an ErrorControl; ``start`` a key of START_WORDS.
    """
    return _sc("config", name, *_words(image_path, kind, start, error_control, account, dependencies))


def create(
    name: str,
    display_name: str,
    *,
    image_path: str,
    kind: int,
    start: str,
    error_control: int,
    account: str,
    dependencies: Iterable[str],
) -> Command:
    """Install a service; ``display_name`` may be an indirect string (``@library,-number``), which Windows displays localized."""
    words = _words(image_path, kind, start, error_control, account, dependencies)
    return _sc("create", name, *words, "DisplayName=", display_name)


def delete(name: str) -> Command:
    """Remove a service."""
    return _sc("delete", name)


def privileges(name: str, names: Iterable[str]) -> Command:
    """Set the privileges that a service requires."""
    return _sc("privs", name, _joined(names))


def sid_type(name: str, number: int) -> Command:
    """Set the SID type of a service, a SidType."""
    return _sc("sidtype", name, SidType(number).name.lower())


def failure_actions(name: str, wanted: FailureActions) -> Command:
    """Set the actions after a failure of a service; "none" is an empty word between the slashes."""
    actions = "/".join(f"{ACTION_WORDS[each.action]}/{each.delay_ms}" for each in wanted.actions)
    return _sc("failure", name, "reset=", str(wanted.reset_period_s), "actions=", actions)


def start(name: str) -> Command:
    """Request a start; exit code 0 only means that the request was accepted."""
    return _sc("start", name)


def stop(name: str) -> Command:
    """Request a stop; exit code 0 only means that the request was accepted."""
    return _sc("stop", name)


def _sc(*arguments: str) -> Command:
    return Command("sc.exe", arguments, win32_exit_codes=True)


def _words(
    image_path: str | None,
    kind: int | None,
    start_type: str | None,
    error_control: int | None,
    account: str | None,
    dependencies: Iterable[str] | None,
) -> list[str]:
    words: list[str] = []
    if kind is not None:
        words += ["type=", TYPE_WORDS[kind & ~INTERACTIVE]]
        words += ["type=", "interact"] if kind & INTERACTIVE else []
    if start_type is not None:
        words += ["start=", START_WORDS[start_type]]
    if error_control is not None:
        words += ["error=", ErrorControl(error_control).name.lower()]
    if image_path is not None:
        words += ["binPath=", image_path]
    if account is not None:
        words += ["obj=", account]
    if dependencies is not None:
        # A single slash means "no dependencies" to sc.exe; an empty argument cannot be passed.
        words += ["depend=", _joined(dependencies) or "/"]
    return words


def _joined(names: Iterable[str]) -> str:
    """Names as sc.exe takes a list of them. Raises UnquotableArgument for a name that it would take for several, or for none."""
    listed = tuple(names)
    if any(not name or "/" in name for name in listed):
        raise UnquotableArgument("sc.exe separates names with slashes, so no name can be empty or contain one")
    return "/".join(listed)
