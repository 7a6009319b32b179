# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding: what is wrong with a client, what shows it, why, and who mends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

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
"""A role of this collection, or who must act: the network's or the server's people, somebody on the machine, nobody."""

ARTICLE = "https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents"

_RANK: Mapping[str, int] = {"error": 0, "warning": 1, "info": 2}
_HEALTH: Mapping[str, Health] = {"error": "broken", "warning": "degraded"}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing.

    ``id`` is stable (``bits.account``). ``severity``: error, the client cannot work; warning, it works badly or soon will
    not; info, worth knowing. ``evidence`` are the values and events that show it, ``codes`` the error codes among them.
    ``resolved``: only events show it, and the cause is gone since.
    """

    id: str
    severity: Severity
    summary: str
    cause: str
    remedy: Remedy
    evidence: tuple[Mapping[str, Any], ...] = ()
    codes: tuple[str, ...] = ()
    resolved: bool = False
    reference: str = ARTICLE

    @property
    def component(self) -> str:
        """The component that the finding is about: the first part of its id."""
        return self.id.partition(".")[0]

    def as_fact(self) -> dict[str, Any]:
        """The finding as published."""
        return {
            "id": self.id,
            "severity": self.severity,
            "component": self.component,
            "summary": self.summary,
            "evidence": [dict(each) for each in self.evidence],
            "codes": list(self.codes),
            "cause": self.cause,
            "remedy": self.remedy,
            "resolved": self.resolved,
            "reference": self.reference,
        }


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with the gravest first; among equals the order of the components stays."""
    return sorted(findings, key=lambda finding: _RANK[finding.severity])


def health(findings: Iterable[Finding]) -> Health:
    """What findings say of a client: broken (an error), degraded (a warning), healthy."""
    worst = min((_RANK[finding.severity] for finding in findings), default=2)
    return _HEALTH.get(next(name for name, rank in _RANK.items() if rank == worst), "healthy")
