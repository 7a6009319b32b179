# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings that only events show, compared with tests of the current state: the same fault, a fault that ended, or one that is open.

The components declare the tests, and what each of them detects and disproves (``LiveTest``, ``FindingType.explained_by``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._finding import Evidence, Finding, FindingType, LiveTest


def live_tests(declared: Iterable[FindingType]) -> tuple[LiveTest, ...]:
    """The tests whose faults are among the declared finding types."""
    return tuple(dict.fromkeys(each.live_test for each in declared if each.live_test))


def correlate(findings: Iterable[Finding], test: LiveTest, facts: Any) -> list[Finding]:
    """The findings; those that the test explains are joined with the live fault that causes them.

    The fault takes their events as evidence. If the test was made (given the ``facts`` of its component) and found no fault,
    findings that it disproves are resolved, and the others remain open, with what the test shows.
    """
    given = list(findings)
    live = {place: each for place, each in enumerate(given) if each.type.live_test == test and not each.resolved}
    rest: list[tuple[int, Finding]] = []
    for place, finding in enumerate(given):
        if place in live or not _is_explained(finding, test):
            rest.append((place, finding))
        elif (fault := _fault_behind(finding, live, test)) is not None:
            live[fault] = _joined(live[fault], finding)
        else:
            is_untested = live or not test.tested(facts, finding)
            rest.append((place, finding if is_untested else _without_fault(finding, test, facts)))
    return _in_order([(place, live.get(place, each)) for place, each in rest], live, test)


def _is_explained(finding: Finding, test: LiveTest) -> bool:
    """Whether the finding is based only on events, and the test detects causes of this kind."""
    of_the_past = finding.by_events and not finding.resolved
    return test.component in finding.type.explained_by and of_the_past and test.explains(finding)


def _fault_behind(finding: Finding, live: Mapping[int, Finding], test: LiveTest) -> int | None:
    """The place of the fault that causes the finding."""
    return next((place for place, fault in live.items() if test.fits(fault, finding)), None)


def _without_fault(finding: Finding, test: LiveTest, facts: Any) -> Finding:
    if test.disproves(facts, finding):
        return finding.as_resolved(test.resolved)
    return finding.as_open(test.context, test.readdressed(finding))


def _joined(fault: Finding, finding: Finding) -> Finding:
    """The fault, with those events of the finding added that are not in its evidence yet."""
    known = {_event(each) for each in fault.evidence}
    return fault.joined((each for each in finding.evidence if _event(each) not in known), finding.codes)


def _event(evidence: Evidence) -> tuple[Any, ...]:
    """The fields that identify an event, independent of the component that read it."""
    return (evidence.kind, evidence.facts.get("time"), evidence.facts.get("code"), evidence.facts.get("what"))


def _in_order(findings: list[tuple[int, Finding]], live: Mapping[int, Finding], test: LiveTest) -> list[Finding]:
    if not test.caused_by:
        return [each for _place, each in findings]
    causes = [each for _place, each in findings if each.component in test.caused_by]
    others = [each for place, each in findings if each.component not in test.caused_by and place not in live]
    return [*causes, *live.values(), *others]
