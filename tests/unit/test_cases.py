"""The files of the case book follow its schema, and the lab accepts their machines."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from cases import FOLDER, CaseError, joined, read, read_all
from lab.fleet import load_fleet

CASES = read_all()


def test_the_lab_accepts_all_machines_as_one_fleet(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yml"
    path.write_text(yaml.safe_dump(joined(CASES)), "utf-8")
    assert [machine.name for machine in load_fleet(path)] == list(CASES)


def test_the_book_holds_what_it_is_for() -> None:
    false_alarms = [
        name for name, case in CASES.items() if {"error", "warning"} <= set(case["not_found"].get("severities", ()))
    ]
    assert len(false_alarms) >= 8
    assert {case["machine"].get("language", "en") for case in CASES.values()} >= {"en", "de", "ja"}
    components = {item["id"].partition(".")[0] for case in CASES.values() for item in case["found"] if "id" in item}
    assert components >= {"agent", "bits", "policy", "reachability", "management", "update_store"}


def test_endpoints_do_not_meet() -> None:
    pc = {"machine": {"network": {"names": {"a.example.test": "own"}}}, "endpoints": {"own": {}, "wsus": {}}}
    fleet = joined({"one": pc, "two": pc})
    assert set(fleet["endpoints"]) == {"one-own", "one-wsus", "two-own", "two-wsus"}
    assert fleet["machines"][1]["network"]["names"] == {
        "a.example.test": "two-own",
        "wsus.example.test": "two-wsus",
        "wsus": "two-wsus",
    }
    named = {"machine": {}, "endpoints": {"own": {"names": ["a.example.test"]}}}
    with pytest.raises(CaseError, match=r"two\.yml and one\.yml: endpoints: both are called a\.example\.test"):
        joined({"one": named, "two": named})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seen:", "sen:"),
        ("https:", "file:"),
        ("severity: error", "severity: fatal"),
        ("outcome: unchanged", "outcome: good"),
        ("untouched: [machine", "untouched: [disk"),
        ("remedy: server_side", "remedy: server"),
        ("summary:", "id: agent.unknown, summary:"),
        ("summary:", "summary: '(', action:"),
        ("not_found: {}", "not_found: {ids: [agent.unknown]}"),
        ("not_found: {}", "not_found: {severities: [fatal]}"),
        ("not_found: {}", "not_found: nothing"),
        ("found: [{id:", "found: []\nfound2: [{id:"),
        ("machine:\n", "machine:\n  name: x\n"),
    ],
)
def test_wrong_files_are_refused(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "case.yml"
    text = (FOLDER / "max-round-trips.yml").read_text("utf-8")
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert old in text
    with pytest.raises(CaseError, match=r"case\.yml"):
        read(path)


def test_a_case_that_expects_nothing_is_refused(tmp_path: Path) -> None:
    case = read(FOLDER / "max-round-trips.yml") | {"found": []}
    (tmp_path / "case.yml").write_text(yaml.safe_dump(case), "utf-8")
    with pytest.raises(CaseError, match="found is empty"):
        read(tmp_path / "case.yml")
