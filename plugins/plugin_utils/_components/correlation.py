# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What events tell, held against the store and the way to the server as they are now: the same fault still, or one of the past."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .. import _error_codes
from .._error_codes import Context as ErrorContext
from .._finding import Finding

_CONTEXTS: dict[str, ErrorContext] = {"bits": "bits_job", "agent": "scan"}
_WAYS = ("network-", "server", "transient")
"""The classes of causes that a test of the way to the server proves or disproves."""


def joined_with_server(findings: Iterable[Finding], *, tested: bool) -> list[Finding]:
    """The findings, those of failed jobs and detections joined with the live fault that explains them.

    The live fault takes their events as evidence. Where the way was ``tested`` and nothing is wrong with it, the cause is gone:
    they stay as information on the past.
    """
    all_of_them = list(findings)
    live = {
        finding.id: finding
        for finding in all_of_them
        if finding.component == "reachability" and finding.severity != "info"
    }
    faults = bool(live)
    left: list[Finding] = []
    for finding in all_of_them:
        if finding.id in live:
            continue
        fault = _fault_behind(finding, live.values())
        if fault is not None:
            codes = tuple(dict.fromkeys((*finding.codes, *fault.codes)))
            live[fault.id] = replace(fault, evidence=(*fault.evidence, *finding.evidence), codes=codes)
        elif tested and not faults and _is_of_the_way(finding):
            left.append(_past(finding, "the way to the server works now"))
        else:
            left.append(finding)
    # What policy says wrong is the cause of what the way to its server shows.
    causes = [finding for finding in left if finding.component == "policy"]
    return [*causes, *live.values(), *(finding for finding in left if finding.component != "policy")]


def joined_with_store(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, the agent's failures that a damaged store explains joined with that; without damage they are of the past.

    The store has judged the same events: what it does not take for evidence was disproved, or was before its last rebuild.
    """
    all_of_them = list(findings)
    damaged = next((finding for finding in all_of_them if finding.id == "update_store.damaged"), None)
    explained = [
        each for each in all_of_them if each.component == "agent" and each.remedy == "update_store" and _by_events(each)
    ]
    left: list[Finding] = []
    for finding in all_of_them:
        if finding is damaged:
            codes = tuple(dict.fromkeys((*finding.codes, *(code for each in explained for code in each.codes))))
            known = [each.get("time") for each in finding.evidence]
            further = (fact for each in explained for fact in each.evidence if fact.get("time") not in known)
            left.append(replace(finding, evidence=(*finding.evidence, *further), codes=codes))
        elif finding not in explained:
            left.append(finding)
        elif not damaged:
            left.append(_past(finding, "nothing shows a damaged store since"))
    return left


def _past(finding: Finding, why: str) -> Finding:
    return replace(
        finding, severity="info", remedy="none", resolved=True, summary=f"{finding.summary} (resolved: {why})"
    )


def _by_events(finding: Finding) -> bool:
    """Whether only events show what a finding tells."""
    return bool(finding.evidence) and all(
        "time" in each or each.get("what") == "last successful detection" for each in finding.evidence
    )


def _fault_behind(finding: Finding, live: Iterable[Finding]) -> Finding | None:
    if not _is_of_the_way(finding):
        return None
    return next((fault for fault in live if set(finding.codes) & set(fault.codes)), None)


def _is_of_the_way(finding: Finding) -> bool:
    """Whether a finding tells of failed requests, by events alone, whose causes lie on the way to the server."""
    context = _CONTEXTS.get(finding.component)
    if context is None or finding.resolved or not finding.codes or not _by_events(finding):
        return False
    causes = {_error_codes.explain(int(code, 16), context).cause for code in finding.codes}
    return all(cause.startswith(_WAYS) for cause in causes)
