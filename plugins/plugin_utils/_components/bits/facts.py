# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of BITS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..._windows import registry, sc
from ..._windows.command import Result
from ..._windows.dir_listing import parent_of
from ..._windows.event_log import Log
from ..._windows.folders import list_names
from ..._windows.query import Answers, Query
from .. import Context
from ..service import crashes, start_failures
from ..service import probe as service_probe
from ..service.facts import RelatedService, ServiceFacts
from ..shared import event_queries, registry_keys
from ..system import System
from . import definition, log_events
from .definition import SENS, SERVICE
from .log_events import JobFailure, job_failures

# The folder of the BITS jobs; cmd.exe expands the variable (C:\ProgramData since Windows Vista).
JOB_FOLDER = r"%ALLUSERSPROFILE%\Microsoft\Network\Downloader"


def _is_there(result: Result) -> bool:
    return result.ok


_FOLDER = Query(list_names(parent_of(JOB_FOLDER)), _is_there)


@dataclass(frozen=True)
class Bits:
    """BITS on one machine.

    ``job_folder``: whether the parent of the job folder can be listed, None if it was not queried. ``unreadable_logs`` maps
    a channel to the exit code of wevtutil, ``damaged_events`` is the number of events that were not valid XML. ``event_days`` is how
    far back events were read.
    """

    service: ServiceFacts
    sens: RelatedService
    job_failures: tuple[JobFailure, ...]
    unreadable_logs: tuple[tuple[str, int], ...] = ()
    damaged_events: int = 0
    job_folder: bool | None = None
    event_days: int = 14

    def as_fact(self) -> dict[str, Any]:
        """The facts as published."""
        return {
            **self.service.as_fact(),
            "sens": self.sens.as_fact(),
            "events": sorted(
                [*self.service.start_events(), *(each.as_fact() for each in self.job_failures)],
                key=lambda fact: fact["time"],
                reverse=True,
            ),
            "unreadable_logs": dict(self.unreadable_logs),
            "damaged_events": self.damaged_events,
        }


def probe(context: Context) -> tuple[Query[Any], ...]:
    """The queries, sufficient if BITS is healthy, in one remote execution."""
    return (*service_probe.probe(SERVICE), sc.state(SENS), registry.tree(registry_keys.POLICY), *_logs_of(context))


def probe_for_change() -> tuple[Query[Any], ...]:
    """The queries that a change requires: all related services, but no events."""
    return (*service_probe.probe_for_change(SERVICE), _FOLDER)


def follow_up(bits: Bits) -> tuple[Query[Any], ...]:
    """Queries for the services that SENS depends on, if it is not running, for dependencies that are not defaults, and for faults.

    If jobs of the agent failed, also for its transfers that succeeded.
    """
    faults = (event_queries.process_faults(bits.event_days),) if bits.service.crashes.ends else ()
    failed = any(job.wsus for job in bits.job_failures)
    transfers = (event_queries.transfers(bits.event_days),) if failed else ()
    return (*service_probe.follow_up(SERVICE, bits.service.related_services), *faults, *transfers)


def read(answers: Answers, system: System, context: Context) -> Bits:
    """The facts from the answers to one of the probes and, if available, to its follow-up.

    Raises UnexpectedOutput if the output of reg.exe or sc.exe cannot be parsed.
    """
    days = context.event_days
    extra = (event_queries.process_faults(days), event_queries.transfers(days))
    logs = event_queries.read(answers, (*_logs_of(context), *extra))
    return Bits(
        service=service_probe.read(
            SERVICE,
            answers,
            definition.baseline(system.build),
            system.system_root,
            start_failures=(*log_events.start_failures(logs.events), *start_failures.read(logs.events, SERVICE)),
            crashes=crashes.read(logs.events, SERVICE.name, SERVICE.localized_names, context.now),
        ),
        sens=service_probe.read_related_service(SERVICE, SENS, answers),
        job_failures=tuple(job_failures(logs.events, registry_keys.download_servers(answers))),
        unreadable_logs=logs.unreadable,
        damaged_events=logs.damaged,
        job_folder=answers.get(_FOLDER, None),
        event_days=context.event_days,
    )


def _logs_of(context: Context) -> tuple[Query[Log], ...]:
    return event_queries.bits(context.event_days), event_queries.system(context.event_days)
