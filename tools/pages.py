"""Pages of the documentation that are written from lists: the findings and the case book."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.wsus.client.plugins.plugin_utils._finding import ANY_REMEDY, Disproof, FindingType
from rst import escaped

TOP = Path(__file__).resolve().parent.parent
NOTES = TOP / "docs" / "findings.yml"
CASES = TOP / "tests" / "cases"
_UNREADABLE = "*.unreadable"
"""Stands for the finding of every component that its answers cannot be read."""
_CODES = TOP / "plugins" / "plugin_utils" / "error_codes.csv"

_ENDS: Mapping[Disproof, str] = {
    "state": "When the machine is in the expected state.",
    "scan": "When a later scan of WSUS succeeds.",
    "update": "When the same update, or a later one that replaces it, succeeds.",
    "request": "When the same request succeeds.",
    "start": "When the service has started since and runs.",
    "rebuild": "When the update store is created again.",
}
_GUIDE = """.. Written by tools/tables from what the components declare and from docs/findings.yml. Do not edit it.

.. _ansible_collections.wsus.client.docsite.guide_findings:

Findings and what to do
=======================

All findings of an audit, by component. A finding is published with a ``summary`` of its case, its ``evidence`` and ``cause``, and an ``action``, which
can be more specific than the one here. If the remedy is *by the code*, the error code determines who is responsible. A finding that is ``resolved`` has
the severity ``info`` and the remedy ``none``. The commands only read; replace ``SERVER`` by the name of your server, and run them in ``cmd.exe``.

An ID is stable, so a playbook can depend on it. If the answers for a component cannot be read, its fact contains only ``unreadable``, and the other
components are audited. A stopped service is healthy: BITS and the agent stop when they have nothing to do, but they must be able to start.

The collection is based on Microsoft's article `Troubleshoot issues with WSUS client agents
<https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents>`__.
"""
_CASE_BOOK = """.. Written by tools/tables from tests/cases. Do not edit it.

.. _ansible_collections.wsus.client.docsite.guide_cases:

The case book
=============

Public reports that were rebuilt as machines of the lab. The tests audit and repair each of them: what is found, and that a repair changes only what
it should. To add a case, add a file to ``tests/cases``.

.. list-table::
   :header-rows: 1
   :widths: 45 35 20

   * - what was reported
     - what is found
     - who acts
"""


def notes() -> dict[str, Mapping[str, str]]:
    """Why each finding matters and how to verify it, by ID. Raises SystemExit if an ID occurs twice."""
    found: dict[str, Mapping[str, str]] = {}
    for entry in yaml.safe_load(NOTES.read_text(encoding="utf-8")):
        for each in entry["ids"]:
            if each in found:
                raise SystemExit(f"docs/findings.yml names {each} twice")
            found[each] = entry
    return found


def findings(sections: Iterable[tuple[str, Iterable[FindingType]]]) -> str:
    """The page of the findings. Raises SystemExit if docs/findings.yml lacks one or names one that does not exist."""
    known = notes()
    unreadable = known.pop(_UNREADABLE, None)
    lines = [_GUIDE]
    for title, declared in sections:
        lines += [title, "-" * len(title), ""]
        for kind in declared:
            note = known.pop(kind.id, unreadable if kind.id.endswith(_UNREADABLE[1:]) else None)
            if note is None:
                raise SystemExit(f"docs/findings.yml has no entry for {kind.id}")
            lines += _finding(kind, note)
    if known:
        raise SystemExit(f"docs/findings.yml names findings that do not exist: {', '.join(known)}")
    return "\n".join(lines)


def _finding(kind: FindingType, note: Mapping[str, str]) -> Iterator[str]:
    yield from (kind.id, "^" * len(kind.id), "", escaped(kind.meaning), escaped(note["why"]), "")
    yield f":Severity: {', '.join(kind.severities)}"
    yield f":Remedy: {'by the code' if kind.remedies == ANY_REMEDY else ', '.join(f'``{each}``' for each in kind.remedies)}"
    yield f":What to do: {escaped(kind.action)}"
    yield f":Verify by hand: ``{note['verify']}``"
    yield f":Ends: {_ENDS[kind.ends_with]}"
    if kind.codes:
        names = _names()
        codes = (f"0x{code[2:].upper()} {names.get(code, '')}".strip() for code in kind.codes)
        yield f":Codes: {', '.join(codes)}"
    yield ""


def case_book() -> str:
    """The page of the case book: each report with its address, what is found, and who acts."""
    lines = [_CASE_BOOK.rstrip("\n")]
    for path in sorted(CASES.glob("*.yml")):
        case: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = [each.get("id") or each.get("summary", "") for each in case["found"]]
        remedies = [each["remedy"] for each in case["found"] if "remedy" in each]
        lines += [
            f"   * - {escaped(case['seen'])} (`{path.stem} <{case['source']}>`__)",
            f"     - {', '.join(f'``{each}``' for each in found) or 'The machine is healthy.'}",
            f"     - {', '.join(f'``{each}``' for each in dict.fromkeys(remedies)) or '-'}",
        ]
    return "\n".join([*lines, ""])


def _names() -> Mapping[str, str]:
    with _CODES.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"].strip("-") for row in csv.DictReader(file)}
