"""The capture of a machine: its replay gives the same findings, and nothing in it names the machine."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._capture.answers import AnswerAliases
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.files import NotWritable
from ansible_collections.wsus.client.plugins.plugin_utils._operations import capture as operation
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, Result
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers, Query
from lab.fleet import MachineSpec, create_machine, read_fleet
from support.captures import audit, capture, judgments, read, replayed
from unit.lab.simulated_machines import make

DEMO = Path(__file__).parents[2] / "lab" / "fleets" / "demo.yml"
SPECS = read_fleet(DEMO)
CLIENT = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"


@pytest.mark.parametrize("spec", SPECS, ids=[spec.name for spec in SPECS])
def test_every_machine_of_the_demonstration_replays_to_its_findings(spec: MachineSpec, tmp_path: Path) -> None:
    machine = create_machine(spec)
    try:
        now = datetime.now(timezone.utc)
        live = audit(machine, now)
        result = capture(machine, tmp_path, now=now)
    finally:
        machine.close()
    path = tmp_path / f"{spec.name}.json"
    data = read(path)
    assert (result["path"], result["same_findings"]) == (str(path), True)
    assert judgments(data["facts"]) == judgments(live)
    assert result["findings"] == data["findings_before_replacing"] == [each["id"] for each in live["wsus_findings"]]
    assert replayed(path) == data["facts"]
    text = path.read_text(encoding="utf-8").casefold()
    names = [
        spec.name,
        machine.name[:15],
        "example.test",
        "dc=example",
        "operator",
        live["wsus_client_id"]["id"] or "operator",
    ]
    assert [name for name in names if name.casefold() in text] == []


def test_the_file_is_private_and_a_second_capture_replaces_it(tmp_path: Path) -> None:
    machine = make()
    for _run in range(2):
        capture(machine, tmp_path / "new" / "folder")
    (path,) = (tmp_path / "new" / "folder").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_check_mode_audits_and_writes_nothing(tmp_path: Path) -> None:
    machine = make()
    checked = capture(machine, tmp_path / "captures", check_mode=True)
    assert list(tmp_path.iterdir()) == []
    assert capture(machine, tmp_path / "captures") == checked


def test_a_capture_changes_nothing_on_the_machine(tmp_path: Path) -> None:
    machine = make()
    before = machine.state()
    capture(machine, tmp_path)
    assert machine.state() == before
    assert len(machine.log) == 2


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(NotWritable):
        capture(make(), tmp_path / "file" / "captures")


def test_what_a_terminal_would_act_on_is_escaped(tmp_path: Path) -> None:
    machine = make(registry={CLIENT: {"Remark": "a\x1b[31mb\x9bc\u202ed\u2028e\x7f"}})
    path = Path(capture(machine, tmp_path)["path"])
    text = path.read_text(encoding="utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]", text)
    assert "a\\u001b[31mb\\u009bc\\u202ed\\u2028e\\u007f" in text
    assert any(
        "a\x1b[31mb\x9bc\u202ed\u2028e\x7f" in line for each in read(path)["commands"] for line in each["output"]
    )


def test_a_command_that_was_not_recorded_is_answered_as_a_missing_program() -> None:
    asked = Command("sc.exe", ("queryex", "x"))
    recorded = operation.Recorded({})
    assert recorded([Query(asked, _code)])[Query(asked, _code)] == 9009


def _code(result: Result) -> int:
    return result.exit_code


def test_answers_keep_the_commands_that_every_machine_is_given() -> None:
    asked = Command("cmd.exe", ("/d", "/c", "dir", r"\\srv\x"))
    answer = Result(asked, 0, (r"\\srv\x",))
    (kept,) = AnswerAliases([answer], [asked]).answers()
    (replaced,) = AnswerAliases([answer], []).answers()
    assert kept.command == asked
    assert kept.lines[0] == replaced.lines[0] == replaced.command.arguments[-1] != asked.arguments[-1]
    assert Answers([kept])
