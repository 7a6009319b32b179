# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates that could not be downloaded or installed: one finding for each update, open until it succeeds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from ... import _error_codes
from ..._error_codes import Explanation
from ..._finding import ANY_REMEDY, CodeContext, Evidence, Finding, FindingType, Remedy
from . import known_issues
from .facts import Agent
from .history import Failure
from .known_issues import KnownIssue

_RECENT = timedelta(days=3)
_REPEATED = 2
_ARTICLE = re.compile(r"\bKB[0-9]{6,8}\b")
"""What identifies an update in every language: the rest of its title is in that of the machine, and may arrive damaged."""
_DEFENDER = re.compile(r"\bKB(2267602|4052623|5007651)\b")
"""Definitions, platform and security center of Microsoft Defender, which it downloads itself, several times a day (events 19 and 44
of service 9482f4b4 in the stored files 1752054707 and 62799549613)."""
_SERVICES = frozenset({"agent", "bits"})
_NOT_OF_AN_INSTALLATION = frozenset({"agent", "bits", "network", "reachability", "policy"})
"""The download is complete before an installation begins: nothing of the connection or of its services is responsible."""


def _update(name: str, meaning: str, context: CodeContext, *explained_by: str) -> FindingType:
    return FindingType(
        f"agent.{name}",
        ("warning", "info"),
        meaning,
        "Resolve the cause that the error code names.",
        ANY_REMEDY,
        explained_by=explained_by,
        context=context,
        ends_with="update",
    )


_TYPES: Mapping[str, FindingType] = {
    "download": _update(
        "download_failed", "A download of an update failed.", "download", "agent", "update_store", "reachability"
    ),
    "install": _update("install_failed", "An installation of an update failed.", "install", "agent", "update_store"),
    "self_update": _update(
        "self_update_failed",
        "An update of the agent itself failed.",
        "download",
        "agent",
        "update_store",
        "reachability",
    ),
}
_WORDS = {"download": "A download", "install": "An installation", "self_update": "An update of the agent"}
UPDATE_FINDINGS: tuple[FindingType, ...] = tuple(_TYPES.values())


def update_findings(agent: Agent) -> Iterator[Finding]:
    """The findings about failed updates of a machine, in the order of their newest failures."""
    by_update: dict[tuple[str, str, bool], list[Failure]] = {}
    for failure in agent.failures:
        ended = any(success.disproves(failure) for success in agent.successes)
        by_update.setdefault((failure.kind, failure.subject, ended), []).append(failure)
    for (_kind, _subject, ended), failed in by_update.items():
        yield _failed(agent, failed, ended=ended)


def _failed(agent: Agent, failed: list[Failure], *, ended: bool) -> Finding:
    newest = failed[0]
    explanation = newest.explanation
    article = match[0] if (match := _ARTICLE.search(newest.update or "")) else ""
    issue = known_issues.find(newest.code, article, agent.build)
    recent = agent.age(newest.time) <= _RECENT
    by_defender = newest.kind == "download" and _DEFENDER.search(newest.update or "") is not None
    passing = explanation.cause == "transient" and len(failed) <= _REPEATED
    of_what = f" of {article}" if article else ""
    return _TYPES[newest.kind].found(
        f"{_WORDS[newest.kind]}{of_what} failed{_when(agent, failed, ended=ended)}: {explanation.hex} {explanation.name}".rstrip(),
        cause=_cause(agent, failed, explanation, issue, by_defender=by_defender),
        action=issue.action if issue else explanation.action,
        severity="warning" if recent and not passing and not by_defender else "info",
        remedy="none" if by_defender else issue.remedy if issue else _remedy(explanation, newest.kind, len(failed)),
        evidence=(Evidence.event(each.as_fact()) for each in failed[:3]),
        codes=dict.fromkeys(_error_codes.hexadecimal(each.code) for each in failed),
        resolved=ended,
    )


def _when(agent: Agent, failed: list[Failure], *, ended: bool) -> str:
    if ended:
        return " in the past"
    if len(failed) > 1:
        return f" {len(failed)} times since {failed[-1].time[:10]}"
    days = agent.age(failed[0].time)
    return "" if days <= _RECENT else f" {days.days} days ago"


def _cause(
    agent: Agent, failed: list[Failure], explanation: Explanation, issue: KnownIssue | None, *, by_defender: bool
) -> str:
    if by_defender:
        return f"{explanation.meaning} Microsoft Defender downloads this itself, several times a day; it does not concern the WSUS client."
    if issue:
        return f"{issue.cause} Source: {issue.source} ({issue.date})."
    others = any(
        each.installed and each.time > failed[-1].time and not each.disproves(failed[0]) for each in agent.successes
    )
    beside = (
        " Other updates were installed since: only this one fails." if others and failed[0].kind == "install" else ""
    )
    return f"{explanation.meaning}{beside}"


def _remedy(explanation: Explanation, kind: str, times: int) -> Remedy:
    """Who is responsible. A service that was repaired since proves it with the next attempt, not before."""
    if kind == "install" and explanation.remedy in _NOT_OF_AN_INSTALLATION:
        return "administrator"
    remedy = "retry" if explanation.remedy in _SERVICES else explanation.remedy
    repeated = remedy == "retry" and times >= _REPEATED
    return "administrator" if repeated or remedy == "none" else remedy
