# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page shows of a machine: clean text only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .reading import unique

STATUSES = ("broken", "degraded", "failed", "unreachable", "not_audited", "healthy")
"""The statuses that have a color and a shape, most severe first."""
SEVERITIES = ("error", "warning", "info")
OUTCOMES = ("failed", "partly", "administrator", "planned", "repaired", "none")
"""The outcomes of a repair, those that need attention first."""


def rank(known: tuple[str, ...], name: Any) -> int:
    """The place of a name in the order; unknown names come last."""
    return known.index(name) if name in known else len(known)


@dataclass(frozen=True)
class FindingView:
    """A finding of a machine; ``open`` if it counts as a problem."""

    id: str
    severity: str
    kind: str
    open: bool
    resolved: bool
    remedy: str
    summary: str
    cause: str
    action: str
    meaning: str
    reference: str
    codes: str
    since: str
    evidence: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Change:
    """A change of a repair."""

    action: str
    attribute: str
    before: str
    after: str


@dataclass(frozen=True)
class Repair:
    """What a repair did on a machine; ``after`` is None if nothing was audited afterward."""

    outcome: str
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...] | None
    changes: tuple[Change, ...]
    more_changes: int
    backups: tuple[str, ...]
    started: str
    ended: str
    failure: str


@dataclass(frozen=True)
class Machine:
    """A machine as one row of the table, with its details. ``key`` is its number in the page."""

    key: int
    name: str
    status: str
    kind: str
    message: str
    windows: str
    version: float
    server: str
    target_group: str
    groups: tuple[str, ...]
    gathered: str
    gathered_time: str
    age: float | None
    stale: bool
    findings: tuple[FindingView, ...]
    more_findings: int
    more_evidence: int
    repair: Repair | None

    @property
    def open(self) -> list[FindingView]:
        """The findings that count as problems."""
        return [each for each in self.findings if each.open]

    @property
    def other(self) -> list[FindingView]:
        """The findings for information, and those that are resolved."""
        return [each for each in self.findings if not each.open]

    @property
    def remedies(self) -> list[str]:
        """Who must act for the open findings."""
        return unique(each.remedy for each in self.open if each.remedy and each.remedy != "none")

    @property
    def weight(self) -> int:
        """A number to sort by: first the errors, then the other open findings."""
        errors = sum(each.severity == "error" for each in self.open)
        return errors * 1000 + len(self.open)
