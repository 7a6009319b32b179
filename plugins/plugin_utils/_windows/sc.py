# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sc.exe: the state of a service as the service control manager sees it now, and the commands that change it.

``sc.exe`` prints localized labels (Spanish and Italian Windows translate them all) while numbers and constants such as
RUNNING stay as they are. In its options the equals sign belongs to the name and the value is a word of its own (Microsoft
"Windows Commands", sc config). The service control manager keeps services in memory: what sc.exe can set is never written
past it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from .._exceptions import UnexpectedOutput
from . import service_key
from .command import Command, Result
from .query import Query
from .service_key import INTERACTIVE, ErrorControl, FailureActions, ServiceType, SidType

NOT_INSTALLED = 1060  # ERROR_SERVICE_DOES_NOT_EXIST
NEVER_STARTED = 1077  # ERROR_SERVICE_NEVER_STARTED: not started since the machine started
SPECIFIC_ERROR = 1066  # ERROR_SERVICE_SPECIFIC_ERROR: the service's own code says more
ALREADY_RUNNING = 1056  # ERROR_SERVICE_ALREADY_RUNNING
NOT_ACTIVE = 1062  # ERROR_SERVICE_NOT_ACTIVE: it does not run


class ServiceState(IntEnum):
    """What a service does now (SERVICE_STOPPED and so on)."""

    STOPPED = 1
    START_PENDING = 2
    STOP_PENDING = 3
    RUNNING = 4
    CONTINUE_PENDING = 5
    PAUSE_PENDING = 6
    PAUSED = 7


SETTLED = frozenset({ServiceState.STOPPED, ServiceState.RUNNING, ServiceState.PAUSED})
"""The states that a service stays in; the others are on the way to one of them."""

_STATE = re.compile(r":\s*([1-7])\s+([A-Z_]+)\b")
_TYPE = re.compile(r":\s*([0-9a-fA-F]+)\s+(?:WIN32|USER_|KERNEL_|FILE_SYSTEM_|INTERACTIVE)\w*")
_EXIT_CODE = re.compile(r":\s*(\d+)\s+\(0x[0-9a-fA-F]+\)\s*$")
_PID = re.compile(r":\s*(\d+)\s*$")

START_WORDS: Mapping[str, str] = {
    "auto": "auto",
    "delayed_auto": "delayed-auto",
    "demand": "demand",
    "disabled": "disabled",
}
"""sc.exe's words for the start types that a service of svchost.exe can have."""

TYPE_WORDS: Mapping[int, str] = {ServiceType.OWN_PROCESS: "own", ServiceType.SHARE_PROCESS: "share"}
"""sc.exe's words for the service types that it can set."""
ACTION_WORDS: Mapping[str, str] = {"none": "", "restart": "restart", "reboot": "reboot", "run_command": "run"}
"""sc.exe's words for the actions after a failure."""


@dataclass(frozen=True)
class State:
    """A service as the service control manager sees it now.

    ``code`` is None where it is not installed, or where the question was refused: then ``error`` is the Windows error.
    """

    code: ServiceState | None = None
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
        return self.code.name.lower()

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.code == ServiceState.RUNNING

    @property
    def stopped(self) -> bool:
        """Whether it is stopped; one that is not installed or cannot be read is neither."""
        return self.code == ServiceState.STOPPED

    @property
    def pending(self) -> bool:
        """Whether it is between two states."""
        return self.code is not None and self.code not in SETTLED

    @property
    def active(self) -> bool:
        """Whether it runs in any way: running, paused, or between two states."""
        return self.code is not None and not self.stopped

    @property
    def failed_with(self) -> int | None:
        """The Win32 error that the service last ended with, None where it ended well or was not started since boot.

        A service-specific error takes the place of 1066, which only points to it.
        """
        if not self.stopped or self.win32_exit_code in (0, NEVER_STARTED, None):
            return None
        return self.service_exit_code if self.win32_exit_code == SPECIFIC_ERROR else self.win32_exit_code


def state(name: str) -> Query[State]:
    """A service's state and process id, as the service control manager sees it."""
    return Query(_sc("queryex", name), _state)


def _state(result: Result) -> State:
    """A service's state by the numbers of ``sc.exe queryex``, in any language.

    Raises UnexpectedOutput when sc.exe succeeded but no state can be found in what it printed.
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
            f"`{result.command}` did not print a service's state; it printed: {' '.join(result.text.split())[:200]!r}"
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
    """Change what differs of a service in one call, which takes effect as a whole or not at all.

    ``kind`` is a ServiceType, perhaps with INTERACTIVE, ``error_control`` an ErrorControl, ``start`` a key of START_WORDS.
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
    """Install a service; ``display_name`` may be an indirect string (``@library,-number``), which Windows shows translated."""
    words = _words(image_path, kind, start, error_control, account, dependencies)
    return _sc("create", name, *words, "DisplayName=", display_name)


def delete(name: str) -> Command:
    """Remove a service."""
    return _sc("delete", name)


def privileges(name: str, names: Iterable[str]) -> Command:
    """Set the privileges that a service requires."""
    return _sc("privs", name, "/".join(names))


def sid_type(name: str, number: int) -> Command:
    """Set the type of a service's own SID, a SidType."""
    return _sc("sidtype", name, _word(SidType, number))


def failure_actions(name: str, wanted: FailureActions) -> Command:
    """Set what happens when a service fails; an action "none" is an empty word between the slashes."""
    actions = "/".join(f"{ACTION_WORDS[each.action]}/{each.delay_ms}" for each in wanted.actions)
    return _sc("failure", name, "reset=", str(wanted.reset_period_s), "actions=", actions)


def start(name: str) -> Command:
    """Ask for a start; exit code 0 means only that it was accepted."""
    return _sc("start", name)


def stop(name: str) -> Command:
    """Ask for a stop; exit code 0 means only that it was accepted."""
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
        words += ["error=", _word(ErrorControl, error_control)]
    if image_path is not None:
        words += ["binPath=", image_path]
    if account is not None:
        words += ["obj=", account]
    if dependencies is not None:
        # A lone slash is how sc.exe takes "no dependencies"; an empty word cannot be passed.
        words += ["depend=", "/".join(dependencies) or "/"]
    return words


def _word(kind: type[IntEnum], number: int) -> str:
    """The word of sc.exe for a number: for these enumerations the same as in facts. Raises KeyError for an unknown number."""
    if (word := service_key.word(kind, number)) is None:
        raise KeyError(number)
    return word
