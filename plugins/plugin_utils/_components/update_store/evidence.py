# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence of a damaged store: failed operations of the agent, and reports of its database engine.

A report of damage by the engine is proof, and so is a scan or a download that failed with the engine's code of damage. Any other
failure of the agent is not sufficient alone: two scans, or the downloads of two updates, must have failed and not succeeded since.
Weaker evidence is a suspicion.
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
# A missing file indicates a damaged store only if it was downloaded (Microsoft, "Windows Update common errors").
_MISSING_FILES = frozenset({0x80070002, 0x80070003})
# Damage to Windows itself also makes an installation fail: only the codes of the agent and of the database engine count.
_OWN_CODES = (0x8024, 0xC800)
_OWNERS = ("sus20clientdatastore", r"\softwaredistribution\datastore")
_ENGINE_ERROR = re.compile(r"-\d{1,4}")
_ENGINE = 0xC8000000
_DATABASE_FILE_MISSING = 0xC8000713  # JET_errFileNotFound: a missing file, as above
_NOT_REPAIRED_BY_SCANS = (*event_queries.PAGE_DAMAGED, event_queries.VERSION_STORE_FULL)
_DEFINITIONS = re.compile(r"\bKB2267602\b")
"""In the titles of Defender's definitions, which Defender downloads itself, several times a day (events 19 and 44 of service
9482f4b4 in the stored files 1752054707 and 62799549613): each is a different update, and its download event names no service."""
_ENOUGH = 2
_RECENT = timedelta(days=3)


@dataclass(frozen=True)
class Evidence:
    """An event that is evidence of a damaged store, or a suspicion. ``code`` is an HRESULT, None if the event has none.

    ``subject`` is what failed: an update, whose failures count once, or this scan. ``proof``: it is sufficient alone.
    """

    time: str
    kind: str
    channel: str
    event_id: int
    code: int | None
    subject: str = ""
    proof: bool = False

    def as_fact(self) -> dict[str, Any]:
        """The evidence as published, with its code explained."""
        fact = {"kind": self.kind, "time": self.time, "channel": self.channel, "event_id": self.event_id}
        return fact if self.code is None else {**fact, **_error_codes.explain(self.code, "scan").as_fact()}


@dataclass(frozen=True)
class Assessment:
    """The assessment of a store, newest first: ``evidence`` if it is sufficient, otherwise ``suspicions``; the other is empty."""

    evidence: tuple[Evidence, ...] = ()
    suspicions: tuple[Evidence, ...] = ()

    @property
    def asks_for_successes(self) -> bool:
        """Whether it includes failed downloads or installations, which later successes of the same updates may disprove."""
        return any(each.kind in ("download", "install") for each in (*self.evidence, *self.suspicions))


def assess(events: Iterable[Event], since: datetime | None, services: ScanServices, now: datetime) -> Assessment:
    """Assess the events after a time.

    A successful scan of the agent's own services disproves earlier failed scans; a successful download or installation of the
    same update disproves its failures. A failed installation counts only together with other evidence, and not even as a suspicion
    if scans succeed: then the cause is the package, or Windows. A failure before the last successful scan is a suspicion only
    if it is recent. The engine's reports before a successful scan are one only if they are repeated and report damaged pages
    or a full version store, which a scan does not repair.
    """
    seen = tuple(events)
    scans = [each for each in agent.scans(seen) if services.judges(each.service)]
    last_success = max((each.time for each in scans if each.succeeded), default="")
    scans_succeed = bool(last_success) and all(each.time <= last_success for each in scans)
    engine = [each for each in _of_database(seen) if _is_later(each.time, since)]
    failed = [
        _of_agent(each.time, "scan", event_queries.UPDATE_CHANNEL, event_queries.SCAN_FAILED, each.code, each.time)
        for each in scans
        if each.code is not None
        and _error_codes.explain(each.code, "scan").cause == _CAUSE
        and each.time > last_success
    ]
    work = list(_of_work(seen, services))
    standing = [each for each in (*failed, *work, *engine) if _is_later(each.time, since)]
    standing = [each for each in standing if each.kind != "database" or each.time > last_success]
    standing = [each for each in standing if each.kind != "install" or not scans_succeed]
    if _is_enough(standing):
        return Assessment(evidence=_newest_first(standing))
    not_repaired = [each for each in engine if each.time <= last_success and each.event_id in _NOT_REPAIRED_BY_SCANS]
    suspicions = [each for each in standing if each.time > last_success or now - from_iso(each.time) <= _RECENT]
    return Assessment(suspicions=_newest_first([*suspicions, *(not_repaired if len(not_repaired) >= _ENOUGH else ())]))


def _is_enough(found: Sequence[Evidence]) -> bool:
    subjects = {(each.kind, each.subject) for each in found}
    beside_installs = any(each.kind != "install" for each in found)
    return any(each.proof for each in found) or (beside_installs and len(subjects) >= _ENOUGH)


def made(events: Iterable[Event]) -> datetime | None:
    """When the engine last created the store's database; None if no event shows it."""
    times = (event.time for event in events if event.id == event_queries.DATABASE_MADE and _is_ours(event))
    newest = max(times, default=None)
    return from_iso(newest) if newest else None


def _of_work(events: Sequence[Event], services: ScanServices) -> Iterator[Evidence]:
    """Failed operations with a code of a damaged store, on updates that have not succeeded since."""
    successes = tuple(agent.successes(events))
    for each in agent.failures(events):
        if _is_of_the_store(each, services) and not any(success.disproves(each) for success in successes):
            subject = each.update_id or each.update or each.time
            yield _of_agent(each.time, each.kind, each.channel, each.event_id, each.code, subject)


def _of_agent(time: str, kind: str, channel: str, event_id: int, code: int, subject: str) -> Evidence:
    """Evidence from a failed operation of the agent: proof if a scan or download failed with the engine's code of damage."""
    proof = kind != "install" and code >> 16 == _ENGINE >> 16 and code != _DATABASE_FILE_MISSING
    return Evidence(time, kind, channel, event_id, code, subject, proof)


def _is_of_the_store(failure: Failure, services: ScanServices) -> bool:
    damage = failure.explanation.cause == _CAUSE
    if failure.kind == "install":
        ours = services.judges(failure.service) or failure.service == "microsoft_update"
        return damage and ours and failure.code >> 16 in _OWN_CODES
    if failure.kind == "download":
        return (damage or failure.code in _MISSING_FILES) and not _DEFINITIONS.search(failure.update or "")
    return damage


def _of_database(events: Iterable[Event]) -> Iterator[Evidence]:
    """The engine's reports: proof if the code indicates damage, or if the event itself reports a damaged page.

    A full version store (623) does not prove damage, because a long transaction also fills it; it must occur twice.
    """
    for event in events:
        if event.id not in event_queries.DATABASE_DAMAGED or not _is_ours(event):
            continue
        errors = [int(text) for text in event.data.values() if _ENGINE_ERROR.fullmatch(text.strip())]
        code = _ENGINE | -errors[-1] if errors else None
        # A new store does not resolve a full disk or a file that is in use.
        if code is None or _error_codes.explain(code).cause == _CAUSE:
            proof = code is not None or event.id in event_queries.PAGE_DAMAGED
            yield Evidence(event.time, "database", event.channel, event.id, code, event.time, proof)


def _is_ours(event: Event) -> bool:
    """Whether an event of the engine is about the agent's database; other programs have their own."""
    data = " ".join(event.data.values()).lower()
    return event.provider == event_queries.DATABASE_ENGINE and any(owner in data for owner in _OWNERS)


def _newest_first(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(found, key=lambda each: each.time, reverse=True))


def _is_later(time: str, since: datetime | None) -> bool:
    return since is None or from_iso(time) > since
