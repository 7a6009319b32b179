"""The files of the case book follow its schema, and the lab accepts their machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Remedy
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FINDINGS
from cases import FALSE_ALARM, FOLDER, CaseError, fleet, read, read_all
from lab.fleet import load_fleet

CASES = read_all()


def test_the_lab_accepts_all_cases_as_one_fleet(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yml"
    path.write_text(yaml.safe_dump(fleet(CASES), allow_unicode=True), "utf-8")
    assert [machine.name for machine in load_fleet(path)] == list(CASES)


def test_endpoints_of_two_cases_are_not_mixed_up() -> None:
    case: dict[str, Any] = {"machine": {}, "endpoints": {"proxy": {"kind": "proxy"}}}
    with pytest.raises(CaseError, match="proxy"):
        fleet({"one": case, "two": {"machine": {}, "endpoints": {"proxy": {"kind": "drop"}}}})


@pytest.mark.parametrize("name", CASES)
def test_ids_and_remedies_are_declared(name: str) -> None:
    case = CASES[name]
    named = {item["id"] for item in case["found"] if "id" in item} | set(case["not_found"].get("ids", []))
    assert named <= {kind.id for kind in FINDINGS}
    assert {item["remedy"] for item in case["found"] if "remedy" in item} <= set(get_args(Remedy))


def test_the_book_holds_what_it_is_for() -> None:
    false_alarms = [
        name for name, case in CASES.items() if set(FALSE_ALARM) <= set(case["not_found"].get("severities", []))
    ]
    assert len(false_alarms) >= 8
    assert {case["machine"].get("language", "en") for case in CASES.values()} >= {"en", "de", "ja"}
    components = {item["id"].partition(".")[0] for case in CASES.values() for item in case["found"] if "id" in item}
    assert components >= {"agent", "policy", "reachability", "management"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seen:", "sen:"),
        ("https:", "file:"),
        ("severity: error", "severity: fatal"),
        ('summary: "0x80244010"', 'summary: "("'),
        ("outcome: unchanged", "outcome: good"),
        ("untouched: [machine]", "untouched: [disk]"),
        ("untouched: [machine]", "messages: ['(']"),
        ("not_found: {}", "not_found: {severities: [fatal]}"),
        ("found: [{id:", "found: []\nfound2: [{id:"),
        ("machine:\n", "machine:\n  name: x\n"),
    ],
)
def test_wrong_files_are_refused(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "case.yml"
    text = (FOLDER / "max-round-trips.yml").read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CaseError, match=r"case\.yml"):
        read(path)


def test_a_case_that_expects_nothing_is_refused(tmp_path: Path) -> None:
    case = read(FOLDER / "max-round-trips.yml") | {"found": []}
    (tmp_path / "case.yml").write_text(yaml.safe_dump(case), "utf-8")
    with pytest.raises(CaseError, match="nothing is expected"):
        read(tmp_path / "case.yml")
