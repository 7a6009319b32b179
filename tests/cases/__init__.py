"""The case book: public reports as machines of the lab, one YAML file a case. ``README.md`` describes the keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
REQUIRED = {"source", "seen", "machine", "found", "not_found", "repair"}
OPTIONAL = {"source_note", "endpoints", "templates"}
FOUND = {"id", "severity", "remedy", "summary", "action"}
NOT_FOUND = {"ids", "severities"}
REPAIR = {"outcome", "messages", "untouched"}
OUTCOMES = {"ok", "failed", "unchanged"}
SEVERITIES = {"error", "warning", "info"}


class CaseError(ValueError):
    """A case file that does not follow the schema; names the file and the key."""


def read(path: Path) -> dict[str, Any]:
    """Read one case. Raises CaseError."""
    case = _mapping(yaml.safe_load(path.read_text("utf-8")), path.name, REQUIRED | OPTIONAL)
    if missing := REQUIRED - case.keys():
        raise CaseError(f"{path.name}: missing {', '.join(sorted(missing))}")
    if not str(case["source"]).startswith("https://"):
        raise CaseError(f"{path.name}: source is no https address")
    if "name" in case["machine"]:
        raise CaseError(f"{path.name}: machine: the file gives the name")
    for item in case["found"]:
        entry = _mapping(item, f"{path.name}: found", FOUND)
        if entry.get("severity", "error") not in SEVERITIES:
            raise CaseError(f"{path.name}: found: severity {entry['severity']}")
        for key in entry.keys() & {"summary", "action"}:
            _pattern(entry[key], f"{path.name}: found: {key}")
    absent = _mapping(case["not_found"], f"{path.name}: not_found", NOT_FOUND)
    if unknown := set(absent.get("severities", [])) - SEVERITIES:
        raise CaseError(f"{path.name}: not_found: severities {unknown}")
    repair = _mapping(case["repair"], f"{path.name}: repair", REPAIR)
    if repair.get("outcome") not in OUTCOMES:
        raise CaseError(f"{path.name}: repair: outcome {repair.get('outcome')}")
    return case


def read_all() -> dict[str, dict[str, Any]]:
    """All cases by name, which is the name of the file. Raises CaseError."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.yml"))}


def _mapping(data: Any, where: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise CaseError(f"{where}: not a mapping")
    if unknown := data.keys() - known:
        raise CaseError(f"{where}: unknown {', '.join(sorted(map(str, unknown)))}")
    return dict(data)


def _pattern(text: str, where: str) -> None:
    try:
        re.compile(text)
    except re.error as error:
        raise CaseError(f"{where}: {error}") from error
