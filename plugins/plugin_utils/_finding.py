# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: each type is declared once (FindingType); code only reports that it was found, with the evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, TypeVar, get_args

from ._text import one_line

Severity: TypeAlias = Literal["error", "warning", "info"]
Health: TypeAlias = Literal["broken", "degraded", "healthy"]
Remedy: TypeAlias = Literal[
    "policy",
    "bits",
    "agent",
    "reachability",
    "update_store",
    "client_id",
    "network",
    "server_side",
    "administrator",
    "retry",
    "none",
]
"""A role of this collection, or who is responsible: the administrators of network, server or machine; retry, or none."""

ANY_REMEDY: tuple[Remedy, ...] = get_args(Remedy)
"""For findings whose error code determines who is responsible."""

CodeContext: TypeAlias = Literal["", "bits_start", "service_start", "bits_job", "scan", "download", "install"]
"""Where an error code was seen: anywhere, a start of BITS or of a service other than BITS and the agent, a BITS job; a scan, a download
or an installation by the agent."""

Disproof: TypeAlias = Literal["state", "scan", "update", "request", "start", "rebuild"]
"""What ends a finding: the observed state itself; a later scan of WSUS, success of the same update, answer to the same request,
start of the service, or rebuild of the store."""

PAGE = "https://github.com/wsus-client/wsus.client/blob/main/docs/docsite/rst/guide_findings.rst"
"""The page that describes each finding: why it matters, how to verify it by hand, what to do, and what ends it."""
NO_ACTION = "No action is required."

_LONGEST = 2000
"""The longest sentence of a finding, in characters: it may contain text of the machine."""

_RANK: Mapping[str, int] = {"error": 0, "warning": 1, "info": 2}
_HEALTH: Mapping[str, Health] = {"error": "broken", "warning": "degraded", "info": "healthy"}

ChoiceT = TypeVar("ChoiceT", Severity, Remedy)


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: a value on the machine, a past event, or a request that the machine made for the audit.

    ``facts`` are its details, as published.
    """

    kind: Literal["value", "event", "request"]
    facts: Mapping[str, Any]

    @classmethod
    def value(cls, what: str, value: Any, **more: Any) -> Evidence:
        """A current value; ``what`` is its name."""
        return cls("value", {"what": what, "value": value, **more})

    @classmethod
    def event(cls, facts: Mapping[str, Any]) -> Evidence:
        """A past event, as an event log or a log file describes it."""
        return cls("event", facts)

    @classmethod
    def request(cls, facts: Mapping[str, Any]) -> Evidence:
        """A request that the machine sent to the server for this audit, and its outcome."""
        return cls("request", facts)

    def as_fact(self) -> dict[str, Any]:
        """The evidence as published."""
        return {"type": self.kind, **self.facts}


@dataclass(frozen=True)
class Finding:
    """A problem, or information. Only ``FindingType.found`` creates one.

    ``severity``: error, the client cannot work; warning, it works badly or will soon fail; info, worth knowing.
    ``evidence`` shows the finding, ``codes`` are the error codes in it, ``action`` is what to do. ``resolved``: only
    events show it, and the cause no longer exists.
    """

    type: FindingType
    severity: Severity
    summary: str
    cause: str
    action: str
    remedy: Remedy
    evidence: tuple[Evidence, ...] = ()
    codes: tuple[str, ...] = ()
    resolved: bool = False

    def __post_init__(self) -> None:
        """Make what the sentences contain of the machine visible; the evidence is data."""
        for name in ("summary", "cause", "action"):
            object.__setattr__(self, name, one_line(getattr(self, name), _LONGEST))

    @property
    def id(self) -> str:
        """Its stable identifier, such as ``bits.account``."""
        return self.type.id

    @property
    def component(self) -> str:
        """The component that the finding is about."""
        return self.type.component

    @property
    def reference(self) -> str:
        """The address of its description; GitHub removes the dot of an ID from the anchor of a heading."""
        return f"{PAGE}#{self.id.replace('.', '')}"

    @property
    def by_events(self) -> bool:
        """Whether only events show it, so it may be resolved."""
        return bool(self.evidence) and all(each.kind == "event" for each in self.evidence)

    def joined(self, evidence: Iterable[Evidence], codes: Iterable[str] = ()) -> Finding:
        """The finding with more evidence and its codes."""
        return replace(
            self,
            evidence=(*self.evidence, *evidence),
            codes=tuple(dict.fromkeys((*self.codes, *codes))),
        )

    def as_resolved(self, why: str) -> Finding:
        """The finding as resolved: information about the past."""
        return replace(
            self,
            severity="info",
            remedy="none",
            action=NO_ACTION,
            resolved=True,
            summary=f"{self.summary} (resolved: {why})",
        )

    def as_open(self, context: str, remedy: Remedy) -> Finding:
        """The finding with what a test shows that finds no fault; it is still open."""
        return replace(self, cause=f"{self.cause} {context}", remedy=remedy)

    def as_deliberate(self, why: str) -> Finding:
        """The finding as information: what it describes is intended, or has no effect."""
        return replace(self, severity="info", remedy="none", action=NO_ACTION, cause=f"{self.cause} {why}")

    def as_readdressed(self, remedy: Remedy, action: str, why: str) -> Finding:
        """The finding with someone else responsible, because the declared remedy cannot correct it on this machine."""
        return replace(self, remedy=remedy, action=action, cause=f"{self.cause} {why}")

    def as_fact(self) -> dict[str, Any]:
        """The finding as published."""
        return {
            "id": self.id,
            "severity": self.severity,
            "component": self.component,
            "summary": self.summary,
            "evidence": [each.as_fact() for each in self.evidence],
            "codes": list(self.codes),
            "cause": self.cause,
            "action": self.action,
            "remedy": self.remedy,
            "resolved": self.resolved,
            "reference": self.reference,
        }


def _always(_facts: Any, _finding: Finding) -> bool:
    return True


@dataclass(frozen=True)
class LiveTest:
    """A test of the machine's current state, and the findings that only events show whose cause it can detect.

    ``explains``: whether the test can detect the cause of such a finding. A fault takes the events of the finding as its
    evidence if the finding ``fits`` it, by default always. If the test was made for what such a
    finding is about (``tested``) and finds no fault:
    where ``disproves`` is true, the finding is resolved, and ``resolved`` says why. Everywhere else it remains open:
    ``context`` is what the test shows, for its cause, and ``readdressed`` is who is responsible now.
    ``tested`` and ``disproves`` are given the component's facts and the finding.
    ``caused_by`` are components whose findings cause its faults: they are reported first, then the faults. Without
    any, the order of the faults does not change.
    """

    component: str
    explains: Callable[[Finding], bool]
    disproves: Callable[[Any, Finding], bool]
    resolved: str
    context: str
    readdressed: Callable[[Finding], Remedy]
    tested: Callable[[Any, Finding], bool] = _always
    fits: Callable[[Finding, Finding], bool] = _always
    caused_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class FindingType:
    """The declaration of a type of finding. ``id`` is stable; its first part is the component.

    ``severities`` and ``remedies`` are the possible ones. ``meaning`` says what is wrong and ``action`` what to do,
    each as a sentence. ``codes`` are error codes that indicate it. ``live_test`` is the test that detects it.
    ``explained_by`` names the components whose live tests can detect the cause of a finding that only events show;
    its codes are then interpreted in ``context``. ``ends_with`` is what must be observed before such a finding is resolved.
    A resolved finding is information and requires no action.
    """

    id: str
    severities: tuple[Severity, ...]
    meaning: str
    action: str
    remedies: tuple[Remedy, ...]
    codes: tuple[str, ...] = ()
    live_test: LiveTest | None = None
    explained_by: tuple[str, ...] = ()
    context: CodeContext = ""
    ends_with: Disproof = "state"

    @property
    def component(self) -> str:
        """The component that it is about: the first part of its ID."""
        return self.id.partition(".")[0]

    def found(
        self,
        summary: str,
        *,
        cause: str,
        evidence: Iterable[Evidence] = (),
        severity: Severity | None = None,
        remedy: Remedy | None = None,
        codes: Iterable[str] | None = None,
        action: str | None = None,
        resolved: bool = False,
    ) -> Finding:
        """A finding of this type. Omitted arguments have the declared value.

        Raises ValueError for a severity or remedy that is not declared, or that is omitted if several are declared.
        """
        return Finding(
            type=self,
            severity="info" if resolved else self._declared("severity", severity, self.severities),
            summary=summary,
            cause=cause,
            action=NO_ACTION if resolved else action or self.action,
            remedy="none" if resolved else self._declared("remedy", remedy, self.remedies),
            evidence=tuple(evidence),
            codes=self.codes if codes is None else tuple(codes),
            resolved=resolved,
        )

    def _declared(self, what: str, value: ChoiceT | None, declared: tuple[ChoiceT, ...]) -> ChoiceT:
        if value is None and len(declared) == 1:
            return declared[0]
        if value is None or value not in declared:
            raise ValueError(f"{self.id}: {what} {value} is not one of {', '.join(declared)}")
        return value


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, most severe first; findings of equal severity keep their order."""
    return sorted(findings, key=lambda finding: _RANK[finding.severity])


def health(findings: Iterable[Finding]) -> Health:
    """The health of a client with these findings: broken (an error), degraded (a warning), or healthy."""
    worst = min((finding.severity for finding in findings), key=_RANK.__getitem__, default="info")
    return _HEALTH[worst]
