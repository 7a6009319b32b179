# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failed starts of a service compared with its current faults: does the cause still exist, or is it resolved?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ... import _error_codes
from ..._error_codes import Explanation
from ..._finding import Evidence, Finding, FindingType, Remedy
from . import dependency_failures
from .crash_findings import crashed
from .crashes import ABORTED
from .facts import ServiceFacts


def past_and_present(
    facts: ServiceFacts, live: Iterable[Finding], last_worked: str = "", last_success: str = ""
) -> Iterator[Finding]:
    """The live findings with the failed starts that they explain as evidence, then the other failed starts, then unexpected ends.

    ``last_worked`` is the newest time at which the service is known to have been running, ``last_success`` that at which
    its work succeeded, in the format of event times.
    """
    service, live = facts.spec, tuple(live)
    failures: dict[FindingType, list[Evidence]] = {}
    for failure in facts.start_failures:
        fact = failure.as_fact(service)
        seen = {key: fact[key] for key in ("channel", "event_id", "time", "dependency", "code")}
        failures.setdefault(service.fault_of_start(int(fact["code"], 16)), []).append(Evidence.event(seen))
    ended_with = facts.state.failed_with
    if ended_with is not None and ended_with != ABORTED:
        code = _error_codes.of_win32(ended_with)
        seen = {"what": "exit code of the service", "code": _error_codes.hexadecimal(code)}
        failures.setdefault(service.fault_of_start(code), []).append(Evidence("value", seen))
    for finding in live:
        evidence = failures.pop(finding.type, [])
        yield finding.joined(evidence[:3], (each.facts["code"] for each in evidence))
    for fault, evidence in failures.items():
        yield _failed_start(facts, fault, evidence, last_worked, explained=bool(live))
    yield from crashed(service.findings.crashed, service.subject, facts.state, facts.crashes, last_success)


def _failed_start(
    facts: ServiceFacts, fault: FindingType, evidence: list[Evidence], last_worked: str, *, explained: bool
) -> Finding:
    """A finding based only on failed starts: resolved if the service has run since, or if the cause no longer exists."""
    service = facts.spec
    codes = tuple(dict.fromkeys(each.facts["code"] for each in evidence))
    explanation = service.explain(int(codes[0], 16))
    newest = max((each.facts["time"] for each in evidence if each.kind == "event"), default="")
    is_last_exit = any(each.kind == "value" for each in evidence)
    past = facts.state.running or (not is_last_exit and (fault in service.findings.visible or last_worked > newest))
    when = "failed to start in the past" if past else "fails to start"
    return fault.found(
        f"{service.subject} {when}: {explanation.hex} {explanation.name}".rstrip(),
        cause=explanation.meaning,
        action=_action(facts, fault, explanation),
        severity="warning" if explained else "error",
        remedy=_remedy(facts, fault, explanation),
        evidence=evidence[:3],
        codes=codes,
        resolved=past,
    )


def _remedy(facts: ServiceFacts, fault: FindingType, explanation: Explanation) -> Remedy:
    """Who is responsible: the role only if it would change something.

    The role restores the definition, starts the dependencies that are stopped, and restores what ``start_faults`` of the service
    need; the definition of a service that differs in nothing is not the cause. After some codes another start may succeed.
    """
    service = facts.spec
    again = {_error_codes.of_win32(each) for each in dependency_failures.MAY_START}
    stopped = any(not each.state.running for each in facts.dependencies)
    if (
        explanation.remedy != service.remedy
        or explanation.code in again
        or facts.drift
        or stopped
        or fault in service.start_faults
    ):
        return explanation.remedy
    return "administrator"


def _action(facts: ServiceFacts, fault: FindingType, explanation: Explanation) -> str | None:
    """The action for the code; None (the action of the type) if the fault is a known one that the role of the service repairs."""
    service = facts.spec
    known = fault != service.findings.start_failed and _remedy(facts, fault, explanation) == service.remedy
    return None if known else explanation.action
