# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the work of the agent: scans, downloads and installations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from ... import _error_codes
from ..._finding import ANY_REMEDY, Evidence, Finding, FindingType, Remedy, Severity
from ..shared.event_queries import UPDATE_CHANNEL
from .facts import Agent
from .history import Failure, Scan

_RECENT = timedelta(days=3)
_ARTICLE = re.compile(r"\bKB[0-9]{6,8}\b")
"""The part of a title that is the same in every language; the rest is localized, and may be damaged in transfer."""
_BY_CODE = "Resolve the cause that the error code indicates."


def _work(name: str, severities: tuple[Severity, ...], meaning: str) -> FindingType:
    return FindingType(
        f"agent.{name}",
        severities,
        meaning,
        _BY_CODE,
        ANY_REMEDY,
        explained_by=("update_store", "reachability"),
        context="scan",
    )


SCAN_FAILED = _work("scan_failed", ("error", "warning", "info"), "The last scan failed.")
NO_SCAN = FindingType(
    "agent.no_scan",
    ("warning",),
    "No scan succeeded for two scan periods, at least three days.",
    "Run the role wsus.client.agent: it starts a scan and reports the result.",
    ("agent",),
)
OTHER_SOURCE = FindingType(
    "agent.other_source",
    ("info",),
    "The agent scans, but no scan of the WSUS server is recorded.",
    "Wait for the next scan if the policy has just been applied; otherwise look for settings that select another source.",
    ("none",),
)
_FAILED_WORK: Mapping[str, FindingType] = {
    "download": _work("download_failed", ("warning", "info"), "A download of an update failed."),
    "install": _work("install_failed", ("warning", "info"), "An installation of an update failed."),
    "self_update": _work("self_update_failed", ("warning", "info"), "An update of the agent itself failed."),
}
SCAN_FINDINGS: tuple[FindingType, ...] = (SCAN_FAILED, NO_SCAN, OTHER_SOURCE, *_FAILED_WORK.values())


def work_findings(agent: Agent, *, can_start: bool) -> Iterator[Finding]:
    """Findings about failed work. A long time without a successful scan is reported only if the agent can start."""
    newest = agent.newest
    if newest is not None and not newest.succeeded:
        yield _scan_failed(agent, newest)
    elif can_start and not agent.scans_regularly and _would_know(agent):
        elsewhere = agent.newest_elsewhere
        yield _no_scan(agent) if agent.scans or elsewhere is None else _other_source(agent, elsewhere)
    yield from _past_failures(agent)
    by_kind: dict[tuple[str, int], list[Failure]] = {}
    for failure in agent.failures:
        by_kind.setdefault((failure.kind, failure.code), []).append(failure)
    for failed in by_kind.values():
        yield _work_failed(agent, failed)


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
    return NO_SCAN.found(
        f"No successful scan {since}",
        cause="Nothing starts scans of the agent, or the machine was off; the server will soon list it as not reporting.",
        evidence=(
            Evidence.event({"what": "last successful scan", "value": last.time if last else None}),
            Evidence.value("scan period in hours", agent.period_hours),
            *limit,
        ),
    )


def _other_source(agent: Agent, elsewhere: Scan) -> Finding:
    """The agent scans. The time of a policy change is not recorded, so a new policy cannot be distinguished from a bypassed one."""
    return OTHER_SOURCE.found(
        f"No scan of WSUS is recorded; the last scan used {elsewhere.service}",
        cause="The policy is newer than the last scan, or the agent uses another update source.",
        evidence=_evidence([each for each in agent.other_scans if each.service == elsewhere.service]),
    )


def _work_failed(agent: Agent, failed: list[Failure]) -> Finding:
    newest = failed[0]
    explanation = _error_codes.explain(newest.code)
    recent = agent.age(newest.time) <= _RECENT
    words = {"download": "A download", "install": "An installation", "self_update": "An update of the agent"}
    article = _ARTICLE.search(newest.update or "")
    of_what = f" of {article[0]}" if article else ""
    when = "" if recent else " in the past"
    return _FAILED_WORK[newest.kind].found(
        f"{words[newest.kind]}{of_what} failed{when}: {explanation.hex} {explanation.name}".rstrip(),
        cause=explanation.meaning,
        action=explanation.action,
        severity="info" if explanation.cause == "transient" else "warning",
        remedy=_remedy(explanation),
        evidence=_evidence(failed),
        codes=(explanation.hex,),
        resolved=not recent,
    )


def _evidence(failed: list[Scan] | list[Failure]) -> Iterator[Evidence]:
    return (Evidence.event(each.as_fact()) for each in failed[:3])


def _codes(failed: list[Scan]) -> Iterator[str]:
    return iter(dict.fromkeys(_error_codes.hexadecimal(each.code or 0) for each in failed[:3]))


def _would_know(agent: Agent) -> bool:
    """Whether a successful scan would have been found: the log can be read, and far enough back."""
    readable = all(channel != UPDATE_CHANNEL for channel, _code in agent.unreadable_logs)
    searched = agent.age(agent.log_begins) if agent.log_limit and not agent.asked_by_service else agent.window
    return agent.last_good_scan is not None or (readable and searched >= agent.stale_after)


def _remedy(explanation: _error_codes.Explanation) -> Remedy:
    """Who is responsible for failed work. Whether a service repaired since works is not known before the next scan."""
    return "retry" if explanation.remedy in ("agent", "bits") else explanation.remedy
