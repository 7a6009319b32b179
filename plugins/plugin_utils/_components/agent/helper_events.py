# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the System log says of the helpers of the agent: failed starts, and unexpected ends while they ran."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ... import _error_codes
from ..._error_codes import Explanation
from ..._windows.event_log import Event
from ..service import crashes, start_failures
from ..service.crashes import Crashes
from ..service.start_failures import FAILURES, StartFailure
from .helpers import HELPERS, of_build
from .history import Failure


@dataclass(frozen=True)
class HelperEvents:
    """The failed starts of one helper, newest first, and its unexpected ends."""

    name: str
    failures: tuple[StartFailure, ...]
    crashes: Crashes

    def as_facts(self) -> Iterator[dict[str, Any]]:
        """The events as published."""
        for failure in self.failures:
            fact = {"kind": "start", "time": failure.time, "channel": failure.channel, "event_id": failure.event_id}
            yield {**fact, "dependency": failure.dependency, "service": self.name, **explain(failure.code).as_fact()}
        for end in self.crashes.ends:
            yield {**end.as_fact(), "service": self.name}


def explain(code: int) -> Explanation:
    """A code with which a helper failed: no role of this collection repairs the service, so an administrator must."""
    return _error_codes.explain(code, "service_start", "administrator")


def read(events: Iterable[Event], build: int, now: datetime) -> tuple[HelperEvents, ...]:
    """The events of each helper of the build that has any, from events of any log."""
    events = tuple(events)
    return tuple(
        each for name in of_build(build) if (each := _of_helper(events, name, now)).failures or each.crashes.ends
    )


def _of_helper(events: tuple[Event, ...], name: str, now: datetime) -> HelperEvents:
    names = HELPERS[name].names
    failed = (
        start_failures.read_one(event)
        for event in events
        if event.id in FAILURES and start_failures.is_about(event, name, names)
    )
    newest_first = sorted(failed, key=lambda each: each.time, reverse=True)
    return HelperEvents(name, tuple(newest_first), crashes.read(events, name, names, now))


def suspects(events: Collection[HelperEvents], failures: Collection[Failure], build: int) -> tuple[str, ...]:
    """The helpers that may not work: an event names them, or an update failed with one of their codes."""
    named = {each.name for each in events}
    return tuple(
        name
        for name in of_build(build)
        if name in named or any(HELPERS[name].explains(_context(each), [each.code]) for each in failures)
    )


def _context(failure: Failure) -> _error_codes.CodeContext:
    return "install" if failure.kind == "install" else "download"
