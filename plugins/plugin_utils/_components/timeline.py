# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The events of all components in chronological order: the earliest failure is often the cause of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._finding import Finding, FindingType
from .._windows import registry
from .._windows.event_log import Event, Log
from .._windows.query import Answers, Query
from . import Component, Context, agent, bits, policy
from .service import crashes, start_failures
from .shared import event_queries, registry_keys
from .system import System

FINDINGS: tuple[FindingType, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """The events of the client as published, newest first; ``unreadable`` and ``damaged`` as in Logs."""

    events: tuple[dict[str, Any], ...]
    unreadable: tuple[tuple[str, int], ...]
    damaged: int

    def as_fact(self) -> dict[str, Any]:
        """The facts as published."""
        return {
            "events": list(self.events),
            "unreadable_logs": dict(self.unreadable),
            "damaged_events": self.damaged,
        }


def probe(context: Context) -> tuple[Query[Any], ...]:
    """The logs, and the policy, which shows the jobs that belong to WSUS."""
    return (registry.tree(registry_keys.POLICY), *_logs_of(context))


def read(answers: Answers, system: System, context: Context) -> Timeline:
    """The timeline from the answers to the probe."""
    logs = event_queries.read(answers, _logs_of(context))
    facts = (
        {"component": component, **fact}
        for component, found in _found(logs.events, registry_keys.download_servers(answers), system.build, context.now)
        for fact in found
    )
    return Timeline(tuple(sorted(facts, key=lambda fact: fact["time"], reverse=True)), logs.unreadable, logs.damaged)


def findings(facts: Timeline) -> tuple[Finding, ...]:
    """No findings: each component evaluates its own events."""
    return ()


def _found(
    events: tuple[Event, ...], servers: Iterable[str], build: int, now: datetime
) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    yield "policy", (each.as_fact() for each in policy.processing_failures(events))
    for service in (bits.SERVICE, agent.SERVICE):
        starts = start_failures.read(events, service)
        yield service.component, (each.as_fact(service) for each in starts)
        ends = crashes.read(events, service.name, service.localized_names, now).ends
        yield service.component, (each.as_fact() for each in ends)
    for helper in agent.helper_events.read(events, build, now):
        yield "agent", helper.as_facts()
    yield "bits", (each.as_fact(bits.SERVICE) for each in bits.start_failures(events))
    yield "bits", (each.as_fact() for each in bits.job_failures(events, servers))
    yield "agent", (each.as_fact() for each in agent.scans(events))
    yield "agent", (each.as_fact() for each in agent.failures(events))


def _logs_of(context: Context) -> tuple[Query[Log], ...]:
    days = context.event_days
    return (event_queries.bits(days), event_queries.update(days), event_queries.system(days))


COMPONENT = Component(probe, read, findings, FINDINGS)
