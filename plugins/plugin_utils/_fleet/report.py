# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on the fleet: every machine's audit and the totals, as data and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

FORMAT = "wsus.client audit 1"
"""The format name in an audit file; it changes if a reader of the old format would misread the new one."""

Status: TypeAlias = Literal["broken", "degraded", "failed", "unreachable", "not_audited", "healthy"]
STATUSES: tuple[Status, ...] = ("broken", "degraded", "failed", "unreachable", "not_audited", "healthy")
"""The statuses of a machine, most severe first: the order of the table."""

_PREFIX = "wsus_"


@dataclass(frozen=True)
class Machine:
    """One machine of the fleet; ``message`` says why facts are missing."""

    name: str
    status: Status
    message: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def findings(self) -> list[Mapping[str, Any]]:
        """The machine's findings as published, most severe first."""
        return list(self.facts.get("wsus_findings") or ())

    @property
    def windows(self) -> str:
        """The machine's Windows version: product, release and build."""
        system = self.facts.get("wsus_system") or {}
        return " ".join(str(system[name]) for name in ("product", "release", "build") if system.get(name))

    def as_data(self) -> dict[str, Any]:
        """The machine's entry in an audit file."""
        facts = {
            name.removeprefix(_PREFIX): fact
            for name, fact in self.facts.items()
            if name.startswith(_PREFIX) and name != "wsus_health"
        }
        return {"status": self.status, "message": self.message, **facts}


def machine(name: str, attempts: Iterable[Mapping[str, Any]], known: Mapping[str, Any]) -> Machine:
    """A machine from the results of its tasks in this run, in order, or else from its known facts.

    The first task that failed decides the status; the facts are those of the last task that returned any.
    """
    made = list(attempts)
    facts: Mapping[str, Any] = next((each["ansible_facts"] for each in reversed(made) if each.get("ansible_facts")), {})
    for attempt in made:
        if attempt.get("unreachable") or attempt.get("failed"):
            status: Status = "unreachable" if attempt.get("unreachable") else "failed"
            return Machine(name, status, _one_line(attempt.get("msg")), facts)
    facts = facts or known
    health = facts.get("wsus_health")
    return (
        Machine(name, health, facts=facts)
        if health
        else Machine(name, "not_audited", "no facts are known for this machine")
    )


def totals(machines: Iterable[Machine]) -> dict[str, Any]:
    """The number of machines with each status, and the number of machines with each finding."""
    fleet = list(machines)
    statuses = Counter(each.status for each in fleet)
    findings = Counter(identifier for each in fleet for identifier in {finding["id"] for finding in each.findings})
    return {
        "machines": len(fleet),
        **{status: statuses[status] for status in STATUSES},
        "findings": dict(sorted(findings.items(), key=lambda item: (-item[1], item[0]))),
    }


def document(
    machines: Iterable[Machine], time: str, fleet_findings: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The whole audit as data; ``time`` is UTC in ISO 8601. ``fleet_findings`` are those of the comparison of the machines."""
    fleet = list(machines)
    return {
        "format": FORMAT,
        "time": time,
        "totals": totals(fleet),
        "fleet_findings": list(fleet_findings),
        "machines": {each.name: each.as_data() for each in fleet},
    }


def table(
    machines: Iterable[Machine], show: Literal["all", "problems", "totals"]
) -> Iterator[tuple[str, Status | None]]:
    """The lines of the table, each with the status that it shows, if any: most severe machines first, then totals."""
    fleet = sorted(machines, key=lambda each: (STATUSES.index(each.status), each.name))
    shown = [each for each in fleet if show == "all" or (show == "problems" and each.status != "healthy")]
    width = max((len(each.name) for each in shown), default=0)
    windows = max((len(each.windows) for each in shown), default=0)
    for each in shown:
        yield (
            f"{each.name:<{width}}  {each.status:<11}  {each.windows:<{windows}}  {each.message}".rstrip(),
            each.status,
        )
        for finding in each.findings:
            if finding["severity"] != "info":
                yield (
                    f"{'':<{width}}  {finding['severity']:<11}  {finding['id']}: {finding['summary']} -> {finding['remedy']}",
                    None,
                )
                if action := finding.get("action"):  # cached facts may be from an earlier release
                    yield f"{'':<{width}}  {'':<11}  {action}", None
    if shown:
        yield "", None
    counted = totals(fleet)
    parts = [f"{counted[status]} {status.replace('_', ' ')}" for status in reversed(STATUSES) if counted[status]]
    yield f"{counted['machines']} machines: {', '.join(parts) or 'none'}", None
    for identifier, number in counted["findings"].items():
        yield f"{number:>7}  {identifier}", None


def _one_line(message: Any) -> str:
    text = " ".join(str(message or "no reason given").split())
    return text if len(text) <= 300 else text[:300] + "..."
