"""The commands that look into a running lab, over its control endpoint."""

from __future__ import annotations

import json
import os
import stat
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from lab.__main__ import main
from lab.control import Control, ControlError, Record, parse_faults
from lab.machine import ExecutionRecord, Faults, NativeCommand
from lab.serve import Lab
from unit.lab.winrm_fakes import FakeMachine

pytestmark = pytest.mark.slow

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def machines() -> list[FakeMachine]:
    return [FakeMachine("PC1"), FakeMachine("büro-2")]


@pytest.fixture
def stops() -> list[str]:
    """Grows when the lab is told to stop."""
    return []


@pytest.fixture
def record(machines: list[FakeMachine], stops: list[str], tmp_path: Path) -> Iterator[Record]:
    with Lab(machines) as lab:
        control = Control(lab, lambda: stops.append("stop"))
        record = Record(
            os.getpid(), 2, lab.http_port, lab.https_port, control.url, control.token, transport="ntlm", scheme="http"
        )
        record.write(tmp_path)
        yield record
        control.close()


@pytest.fixture
def cli(record: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run one command: its exit status, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main([*arguments, "--run-dir", str(tmp_path)])
        return status, *capsys.readouterr()

    return run


def test_the_record_is_private_and_the_endpoint_wants_its_token(record: Record, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "lab.json").stat().st_mode) == 0o600
    assert Record.read(tmp_path) == record
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        request = urllib.request.Request(f"{record.control}/state", data=b"", headers=headers)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        with caught.value as answer:
            assert (answer.code, json.load(answer)) == (403, {"error": "wrong token"})


def test_inventory(cli: Cli, record: Record) -> None:
    for arguments, port, transport in (
        ([], record.http_port, "ntlm"),
        (["--scheme", "https", "--transport", "basic"], record.https_port, "basic"),
    ):
        status, out, _unused = cli("inventory", *arguments)
        variables = yaml.safe_load(out)["all"]["children"]["windows"]["vars"]
        assert (status, variables["ansible_port"], variables["ansible_winrm_transport"]) == (0, port, transport)


def test_state_and_diff(cli: Cli, machines: list[FakeMachine], tmp_path: Path) -> None:
    saved = str(tmp_path / "saved.json")
    assert cli("state", "--out", saved) == (0, "", "")
    assert json.loads(cli("state", "BÜRO-2")[1]) == {"büro-2": {"executions": 0}}
    assert cli("diff", saved) == (0, "", "")
    machines[1].log.append(ExecutionRecord("Administrator", "x"))
    status, out, _unused = cli("diff", saved)
    assert status == 1
    assert out.splitlines() == [
        "--- büro-2 (saved)",
        "+++ büro-2 (now)",
        "@@ -1,3 +1,3 @@",
        " {",
        '- "executions": 0',
        '+ "executions": 1',
        " }",
    ]
    assert cli("diff", saved, "pc1") == (0, "", "")
    (tmp_path / "one.json").write_text('{"PC1": {"executions": 0}}')
    assert cli("diff", str(tmp_path / "one.json"), "pc1")[0] == 0
    assert cli("diff", str(tmp_path / "one.json"))[0] == 1
    status, _unused, err = cli("diff", str(tmp_path / "one.json"), "büro-2")
    assert (status, "has no machine 'büro-2'" in err) == (2, True)


def test_log_shows_scripts_and_programs(cli: Cli, machines: list[FakeMachine]) -> None:
    encoded = b64encode("reg.exe query HKLM\nsc.exe query".encode("utf-16-le")).decode()
    line = f"PowerShell -NoProfile -EncodedCommand {encoded}"
    programs = [NativeCommand(("reg.exe", "query", "HKLM"), 0), NativeCommand(("sc.exe", "query"), 1060)]
    machines[0].log.append(ExecutionRecord("Administrator", line, commands=programs, exit_code=0))
    machines[0].log.append(ExecutionRecord("other", "ver", exit_code=1))
    status, out, _unused = cli("log", "pc1")
    assert status == 0
    assert out.splitlines() == [
        "== PC1: 2 executions; WinRM requests: none",
        "-- 1: by Administrator, exit code 0",
        "   | reg.exe query HKLM",
        "   | sc.exe query",
        "             0  reg.exe query HKLM",
        "          1060  sc.exe query",
        "-- 2: by other, exit code 1",
        "   | ver",
    ]
    executions = json.loads(cli("log", "--json")[1])["PC1"]["executions"]
    assert executions[0]["commands"][1] == {"argv": ["sc.exe", "query"], "exit_code": 1060}


def test_faults_are_set_and_taken_away(cli: Cli, machines: list[FakeMachine]) -> None:
    assert cli("faults", "pc1", "delay=1.5", "quota=2", "garbage_output=true")[0] == 0
    assert machines[0].faults == Faults(delay=1.5, quota=2, garbage_output=True)
    assert cli("faults", "pc1", "quota=none", "delay=none")[0] == 0
    assert machines[0].faults == Faults(garbage_output=True)
    status, out, _unused = cli("faults", "PC1")
    assert status == 0
    assert out.startswith("PC1: drop_at_request=none ")
    assert " garbage_output=true delay=0.0 " in out
    assert machines[1].faults == Faults()


@pytest.mark.parametrize(
    ("time", "text"), [("soon", "expected an age such as 2h or 3d"), ("3d", "only on simulated machines can time pass")]
)
def test_where_time_cannot_pass(cli: Cli, time: str, text: str) -> None:
    status, out, err = cli("later", "PC1", time)
    assert (status, out) == (2, "")
    assert text in err


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("bogus=1", "no fault is called 'bogus'"),
        ("quota=-1", "quota cannot be '-1'"),
        ("quota=1.5", "quota cannot be '1.5'"),
        ("no_powershell=1", "no_powershell cannot be '1'"),
        ("quota", "'quota' is not KEY=VALUE"),
    ],
)
def test_bad_faults_change_nothing(cli: Cli, machines: list[FakeMachine], setting: str, text: str) -> None:
    status, out, err = cli("faults", "pc1", "delay=3", setting)
    assert (status, out) == (2, "")
    assert err.startswith("lab: ")
    assert text in err
    assert machines[0].faults == Faults()


@pytest.mark.parametrize("command", [["state", "PC9"], ["log", "PC9"], ["faults", "PC9"]])
def test_an_unknown_machine(cli: Cli, command: list[str]) -> None:
    assert cli(*command) == (2, "", "lab: no machine is called 'PC9'; there are: PC1, büro-2\n")


def test_stop_is_passed_on(record: Record, stops: list[str]) -> None:
    record.ask("stop")
    assert stops == ["stop"]


def test_no_lab_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "--run-dir", str(tmp_path)]) == 2
    assert f"no lab runs in {tmp_path}" in capsys.readouterr().err
    (tmp_path / "lab.json").write_text("{}")
    assert main(["log", "--run-dir", str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_lab_that_is_gone_does_not_answer(record: Record, tmp_path: Path) -> None:
    gone = Record(**{**vars(record), "control": "http://127.0.0.1:1"})
    with pytest.raises(ControlError, match="does not answer"):
        gone.ask("state")


def test_parse_faults_takes_zero() -> None:
    assert parse_faults({"truncate_output": "0"}, Faults()) == Faults(truncate_output=0)
