# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What shows that a store is damaged: failed work of the agent, and what the engine of its database found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ... import _error_codes
from ..._windows.event_log import Event
from ..._windows.timestamps import from_iso
from .. import agent
from ..shared import event_queries

_CAUSE = "store-corruption"
# A file that is not there means the store only where it is one that was downloaded (Microsoft, "Windows Update common errors").
_MISSING_FILES = frozenset({0x80070002, 0x80070003})
# An installation also fails for what is damaged in Windows itself: only the agent's and the database's own codes count.
_OWN_CODES = (0x8024, 0xC800)
_OWNERS = ("sus20clientdatastore", r"\softwaredistribution\datastore")
_ENGINE_ERROR = re.compile(r"-\d{1,4}")
_ENGINE = 0xC8000000


@dataclass(frozen=True)
class Evidence:
    """One thing that shows a damaged store. ``code`` is an HRESULT, None where the event names none."""

    time: str
    kind: str
    channel: str
    event_id: int
    code: int | None

    def as_fact(self) -> dict[str, Any]:
        """The evidence as published, explained."""
        fact = {"kind": self.kind, "time": self.time, "channel": self.channel, "event_id": self.event_id}
        return fact if self.code is None else {**fact, **_error_codes.explain(self.code, "scan").as_fact()}


def read_evidence(events: Iterable[Event], since: datetime | None) -> tuple[Evidence, ...]:
    """The evidence after a time, newest first.

    A scan that ended well disproves failed scans and the engine's events before it; failed downloads and
    installations it does not.
    """
    seen = tuple(events)
    well_ended = max((each.time for each in agent.scans(seen) if each.succeeded), default="")
    found = [
        *(each for each in (*_of_scans(seen), *_of_database(seen)) if each.time > well_ended),
        *_of_work(seen),
    ]
    return tuple(
        sorted((each for each in found if _is_later(each.time, since)), key=lambda each: each.time, reverse=True)
    )


def made(events: Iterable[Event]) -> datetime | None:
    """When the engine last made the store's database, as far as the events tell."""
    times = (event.time for event in events if event.id == event_queries.DATABASE_MADE and _is_ours(event))
    newest = max(times, default=None)
    return from_iso(newest) if newest else None


def _of_scans(events: Iterable[Event]) -> Iterator[Evidence]:
    for each in agent.scans(events):
        if each.code is not None and _error_codes.explain(each.code, "scan").cause == _CAUSE:
            yield Evidence(each.time, "scan", event_queries.UPDATE_CHANNEL, event_queries.SCAN_FAILED, each.code)


def _of_work(events: Iterable[Event]) -> Iterator[Evidence]:
    for each in agent.failures(events):
        damage = _error_codes.explain(each.code).cause == _CAUSE
        if each.kind == "install":
            damage = damage and each.code >> 16 in _OWN_CODES
        elif each.kind == "download":
            damage = damage or each.code in _MISSING_FILES
        if damage:
            yield Evidence(each.time, each.kind, each.channel, each.event_id, each.code)


def _of_database(events: Iterable[Event]) -> Iterator[Evidence]:
    for event in events:
        if event.id not in event_queries.DATABASE_DAMAGED or not _is_ours(event):
            continue
        errors = [int(text) for text in event.data.values() if _ENGINE_ERROR.fullmatch(text.strip())]
        code = _ENGINE | -errors[-1] if errors else None
        # A full disk or a file that is in use is not mended by a new store.
        if code is None or _error_codes.explain(code).cause == _CAUSE:
            yield Evidence(event.time, "database", event.channel, event.id, code)


def _is_ours(event: Event) -> bool:
    """Whether an event of the engine is about the agent's database: other programs have theirs."""
    data = " ".join(event.data.values()).lower()
    return event.provider == event_queries.DATABASE_ENGINE and any(owner in data for owner in _OWNERS)


def _is_later(time: str, since: datetime | None) -> bool:
    return since is None or from_iso(time) > since
