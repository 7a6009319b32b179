"""Every case of the case book: what the audit says of it, and what a repair does; in check mode nothing changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from cases import fleet, read_all
from lab.fleet import load_fleet
from lab.serve import Lab
from playing import Controller, Play
from repairing import CONFIRM, REPORT

CASES = read_all()
_SHORT = '{"wsus_agent_scan_timeout": 20, "wsus_policy_timeout": 30, "wsus_update_store_timeout": 20, "wsus_client_id_timeout": 20}'
_OPTIONS = (*REPORT, "--forks", "20", "-e", _SHORT)
_ID = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"


@dataclass(frozen=True)
class Runs:
    """An audit, the repair in check mode, the repair, and a second one; with the states before the repair and after each."""

    audit: Play
    predicted: Play
    repaired: Play
    again: Play
    states: tuple[Mapping[str, str], ...]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """All cases as one fleet."""
    folder = tmp_path_factory.mktemp("cases")
    path = folder / "fleet.yml"
    path.write_text(yaml.safe_dump(fleet(CASES), allow_unicode=True), "utf-8")
    lab = Lab(load_fleet(path))
    lab.start()
    try:
        served = Controller(lab, folder)
        audit = served.play("wsus.client.audit", *_OPTIONS)
        states = [served.state()]
        plays = []
        for confirm in (("--check",), CONFIRM, CONFIRM):
            plays.append(served.play("wsus.client.repair", *confirm, *_OPTIONS))
            states.append(served.state())
        yield Runs(audit, plays[0], plays[1], plays[2], tuple(states))
    finally:
        lab.stop()


def _machine(play: Play, name: str) -> Mapping[str, Any]:
    assert play.audit is not None, play.output
    return play.audit["machines"][name]  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", CASES)
def test_the_audit_finds_what_the_report_says(runs: Runs, name: str) -> None:
    findings = _machine(runs.audit, name)["findings"]
    case = CASES[name]
    for expected in case["found"]:
        assert any(_fits(each, expected) for each in findings), (expected, findings)
    assert {each["id"] for each in findings} & set(case["not_found"].get("ids", [])) == set()
    assert [each for each in findings if each["severity"] in case["not_found"].get("severities", [])] == []


def _fits(finding: Mapping[str, Any], expected: Mapping[str, str]) -> bool:
    exactly = all(finding[key] == expected[key] for key in ("id", "severity", "remedy") if key in expected)
    return exactly and all(re.search(expected[key], finding[key]) for key in ("summary", "action") if key in expected)


def test_check_mode_changes_nothing(runs: Runs) -> None:
    assert runs.states[1] == runs.states[0]


@pytest.mark.parametrize("name", CASES)
def test_the_repair_does_what_the_report_needs(runs: Runs, name: str) -> None:
    repair = CASES[name]["repair"]
    machine = _machine(runs.repaired, name)
    changed = bool(runs.repaired.changed.get(name))
    outcome = "failed" if machine["status"] == "failed" else "ok" if changed else "unchanged"
    assert outcome == repair["outcome"], machine["message"]
    for message in repair.get("messages", []):
        assert re.search(message, machine["message"])
    before, after = (json.loads(runs.states[number][name]) for number in (1, 2))
    for part in repair.get("untouched", []):
        assert _part(after, part) == _part(before, part), part


@pytest.mark.parametrize("name", CASES)
def test_a_second_repair_changes_nothing(runs: Runs, name: str) -> None:
    assert name not in runs.again.changed


def _part(state: Mapping[str, Any], part: str) -> Any:
    registry, files = state["registry"], state["files"]
    if part == "machine":
        return state
    if part == "store":
        return sorted(path for path in files if "SoftwareDistribution." in path or path.endswith("DataStore.edb"))
    if part == "client_id":
        return registry.get(_ID, {}).get("SusClientId")
    marks = {"policy": r"\Policies\Microsoft\Windows\WindowsUpdate", "services": r"\Services" + "\\"}
    return {key: values for key, values in registry.items() if marks[part] in key}
