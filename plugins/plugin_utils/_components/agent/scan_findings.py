# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the agent does its work: detections, downloads, installations, in the light of what failed last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ... import _error_codes
from ..._finding import Finding, Remedy, Severity
from ..shared.event_queries import UPDATE_CHANNEL
from .facts import Agent
from .history import Detection, Failure

_RECENT = timedelta(days=3)


def work_findings(agent: Agent, *, can_start: bool) -> Iterator[Finding]:
    """What failed last. That nothing was detected for long is told only of an agent that can start."""
    newest = agent.newest
    if newest is not None and not newest.succeeded:
        yield _detection_failed(agent, newest)
    elif can_start and not agent.detects and _would_know(agent):
        yield _no_detection(agent)
    yield from _past_failures(agent)
    by_kind: dict[tuple[str, int], list[Failure]] = {}
    for failure in agent.failures:
        by_kind.setdefault((failure.kind, failure.code), []).append(failure)
    for failed in by_kind.values():
        yield _work_failed(agent, failed)


def _detection_failed(agent: Agent, newest: Detection) -> Finding:
    explanation = _error_codes.explain(newest.code or 0, "scan")
    failed = [each for each in agent.detections if not each.succeeded]
    severity: Severity = "error" if not agent.detects else "info" if explanation.cause == "transient" else "warning"
    return Finding(
        "agent.scan_failed",
        severity,
        f"The last detection failed: {explanation.hex} {explanation.name}".rstrip(),
        explanation.meaning,
        explanation.remedy,
        (
            *(each.as_fact() for each in failed[:3]),
            {"what": "last successful detection", "value": agent.last_detection.time if agent.last_detection else None},
        ),
        tuple(dict.fromkeys(_error_codes.hexadecimal(each.code or 0) for each in failed[:3])),
    )


def _past_failures(agent: Agent) -> Iterator[Finding]:
    """Failed detections before the last good one."""
    if agent.newest is None or not agent.newest.succeeded:
        return
    failed = [each for each in agent.detections if not each.succeeded]
    if failed:
        explanation = _error_codes.explain(failed[0].code or 0, "scan")
        yield Finding(
            "agent.scan_failed",
            "info",
            f"A detection failed in the past: {explanation.hex} {explanation.name}".rstrip(),
            explanation.meaning,
            "none",
            tuple(each.as_fact() for each in failed[:3]),
            tuple(dict.fromkeys(_error_codes.hexadecimal(each.code or 0) for each in failed[:3])),
            resolved=True,
        )


def _no_detection(agent: Agent) -> Finding:
    last = agent.last_detection
    days = agent.window.days
    since = (
        f"for {agent.age(last.time).days} days" if last else f"within the last {days} days, as far back as was asked"
    )
    return Finding(
        "agent.no_detection",
        "warning",
        f"No detection ended well {since}",
        "Nothing starts the agent's detections, or the machine was switched off; the server will soon show it as not reporting.",
        "agent",
        (
            {"what": "last successful detection", "value": last.time if last else None},
            {"what": "detection period in hours", "value": agent.period_hours},
        ),
    )


def _work_failed(agent: Agent, failed: list[Failure]) -> Finding:
    newest = failed[0]
    explanation = _error_codes.explain(newest.code)
    recent = agent.age(newest.time) <= _RECENT
    words = {"download": "A download", "install": "An installation", "self_update": "An update of the agent"}
    return Finding(
        f"agent.{newest.kind}_failed",
        "warning" if recent and explanation.cause != "transient" else "info",
        f"{words[newest.kind]} failed{'' if recent else ' in the past'}: {explanation.hex} {explanation.name}".rstrip(),
        explanation.meaning,
        _remedy(explanation) if recent else "none",
        tuple(each.as_fact() for each in failed[:3]),
        (explanation.hex,),
        resolved=not recent,
    )


def _would_know(agent: Agent) -> bool:
    """Whether a detection that ended well would have been seen: its log can be read, far enough back."""
    readable = all(channel != UPDATE_CHANNEL for channel, _code in agent.unreadable_logs)
    return agent.last_detection is not None or (readable and agent.window >= agent.stale_after)


def _remedy(explanation: _error_codes.Explanation) -> Remedy:
    """Who acts on failed work. A service that has been mended since proves it with the next detection, not before."""
    return "retry" if explanation.remedy in ("agent", "bits") else explanation.remedy
