# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on the fleet as data: every machine's audit, the totals, and what only a comparison shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from .._finding import ANY_REMEDY
from .._text import one_line
from .files import NotReadable
from .fleet_finding import FleetFinding
from .machine import STATUSES, Machine, from_data
from .repair import OUTCOMES
from .trend import Trend
from .version import collection_version

FORMAT = "wsus.client audit 1"
"""The format name in an audit file; it changes if a reader of the old format would misread the new one."""
SCHEMA = "https://raw.githubusercontent.com/wsus-client/wsus.client/main/docs/schema/audit-1.schema.json"


@dataclass(frozen=True)
class Report:
    """The machines of a fleet at one time, what a comparison of them shows, and how they differ from an earlier report.

    ``run`` is a random ID: no two reports have the same one.
    """

    machines: tuple[Machine, ...]
    time: datetime
    fleet_findings: tuple[FleetFinding, ...] = ()
    trend: Trend | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    run: str = field(default_factory=lambda: str(uuid4()))

    @property
    def is_repair(self) -> bool:
        """Whether a repair is reported."""
        return any(each.repair for each in self.machines)


def totals(machines: Iterable[Machine]) -> dict[str, Any]:
    """The numbers of machines by status, open finding, who is responsible and outcome of a repair; findings by severity.

    Resolved findings are counted apart from the other information.
    """
    fleet = list(machines)
    statuses = Counter(each.status for each in fleet)
    severities = Counter(
        "resolved" if finding.get("resolved") else str(finding.get("severity"))
        for each in fleet
        for finding in each.findings
    )
    remedies = _machines_with(fleet, "remedy")
    outcomes = Counter(each.repair.outcome for each in fleet if each.repair)
    return {
        "machines": len(fleet),
        **{status: statuses[status] for status in STATUSES},
        "findings": dict(sorted(_machines_with(fleet, "id").items(), key=lambda item: (-item[1], item[0]))),
        "severities": {name: severities[name] for name in ("error", "warning", "info", "resolved")},
        "remedies": {name: remedies[name] for name in ANY_REMEDY if remedies[name]},
        "outcomes": {name: outcomes[name] for name in OUTCOMES},
    }


def document(report: Report) -> dict[str, Any]:
    """The whole report as data, as docs/schema/audit-1.schema.json describes it."""
    return {
        "$schema": SCHEMA,
        "format": FORMAT,
        "time": report.time.isoformat(timespec="seconds"),
        "run": report.run,
        "collection": {"name": "wsus.client", "version": collection_version()},
        "options": dict(report.options),
        "totals": totals(report.machines),
        "fleet_findings": [each.as_data() for each in report.fleet_findings],
        "trend": report.trend.as_data() if report.trend else None,
        "machines": {each.name: each.as_data(report.time) for each in report.machines},
    }


def require_audit(content: Any, path: str) -> Mapping[str, Any]:
    """The content of an audit file. Raises NotReadable if it is something else."""
    if not isinstance(content, Mapping) or not isinstance(content.get("machines"), Mapping):
        raise NotReadable(f"{path} is not an audit file of wsus.client")
    if content.get("format") != FORMAT:
        raise NotReadable(f"{path} has the format {one_line(content.get('format'), 60)}; it must be {FORMAT}")
    return content


def machines_of(content: Mapping[str, Any], path: str) -> tuple[Machine, ...]:
    """The machines in an audit file. Raises NotReadable for an entry that is no machine."""
    try:
        return tuple(from_data(name, data) for name, data in content["machines"].items())
    except (ValueError, AttributeError, TypeError) as error:
        raise NotReadable(f"{path} is not an audit file of wsus.client: {error}") from error


def joined(reports: Iterable[Iterable[Machine]]) -> tuple[Machine, ...]:
    """The machines of several reports, by name. If several have a machine, the latest facts count, then the last report."""
    latest: dict[str, Machine] = {}
    for machines in reports:
        for each in machines:
            known = latest.get(each.name)
            if known is None or _at(each) >= _at(known):
                latest[each.name] = each
    return tuple(latest[name] for name in sorted(latest))


def _at(machine: Machine) -> float:
    return machine.gathered.timestamp() if machine.gathered else 0.0


def _machines_with(fleet: Iterable[Machine], key: str) -> Counter[str]:
    return Counter(name for each in fleet for name in {str(finding.get(key)) for finding in each.open_findings})
