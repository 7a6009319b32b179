"""The case book as one fleet: one audit, one prediction, and two repairs; then each case has its say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from cases import joined, read_all
from cases.untouched import WORDS
from lab.fleet import load_fleet
from lab.serve import Lab
from playing import Controller, Play
from repairing import CONFIRM, REPORT

pytestmark = pytest.mark.long

CASES = read_all()
# What the lab does ends within seconds, and what has no effect is waited for no longer than this.
_SHORT = '{"wsus_agent_scan_timeout": 20, "wsus_policy_timeout": 30, "wsus_update_store_timeout": 20, "wsus_client_id_timeout": 20}'
QUICK = (*REPORT, "--forks", "20", "-e", _SHORT)


@dataclass(frozen=True)
class Runs:
    """The runs on the fleet of all cases, with the state of each machine before and after."""

    audit: Play
    predicted: Play
    repaired: Play
    again: Play
    states: tuple[Mapping[str, str], ...]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    folder: Path = tmp_path_factory.mktemp("cases")
    path = folder / "fleet.yml"
    path.write_text(yaml.safe_dump(joined(CASES), allow_unicode=True), encoding="utf-8")
    lab = Lab(load_fleet(path))
    lab.start()
    try:
        served = Controller(lab, folder)
        states = [served.state()]
        plays = []
        for arguments in (
            ("wsus.client.audit",),
            ("wsus.client.repair", "--check"),
            ("wsus.client.repair", *CONFIRM),
            ("wsus.client.repair", *CONFIRM),
        ):
            plays.append(served.play(*arguments, *QUICK))
            states.append(served.state())
        yield Runs(*plays, tuple(states))
    finally:
        lab.stop()


def machine(play: Play, name: str) -> Mapping[str, Any]:
    """What the report of a run says of a machine."""
    assert play.audit is not None, play.output
    said: Mapping[str, Any] = play.audit["machines"][name]
    return said


def fits(finding: Mapping[str, Any], expected: Mapping[str, str]) -> bool:
    """Whether a published finding is the one that a case describes."""
    return all(
        re.search(value, finding[key]) if key in ("summary", "action") else finding[key] == value
        for key, value in expected.items()
    )


def messages(play: Play, name: str) -> str:
    """What a run says about a machine: the report's message, and that of each task."""
    texts = [str(each.result.get("msg", "")) for each in play.results if each.host == name]
    return "\n".join([machine(play, name).get("message") or "", *texts])


def test_no_machine_is_lost(runs: Runs) -> None:
    for play in (runs.audit, runs.predicted, runs.repaired, runs.again):
        assert play.audit is not None, play.output
        lost = [name for name in CASES if machine(play, name)["status"] in ("unreachable", "not_audited")]
        assert (set(play.audit["machines"]), lost) == (set(CASES), [])


def test_neither_the_audit_nor_the_prediction_changes_a_machine(runs: Runs) -> None:
    before, audited, predicted = runs.states[:3]
    assert [name for name in CASES if not before[name] == audited[name] == predicted[name]] == []


def test_clones_are_found_by_comparing(runs: Runs) -> None:
    assert runs.audit.audit is not None
    (shared,) = runs.audit.audit["fleet_findings"]
    assert shared["id"] == "fleet.shared_client_id"
    assert shared["machines"] == [name for name in CASES if name.startswith("cloned-from-one-disk-")]


@pytest.mark.parametrize("name", CASES)
def test_found(runs: Runs, name: str) -> None:
    findings = machine(runs.audit, name)["findings"]
    said = [(each["severity"], each["id"], each["remedy"], each["summary"], each["action"]) for each in findings]
    missing = [each for each in CASES[name]["found"] if not any(fits(finding, each) for finding in findings)]
    assert missing == [], said


@pytest.mark.parametrize("name", CASES)
def test_not_found(runs: Runs, name: str) -> None:
    absent = CASES[name]["not_found"]
    wrong = [
        each["summary"]
        for each in machine(runs.audit, name)["findings"]
        if each["id"] in absent.get("ids", ()) or each["severity"] in absent.get("severities", ())
    ]
    assert wrong == []


@pytest.mark.parametrize("name", CASES)
def test_repaired(runs: Runs, name: str) -> None:
    expected = CASES[name]["repair"]
    failed, changed = machine(runs.repaired, name)["status"] == "failed", name in runs.repaired.changed
    outcome = "failed" if failed else "ok" if changed else "unchanged"
    said = messages(runs.repaired, name)
    assert outcome == expected["outcome"], said
    assert [each for each in expected.get("messages", ()) if not re.search(each, said)] == []
    before, after = (json.loads(state[name]) for state in runs.states[2:4])
    touched = [word for word in expected.get("untouched", ()) if WORDS[word](before) != WORDS[word](after)]
    assert touched == []


@pytest.mark.parametrize("name", CASES)
def test_the_second_repair_changes_nothing(runs: Runs, name: str) -> None:
    assert name not in runs.again.changed, messages(runs.again, name)
    if machine(runs.repaired, name)["status"] != "failed":
        assert machine(runs.again, name)["status"] != "failed", messages(runs.again, name)
    if CASES[name]["repair"]["outcome"] == "unchanged":
        assert runs.states[3][name] == runs.states[4][name]
