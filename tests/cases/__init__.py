"""The case book: public reports as machines of the lab, one YAML file a case. ``README.md`` describes the keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Remedy, Severity
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FINDINGS

from .untouched import WORDS

FOLDER = Path(__file__).parent
REQUIRED = {"source", "seen", "machine", "found", "not_found", "repair"}
OPTIONAL = {"source_note", "endpoints", "templates"}
FOUND = {"id", "severity", "remedy", "summary", "action"}
NOT_FOUND = {"ids", "severities"}
REPAIR = {"outcome", "messages", "untouched"}
OUTCOMES = {"ok", "failed", "unchanged"}
SEVERITIES = set(get_args(Severity))
REMEDIES = set(get_args(Remedy))
IDS = {kind.id for kind in FINDINGS}
USERS = [{"name": "lab", "password": "Lab-Passw0rd", "administrator": True}]


class CaseError(ValueError):
    """A case file that does not follow the schema; names the file and the key."""


def read(path: Path) -> dict[str, Any]:
    """Read one case. Raises CaseError."""
    case = _mapping(yaml.safe_load(path.read_text("utf-8")), path.name, REQUIRED | OPTIONAL)
    if missing := REQUIRED - case.keys():
        raise CaseError(f"{path.name}: missing {', '.join(sorted(missing))}")
    if not re.fullmatch(r"https?://[^\s/]+\.[^\s/]+/\S+", str(case["source"])):
        raise CaseError(f"{path.name}: source is no address of a page")
    if not isinstance(case["seen"], str) or not case["seen"].endswith("."):
        raise CaseError(f"{path.name}: seen is no sentence")
    if "name" in _mapping(case["machine"], f"{path.name}: machine"):
        raise CaseError(f"{path.name}: machine: the file gives the name")
    _found(case, path.name)
    repair = _mapping(case["repair"], f"{path.name}: repair", REPAIR)
    if repair.get("outcome") not in OUTCOMES:
        raise CaseError(f"{path.name}: repair: outcome {repair.get('outcome')}")
    for pattern in _list(repair, "messages", f"{path.name}: repair"):
        _pattern(pattern, f"{path.name}: repair: messages")
    _known(_list(repair, "untouched", f"{path.name}: repair"), WORDS.keys(), f"{path.name}: repair: untouched")
    return case


def read_all() -> dict[str, dict[str, Any]]:
    """All cases by name, which is the name of the file. Raises CaseError."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.yml"))}


def joined(cases: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One fleet with the machines of all cases, as data of a fleet file.

    Each endpoint takes the name of its case in front; one called ``wsus`` replaces the default server for its own case only.
    Raises CaseError if two cases give the same host name to an endpoint.
    """
    endpoints: dict[str, Any] = {}
    machines = []
    hosts: dict[str, str] = {}
    for name, case in cases.items():
        machine = dict(case["machine"])
        network = dict(machine.get("network", {}))
        names = {host: f"{name}-{key}" for host, key in network.get("names", {}).items()}
        for key, spec in case.get("endpoints", {}).items():
            endpoints[f"{name}-{key}"] = spec
            if key == "wsus":
                names = dict.fromkeys(("wsus.example.test", "wsus"), f"{name}-{key}") | names
            for host in spec.get("names", ()):
                if host in hosts:
                    raise CaseError(f"{name}.yml and {hosts[host]}.yml: endpoints: both are called {host}")
                hosts[host] = name
        if names:
            machine["network"] = {**network, "names": names}
        machines.append({**machine, "name": name})
    return {"endpoints": endpoints, "defaults": {"users": USERS}, "machines": machines}


def _found(case: Mapping[str, Any], name: str) -> None:
    absent = _mapping(case["not_found"], f"{name}: not_found", NOT_FOUND)
    _known(_list(absent, "ids", f"{name}: not_found"), IDS, f"{name}: not_found: ids")
    _known(_list(absent, "severities", f"{name}: not_found"), SEVERITIES, f"{name}: not_found: severities")
    if not case["found"] and not absent.get("severities"):
        raise CaseError(f"{name}: found is empty, so not_found must name severities")
    for item in _list(case, "found", name):
        entry = _mapping(item, f"{name}: found", FOUND)
        if not entry:
            raise CaseError(f"{name}: found: an entry is empty")
        for key, known in (("id", IDS), ("severity", SEVERITIES), ("remedy", REMEDIES)):
            _known([entry[key]] if key in entry else [], known, f"{name}: found: {key}")
        for key in entry.keys() & {"summary", "action"}:
            _pattern(entry[key], f"{name}: found: {key}")


def _mapping(data: Any, where: str, known: set[str] | None = None) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise CaseError(f"{where}: not a mapping")
    if known is not None and (unknown := data.keys() - known):
        raise CaseError(f"{where}: unknown {', '.join(sorted(map(str, unknown)))}")
    return dict(data)


def _list(data: Mapping[str, Any], key: str, where: str) -> list[Any]:
    if not isinstance(value := data.get(key, []), list):
        raise CaseError(f"{where}: {key}: not a list")
    return value


def _known(values: list[Any], known: Any, where: str) -> None:
    if unknown := [value for value in values if value not in known]:
        raise CaseError(f"{where}: unknown {', '.join(map(str, unknown))}")


def _pattern(text: str, where: str) -> None:
    try:
        re.compile(text)
    except (re.error, TypeError) as error:
        raise CaseError(f"{where}: {error}") from error
