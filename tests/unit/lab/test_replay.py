"""Machines of the lab that replay a capture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lab.fleet import FleetError, create_machine, load_fleet, read_fleet
from lab.machine import ConnectionDropped, User
from lab.replay.capture import Answer, Capture
from lab.replay.machine import NOT_RECORDED, ReplayMachine
from lab.replay.times import moved
from unit.lab.simulated_machines import TOKEN, command_line, script

USER = User("lab", "secret")
STATE = ("sc.exe", "queryex", "BITS")
EVENTS = ("wevtutil.exe", "qe", "System")
DAY = 86400.0


def machine(clock: float = 0.0) -> ReplayMachine:
    answers = {
        STATE: Answer(1060, ("[SC] EnumQueryServicesStatus:OpenService FAILED 1060:", "", "キー")),
        EVENTS: Answer(0, ("<TimeCreated SystemTime='2026-11-22T23:59:59.1234567Z'/>",)),
    }
    return ReplayMachine("pc", Capture(0.0, answers), [USER], clock=lambda: clock)


def ask(replay: ReplayMachine, *commands: tuple[str, ...]) -> tuple[str, str]:
    done = replay.execute(command_line(script(commands)), USER)
    assert done.exit_code == 0
    return done.stdout.decode(), done.stderr.decode()


def test_it_answers_what_was_recorded_and_says_what_was_not() -> None:
    out, said = ask(machine(), STATE, ("sc.exe", "queryex", "bits"), STATE)
    answer = f"[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\nキー\r\n{TOKEN} 1060\r\n"
    assert out == f"{answer}{TOKEN} {NOT_RECORDED}\r\n{answer}"
    assert said == "lab: pc: not recorded in the capture: sc.exe queryex bits\r\n"


def test_it_logs_what_it_was_asked_and_refuses_what_is_no_batch() -> None:
    replay = machine()
    ask(replay, STATE)
    refused = replay.execute("cmd.exe /c dir", USER)
    assert (refused.exit_code, b"not a batch" in refused.stderr) == (1, True)
    assert [(each.argv, each.exit_code) for each in replay.log[0].commands] == [(STATE, 1060)]
    assert [record.exit_code for record in replay.log] == [0, 1]


def test_it_is_dropped_where_a_fault_says_so() -> None:
    replay = machine()
    replay.faults.drop_after_command = 1
    with pytest.raises(ConnectionDropped):
        ask(replay, STATE, STATE)
    assert len(replay.log[0].commands) == 1


def test_its_times_move_with_the_clock_and_not_with_its_own_future() -> None:
    assert "SystemTime='2026-11-23T23:59:59.1234567Z'" in ask(machine(DAY), EVENTS)[0]
    older = machine(2 * DAY)
    older.later(DAY)
    assert "SystemTime='2026-11-23T23:59:59.1234567Z'" in ask(older, EVENTS)[0]


@pytest.mark.parametrize(
    ("program", "line", "later"),
    [
        (
            "reg.exe",
            "    LastSuccessTime    REG_SZ    2026-12-31 23:00:00",
            "    LastSuccessTime    REG_SZ    2027-01-01 23:00:00",
        ),
        (
            "reg.exe",
            "    store    REG_SZ    state=x; begun=20261123T041500Z",
            "    store    REG_SZ    state=x; begun=20261124T041500Z",
        ),
        ("findstr.exe", "2026-02-28\t12:00:00:123\t 884\tREPORT", "2026-03-01\t12:00:00:123\t 884\tREPORT"),
        ("cmd.exe", "SoftwareDistribution.20261123T041500Z", "SoftwareDistribution.20261124T041500Z"),
        ("reg.exe", "    Version    REG_SZ    9999-99-99 99:99:99", "    Version    REG_SZ    9999-99-99 99:99:99"),
        ("reg.exe", "    Build    REG_SZ    9999-12-31 23:00:00", "    Build    REG_SZ    9999-12-31 23:00:00"),
        ("sc.exe", "        STATE              : 4  RUNNING", "        STATE              : 4  RUNNING"),
    ],
)
def test_every_form_of_a_time_is_moved(program: str, line: str, later: str) -> None:
    assert moved(program, [line], DAY) == [later]


@pytest.mark.parametrize("order", [("Lo", "Hi"), ("Hi", "Lo")])
def test_both_halves_of_a_filetime_are_moved(order: tuple[str, str]) -> None:
    """2026-11-23 04:15:00 UTC is 0x1DD7B0D_xxxxxxxx in units of 100 ns since 1601; the low half overflows in a day."""
    time = 134397693000000000
    halves = {"Lo": time & 0xFFFFFFFF, "Hi": time >> 32}
    lines = [f"    EndTime{half}    REG_DWORD    0x{halves[half]:x}" for half in order]
    after = {
        half: int(line.rpartition("x")[2], 16) for half, line in zip(order, moved("reg.exe", lines, DAY), strict=True)
    }
    assert (after["Hi"] << 32 | after["Lo"]) - time == 86400 * 10_000_000
    assert after["Hi"] != halves["Hi"]


def document(**changed: Any) -> dict[str, Any]:
    command = {"program": "sc.exe", "arguments": ["queryex", "BITS"], "exit_code": 0, "output": ["x"]}
    data = {
        "format": "wsus.client capture",
        "schema": 1,
        "captured": "2026-11-23T04:15:00+00:00",
        "commands": [command],
    }
    return {**data, **changed}


def fleet(folder: Path, data: Any, machine: str = "{name: pc, kind: replay, replay: pc.json}") -> Path:
    (folder / "pc.json").write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    path = folder / "fleet.yml"
    users = "users: [{name: lab, password: secret}], windows: windows-7-sp1, language: ja"
    path.write_text(f"defaults: {{{users}}}\nmachines:\n  - {machine}\n", encoding="utf-8")
    return path


def test_a_fleet_file_names_a_capture_beside_it(tmp_path: Path) -> None:
    path = fleet(tmp_path, document(), "{name: pc, replay: pc.json, groups: [reported], faults: {delay: 0.5}}")
    (spec,) = read_fleet(path)
    replay = create_machine(spec)
    assert isinstance(replay, ReplayMachine)
    assert (replay.groups, replay.faults.delay, list(replay.users)) == (("reported",), 0.5, ["lab"])
    assert ask(replay, STATE)[0].startswith("x\r\n")


@pytest.mark.parametrize(
    ("data", "machine", "message"),
    [
        ("{", None, "Expecting"),
        ([], None, "expected the format"),
        (document(schema=2), None, "expected the format"),
        (document(captured="yesterday"), None, "ValueError"),
        (document(commands=[{"program": "sc.exe"}]), None, "KeyError: 'arguments'"),
        (
            document(commands=[{"program": "sc.exe", "arguments": [], "exit_code": "0", "output": []}]),
            None,
            "not an answer",
        ),
        (document(), "{name: pc, kind: replay}", "replay: expected a text"),
        (document(), "{name: pc, kind: wine, replay: pc.json}", "goes with no other kind"),
        (document(), "{name: pc, replay: pc.json, services: {}}", "unknown key 'services'"),
        (document(), "{name: pc, replay: missing.json}", "No such file"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, data: Any, machine: str | None, message: str) -> None:
    path = fleet(tmp_path, data, *([machine] if machine else []))
    with pytest.raises(FleetError, match=message) as raised:
        load_fleet(path)
    assert f"{path}: machine pc" in str(raised.value)
