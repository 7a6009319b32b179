# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the work of the agent: scans, downloads and installations."""

from __future__ import annotations

from collections.abc import Iterator

from ... import _error_codes
from ..._finding import ANY_REMEDY, Evidence, Finding, FindingType, Remedy
from ..shared.event_queries import UPDATE_CHANNEL
from . import other_source
from .facts import Agent
from .history import Scan
from .other_source import OTHER_SOURCE

SCAN_FAILED = FindingType(
    "agent.scan_failed",
    ("error", "warning", "info"),
    "The last scan failed.",
    "Resolve the cause that the error code indicates.",
    ANY_REMEDY,
    explained_by=("policy", "update_store", "reachability"),
    context="scan",
    ends_with="scan",
)
NO_SCAN = FindingType(
    "agent.no_scan",
    ("warning",),
    "No scan has succeeded for two scan periods, and for at least three days.",
    "Run the role wsus.client.agent: it starts a scan and reports the result.",
    ("agent", "administrator"),
)
SCAN_FINDINGS: tuple[FindingType, ...] = (SCAN_FAILED, NO_SCAN, OTHER_SOURCE)


def scan_findings(agent: Agent, *, can_start: bool) -> Iterator[Finding]:
    """Findings about scans. A long time without a successful scan is reported only if the agent can start."""
    newest = agent.newest
    if newest is not None and not newest.succeeded:
        yield _scan_failed(agent, newest)
    elif can_start and not agent.scans_regularly and not agent.server_blocked and _would_know(agent):
        yield _no_scan(agent) if agent.other_source is None else other_source.finding(agent.other_source)
    yield from _past_failures(agent)


def _scan_failed(agent: Agent, newest: Scan) -> Finding:
    explanation = _error_codes.explain(newest.code or 0, "scan")
    failed = [each for each in agent.scans if not each.succeeded]
    last = agent.last_good_scan.time if agent.last_good_scan else None
    return SCAN_FAILED.found(
        f"The last scan failed: {explanation.hex} {explanation.name}".rstrip(),
        cause=explanation.meaning,
        action=explanation.action,
        severity="error" if not agent.scans_regularly else "info" if explanation.cause == "transient" else "warning",
        remedy=explanation.remedy,
        evidence=(*_evidence(failed), Evidence.event({"what": "last successful scan", "value": last})),
        codes=_codes(failed),
    )


def _past_failures(agent: Agent) -> Iterator[Finding]:
    """Failed scans, if the newest scan succeeded."""
    if agent.newest is None or not agent.newest.succeeded:
        return
    failed = [each for each in agent.scans if not each.succeeded]
    if failed:
        explanation = _error_codes.explain(failed[0].code or 0, "scan")
        yield SCAN_FAILED.found(
            f"A scan failed in the past: {explanation.hex} {explanation.name}".rstrip(),
            cause=explanation.meaning,
            evidence=_evidence(failed),
            codes=_codes(failed),
            resolved=True,
        )


def _no_scan(agent: Agent) -> Finding:
    last = agent.last_good_scan
    days = agent.window.days
    since = f"within the last {days} days, the period that was searched"
    if last:
        since = f"for {agent.age(last.time).days} days"
    elif agent.log_limit and not agent.asked_by_service:
        since = f"since {agent.log_begins[:16].replace('T', ' ')} UTC, as far back as the newest {agent.log_limit} events of the log reach"
    limit = (Evidence.value("limit of events reached", agent.log_limit),) if agent.log_limit else ()
    remedy, cause, action = _why_none(agent)
    return NO_SCAN.found(
        f"No successful scan {since}",
        cause=cause,
        remedy=remedy,
        action=action,
        evidence=(
            Evidence.event({"what": "last successful scan", "value": last.time if last else None}),
            Evidence.value("scan period in hours", agent.period_hours),
            *limit,
        ),
    )


def _why_none(agent: Agent) -> tuple[Remedy, str, str | None]:
    """Who can act, why there was no scan, and what to do; None is the declared action. A trigger helps only if a scan follows."""
    if agent.awaits_restart:
        why = "Updates were installed, and the agent does not scan until Windows has restarted."
        return "administrator", why, "Restart the machine."
    if agent.configuration_manager:
        why = f"Configuration Manager starts the scans of this machine, by default every {agent.period_hours // 24} days; none succeeded."
        return (
            "administrator",
            why,
            "Check the Configuration Manager client: WUAHandler.log, and its schedule for scans.",
        )
    why = "Nothing starts scans of the agent, or the machine was off; the server will soon list it as not reporting."
    return "agent", why, None


def _evidence(failed: list[Scan]) -> Iterator[Evidence]:
    return (Evidence.event(each.as_fact()) for each in failed[:3])


def _codes(failed: list[Scan]) -> Iterator[str]:
    return iter(dict.fromkeys(_error_codes.hexadecimal(each.code or 0) for each in failed[:3]))


def _would_know(agent: Agent) -> bool:
    """Whether a successful scan would have been found: the log can be read, and far enough back."""
    readable = all(channel != UPDATE_CHANNEL for channel, _code in agent.unreadable_logs)
    searched = agent.age(agent.log_begins) if agent.log_limit and not agent.asked_by_service else agent.window
    return agent.last_good_scan is not None or (readable and searched >= agent.stale_after)
