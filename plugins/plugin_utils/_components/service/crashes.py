# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unexpected ends of a running service: events 7031 and 7034, and the module in which its process failed.

Event 7031 says that a recovery action follows, 7034 that none does; both contain the displayed name of the service. The
Application log contains the fault of the process: event 1000 of Application Error for ``svchost.exe_wuauserv``, with the module
in its fourth field (its fields have names from Windows 11 on: AppName, ModuleName, ExceptionCode).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from ... import _error_codes
from ..._windows import timestamps
from ..._windows.event_log import Event
from ..._windows.sc import State
from .start_failures import is_about

IDS = (7031, 7034)
"""Terminated unexpectedly: with a recovery action, and without."""
PROCESS_FAULT = 1000
PROCESS_FAULTS = "Application Error"
ABORTED = 1067
"""ERROR_PROCESS_ABORTED: the exit code of a service whose process terminated unexpectedly."""
CODE = _error_codes.of_win32(ABORTED)

_LASTING = timedelta(hours=1)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Crash:
    """An unexpected end of a running service."""

    time: str
    channel: str
    event_id: int

    def as_fact(self) -> dict[str, Any]:
        """The end as published, with its code explained."""
        fact = {"kind": "crash", "time": self.time, "channel": self.channel, "event_id": self.event_id}
        return {**fact, **_error_codes.explain(CODE).as_fact()}


@dataclass(frozen=True)
class ProcessFault:
    """The fault of a process of svchost.exe: the module in which it occurred, and the exception code as Windows writes it."""

    time: str
    channel: str
    program: str
    module: str
    exception: str

    def as_fact(self) -> dict[str, Any]:
        """The fault as published in the evidence of a finding."""
        return {
            "channel": self.channel,
            "event_id": PROCESS_FAULT,
            "time": self.time,
            "program": self.program,
            "module": self.module,
            "exception": self.exception,
        }


@dataclass(frozen=True)
class Crashes:
    """The unexpected ends of a service and the faults of its process, each newest first; ``now`` is the time of the audit."""

    ends: tuple[Crash, ...] = ()
    faults: tuple[ProcessFault, ...] = ()
    now: datetime | None = None

    @property
    def last(self) -> str:
        """The time of the last one; empty if there is none."""
        return self.ends[0].time if self.ends else ""

    def disproved(self, state: State, last_worked: str = "") -> str:
        """Why they are resolved, or empty if they are open.

        The service must have run since for longer than the longest time between two of them, at most a day. A single one is
        resolved by the next work of the service (``last_worked``), or if it has run, or has ended normally, for an hour.
        """
        if not self.ends or self.now is None:
            return ""
        times = [timestamps.from_iso(each.time) for each in self.ends]
        gaps = [earlier_than - earlier for earlier_than, earlier in pairwise(times)]
        quiet = min(max(gaps), _A_DAY) if gaps else timedelta()
        if last_worked and timestamps.from_iso(last_worked) - times[0] > quiet:
            return "the service has worked since"
        ended_well = state.stopped and state.win32_exit_code == 0
        if (state.running or ended_well) and self.now - times[0] > max(quiet, _LASTING):
            return "the service has run since"
        return ""


NO_CRASHES = Crashes()


def read(events: Iterable[Event], name: str, localized_names: Collection[str], now: datetime) -> Crashes:
    """The unexpected ends of a service, from events of any log."""
    events = tuple(events)
    ends = [
        Crash(event.time, event.channel, event.id)
        for event in events
        if event.id in IDS and is_about(event, name, localized_names)
    ]
    faults = [fault for fault in _faults(events) if fault.program.lower() == f"svchost.exe_{name.lower()}"]
    return Crashes(
        tuple(sorted(ends, key=lambda each: each.time, reverse=True)),
        tuple(sorted(faults, key=lambda each: each.time, reverse=True)),
        now,
    )


def _faults(events: Iterable[Event]) -> Iterator[ProcessFault]:
    for event in events:
        if event.provider == PROCESS_FAULTS and event.id == PROCESS_FAULT:
            yield ProcessFault(
                event.time,
                event.channel,
                event.first(("AppName", "param1")) or "",
                event.first(("ModuleName", "param4")) or "",
                event.first(("ExceptionCode", "param7")) or "",
            )
