# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: each kind is declared once (FindingType), and code only says that it was found, with what shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, TypeVar, get_args

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
"""A role of this collection, or who is responsible: the network's or the server's people, an administrator of the machine, nobody."""

ANY_REMEDY: tuple[Remedy, ...] = get_args(Remedy)
"""For findings whose error code decides who is responsible."""

CodeContext: TypeAlias = Literal["", "bits_start", "bits_job", "scan"]
"""Where an error code was seen: anywhere, a start of BITS, a job of BITS, the agent's search for updates."""

ARTICLE = "https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents"
NO_ACTION = "No action is required."

_RANK: Mapping[str, int] = {"error": 0, "warning": 1, "info": 2}
_HEALTH: Mapping[str, Health] = {"error": "broken", "warning": "degraded", "info": "healthy"}

ChoiceT = TypeVar("ChoiceT", Severity, Remedy)


@dataclass(frozen=True)
class Evidence:
    """One thing that shows a finding: a value on the machine, an event of the past, or a request that the machine just made.

    ``facts`` are its details as published.
    """

    kind: Literal["value", "event", "request"]
    facts: Mapping[str, Any]

    @classmethod
    def value(cls, what: str, value: Any, **more: Any) -> Evidence:
        """A value as it is now: ``what`` is its name."""
        return cls("value", {"what": what, "value": value, **more})

    @classmethod
    def event(cls, facts: Mapping[str, Any]) -> Evidence:
        """Something that happened, as an event or a log describes it."""
        return cls("event", facts)

    @classmethod
    def request(cls, facts: Mapping[str, Any]) -> Evidence:
        """A request to the server that the machine made for this audit, and its outcome."""
        return cls("request", facts)

    def as_fact(self) -> dict[str, Any]:
        """The evidence as published."""
        return {"type": self.kind, **self.facts}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing. Only ``FindingType.found`` makes one.

    ``severity``: error, the client cannot work; warning, it works badly or soon will not; info, worth knowing. ``evidence``
    are the values and events that show it, ``codes`` the error codes among them, ``action`` what to do. ``resolved``: only
    events show it, and the cause is gone since.
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
    reference: str = ARTICLE

    @property
    def id(self) -> str:
        """Its stable name, such as ``bits.account``."""
        return self.type.id

    @property
    def component(self) -> str:
        """The component that the finding is about."""
        return self.type.component

    @property
    def by_events(self) -> bool:
        """Whether only events show it: it may be of the past."""
        return bool(self.evidence) and all(each.kind == "event" for each in self.evidence)

    def joined(self, evidence: Iterable[Evidence], codes: Iterable[str] = ()) -> Finding:
        """The finding with more evidence and the codes that come with it."""
        return replace(
            self,
            evidence=(*self.evidence, *evidence),
            codes=tuple(dict.fromkeys((*self.codes, *codes))),
        )

    def as_resolved(self, why: str) -> Finding:
        """The finding as information on the past."""
        return replace(
            self,
            severity="info",
            remedy="none",
            action=NO_ACTION,
            resolved=True,
            summary=f"{self.summary} (resolved: {why})",
        )

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


def _always(_facts: Any) -> bool:
    return True


@dataclass(frozen=True)
class LiveTest:
    """What a component tests on the machine as it is now, and what of the past that explains or resolves.

    ``explains``: whether the cause of a finding that only events show is one that the test sees. A fault takes the events of
    such a finding as its evidence, with ``by_code`` only where they have an error code in common. Where the test was made
    (``tested``, of the component's facts) and finds no fault, the finding is resolved, and ``resolved`` says why.
    ``caused_by`` are components whose findings are causes of its faults: they are reported first, then the faults. Without
    any the faults stay in their place.
    """

    component: str
    explains: Callable[[Finding], bool]
    resolved: str
    tested: Callable[[Any], bool] = _always
    by_code: bool = False
    caused_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class FindingType:
    """A kind of finding, declared. ``id`` is stable; its first part is the component.

    ``severities`` and ``remedies`` are those that one may have. ``meaning`` says what is wrong and ``action`` what to do, each
    in a sentence. ``codes`` are error codes that stand for it. ``live_test``: it is a fault which that test finds.
    ``explained_by`` names the components whose live tests say whether one that only events show still holds; for them its
    codes are read as ``context`` says. Every finding may be resolved: then it is information and nobody acts.
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

    @property
    def component(self) -> str:
        """The component that it is about: the first part of its id."""
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
        """A finding of this kind. What is left out is as declared.

        Raises ValueError for a severity or remedy that is not declared, or that is left out where several are.
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
            raise ValueError(f"{self.id}: {what} {value} is none of {', '.join(declared)}")
        return value


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with the most severe first; among equals the order of the components stays."""
    return sorted(findings, key=lambda finding: _RANK[finding.severity])


def health(findings: Iterable[Finding]) -> Health:
    """What findings say of a client: broken (an error), degraded (a warning), healthy."""
    worst = min((finding.severity for finding in findings), key=_RANK.__getitem__, default="info")
    return _HEALTH[worst]
