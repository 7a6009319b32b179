# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failed starts of BITS joined with what is wrong now: is it the cause, or a thing of the past?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ... import _errors
from ..._finding import Finding
from ._events import StartFailure
from ._facts import Bits

START_FINDINGS: Mapping[int, str] = {
    0x80070424: "bits.missing",
    0x8007043B: "bits.svchost_group",
    0x80070422: "bits.disabled",
    0x80070433: "bits.dependency_missing",
    0x8007042C: "bits.dependency_failed",
    0x80070003: "bits.path_not_found",
    0x80070002: "bits.service_dll",
    0x80040154: "bits.com_catalog",
    0x80040206: "bits.com_catalog",
    0x8007042D: "bits.account",
    0x80070521: "bits.privileges",
    0x8007007E: "bits.service_dll",
}
"""The finding that a failed start points to, by HRESULT: the rows of the article's first table, then their neighbours."""

# Their causes show in the definition: where it is right now, the cause is gone.
_VISIBLE_CAUSES = frozenset(
    {
        "bits.missing",
        "bits.svchost_group",
        "bits.disabled",
        "bits.dependency_missing",
        "bits.account",
        "bits.privileges",
    }
)
_UNEXPLAINED = "bits.start_failed"


def past_and_present(bits: Bits, live: tuple[Finding, ...]) -> Iterator[Finding]:
    """The live findings with the failed starts that they explain as evidence, then the failed starts that they do not explain."""
    failures: dict[str, list[dict[str, Any]]] = {}
    for failure in bits.start_failures:
        failures.setdefault(START_FINDINGS.get(failure.code, _UNEXPLAINED), []).append(_evidence(failure))
    if (ended_with := bits.state.failed_with) is not None:
        code = _errors.of_win32(ended_with)
        fact = {"what": "exit code of the service", "code": _errors.hexadecimal(code)}
        failures.setdefault(START_FINDINGS.get(code, _UNEXPLAINED), []).append(fact)
    for finding in live:
        seen = failures.pop(finding.id, [])
        codes = dict.fromkeys((*finding.codes, *(each["code"] for each in seen)))
        yield replace(finding, evidence=(*finding.evidence, *seen[:3]), codes=tuple(codes))
    for identifier, seen in failures.items():
        yield _failed_start(bits, identifier, seen, explained=bool(live))


def _failed_start(bits: Bits, identifier: str, seen: list[dict[str, Any]], *, explained: bool) -> Finding:
    """A finding from failed starts alone: an error, unless BITS runs since or the cause is gone."""
    codes = tuple(dict.fromkeys(each["code"] for each in seen))
    explanation = _errors.explain(int(codes[0], 16), "bits_start")
    past = bits.state.running or (
        not _is_last_exit(seen) and (identifier in _VISIBLE_CAUSES or _worked_since(bits, seen))
    )
    when = "failed to start in the past" if past else "fails to start"
    return Finding(
        identifier,
        "info" if past else "warning" if explained else "error",
        f"BITS {when}: {explanation.hex} {explanation.name}".rstrip(),
        explanation.meaning,
        "none" if past else explanation.remedy,
        tuple(seen[:3]),
        codes,
        past=past,
    )


def _is_last_exit(seen: list[dict[str, Any]]) -> bool:
    return any("event_id" not in each for each in seen)


def _worked_since(bits: Bits, seen: list[dict[str, Any]]) -> bool:
    """Whether a job moved after the newest of the failed starts: then BITS had started."""
    newest = max((each["time"] for each in seen if "time" in each), default="")
    return any(job.time > newest for job in bits.job_failures)


def _evidence(failure: StartFailure) -> dict[str, Any]:
    fact = failure.as_fact()
    return {key: fact[key] for key in ("channel", "event_id", "time", "dependency", "code")}
