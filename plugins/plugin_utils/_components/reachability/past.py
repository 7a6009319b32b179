# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the event logs say of the connection to the server: jobs, downloads and scans of WSUS that failed, and scans that succeeded.

Only logs that other components query are read: if none of them is audited, nothing is known of the past.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from ..._windows import timestamps
from ..._windows.query import Answers
from .. import Context, agent, bits
from ..agent import Failure, Scan
from ..shared import event_queries, registry_keys
from ..system import System

_RECENT = timedelta(days=3)


@dataclass(frozen=True)
class Past:
    """The past of one machine, newest first, without failures that a later success ended.

    ``jobs`` are failed transfers of WSUS, ``downloads`` failed downloads of the agent, ``scans`` those of WSUS.
    """

    jobs: tuple[bits.JobFailure, ...] = ()
    downloads: tuple[Failure, ...] = ()
    scans: tuple[Scan, ...] = ()
    now: datetime = field(default_factory=lambda: datetime.fromtimestamp(0, timezone.utc))

    @property
    def last_good_scan(self) -> str:
        """The time of the last scan that succeeded; empty if there is none."""
        return next((scan.time for scan in self.scans if scan.succeeded), "")

    @property
    def failed_scan(self) -> Scan | None:
        """The newest scan, if it failed."""
        newest = next(iter(self.scans), None)
        return None if newest is None or newest.succeeded else newest

    @property
    def scans_regularly(self) -> bool:
        """Whether the last successful scan is at most three days old."""
        return self.recent(self.last_good_scan)

    def recent(self, time: str) -> bool:
        """Whether a time from an event is at most three days ago; False if it is empty."""
        return bool(time) and self.now - timestamps.from_iso(time) <= _RECENT


def read(answers: Answers, system: System, context: Context) -> Past:
    """The past from those logs that were queried."""
    days = context.event_days
    services = agent.read_services(answers, system.build)
    queries = (
        event_queries.bits(days),
        event_queries.transfers(days),
        event_queries.update(days),
        event_queries.scans_of(services.ids(), days),
        *event_queries.successes(days),
    )
    events = event_queries.read(answers, queries).events
    jobs = bits.job_failures(events, registry_keys.download_servers(answers))
    scans = (each for each in agent.scans(events) if services.judges(each.service))
    successes = tuple(agent.successes(events))
    downloads = (
        each
        for each in agent.failures(events)
        if each.kind == "download" and not any(success.disproves(each) for success in successes)
    )
    return Past(
        jobs=tuple(sorted((each for each in jobs if each.wsus and not each.ended), key=_time, reverse=True)),
        downloads=tuple(sorted(downloads, key=_time, reverse=True)),
        scans=tuple(sorted((*scans, *_of_text_log(answers, system)), key=_time, reverse=True)),
        now=context.now,
    )


def _of_text_log(answers: Answers, system: System) -> tuple[Scan, ...]:
    """The scans in the text log of Windows before 10, which is queried if the event log contains none."""
    log = answers.get(agent.text_log(system.system_root), None)
    return log.scans if log else ()


def _time(each: bits.JobFailure | Failure | Scan) -> str:
    return each.time
