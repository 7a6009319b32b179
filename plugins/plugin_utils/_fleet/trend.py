# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs from an earlier report: findings that are new or gone, and how long the others have existed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .machine import STATUSES, Machine, moment
from .repair import open_findings


@dataclass(frozen=True)
class Trend:
    """The comparison with the report of the time ``previous``. Pairs are the name of a machine and the ID of a finding."""

    previous: str
    new: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]
    since: Mapping[str, Mapping[str, str]]
    totals: Mapping[str, int]

    def as_data(self) -> dict[str, Any]:
        """The trend as published."""
        return {
            "previous": self.previous,
            "new": [{"machine": name, "finding": identifier} for name, identifier in self.new],
            "gone": [{"machine": name, "finding": identifier} for name, identifier in self.gone],
            "since": {name: dict(findings) for name, findings in self.since.items()},
            "totals": dict(self.totals),
        }


def trend(machines: Iterable[Machine], earlier: Iterable[Machine], content: Mapping[str, Any], now: datetime) -> Trend:
    """How the open findings of machines differ from those of an earlier report with this content.

    Only machines that were audited in both are compared: no answer is not the end of a finding.
    """
    before = {each.name: set(open_findings(each.facts)) for each in earlier if each.facts}
    time = str(content.get("time") or "")
    known = _since(content)
    new, gone = [], []
    since: dict[str, dict[str, str]] = {}
    for each in machines:
        if not each.facts:
            continue
        found = open_findings(each.facts)
        had = before.get(each.name)
        if had is not None:
            new += [(each.name, identifier) for identifier in found if identifier not in had]
            gone += [(each.name, identifier) for identifier in sorted(had - set(found))]
        if found:
            moments = known.get(each.name, {})
            since[each.name] = {
                identifier: moments.get(identifier, time)
                if had is not None and identifier in had
                else now.isoformat(timespec="seconds")
                for identifier in found
            }
    counted = content.get("totals")
    numbers = counted if isinstance(counted, Mapping) else {}
    totals: dict[str, int] = {status: number for status in STATUSES if isinstance(number := numbers.get(status), int)}
    return Trend(time, tuple(new), tuple(gone), since, totals)


def _since(content: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """Since when the findings of the earlier report exist, as far as it says that itself."""
    earlier = content.get("trend")
    since = earlier.get("since") if isinstance(earlier, Mapping) else None
    if not isinstance(since, Mapping):
        return {}
    return {
        str(name): {str(identifier): text for identifier, text in found.items() if moment(text)}
        for name, found in since.items()
        if isinstance(found, Mapping)
    }
