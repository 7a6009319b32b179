# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One machine of the fleet: its status, facts, age and repair."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal, TypeAlias

from .._text import one_line
from .._windows.urls import text_without_credentials
from .repair import Repair
from .repair import from_data as repair_from_data

Status: TypeAlias = Literal["broken", "degraded", "failed", "unreachable", "not_audited", "healthy"]
STATUSES: tuple[Status, ...] = ("broken", "degraded", "failed", "unreachable", "not_audited", "healthy")
"""The statuses of a machine, most severe first: the order of the table."""

PREFIX = "wsus_"
_NO_FACTS = frozenset({"wsus_health", "wsus_gathered"})
"""Facts that an audit file has under other names."""
_FRACTION = re.compile(r"\.([0-9]+)")
"""The fraction of a second; Python 3.10 reads three or six digits, Windows writes seven."""
_CODE = re.compile(r"0x[0-9a-fA-F]{1,8}")


@dataclass(frozen=True)
class Machine:
    """One machine of the fleet; ``message`` says why facts are missing.

    ``stale``: its facts are from an earlier audit. ``repair`` is what a repair did, if the report is of a repair.
    """

    name: str
    status: Status
    message: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    stale: bool = False
    groups: tuple[str, ...] = ()
    repair: Repair | None = None

    @property
    def findings(self) -> list[Mapping[str, Any]]:
        """The machine's findings as published, most severe first."""
        found = self.facts.get("wsus_findings")
        return [each for each in found if isinstance(each, Mapping)] if isinstance(found, (list, tuple)) else []

    @property
    def open_findings(self) -> list[Mapping[str, Any]]:
        """The errors and warnings."""
        return [each for each in self.findings if each.get("severity") != "info"]

    @property
    def gathered(self) -> datetime | None:
        """When the facts were gathered; None if that is not known."""
        return moment(self.facts.get("wsus_gathered"))

    @property
    def windows(self) -> str:
        """The machine's Windows version: product, release and build."""
        system = self.fact("system")
        return one_line(" ".join(str(system[name]) for name in ("product", "release", "build") if system.get(name)))

    def age_hours(self, now: datetime) -> float | None:
        """How many hours ago the facts were gathered."""
        return None if self.gathered is None else round(max((now - self.gathered).total_seconds(), 0) / 3600, 1)

    def fact(self, name: str) -> Mapping[str, Any]:
        """A fact without its prefix; empty if it is missing or no mapping."""
        fact = self.facts.get(f"{PREFIX}{name}")
        return fact if isinstance(fact, Mapping) else {}

    def as_data(self, now: datetime) -> dict[str, Any]:
        """The machine's entry in an audit file."""
        facts = {
            name[len(PREFIX) :]: fact
            for name, fact in self.facts.items()
            if name.startswith(PREFIX) and name not in _NO_FACTS
        }
        return {
            "status": self.status,
            "message": self.message,
            "gathered": str(self.facts.get("wsus_gathered") or ""),
            "age_hours": self.age_hours(now),
            "stale": self.stale,
            "groups": list(self.groups),
            "repair": self.repair.as_data() if self.repair else None,
            **facts,
        }


def machine(
    name: str,
    attempts: Iterable[Mapping[str, Any]],
    known: Mapping[str, Any],
    groups: Iterable[str] = (),
    repair: Repair | None = None,
) -> Machine:
    """A machine from the results of its tasks in this run, in order, or else from its known facts.

    The first task that failed decides the status; the facts are those of the last task that returned any. A machine
    that was unreachable shows its known facts, as stale.
    """
    made, groups = list(attempts), tuple(groups)
    facts: Mapping[str, Any] = next((each["ansible_facts"] for each in reversed(made) if each.get("ansible_facts")), {})
    if failure := first_failure(made):
        status: Status = "unreachable" if failure.get("unreachable") else "failed"
        message = reason_of(failure)
        stale = not facts and bool(known.get("wsus_health"))
        return Machine(name, status, message, facts or (known if stale else {}), stale, groups, repair)
    stale = not facts
    facts = facts or known
    health = next((each for each in STATUSES if each == facts.get("wsus_health")), None)
    return (
        Machine(name, health, "", facts, stale, groups, repair)
        if health
        else Machine(name, "not_audited", "no facts are known for this machine", groups=groups)
    )


def first_failure(attempts: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The result of the first task that failed or did not reach the machine."""
    return next((each for each in attempts if each.get("unreachable") or each.get("failed")), None)


def reason_of(failure: Mapping[str, Any], longest: int = 600) -> str:
    """Why a task failed: what it said, or Ansible's connection in its place, without credentials."""
    return one_line(text_without_credentials(str(failure.get("msg") or "no reason given")), longest)


def from_data(name: str, data: Mapping[str, Any]) -> Machine:
    """A machine from its entry in an audit file. Raises ValueError for an entry of another form."""
    status = data.get("status")
    if status not in STATUSES:
        raise ValueError(f"the status of {one_line(name, 60)} is {one_line(status, 60)}")
    own = {"status", "message", "gathered", "age_hours", "stale", "groups", "repair"}
    if not _are_findings(data.get("findings") or []):
        raise ValueError(f"the findings of {one_line(name, 60)} are not as an audit writes them")
    facts = {f"{PREFIX}{key}": value for key, value in data.items() if key not in own}
    if data.get("gathered"):
        facts["wsus_gathered"] = data["gathered"]
    groups = data.get("groups")
    return Machine(
        name,
        status,
        one_line(data.get("message") or ""),
        facts,
        bool(data.get("stale")),
        tuple(map(str, groups)) if isinstance(groups, list) else (),
        repair_from_data(data.get("repair")),
    )


def _are_findings(found: Any) -> bool:
    """Whether a value has the parts of findings that comparisons read."""
    return isinstance(found, list) and all(
        isinstance(each, Mapping)
        and isinstance(each.get("id"), str)
        and isinstance(each.get("severity"), str)
        and isinstance(codes := each.get("codes") or [], list)
        and all(isinstance(code, str) and _CODE.fullmatch(code) for code in codes)
        for each in found
    )


def moment(text: Any) -> datetime | None:
    """A time in ISO 8601 with its zone, in UTC; None for anything else. Digits after microseconds are ignored."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(_FRACTION.sub(_microseconds, text[:40]).replace("Z", "+00:00"))
        return time.astimezone(timezone.utc) if time.tzinfo else None
    except (ValueError, OverflowError):  # the latter for a time that in UTC is before the year 1 or after 9999
        return None


def _microseconds(match: re.Match[str]) -> str:
    return f".{match[1][:6]:0<6}"
