# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page says about the fleet as a whole: by finding, by who must act, by server, trend, repairs, and filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .model import OUTCOMES, SEVERITIES, STATUSES, Machine, rank
from .reading import mapping, mappings, moment, number, text, texts
from .texts import Texts

ROLES = ("policy", "bits", "agent", "reachability", "update_store", "client_id")
"""The remedies that are roles of the collection."""
REMEDIES = (*ROLES, "server_side", "network", "administrator", "retry", "none")
_MOST_NAMES = 40
_MOST_SUMMARIES = 3
_LONGEST = 10


@dataclass(frozen=True)
class Names:
    """The machines that something concerns: all are counted, the first ones named. An unknown machine has no key."""

    n: int
    named: tuple[tuple[int | None, str], ...]

    @property
    def more(self) -> int:
        """How many machines are not named."""
        return self.n - len(self.named)


@dataclass(frozen=True)
class Segment:
    """A part of a bar; ``start`` and ``share`` are percentages."""

    name: str
    kind: str
    n: int
    start: float
    share: float


@dataclass(frozen=True)
class Kind:
    """An open finding with the machines that have it."""

    id: str
    severity: str
    kind: str
    machines: Names
    meaning: str
    summaries: tuple[tuple[str, int], ...]
    action: str
    reference: str
    remedies: tuple[str, ...]


@dataclass(frozen=True)
class Duty:
    """Who must act, on how many machines, for which findings."""

    remedy: str
    role: bool
    machines: int
    findings: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Server:
    """The machines of a server and target group."""

    url: str
    group: str
    n: int
    open: int
    segments: tuple[Segment, ...]


def segments(statuses: Mapping[str, int], whole: int | None = None) -> tuple[Segment, ...]:
    """The bar of a number of machines per status; ``whole`` is what the full width stands for."""
    every = whole or sum(statuses.values())
    parts = []
    start = 0.0
    for name, n in sorted(statuses.items(), key=lambda item: (rank(STATUSES, item[0]), item[0])):
        if n > 0 and every:
            share = 100 * n / every
            parts.append(Segment(name, name if name in STATUSES else "other", n, round(start, 2), round(share, 2)))
            start += share
    return tuple(parts)


def names(machines: Iterable[Machine]) -> Names:
    """The names of machines."""
    every = list(machines)
    return Names(len(every), tuple((each.key, each.name) for each in every[:_MOST_NAMES]))


def by_finding(fleet: Sequence[Machine]) -> list[Kind]:
    """The open findings, the most severe first, then those that most machines have."""
    having: dict[str, list[Machine]] = {}
    for machine in fleet:
        for identifier in {each.id for each in machine.open}:
            having.setdefault(identifier, []).append(machine)
    kinds = []
    for identifier, machines in having.items():
        found = [each for machine in machines for each in machine.open if each.id == identifier]
        first = min(found, key=lambda each: rank(SEVERITIES, each.severity))
        summaries = Counter(each.summary for each in found if each.summary)
        actions = Counter(each.action for each in found if each.action)
        kinds.append(
            Kind(
                id=identifier,
                severity=first.severity,
                kind=first.kind,
                machines=names(machines),
                meaning=next((each.meaning for each in found if each.meaning), ""),
                summaries=tuple(summaries.most_common(_MOST_SUMMARIES)),
                action=actions.most_common(1)[0][0] if actions else "",
                reference=next((each.reference for each in found if each.reference), ""),
                remedies=tuple(sorted({each.remedy for each in found if each.remedy not in ("", "none")})),
            )
        )
    return sorted(kinds, key=lambda each: (rank(SEVERITIES, each.severity), -each.machines.n, each.id))


def by_remedy(fleet: Sequence[Machine]) -> list[Duty]:
    """Who must act: roles of the collection first, then those that most machines wait for."""
    machines: Counter[str] = Counter()
    findings: dict[str, Counter[str]] = {}
    for machine in fleet:
        machines.update(machine.remedies)
        for remedy, identifier in {(each.remedy, each.id) for each in machine.open if each.remedy in machine.remedies}:
            findings.setdefault(remedy, Counter())[identifier] += 1
    duties = [
        Duty(remedy, remedy in ROLES, n, tuple(sorted(findings[remedy].items(), key=lambda item: (-item[1], item[0]))))
        for remedy, n in machines.items()
    ]
    return sorted(duties, key=lambda each: (not each.role, -each.machines, each.remedy))


def by_server(fleet: Sequence[Machine]) -> list[Server]:
    """The servers and target groups, those with most machines that need attention first."""
    groups: dict[tuple[str, str], list[Machine]] = {}
    for machine in fleet:
        groups.setdefault((machine.server, machine.target_group), []).append(machine)
    servers = [
        Server(
            url,
            group,
            len(machines),
            sum(each.status != "healthy" for each in machines),
            segments(Counter(each.status for each in machines)),
        )
        for (url, group), machines in groups.items()
    ]
    return sorted(servers, key=lambda each: (not each.url, -each.open, -each.n, each.url, each.group))


def of_fleet(document: Mapping[str, Any], fleet: Sequence[Machine], texts_: Texts) -> list[dict[str, Any]]:
    """The findings that only the comparison of machines shows."""
    keys = {each.name: each.key for each in fleet}
    found = []
    for entry in mappings(document.get("fleet_findings")):
        identifier, machines = text(entry.get("id"), 100), texts(entry.get("machines"))
        found.append(
            {
                "id": identifier,
                "summary": text(entry.get("summary")),
                "meaning": texts_.of_finding(identifier, "meaning"),
                "action": texts_.of_finding(identifier, "action") or text(entry.get("action")),
                "machines": Names(len(machines), tuple((keys.get(each), each) for each in machines[:_MOST_NAMES])),
            }
        )
    return found


def trend(document: Mapping[str, Any], fleet: Sequence[Machine]) -> dict[str, Any] | None:
    """What changed since the previous report, or None if there was none."""
    entry = mapping(document.get("trend"))
    if not entry:
        return None
    keys = {each.name: each.key for each in fleet}
    previous = {text(name, 40): int(number(n) or 0) for name, n in mapping(entry.get("totals")).items()}
    previous = {name: n for name, n in previous.items() if name in STATUSES and n > 0}
    now = Counter(each.status for each in fleet)
    whole = max(sum(previous.values()), len(fleet))
    waiting = [(each.since, machine, each.id) for machine in fleet for each in machine.open if each.since]
    return {
        "previous": moment(entry.get("previous")),
        "new": _changes(entry.get("new"), keys),
        "gone": _changes(entry.get("gone"), keys),
        "longest": sorted(waiting, key=lambda each: (each[0], each[1].key))[:_LONGEST],
        "bars": (segments(previous, whole), segments(now, whole)) if previous else (),
        "differences": [
            (name, previous.get(name, 0), now[name]) for name in STATUSES if previous.get(name) or now[name]
        ],
    }


def _changes(value: Any, keys: Mapping[str, int]) -> dict[str, Any]:
    """The pairs of machine and finding, by finding."""
    found: dict[str, list[str]] = {}
    for each in mappings(value):
        found.setdefault(text(each.get("finding"), 100), []).append(text(each.get("machine"), 253))
    groups = [
        (identifier, Names(len(machines), tuple((keys.get(each), each) for each in sorted(machines)[:_MOST_NAMES])))
        for identifier, machines in found.items()
    ]
    return {
        "n": sum(each.n for identifier, each in groups),
        "groups": sorted(groups, key=lambda item: (-item[1].n, item[0])),
    }


def repairs(fleet: Sequence[Machine]) -> dict[str, Any] | None:
    """The machines with a repair and the number of each outcome, or None if nothing was repaired."""
    repaired = [(each, each.repair) for each in fleet if each.repair]
    if not repaired:
        return None
    outcomes = Counter(repair.outcome for machine, repair in repaired)
    ordered = sorted(repaired, key=lambda item: (rank(OUTCOMES, item[1].outcome), item[0].key))
    shown = [item for item in ordered if item[1].outcome != "none"][:_MOST_NAMES]
    return {
        "n": len(repaired),
        "outcomes": sorted(outcomes.items(), key=lambda item: rank(OUTCOMES, item[0])),
        "shown": shown,
        "more": len(repaired) - len(shown),
    }
