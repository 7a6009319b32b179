"""The case book: public reports as machines of the lab, one YAML file a case. ``README.md`` describes the keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
REQUIRED = frozenset({"source", "seen", "machine", "found", "not_found", "repair"})
OPTIONAL = frozenset({"source_note", "endpoints", "templates"})
FOUND = frozenset({"id", "severity", "remedy", "summary", "action"})
NOT_FOUND = frozenset({"ids", "severities"})
REPAIR = frozenset({"outcome", "messages", "untouched"})
OUTCOMES = frozenset({"ok", "failed", "unchanged"})
UNTOUCHED = frozenset({"machine", "store", "client_id", "policy", "services"})
SEVERITIES = frozenset({"error", "warning", "info"})
FALSE_ALARM = ("error", "warning")


class CaseError(ValueError):
    """A case file that does not follow the schema; names the file and the key."""


def read(path: Path) -> dict[str, Any]:
    """Read one case. Raises CaseError."""
    name = path.name
    case = _mapping(yaml.safe_load(path.read_text("utf-8")), name, REQUIRED | OPTIONAL)
    if missing := REQUIRED - case.keys():
        raise CaseError(f"{name}: missing {', '.join(sorted(missing))}")
    if not re.match(r"https?://\S+$", str(case["source"])):
        raise CaseError(f"{name}: source: no address")
    if "name" in case["machine"]:
        raise CaseError(f"{name}: machine: the file gives the name")
    for item in case["found"]:
        entry = _mapping(item, f"{name}: found", FOUND)
        _known([entry["severity"]] if "severity" in entry else [], SEVERITIES, f"{name}: found: severity")
        _patterns([entry[key] for key in ("summary", "action") if key in entry], f"{name}: found")
    absent = _mapping(case["not_found"], f"{name}: not_found", NOT_FOUND)
    _known(absent.get("severities", []), SEVERITIES, f"{name}: not_found: severities")
    if not case["found"] and not absent:
        raise CaseError(f"{name}: found: nothing is expected and nothing is excluded")
    repair = _mapping(case["repair"], f"{name}: repair", REPAIR)
    _known([repair.get("outcome")], OUTCOMES, f"{name}: repair: outcome")
    _known(repair.get("untouched", []), UNTOUCHED, f"{name}: repair: untouched")
    _patterns(repair.get("messages", []), f"{name}: repair: messages")
    return case


def read_all() -> dict[str, dict[str, Any]]:
    """All cases by name, which is the name of the file. Raises CaseError."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.yml"))}


def fleet(cases: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """All cases as one fleet of the lab. Raises CaseError if two of them describe an endpoint differently."""
    endpoints: dict[str, Any] = {}
    for name, case in cases.items():
        for endpoint, described in case.get("endpoints", {}).items():
            if endpoints.setdefault(endpoint, described) != described:
                raise CaseError(f"{name}.yml: endpoints: {endpoint} is described differently by another case")
    return {
        "defaults": {"users": [{"name": "lab", "password": "Lab-Passw0rd"}]},
        "machines": [{"name": name, **case["machine"]} for name, case in cases.items()],
        **({"endpoints": endpoints} if endpoints else {}),
    }


def _mapping(data: Any, where: str, known: frozenset[str]) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise CaseError(f"{where}: not a mapping")
    _known(data, known, where)
    return dict(data)


def _known(words: Iterable[Any], known: frozenset[str], where: str) -> None:
    if unknown := [str(each) for each in words if each not in known]:
        raise CaseError(f"{where}: unknown {', '.join(sorted(unknown))}")


def _patterns(texts: Iterable[str], where: str) -> None:
    for text in texts:
        try:
            re.compile(text)
        except (re.error, TypeError) as error:
            raise CaseError(f"{where}: {text!r}: {error}") from error
