# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows services as the service control manager sees them now: their state, by number.

``sc.exe`` prints localized labels (Spanish and Italian Windows translate them all) while numbers and constants such as
RUNNING stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ._command import Command, Result, command
from ._exceptions import UnexpectedOutput

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

_STATE = re.compile(r":\s*([1-7])\s+([A-Z_]+)\b")
_TYPE = re.compile(r":\s*([0-9a-fA-F]+)\s+(?:WIN32|USER_|KERNEL_|FILE_SYSTEM_|INTERACTIVE)\w*")
_EXIT_CODE = re.compile(r":\s*(\d+)\s+\(0x[0-9a-fA-F]+\)\s*$")
_PID = re.compile(r":\s*(\d+)\s*$")


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
