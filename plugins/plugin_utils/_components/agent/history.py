# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent did in the last days: scans, well ended or not, and what else of its work failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ... import _error_codes
from ..._windows import event_log
from ..._windows.event_log import Event
from ..shared import event_queries

# The ids of update services (provider manifests, captures); events name them from Windows 10 on.
_SERVICES: Mapping[str, str] = {
    "3da21691-e39d-4da6-8a4b-b43877bcb1b7": "wsus",
    "9482f4b4-e343-43b6-b170-9a65bc822c77": "windows_update",
    "7971f918-a847-4430-9279-4a52d1efe18d": "microsoft_update",
    "855e8a7c-ecb4-4ca3-b045-1dfa50104289": "store",
}
_KINDS: Mapping[int, str] = {
    event_queries.DOWNLOAD_FAILED: "download",
    event_queries.INSTALL_FAILED: "install",
    **dict.fromkeys(event_queries.SELF_UPDATE_FAILED, "self_update"),
}


@dataclass(frozen=True)
class Scan:
    """A search for updates that ended. ``code`` is an HRESULT, None where it ended well; ``updates`` how many were found.

    ``service`` is the update service that was asked, None where that is not told (before Windows 10).
    """

    time: str
    source: str
    code: int | None = None
    updates: int | None = None
    service: str | None = None
    record_id: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether it ended well."""
        return self.code is None

    def as_fact(self) -> dict[str, Any]:
        """The scan as published, a failed one explained."""
        explained = {} if self.code is None else _error_codes.explain(self.code, "scan").as_fact()
        return {
            "kind": "scan",
            "time": self.time,
            "source": self.source,
            "outcome": "succeeded" if self.succeeded else "failed",
            "updates": self.updates,
            "service": self.service,
            **explained,
        }


@dataclass(frozen=True)
class Failure:
    """Work of the agent that failed: a download, an install or a self_update. ``update`` is the update's title."""

    time: str
    channel: str
    event_id: int
    kind: str
    code: int
    update: str | None

    def as_fact(self) -> dict[str, Any]:
        """The failure as published, explained."""
        fact = {
            "kind": self.kind,
            "time": self.time,
            "channel": self.channel,
            "event_id": self.event_id,
            "update": self.update,
        }
        return {**fact, **_error_codes.explain(self.code).as_fact()}


def scans(events: Iterable[Event]) -> Iterator[Scan]:
    """The scans among events of the agent's log; those of the Store are not the agent's."""
    for event in events:
        service = _service(event)
        if event.provider != event_queries.UPDATE_CLIENT or service == "store":
            continue
        if event.id == event_queries.SCAN_SUCCEEDED:
            count = event.data.get("updateCount", "")
            updates = int(count) if count.isdecimal() else None
            yield Scan(event.time, f"event {event.id}", None, updates, service, event.record_id)
        elif event.id == event_queries.SCAN_FAILED:
            code = event_log.code_of(event.data.get("errorCode")) or 0
            yield Scan(event.time, f"event {event.id}", code, None, service, event.record_id)


def failures(events: Iterable[Event]) -> Iterator[Failure]:
    """Failed downloads, installs and self-updates among events of both logs; the Store's left out."""
    for event in events:
        kind = _KINDS.get(event.id) if event.provider == event_queries.UPDATE_CLIENT else None
        if kind and _service(event) != "store":
            code = event_log.code_of(event.data.get("errorCode")) or 0
            yield Failure(event.time, event.channel, event.id, kind, code, event.first(["updateTitle"]))


def _service(event: Event) -> str | None:
    identifier = event.data.get("serviceGuid", "").strip("{}").lower()
    return _SERVICES.get(identifier, identifier or None)
