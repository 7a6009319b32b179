# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What shows that a store is damaged: failed work of the agent, and what the engine of its database found.

A report of the engine that names damage is proof, and so is its code where a scan or a download ended with that. Any other failure
of the agent is none alone: two scans, or the downloads of two updates, must have failed, and none of them ended well since. What
is less is a suspicion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ... import _error_codes
from ..._windows.event_log import Event
from ..._windows.timestamps import from_iso
from .. import agent
from ..agent import Failure, ScanServices
from ..shared import event_queries

_CAUSE = "store-corruption"
# A file that is not there means the store only where it is one that was downloaded (Microsoft, "Windows Update common errors").
_MISSING_FILES = frozenset({0x80070002, 0x80070003})
# An installation also fails for what is damaged in Windows itself: only the agent's and the database's own codes count.
_OWN_CODES = (0x8024, 0xC800)
_OWNERS = ("sus20clientdatastore", r"\softwaredistribution\datastore")
_ENGINE_ERROR = re.compile(r"-\d{1,4}")
_ENGINE = 0xC8000000
_DATABASE_FILE_MISSING = 0xC8000713  # JET_errFileNotFound: a file that is not there, as above
_UNHEALED = (*event_queries.PAGE_DAMAGED, event_queries.VERSION_STORE_FULL)
_DEFINITIONS = re.compile(r"\bKB2267602\b")
"""In the titles of Defender's definitions, which Defender fetches by itself, several times a day (events 19 and 44 of service
9482f4b4 in the stored files 1752054707 and 62799549613): each is another update, and its download names no service."""
_ENOUGH = 2
_RECENT = timedelta(days=3)


@dataclass(frozen=True)
class Evidence:
    """One thing that shows a damaged store, or lets one suspect it. ``code`` is an HRESULT, None where the event names none.

    ``subject`` is what failed: an update, whose failures are one thing, or this scan. ``proof``: it is enough by itself.
    """

    time: str
    kind: str
    channel: str
    event_id: int
    code: int | None
    subject: str = ""
    proof: bool = False

    def as_fact(self) -> dict[str, Any]:
        """The evidence as published, explained."""
        fact = {"kind": self.kind, "time": self.time, "channel": self.channel, "event_id": self.event_id}
        return fact if self.code is None else {**fact, **_error_codes.explain(self.code, "scan").as_fact()}


@dataclass(frozen=True)
class Assessment:
    """What is known of the damage, newest first: ``evidence`` where it is enough, else ``suspicions``; the other is empty.

    ``asks_for_successes``: the same updates may have been downloaded or installed since.
    """

    evidence: tuple[Evidence, ...] = ()
    suspicions: tuple[Evidence, ...] = ()

    @property
    def asks_for_successes(self) -> bool:
        """Whether failed work is among it."""
        return any(each.kind in ("download", "install") for each in (*self.evidence, *self.suspicions))


def assess(events: Iterable[Event], since: datetime | None, services: ScanServices, now: datetime) -> Assessment:
    """What events after a time show.

    A scan of the agent's own services that ended well disproves failed scans before it; a download or an installation of the
    same update that went well disproves its failures. An installation counts only beside something else, and only where scans
    do not end well: else it is the package, or Windows. Failed work of days ago that no later scan had tried again is not even
    a suspicion. The engine's reports before a good scan are one where they were repeated and tell of damaged pages or a full
    version store, which no scan mends.
    """
    seen = tuple(events)
    scans = [each for each in agent.scans(seen) if services.judges(each.service)]
    well_ended = max((each.time for each in scans if each.succeeded), default="")
    searches_end_well = bool(well_ended) and all(each.time <= well_ended for each in scans)
    engine = [each for each in _of_database(seen) if _is_later(each.time, since)]
    failed = [
        _of_agent(each.time, "scan", event_queries.UPDATE_CHANNEL, event_queries.SCAN_FAILED, each.code, each.time)
        for each in scans
        if each.code is not None and _error_codes.explain(each.code, "scan").cause == _CAUSE and each.time > well_ended
    ]
    work = list(_of_work(seen, services))
    standing = [each for each in (*failed, *work, *engine) if _is_later(each.time, since)]
    standing = [each for each in standing if each.kind != "database" or each.time > well_ended]
    counting = [each for each in standing if each.kind != "install" or not searches_end_well]
    if _is_enough(counting):
        return Assessment(evidence=_newest_first(counting))
    unhealed = [each for each in engine if each.time <= well_ended and each.event_id in _UNHEALED]
    suspicions = [each for each in standing if each.time > well_ended or now - from_iso(each.time) <= _RECENT]
    return Assessment(suspicions=_newest_first([*suspicions, *(unhealed if len(unhealed) >= _ENOUGH else ())]))


def _is_enough(found: Sequence[Evidence]) -> bool:
    subjects = {(each.kind, each.subject) for each in found}
    beside_installs = any(each.kind != "install" for each in found)
    return any(each.proof for each in found) or (beside_installs and len(subjects) >= _ENOUGH)


def made(events: Iterable[Event]) -> datetime | None:
    """When the engine last made the store's database, as far as the events tell."""
    times = (event.time for event in events if event.id == event_queries.DATABASE_MADE and _is_ours(event))
    newest = max(times, default=None)
    return from_iso(newest) if newest else None


def _of_work(events: Sequence[Event], services: ScanServices) -> Iterator[Evidence]:
    """Failed work whose code is of the store, of updates that did not go well since."""
    successes = tuple(agent.successes(events))
    for each in agent.failures(events):
        if _is_of_the_store(each, services) and not any(success.disproves(each) for success in successes):
            subject = each.update_id or each.update or each.time
            yield _of_agent(each.time, each.kind, each.channel, each.event_id, each.code, subject)


def _of_agent(time: str, kind: str, channel: str, event_id: int, code: int, subject: str) -> Evidence:
    """Evidence of work of the agent: proof where it hands on what the engine of its database says is damaged."""
    proof = kind != "install" and code >> 16 == _ENGINE >> 16 and code != _DATABASE_FILE_MISSING
    return Evidence(time, kind, channel, event_id, code, subject, proof)


def _is_of_the_store(failure: Failure, services: ScanServices) -> bool:
    damage = _error_codes.explain(failure.code).cause == _CAUSE
    if failure.kind == "install":
        ours = services.judges(failure.service) or failure.service == "microsoft_update"
        return damage and ours and failure.code >> 16 in _OWN_CODES
    if failure.kind == "download":
        return (damage or failure.code in _MISSING_FILES) and not _DEFINITIONS.search(failure.update or "")
    return damage


def _of_database(events: Iterable[Event]) -> Iterator[Evidence]:
    """The engine's reports: proof where a code says that something is damaged, or the event itself is about a damaged page.

    That the version store is full (623) names no damage: a long transaction does it, too. It has to come twice.
    """
    for event in events:
        if event.id not in event_queries.DATABASE_DAMAGED or not _is_ours(event):
            continue
        errors = [int(text) for text in event.data.values() if _ENGINE_ERROR.fullmatch(text.strip())]
        code = _ENGINE | -errors[-1] if errors else None
        # A full disk or a file that is in use is not mended by a new store.
        if code is None or _error_codes.explain(code).cause == _CAUSE:
            proof = code is not None or event.id in event_queries.PAGE_DAMAGED
            yield Evidence(event.time, "database", event.channel, event.id, code, event.time, proof)


def _is_ours(event: Event) -> bool:
    """Whether an event of the engine is about the agent's database: other programs have theirs."""
    data = " ".join(event.data.values()).lower()
    return event.provider == event_queries.DATABASE_ENGINE and any(owner in data for owner in _OWNERS)


def _newest_first(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(found, key=lambda each: each.time, reverse=True))


def _is_later(time: str, since: datetime | None) -> bool:
    return since is None or from_iso(time) > since
