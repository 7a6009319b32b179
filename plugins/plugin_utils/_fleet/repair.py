# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a repair did on one machine: the findings before and after it, its changes, and its outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .._text import one_line

Outcome: TypeAlias = Literal["repaired", "partly", "planned", "failed", "administrator", "none"]
OUTCOMES: Mapping[Outcome, str] = {
    "repaired": "repaired",
    "partly": "partly repaired",
    "planned": "would be changed",
    "failed": "failed",
    "administrator": "need someone else",
    "none": "needed no repair",
}
"""The outcomes, each with its words in the last line of the report."""


@dataclass(frozen=True)
class Changed:
    """One attribute that a role changed, or would change in check mode."""

    role: str
    attribute: str
    before: Any
    after: Any

    def as_data(self) -> dict[str, Any]:
        """The change as published."""
        return {"action": self.role, "attribute": self.attribute, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Repair:
    """The repair of one machine. ``after`` is None if the machine was not audited again."""

    outcome: Outcome
    before: tuple[str, ...]
    after: tuple[str, ...] | None
    roles: tuple[str, ...]
    changes: tuple[Changed, ...]
    backups: tuple[str, ...]
    started: str = ""
    ended: str = ""
    failure: str = ""

    def as_data(self) -> dict[str, Any]:
        """The repair as published."""
        return {
            "outcome": self.outcome,
            "before": list(self.before),
            "after": None if self.after is None else list(self.after),
            "roles": list(self.roles),
            "changes": [each.as_data() for each in self.changes],
            "backups": list(self.backups),
            "started": self.started,
            "ended": self.ended,
            "failure": self.failure,
        }


def from_data(data: Any) -> Repair | None:
    """A repair from its entry in an audit file; None for anything else."""
    if not isinstance(data, Mapping) or data.get("outcome") not in OUTCOMES:
        return None
    after = data.get("after")
    return Repair(
        outcome=data["outcome"],
        before=_texts(data.get("before")),
        after=None if after is None else _texts(after),
        roles=_texts(data.get("roles")),
        changes=tuple(
            Changed(str(each.get("action")), str(each.get("attribute")), each.get("before"), each.get("after"))
            for each in data.get("changes") or ()
            if isinstance(each, Mapping)
        ),
        backups=_texts(data.get("backups")),
        started=str(data.get("started") or ""),
        ended=str(data.get("ended") or ""),
        failure=one_line(data.get("failure") or ""),
    )


def open_findings(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The IDs of the errors and warnings among a machine's findings, each once."""
    found = (each for each in facts.get("wsus_findings") or () if each.get("severity") != "info")
    return tuple(dict.fromkeys(str(each["id"]) for each in found))


def repair(
    before: Mapping[str, Any], after: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]], failure: str
) -> Repair:
    """What a repair did, from the results of the audits before and after it and of the roles that ran, by role.

    ``failure`` is the message of the first failure, if any.
    """
    facts_before, facts_after = _facts(before), _facts(after)
    ran = {role: result for role, result in results.items() if not result.get("skipped")}
    found, left = open_findings(facts_before), open_findings(facts_after) if facts_after else None
    changes = tuple(_changes(ran))
    return Repair(
        outcome=_outcome(found, left, ran, changes, failure),
        before=found,
        after=left,
        roles=tuple(ran),
        changes=changes,
        backups=tuple(str(result["backup"]) for result in ran.values() if result.get("backup")),
        started=str(facts_before.get("wsus_gathered") or ""),
        ended=str(facts_after.get("wsus_gathered") or ""),
        failure=failure,
    )


def _outcome(
    before: tuple[str, ...],
    after: tuple[str, ...] | None,
    ran: Mapping[str, Mapping[str, Any]],
    changes: tuple[Changed, ...],
    failure: str,
) -> Outcome:
    if failure:
        return "failed"
    if any(result.get("check_mode") for result in ran.values()):
        return "planned" if changes else ("administrator" if before else "none")
    if ran and (changes or (after is not None and set(after) < set(before))):
        return "partly" if after is None or after else "repaired"
    return "administrator" if (before if after is None else after) else "none"


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def _changes(ran: Mapping[str, Mapping[str, Any]]) -> Iterable[Changed]:
    for role, result in ran.items():
        for each in result.get("changes") or ():
            if isinstance(each, Mapping) and each.get("attribute"):
                yield Changed(role, str(each["attribute"]), each.get("before"), each.get("after"))


def _facts(result: Mapping[str, Any]) -> Mapping[str, Any]:
    facts = result.get("ansible_facts")
    return facts if isinstance(facts, Mapping) else {}
