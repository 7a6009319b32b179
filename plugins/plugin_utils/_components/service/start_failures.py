# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failed starts of a service in the System log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ... import _error_codes
from ..._windows import event_log
from ..._windows.event_log import Event
from .spec import ServiceSpec

SERVICE_CONTROL_MANAGER = "Service Control Manager"

FAILURES: Mapping[int, int | None] = {
    7000: None,  # failed to start
    7001: 1068,  # a service it depends on failed
    7003: 1075,  # a service it depends on does not exist
    7009: 1053,  # did not connect in time
    7022: 1070,  # hung on starting
    7023: None,  # ended with an error
    7024: None,  # ended with a service-specific error
    7031: 1067,  # ended unexpectedly, a recovery action follows
    7034: 1067,  # ended unexpectedly
    7038: 1069,  # could not log on
}
"""The IDs of events for a failed start, with the Win32 error code to use; None if the event itself contains the code."""


@dataclass(frozen=True)
class StartFailure:
    """A failed start of a service. ``code`` is an HRESULT; ``dependency`` is the display name of the service that caused it."""

    time: str
    channel: str
    event_id: int
    code: int
    dependency: str | None = None

    def as_fact(self, service: ServiceSpec) -> dict[str, Any]:
        """The failure as published, with its code explained for the service."""
        fact = {
            "kind": "start",
            "time": self.time,
            "channel": self.channel,
            "event_id": self.event_id,
            "dependency": self.dependency,
        }
        return {**fact, **service.explain(self.code).as_fact()}


def read(events: Iterable[Event], service: ServiceSpec) -> Iterator[StartFailure]:
    """The failed starts of the service that the Service Control Manager logged, from events of any log."""
    for event in events:
        if event.provider == SERVICE_CONTROL_MANAGER and event.id in FAILURES and _is_about(event, service):
            yield StartFailure(
                event.time,
                event.channel,
                event.id,
                _code(event),
                event.data.get("param2") if event.id in (7001, 7003) else None,
            )


def _is_about(event: Event, service: ServiceSpec) -> bool:
    """Whether an event is about the service; before Windows 10 it contains only the display name."""
    key_name = service.name.lower()
    if event.service:
        return event.service.lower() == key_name
    said = (event.data.get("param2" if event.id == 7009 else "param1") or "").lower()
    return said == key_name or said in service.localized_names


def _code(event: Event) -> int:
    implied = FAILURES[event.id]
    if implied is not None:
        return _error_codes.of_win32(implied)
    return event_log.code_of(event.data.get("param2")) or 0
