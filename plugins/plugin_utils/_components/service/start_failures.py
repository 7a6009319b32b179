# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failed starts of a service in the System log. The end of a service that ran is no failed start: see ``crashes``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ... import _error_codes
from ..._windows import event_log, readable
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
        if event.id in FAILURES and is_about(event, service.name, service.localized_names):
            yield read_one(event)


def read_one(event: Event) -> StartFailure:
    """The failed start in an event whose ID is one of FAILURES."""
    dependency = event.data.get("param2") if event.id in (7001, 7003) else None
    return StartFailure(event.time, event.channel, event.id, _code(event), dependency)


def is_about(event: Event, name: str, localized_names: Collection[str]) -> bool:
    """Whether the Service Control Manager logged an event about a service, given by key name and displayed names in lower case.

    Before Windows 10 the event contains only the displayed name, which may be damaged.
    """
    if event.provider != SERVICE_CONTROL_MANAGER:
        return False
    key_name = name.lower()
    if event.service:
        return event.service.lower() == key_name
    said = (event.data.get("param2" if event.id == 7009 else "param1") or "").strip().lower()
    return said == key_name or any(readable.may_be(said, each) for each in localized_names)


def _code(event: Event) -> int:
    implied = FAILURES[event.id]
    if implied is not None:
        return _error_codes.of_win32(implied)
    return event_log.code_of(event.data.get("param2")) or 0
