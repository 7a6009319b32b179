# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of the update agent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..._windows import registry, timestamps
from ..._windows.event_log import Log
from ..._windows.query import Answers, Query
from ..._windows.registry import Tree
from .. import Context
from ..service import crashes, start_failures
from ..service import probe as service_probe
from ..service.facts import RelatedService, ServiceFacts
from ..shared import blocked_server, event_queries, managers, prerequisites
from ..shared.prerequisites import Prerequisites, read_prerequisites
from ..shared.registry_keys import POLICY, UPDATE
from ..system import System
from . import definition, helper_events, helpers, other_source, windowsupdate_log
from .definition import SERVICE
from .helper_events import HelperEvents
from .helpers import read_helpers
from .history import Failure, Scan, Success, failures, scans, successes
from .other_source import OtherSource
from .scan_services import OF_MICROSOFT, ScanServices, read_services
from .windowsupdate_log import UpdateLog

FIRST_WITH_ORCHESTRATOR = 10240
"""From Windows 10 on, the agent is part of Windows, and UsoSvc starts its scans."""
_FIRST_WITHOUT_RESULTS = 14393  # From Windows 10 1607 on, the key Results is missing or stale.
_PERIOD_HOURS = 22  # [MS-WUSP], note 60: the default of DetectionFrequency
_LONGEST_PERIOD_HOURS = 366 * 24  # far above what the policy accepts (1 to 22), and no damaged value
_STALE_HOURS = 72  # A machine that is off over a weekend has no fault.


@dataclass(frozen=True)
class Agent:
    """The update agent of one machine.

    ``version`` is None if it was not queried on Windows before 10. ``helpers`` are those that were queried, ``helper_events`` what
    the System log says of them. ``scans`` and
    ``failures`` are newest first. ``other_scans`` are scans of update services that are not evaluated here (``services``);
    they are only listed. ``successes`` are those of downloads and installations, if they were queried. ``last_success`` contains
    the time of the last success of each kind of work, which Windows records up to Windows 10 1511. ``log_limit`` is the
    maximum number of events that were queried from the agent's log if the log contains more, otherwise None;
    ``log_begins`` is the time of the oldest of them; ``asked_by_service`` is whether the scans of ``services`` alone were
    queried afterward. ``window`` is how far back events were read. ``text_log`` is the query for the text log of Windows
    before 10, which may contain scans that the event log does not; None on later versions, and if events were not queried.
    ``server_blocked``: policy sets a server that does not exist, so no scan can succeed. ``configuration_manager`` is whether
    its client starts the scans.
    """

    service: ServiceFacts
    build: int
    version: str | None
    helpers: tuple[RelatedService, ...]
    helper_events: tuple[HelperEvents, ...]
    scans: tuple[Scan, ...]
    other_scans: tuple[Scan, ...]
    services: ScanServices
    other_source: OtherSource | None
    failures: tuple[Failure, ...]
    successes: tuple[Success, ...]
    last_success: tuple[tuple[str, str], ...]
    prerequisites: Prerequisites
    period_hours: int
    configuration_manager: bool
    unreadable_logs: tuple[tuple[str, int], ...]
    damaged_events: int
    window: timedelta
    log_limit: int | None
    log_begins: str
    asked_by_service: bool
    text_log: Query[UpdateLog] | None
    now: datetime
    server_blocked: bool = False

    @property
    def suspects(self) -> tuple[str, ...]:
        """The helpers that may not work: events or failed updates point to them."""
        return helper_events.suspects(self.helper_events, self.failures, self.build)

    @property
    def last_good_scan(self) -> Scan | None:
        """The newest scan that succeeded."""
        return next((scan for scan in self.scans if scan.succeeded), None)

    @property
    def newest(self) -> Scan | None:
        """The newest scan, successful or failed."""
        return next(iter(self.scans), None)

    @property
    def always_offers(self) -> bool:
        """Whether the newest two successful scans both found updates."""
        found = [scan.updates or 0 for scan in self.scans if scan.succeeded][:2]
        return len(found) == 2 and all(found)

    @property
    def stale_after(self) -> timedelta:
        """The maximum age of the last successful scan: two periods, and at least three days."""
        return timedelta(hours=max(2 * self.period_hours, _STALE_HOURS))

    @property
    def awaits_restart(self) -> bool:
        """Whether updates were installed that a restart completes: until then the agent does not scan.

        Source: Microsoft's guides for WSUS ("plan deployment"); reported for Windows 7 by administrators.
        """
        return "agent" in self.prerequisites.reboot

    @property
    def scans_regularly(self) -> bool:
        """Whether the last successful scan is recent enough."""
        last = self.last_good_scan
        return last is not None and self.age(last.time) <= self.stale_after

    def age(self, time: str) -> timedelta:
        """The age of a time from an event or fact (ISO 8601, UTC)."""
        return self.now - timestamps.from_iso(time)

    def as_fact(self) -> dict[str, Any]:
        """The facts as published; ages in hours."""
        last, newest = self.last_good_scan, self.newest
        events = [
            *self.service.start_events(),
            *(fact for each in self.helper_events for fact in each.as_facts()),
            *(each.as_fact() for each in (*self.scans, *self.other_scans)),
            *(each.as_fact() for each in self.failures),
        ]
        return {
            **self.service.as_fact(),
            "version": self.version,
            "helpers": [each.as_fact() for each in self.helpers],
            "last_scan": newest.as_fact() if newest else None,
            "last_successful_scan": last.time if last else None,
            "last_successful_scan_age_hours": round(self.age(last.time).total_seconds() / 3600, 1) if last else None,
            "last_success": dict(self.last_success),
            "scan_period_hours": self.period_hours,
            **self.prerequisites.as_fact(),
            "events": sorted(events, key=lambda fact: fact["time"], reverse=True),
            "unreadable_logs": dict(self.unreadable_logs),
            "damaged_events": self.damaged_events,
        }


def probe(context: Context) -> tuple[Query[Any], ...]:
    """The queries, sufficient if the agent is healthy, in one remote execution."""
    return (
        *service_probe.probe(SERVICE),
        *helpers.probe(),
        registry.tree(UPDATE),
        registry.tree(POLICY),
        managers.CONFIGURATION_MANAGER,
        *prerequisites.probe(),
        *_logs_of(context),
    )


def probe_for_change() -> tuple[Query[Any], ...]:
    """The queries that a change requires: all related services, but no events."""
    keys = registry.tree(UPDATE), registry.tree(POLICY)
    return (*service_probe.probe_for_change(SERVICE), *keys, *prerequisites.probe())


def follow_up(agent: Agent) -> tuple[Query[Any], ...]:
    """If the agent has problems: queries for its helpers, and for scans that the answer of the event log does not contain.

    These are in the text log of Windows before 10, or they are scans of ``services`` that other scans displaced from the
    answer. Successful work is queried if other work failed, and installations if scans continue to find updates. If the
    agent has no problems: only these, and the dependencies that the probe does not include.
    """
    dependencies = service_probe.follow_up(SERVICE, agent.service.dependencies)
    dependencies = (*dependencies, *helpers.follow_up_of(agent.suspects))
    if agent.service.crashes.ends or any(each.crashes.ends for each in agent.helper_events):
        dependencies = (*dependencies, event_queries.process_faults(agent.window.days))
    offered = (event_queries.installed(agent.window.days),) if agent.always_offers else ()
    successes = event_queries.successes(agent.window.days) if agent.failures else offered
    if not _in_trouble(agent):
        return (*dependencies, *successes)
    logged = any(scan.source != "registry" for scan in agent.scans)
    log = (agent.text_log,) if agent.text_log and not logged else ()
    source = other_source.probe(agent.window.days) if agent.other_source else ()
    scans_only = (_scans_of(agent.services, agent.window),) if _hidden(agent) else ()
    return (
        *dependencies,
        *helpers.follow_up([each.name for each in agent.helpers], agent.build),
        *log,
        *scans_only,
        *successes,
        *source,
    )


def read(answers: Answers, system: System, context: Context) -> Agent:
    """The facts from the answers to the probe and, if available, to its follow-up.

    Raises UnexpectedOutput if the output of reg.exe or sc.exe cannot be parsed.
    """
    services, window = read_services(answers, system.build), timedelta(days=context.event_days)
    queries = (
        *_logs_of(context),
        _scans_of(services, window),
        *event_queries.successes(window.days),
        event_queries.process_faults(window.days),
    )
    logs = event_queries.read(answers, queries)
    own_log = answers.get(event_queries.update(window.days), Log(event_queries.UPDATE_CHANNEL))
    update = answers[registry.tree(UPDATE)]
    modern = system.build >= FIRST_WITH_ORCHESTRATOR
    with_events = event_queries.update(context.event_days) in answers
    text_query = windowsupdate_log.query(system.system_root) if with_events and not modern else None
    text_log = answers.get(text_query, UpdateLog()) if text_query else UpdateLog()
    last_success = tuple(_last_success(update, system.build))
    managed = managers.configuration_manager(answers) is not None
    # The text log contains the same scans as the event log, the registry only the last one.
    every = tuple(scans(logs.events))
    seen = tuple(each for each in every if services.judges(each.service)) or text_log.scans
    others = tuple(each for each in every if not services.judges(each.service))
    kept = (Scan(time, "registry") for name, time in last_success if name == "scan")
    found = [*seen, *(each for each in kept if not any(_is_same(each, other) for other in seen))]
    return Agent(
        service=service_probe.read(
            SERVICE,
            answers,
            definition.baseline(system.build),
            system.system_root,
            start_failures=start_failures.read(logs.events, SERVICE),
            crashes=crashes.read(logs.events, SERVICE.name, SERVICE.localized_names, context.now),
        ),
        build=system.build,
        version=system.version if modern else text_log.version,
        helpers=read_helpers(answers, system.build),
        helper_events=helper_events.read(logs.events, system.build, context.now),
        scans=tuple(sorted(found, key=lambda each: each.time, reverse=True)),
        other_scans=others,
        services=services,
        other_source=_other_source(answers, others, context) if not found else None,
        failures=tuple(sorted(failures(logs.events), key=lambda each: each.time, reverse=True)),
        successes=tuple(successes(logs.events)),
        last_success=last_success,
        prerequisites=read_prerequisites(answers),
        period_hours=managers.SCAN_PERIOD_HOURS if managed else _period(answers[registry.tree(POLICY)]),
        configuration_manager=managed,
        unreadable_logs=logs.unreadable,
        damaged_events=logs.damaged,
        window=window,
        log_limit=own_log.cut_at if own_log.events else None,
        log_begins=min((event.time for event in own_log.events), default=""),
        asked_by_service=_scans_of(services, window) in answers,
        text_log=text_query,
        now=context.now,
        server_blocked=blocked_server.blocks(answers),
    )


def _other_source(answers: Answers, others: tuple[Scan, ...], context: Context) -> OtherSource | None:
    """The newest successful scan of Microsoft's update services that are not judged, if it is recent enough to show that they are used."""
    recent = (each for each in others if each.succeeded and each.service in OF_MICROSOFT)
    newest = max(recent, key=lambda each: each.time, default=None)
    if newest is None or context.now - timestamps.from_iso(newest.time) > timedelta(hours=_STALE_HOURS):
        return None
    return other_source.read(answers, newest, context.event_days)


def _scans_of(services: ScanServices, window: timedelta) -> Query[Log]:
    return event_queries.scans_of(services.ids(), window.days)


def _hidden(agent: Agent) -> bool:
    """Whether a successful scan may be older than all events that were read, and can be queried by its service."""
    return agent.build >= FIRST_WITH_ORCHESTRATOR and agent.log_limit is not None and agent.last_good_scan is None


def _is_same(kept: Scan, seen: Scan) -> bool:
    """Whether the scan in the registry, whose time has whole seconds, is the one from the log."""
    return seen.succeeded and seen.time[:16] == kept.time[:16]


def _logs_of(context: Context) -> tuple[Query[Log], ...]:
    return (event_queries.update(context.event_days), event_queries.system(context.event_days))


def _in_trouble(agent: Agent) -> bool:
    service = agent.service
    fails_to_start = (
        bool(service.start_failures) or service.state.failed_with is not None or not service.state.installed
    )
    return (
        fails_to_start
        or not agent.scans_regularly
        or bool(agent.failures)
        or not (agent.newest and agent.newest.succeeded)
    )


def _period(policy: Tree) -> int:
    """The scan period of the agent in hours."""
    key = policy.key(rf"{POLICY}\AU")
    hours = key.number("DetectionFrequency") if key and key.number("DetectionFrequencyEnabled") == 1 else None
    return hours if hours and hours <= _LONGEST_PERIOD_HOURS else _PERIOD_HOURS


def _last_success(update: Tree, build: int) -> list[tuple[str, str]]:
    """The last successful scan, download and installation (UTC); empty if the build does not record them."""
    if build >= _FIRST_WITHOUT_RESULTS:
        return []
    kept: list[tuple[str, str]] = []
    for kind, name in (("scan", "Detect"), ("download", "Download"), ("install", "Install")):
        key = update.key(rf"{UPDATE}\Auto Update\Results\{name}")
        text = key.text("LastSuccessTime") if key else None
        if moment := timestamps.from_plain(text or ""):
            kept.append((kind, timestamps.event_time(moment, "milliseconds")))
    return kept


def probe_for_scans(build: int) -> tuple[Query[Any], ...]:
    """The queries for the scans of the last day, and for the policy, which selects their update services."""
    return (
        event_queries.update(1),
        registry.tree(POLICY),
        *((registry.tree(UPDATE),) if build < _FIRST_WITHOUT_RESULTS else ()),
    )


def read_scans(answers: Answers, build: int) -> frozenset[Scan] | None:
    """The scans from the answers to ``probe_for_scans``; None if the log is unreadable and the registry contains none."""
    logs = event_queries.read(answers, [event_queries.update(1)])
    update = answers.get(registry.tree(UPDATE), None)
    kept = _last_success(update, build) if update else []
    if logs.unreadable and not kept:
        return None
    services = read_services(answers, build)
    seen = (each for each in scans(logs.events) if services.judges(each.service))
    return frozenset((*seen, *(Scan(time, "registry") for name, time in kept if name == "scan")))
