# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the report: reads what it compares with, collects the machines, and writes the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._exceptions import WsusClientError
from .._text import one_line
from . import html, prometheus, selection, spreadsheet, trend
from .comparison import compare
from .files import json_file, read_json, require_writable, write_texts
from .machine import Machine, first_failure, machine, reason_of
from .repair import Repair, repair
from .report import Report, document, joined, machines_of, require_audit, totals
from .report_options import FailOn, ReportOptions
from .server_computers import Computer, compare_with_console, read_computers

_BAD: Mapping[FailOn, frozenset[str]] = {
    "never": frozenset(),
    "unreachable": frozenset({"unreachable", "failed", "not_audited"}),
    "broken": frozenset({"unreachable", "failed", "not_audited", "broken"}),
    "degraded": frozenset({"unreachable", "failed", "not_audited", "broken", "degraded"}),
}
"""The statuses with which each choice of fail_on fails: what was not looked at is never better than what is broken."""


class FleetNotHealthy(WsusClientError):
    """Machines have a status that the option fail_on names."""

    reason = "fleet_not_healthy"


@dataclass(frozen=True)
class Inputs:
    """The files that a report reads: audits to join, an earlier report, and the console's computers."""

    audits: tuple[tuple[Machine, ...], ...] = ()
    previous: Mapping[str, Any] | None = None
    previous_machines: tuple[Machine, ...] = ()
    computers: tuple[Computer, ...] | None = None


def read_inputs(options: ReportOptions) -> Inputs:
    """Read the files that the options name. Raises NotReadable, and NotWritable for a file that cannot be written later."""
    for path in options.files.values():
        require_writable(path)
    audits = [machines_of(require_audit(read_json(path), path), path) for path in options.audit_files]
    previous = require_audit(read_json(options.previous), options.previous) if options.previous else None
    return Inputs(
        tuple(audits),
        previous,
        machines_of(previous, str(options.previous)) if previous else (),
        read_computers(options.server_computers) if options.server_computers else None,
    )


def make(machines: Iterable[Machine], inputs: Inputs, options: ReportOptions, now: datetime) -> Report:
    """The report on machines, those of the audit files among them."""
    fleet = joined([machines, *inputs.audits]) if inputs.audits else tuple(machines)
    found = compare(fleet, now, options.max_age_hours)
    if inputs.computers is not None:
        found = (*found, *compare_with_console(fleet, inputs.computers, now, options.report_overdue_days))
    compared = trend.trend(fleet, inputs.previous_machines, inputs.previous, now) if inputs.previous else None
    return Report(fleet, now, found, compared, options.published)


def machine_of(name: str, variables: Mapping[str, Any], options: ReportOptions) -> Machine:
    """A machine from its variables: the results that it registered, its facts and its groups."""
    known = variables.get("ansible_facts")
    registered = (variables.get(each) for each in options.audits)
    results = (
        selection.attempts(variables) if options.repair else [each for each in registered if isinstance(each, Mapping)]
    )
    return machine(
        name,
        results,
        known if isinstance(known, Mapping) else {},
        sorted(str(group) for group in variables.get("group_names") or ()),
        _repair(variables) if options.repair else None,
    )


def write(report: Report, options: ReportOptions) -> None:
    """Write the files that the options name, all or none. Raises NotWritable."""
    content = document(report)
    makers: Mapping[str, Callable[[], str]] = {
        "json": lambda: json_file(content),
        "html": lambda: html.render(content, options.language),
        "csv": lambda: spreadsheet.csv_text(report),
        "prometheus": lambda: prometheus.metrics(report),
    }
    write_texts({path: makers[name]() for name, path in options.files.items()})


def stats(report: Report) -> dict[str, Any]:
    """What a job of AWX keeps: the totals, the names of machines by status and by who is responsible, and the plan of a repair."""
    by_status: dict[str, list[str]] = {}
    by_remedy: dict[str, list[str]] = {}
    for each in report.machines:
        by_status.setdefault(each.status, []).append(each.name)
        for remedy in {str(finding.get("remedy")) for finding in each.open_findings}:
            by_remedy.setdefault(remedy, []).append(each.name)
    plan = [
        {"machine": each.name, **change.as_data(), "outcome": each.repair.outcome}
        for each in report.machines
        if each.repair
        for change in each.repair.changes
    ]
    return {
        "time": report.time.isoformat(timespec="seconds"),
        "run": report.run,
        "totals": totals(report.machines),
        "machines_by_status": by_status,
        "machines_by_responsible": by_remedy,
        "changes": plan[:1000],
        "changes_left_out": max(len(plan) - 1000, 0),
    }


def require_healthy(report: Report, fail_on: FailOn) -> None:
    """Raises FleetNotHealthy if machines have a status that ``fail_on`` names."""
    bad = [each for each in report.machines if each.status in _BAD[fail_on]]
    if bad:
        named = ", ".join(f"{one_line(each.name, 80)} ({each.status})" for each in bad[:10])
        more = f" and {len(bad) - 10} more" if len(bad) > 10 else ""
        raise FleetNotHealthy(
            f"fail_on is {fail_on}, and {len(bad)} of {len(report.machines)} machines fail: {named}{more}"
        )


def _repair(variables: Mapping[str, Any]) -> Repair | None:
    before = variables.get(selection.BEFORE)
    if not isinstance(before, Mapping):
        return None
    after = variables.get(selection.AFTER)
    results = {
        role: found for role in selection.ROLES if isinstance(found := variables.get(f"wsus_{role}_repair"), Mapping)
    }
    failure = first_failure(selection.attempts(variables))
    return repair(
        before,
        after if isinstance(after, Mapping) else {},
        results,
        reason_of(failure) if failure else "",
    )
