# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the machines that the page shows of the entries in a report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .model import OUTCOMES, SEVERITIES, STATUSES, Change, FindingView, Machine, Repair, rank
from .reading import machine_time, mapping, mappings, moment, number, sequence, text, texts
from .texts import Texts

_MOST_EVIDENCE = 12
_EVIDENCE_OF_ALL = 10_000
"""How much evidence a page has room for: the more machines have findings, the less each of them shows."""
_MOST_FINDINGS = 25
_MOST_CHANGES = 25
_ADDRESS = re.compile(r"https://[\w.-]+(:\d+)?(/[\w.~%/#?=&+-]*)?", re.ASCII)


def machines(document: Mapping[str, Any], texts_: Texts) -> list[Machine]:
    """The machines, those with the most severe status first, then by name."""
    entries = {str(name): mapping(entry) for name, entry in mapping(document.get("machines")).items()}
    since = mapping(mapping(document.get("trend")).get("since"))
    with_findings = sum(bool(entry.get("findings")) for entry in entries.values())
    limit = max(1, min(_MOST_EVIDENCE, _EVIDENCE_OF_ALL // max(with_findings, 1)))
    ordered = sorted(entries.items(), key=lambda item: (rank(STATUSES, item[1].get("status")), item[0]))
    return [
        _machine(key, name, entry, mapping(since.get(name)), limit, texts_) for key, (name, entry) in enumerate(ordered)
    ]


def _machine(
    key: int, name: str, entry: Mapping[str, Any], since: Mapping[str, Any], limit: int, texts_: Texts
) -> Machine:
    found, more_evidence = _findings(mappings(entry.get("findings")), since, limit, texts_)
    system = mapping(entry.get("system"))
    settings = mapping(mapping(entry.get("policy")).get("settings"))
    build, revision = system.get("build"), system.get("revision")
    exact = f"{text(build)}.{text(revision)}" if build and revision else text(build)
    words = " ".join(each for each in (text(system.get("product")), text(system.get("release"))) if each)
    status = text(entry.get("status"), 40) or "not_audited"
    return Machine(
        key=key,
        name=text(name, 253),
        status=status,
        kind=status if status in STATUSES else "other",
        message=text(entry.get("message")),
        windows=f"{words} ({exact})" if words and exact else words or exact,
        version=(number(build) or 0) * 1e6 + (number(revision) or 0),
        server=text(settings.get("server_url"), 200).rstrip("/"),
        target_group=text(settings.get("target_group"), 200),
        groups=tuple(each for each in texts(entry.get("groups")) if each not in ("all", "ungrouped")),
        gathered=moment(entry.get("gathered")),
        gathered_time=machine_time(entry.get("gathered")),
        age=number(entry.get("age_hours")),
        stale=entry.get("stale") is True,
        findings=tuple(found[:_MOST_FINDINGS]),
        more_findings=max(len(found) - _MOST_FINDINGS, 0),
        more_evidence=more_evidence,
        repair=_repair(entry.get("repair")),
    )


def _findings(
    entries: Iterable[Mapping[str, Any]], since: Mapping[str, Any], limit: int, texts_: Texts
) -> tuple[list[FindingView], int]:
    """The findings, most severe first, and how many pieces of evidence are omitted."""
    found = []
    omitted = 0
    for entry in sorted(
        entries, key=lambda each: (each.get("resolved") is True, rank(SEVERITIES, each.get("severity")))
    ):
        evidence = mappings(entry.get("evidence"))
        is_open = entry.get("resolved") is not True and entry.get("severity") != "info"
        room = limit if is_open else min(limit, 2)
        limit -= min(room, len(evidence)) if is_open else 0
        omitted += max(len(evidence) - room, 0)
        found.append(_finding(entry, evidence[:room], is_open, since, texts_))
    return found, omitted


def _finding(
    entry: Mapping[str, Any],
    evidence: Iterable[Mapping[str, Any]],
    is_open: bool,
    since: Mapping[str, Any],
    texts_: Texts,
) -> FindingView:
    identifier, severity = text(entry.get("id"), 100), text(entry.get("severity"), 40)
    reference = entry.get("reference")
    return FindingView(
        id=identifier,
        severity=severity,
        kind=severity if severity in SEVERITIES else "info",
        open=is_open,
        resolved=entry.get("resolved") is True,
        remedy=text(entry.get("remedy"), 60),
        summary=text(entry.get("summary")),
        cause=text(entry.get("cause")),
        action=texts_.of_finding(identifier, "action") or text(entry.get("action")),
        meaning=texts_.of_finding(identifier, "meaning") or text(entry.get("meaning")),
        reference=reference if isinstance(reference, str) and _ADDRESS.fullmatch(reference) else "",
        codes=" ".join(texts(entry.get("codes"))),
        since=moment(since.get(text(entry.get("id")))),
        evidence=tuple(_evidence(each) for each in evidence),
    )


def _evidence(entry: Mapping[str, Any]) -> tuple[str, str]:
    """The type of a piece of evidence, and the rest in one line."""
    parts = [
        f"{text(name, 60)}: {text(value, 160)}"
        for name, value in entry.items()
        if name not in ("type", "what", "value") and value not in (None, "", [], {})
    ]
    if "what" in entry or "value" in entry:
        value = f" = {text(entry['value'], 240)}" if "value" in entry else ""
        parts.insert(0, f"{text(entry.get('what'), 100)}{value}")
    return text(entry.get("type"), 40), " \u00b7 ".join(parts[:10])


def _repair(entry: Any) -> Repair | None:
    if not isinstance(entry, Mapping) or not entry:
        return None
    outcome = text(entry.get("outcome"), 40)
    changes = mappings(entry.get("changes"))
    return Repair(
        outcome=outcome,
        kind=outcome if outcome in OUTCOMES else "other",
        before=tuple(texts(entry.get("before"))),
        after=None if entry.get("after") is None else tuple(texts(entry.get("after"))),
        changes=tuple(
            Change(text(each.get("action"), 100), text(each.get("attribute"), 100), *map(_value, _states(each)))
            for each in changes[:_MOST_CHANGES]
        ),
        more_changes=max(len(changes) - _MOST_CHANGES, 0),
        backups=tuple(texts(sequence(entry.get("backups"))[:10])),
        started=moment(entry.get("started")),
        ended=moment(entry.get("ended")),
        failure=text(entry.get("failure")),
    )


def _states(change: Mapping[str, Any]) -> tuple[Any, Any]:
    return change.get("before"), change.get("after")


def _value(value: Any) -> str:
    """A value before or after a change."""
    return text(json.dumps(value, ensure_ascii=False) if value == "" else value, 240)
