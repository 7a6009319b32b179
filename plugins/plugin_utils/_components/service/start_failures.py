# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failed starts of a service joined with what is wrong now: is it the cause, or a thing of the past?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ... import _error_codes
from ..._finding import Finding
from .facts import ServiceFacts

# The fault that a failed start points to, by HRESULT.
_FAULTS: Mapping[int, str] = {
    0x80070424: "missing",
    0x8007043B: "svchost_group",
    0x80070422: "disabled",
    0x80070433: "dependency_missing",
    0x8007042C: "dependency_failed",
    0x80070002: "service_dll",
    0x8007042D: "account",
    0x80070521: "privileges",
    0x8007007E: "service_dll",
}
# Their causes show in the definition: where it is right now, the cause is gone.
_VISIBLE_CAUSES = frozenset({"missing", "svchost_group", "disabled", "dependency_missing", "account", "privileges"})
_UNEXPLAINED = "start_failed"


def code_of_fault(fault: str) -> int:
    """The HRESULT with which a service fails to start for a fault of any service."""
    return next(code for code, each in _FAULTS.items() if each == fault)


def past_and_present(facts: ServiceFacts, live: Iterable[Finding], last_worked: str = "") -> Iterator[Finding]:
    """The live findings with the failed starts that they explain as evidence, then the failed starts that they do not explain.

    ``last_worked`` is the newest time at which something shows that the service had started, as events write it.
    """
    service, live = facts.description, tuple(live)
    faults = {**_FAULTS, **service.start_faults}
    failures: dict[str, list[dict[str, Any]]] = {}
    for fact in facts.start_events():
        seen = {key: fact[key] for key in ("channel", "event_id", "time", "dependency", "code")}
        failures.setdefault(faults.get(int(fact["code"], 16), _UNEXPLAINED), []).append(seen)
    if (ended_with := facts.state.failed_with) is not None:
        code = _error_codes.of_win32(ended_with)
        seen = {"what": "exit code of the service", "code": _error_codes.hexadecimal(code)}
        failures.setdefault(faults.get(code, _UNEXPLAINED), []).append(seen)
    for finding in live:
        evidence = failures.pop(finding.id.removeprefix(f"{service.component}."), [])
        codes = dict.fromkeys((*finding.codes, *(each["code"] for each in evidence)))
        yield replace(finding, evidence=(*finding.evidence, *evidence[:3]), codes=tuple(codes))
    for fault, evidence in failures.items():
        yield _failed_start(facts, fault, evidence, last_worked, explained=bool(live))


def _failed_start(
    facts: ServiceFacts, fault: str, evidence: list[dict[str, Any]], last_worked: str, *, explained: bool
) -> Finding:
    """A finding from failed starts alone: an error, unless the service runs since or the cause is gone."""
    service = facts.description
    codes = tuple(dict.fromkeys(each["code"] for each in evidence))
    explanation = service.explain(int(codes[0], 16))
    newest = max((each["time"] for each in evidence if "time" in each), default="")
    is_last_exit = any("event_id" not in each for each in evidence)
    past = facts.state.running or (not is_last_exit and (fault in _VISIBLE_CAUSES or last_worked > newest))
    when = "failed to start in the past" if past else "fails to start"
    return Finding(
        f"{service.component}.{fault}",
        "info" if past else "warning" if explained else "error",
        f"{service.subject} {when}: {explanation.hex} {explanation.name}".rstrip(),
        explanation.meaning,
        "none" if past else explanation.remedy,
        tuple(evidence[:3]),
        codes,
        resolved=past,
    )
