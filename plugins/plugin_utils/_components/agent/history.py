# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recent work of the agent: successful and failed scans, and other work that failed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ... import _error_codes
from ..._error_codes import Explanation
from ..._windows import event_log, values
from ..._windows.event_log import Event
from ..shared import event_queries
from . import update_title
from .scan_services import SERVICES

_STORE_PRODUCT = re.compile(r"9[A-Z0-9]{11}-")
"""The beginning of the titles of Store apps, ``9WZDNCRFJBMP-Microsoft.WindowsStore``: 181 of 254 downloads of four images (stored file
70912964034). The event of a download contains no service in any manifest from 16299 to 26100 (nasbench/EVTX-ETW-Resources)."""
_SUCCESSES = (event_queries.DOWNLOADED, event_queries.INSTALLED)
_KINDS: Mapping[int, str] = {
    event_queries.DOWNLOAD_FAILED: "download",
    event_queries.INSTALL_FAILED: "install",
    **dict.fromkeys(event_queries.SELF_UPDATE_FAILED, "self_update"),
}


@dataclass(frozen=True)
class Scan:
    """A completed scan. ``code`` is an HRESULT, None if it succeeded; ``updates`` is the number of updates found.

    ``service`` is the update service that was scanned, None if it is not reported (before Windows 10).
    """

    time: str
    source: str
    code: int | None = None
    updates: int | None = None
    service: str | None = None
    record_id: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether it succeeded."""
        return self.code is None

    def as_fact(self) -> dict[str, Any]:
        """The scan as published; if it failed, with its code explained."""
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
    """Failed work of the agent: a download, an install or a self_update.

    ``update`` is the title of the update, ``update_id`` its GUID, ``service`` its update service; None if not reported.
    """

    time: str
    channel: str
    event_id: int
    kind: str
    code: int
    update: str | None
    update_id: str | None = None
    service: str | None = None

    @property
    def subject(self) -> str:
        """What failed, to distinguish updates: the product, the update, or the code if the event names none."""
        named = update_title.product(self.update) if self.update else self.update_id
        return named or _error_codes.hexadecimal(self.code)

    @property
    def explanation(self) -> Explanation:
        """The meaning of the code where it was seen."""
        return _error_codes.explain(self.code, "install" if self.kind == "install" else "download")

    def as_fact(self) -> dict[str, Any]:
        """The failure as published, with its code explained."""
        fact = {
            "kind": self.kind,
            "time": self.time,
            "channel": self.channel,
            "event_id": self.event_id,
            "update": self.update,
        }
        return {**fact, **self.explanation.as_fact()}


@dataclass(frozen=True)
class Success:
    """An update that was downloaded, or installed if ``installed`` is set; the other fields are as in Failure."""

    time: str
    installed: bool
    update: str | None
    update_id: str | None

    def disproves(self, failure: Failure) -> bool:
        """Whether it is later, and the same update or a later version of it; a download does not end a failed installation."""
        if self.time <= failure.time or (failure.kind != "download" and not self.installed):
            return False
        if self.update_id is not None and self.update_id == failure.update_id:
            return True
        if self.update is None or failure.update is None:
            return False
        return update_title.is_same_or_later(self.update, failure.update)


def scans(events: Iterable[Event]) -> Iterator[Scan]:
    """The scans from events of the agent's log, without those of the Store, which are not scans of the agent."""
    for event in events:
        service = _service(event)
        if event.provider != event_queries.UPDATE_CLIENT or service == "store":
            continue
        if event.id == event_queries.SCAN_SUCCEEDED:
            updates = values.integer_or_none(event.data.get("updateCount", ""), values.MOST_32)
            yield Scan(event.time, f"event {event.id}", None, updates, service, event.record_id)
        elif event.id == event_queries.SCAN_FAILED:
            code = event_log.code_of(event.data.get("errorCode")) or 0
            yield Scan(event.time, f"event {event.id}", code, None, service, event.record_id)


def failures(events: Iterable[Event]) -> Iterator[Failure]:
    """Failed downloads, installations and self-updates from events of both logs, without those of the Store."""
    for event in events:
        kind = _KINDS.get(event.id) if event.provider == event_queries.UPDATE_CLIENT else None
        title = event.first(["updateTitle"])
        if kind and not _is_of_the_store(event, title):
            code = event_log.code_of(event.data.get("errorCode")) or 0
            yield Failure(event.time, event.channel, event.id, kind, code, title, _update_id(event), _service(event))


def successes(events: Iterable[Event]) -> Iterator[Success]:
    """Updates that were downloaded (event 41) or installed (event 19), from events of both logs, without those of the Store."""
    for event in events:
        if event.provider != event_queries.UPDATE_CLIENT or event.id not in _SUCCESSES:
            continue
        title = event.first(["updateTitle"])
        if not _is_of_the_store(event, title):
            yield Success(event.time, event.id == event_queries.INSTALLED, title, _update_id(event))


def _is_of_the_store(event: Event, title: str | None) -> bool:
    return _service(event) == "store" or _STORE_PRODUCT.match(title or "") is not None


def _update_id(event: Event) -> str | None:
    return event.data.get("updateGuid", "").strip("{}").lower() or None


def _service(event: Event) -> str | None:
    identifier = event.data.get("serviceGuid", "").strip("{}").lower()
    return SERVICES.get(identifier, identifier or None)
