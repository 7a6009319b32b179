# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates that could not be downloaded or installed: one finding for each update, open until it succeeds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from ... import _error_codes
from ..._error_codes import Explanation
from ..._finding import ANY_REMEDY, CodeContext, Evidence, Finding, FindingType, Remedy
from . import known_issues, repeated_updates, update_title
from .facts import Agent
from .history import Failure, Success
from .known_issues import KnownIssue

_RECENT = timedelta(days=3)
_REPEATED = 2
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
        "Resolve the cause that the error code indicates.",
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
UPDATE_FINDINGS: tuple[FindingType, ...] = (*_TYPES.values(), repeated_updates.INSTALL_REPEATS)


def update_findings(agent: Agent) -> Iterator[Finding]:
    """The findings about failed updates of a machine, in the order of their newest failures; then those that have no effect."""
    repeated = repeated_updates.installed_again(agent)
    by_update: dict[tuple[str, str, bool], list[Failure]] = {}
    for failure in agent.failures:
        if failure.kind != "install" or failure.subject not in repeated:
            ended = _has_ended(failure, agent.successes)
            by_update.setdefault((failure.kind, failure.subject, ended), []).append(failure)
    for (_kind, _subject, ended), failed in by_update.items():
        yield _failed(agent, failed, ended=ended)
    yield from repeated_updates.repeated_updates(agent)


def _has_ended(failure: Failure, successes: Iterable[Success]) -> bool:
    """Whether the update succeeded since. An installation that was followed by another one of the same version had no effect."""
    later = [each for each in successes if each.disproves(failure)]
    versions = [each.update or each.update_id for each in later]
    return any(failure.kind != "install" or versions.count(each) == 1 for each in versions)


def _failed(agent: Agent, failed: list[Failure], *, ended: bool) -> Finding:
    newest = failed[0]
    explanation = newest.explanation
    issue = known_issues.find(newest.code, update_title.article(newest.update), agent.build)
    recent = agent.age(newest.time) <= _RECENT
    by_defender = newest.kind == "download" and _DEFENDER.search(newest.update or "") is not None
    passing = len(failed) <= _REPEATED and all(each.explanation.cause == "transient" for each in failed)
    remedy = _remedy(agent, failed)
    of_what = f" of {name}" if (name := update_title.shown(newest.update)) else ""
    return _TYPES[newest.kind].found(
        f"{_WORDS[newest.kind]}{of_what} failed{_when(agent, failed, ended=ended)}: {explanation.hex} {explanation.name}".rstrip(),
        cause=_cause(agent, failed, explanation, issue, by_defender=by_defender),
        action=issue.action if issue else _action(explanation, remedy, newest.kind),
        severity="warning" if recent and not passing and not by_defender else "info",
        remedy="none" if by_defender else issue.remedy if issue else remedy,
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
    beside = " Other updates were installed since: only this one fails." if _is_the_only_one(agent, failed) else ""
    return f"{explanation.meaning}{beside}"


def _is_the_only_one(agent: Agent, failed: list[Failure]) -> bool:
    """Whether other updates were installed since an installation first failed."""
    others = (each for each in agent.successes if each.installed and not each.disproves(failed[0]))
    return failed[0].kind == "install" and any(each.time > failed[-1].time for each in others)


def _action(explanation: Explanation, remedy: Remedy, kind: str) -> str:
    """What to do: by the code, unless someone else is responsible than the code says."""
    if remedy == explanation.remedy or remedy not in ("administrator", "server_side"):
        return explanation.action
    cause = "package" if remedy == "server_side" else "servicing" if kind == "install" else "other"
    return replace(explanation, cause=cause).action


def _remedy(agent: Agent, failed: list[Failure]) -> Remedy:
    """Who is responsible. A service that was repaired since proves it with the next attempt, not before.

    A damaged store makes scans fail as well; if they succeed, the package of the update is the cause, or Windows.
    """
    kind, remedy = failed[0].kind, failed[0].explanation.remedy
    if kind == "install":
        if remedy in _NOT_OF_AN_INSTALLATION:
            return "administrator"
        newest = agent.newest
        if remedy == "update_store" and newest is not None and newest.succeeded:
            return "server_side" if _is_the_only_one(agent, failed) else "administrator"
    remedy = "retry" if remedy in _SERVICES else remedy
    repeated = remedy == "retry" and len(failed) >= _REPEATED
    return "administrator" if repeated or remedy == "none" else remedy
