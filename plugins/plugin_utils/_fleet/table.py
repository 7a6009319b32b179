# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as lines of text: machines with their findings, the changes of a repair, and the totals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

from .._text import one_line, visible
from .machine import STATUSES, Machine, Status
from .repair import OUTCOMES
from .report import Report, totals

Show: TypeAlias = Literal["all", "problems", "totals", "none"]
Line: TypeAlias = tuple[str, Status | None]
"""A line, with the status that it shows, if any."""

_LONGEST_VALUE = 60
_BLANKS = str.maketrans("\t\n", "  ")
_OLD_HOURS = 24


def table(report: Report, show: Show) -> Iterator[Line]:
    """The lines of the report: most severe machines first, then changes, then totals. The last line is the result.

    Every line is visible text, whatever the machines, cached facts or an audit file contain.
    """
    for line, status in _lines(report, show):
        yield visible(line).translate(_BLANKS), status


def _lines(report: Report, show: Show) -> Iterator[Line]:
    fleet = sorted(report.machines, key=lambda each: (STATUSES.index(each.status), each.name))
    shown = [each for each in fleet if show == "all" or (show == "problems" and each.status != "healthy")]
    yield from _machines(shown, report.time)
    if report.is_repair and show != "totals":
        yield from _changes(fleet)
    yield from ((line, None) for line in _totals(report))


def _machines(shown: Sequence[Machine], now: datetime) -> Iterator[Line]:
    width = max((len(one_line(each.name, 80)) for each in shown), default=0)
    windows = max((len(each.windows) for each in shown), default=0)
    for each in shown:
        note = "; ".join(part for part in (each.message, _age(each, now)) if part)
        yield (
            f"{one_line(each.name, 80):<{width}}  {each.status:<11}  {each.windows:<{windows}}  {note}".rstrip(),
            each.status,
        )
        for finding in each.open_findings:
            summary = one_line(finding.get("summary") or "", 600)
            yield (
                f"{'':<{width}}  {finding['severity']:<11}  {finding['id']}: {summary} -> {finding.get('remedy')}",
                None,
            )
            if action := finding.get("action"):  # cached facts may be from an earlier release
                yield f"{'':<{width}}  {'':<11}  {one_line(action, 600)}", None
    if shown:
        yield "", None


def _age(machine: Machine, now: datetime) -> str:
    """A note on facts that are not of this run."""
    hours = machine.age_hours(now)
    if not machine.facts or not (machine.stale or (hours or 0) >= _OLD_HOURS):
        return ""
    if hours is None:
        return "facts of an unknown time"
    return f"facts from {hours:.0f} h ago" if hours < 72 else f"facts from {hours / 24:.0f} days ago"


def _changes(fleet: Iterable[Machine]) -> Iterator[Line]:
    """One row for each change that was made, or would be."""
    rows = [
        (
            one_line(each.name, 80),
            change.role,
            one_line(change.attribute, 60),
            _value(change.before),
            _value(change.after),
        )
        for each in fleet
        if each.repair
        for change in each.repair.changes
    ]
    if not rows:
        return
    rows.insert(0, ("machine", "role", "attribute", "before", "after"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)]
        yield f"{'  '.join(cells)}  {row[4]}".rstrip(), None
    yield "", None


def _value(value: Any) -> str:
    if value is None:
        return "-"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return one_line(text, _LONGEST_VALUE) or '""'


def _totals(report: Report) -> Iterator[str]:
    counted = totals(report.machines)
    parts = [f"{counted[status]} {status.replace('_', ' ')}" for status in STATUSES if counted[status]]
    number = counted["machines"]
    for identifier, machines in counted["findings"].items():
        yield f"{machines:>7}  {identifier}"
    past = counted["severities"]["resolved"]
    if past:
        yield f"{past} resolved {'finding is' if past == 1 else 'findings are'} not counted"
    if report.trend:
        yield (
            f"since {report.trend.previous or 'the previous report'}: "
            f"{len(report.trend.new)} new, {len(report.trend.gone)} gone"
        )
    yield f"{number} {'machine' if number == 1 else 'machines'}: {', '.join(parts) or 'none'}"
    if report.is_repair:
        made = [f"{number} {OUTCOMES[name]}" for name, number in counted["outcomes"].items() if number]
        yield ", ".join(made)
