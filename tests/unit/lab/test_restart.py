"""Windows restarts: what was in memory is gone, services start by their start types, and a batch that ran is cut."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import yaml
from lab.__main__ import main
from lab.control import Control, Record
from lab.fleet import load_fleet
from lab.fleet_agent import AgentSpec, NextSpec
from lab.machine import ConnectionDropped, Execution
from lab.serve import Lab
from lab.simulated.machine import SimulatedMachine
from unit.lab.simulated_machines import ADMINISTRATOR, BITS, Clock, Shell, command_line, make, script
from unit.lab.winrm_fakes import FakeMachine, connect, run

KEY = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
STATE = KEY.replace("HKLM", "HKEY_LOCAL_MACHINE", 1)


def states(machine: SimulatedMachine, *names: str) -> list[str]:
    return [machine.state()["services"][name]["state"] for name in names]


def test_services_start_by_their_start_types() -> None:
    machine = make(services={"BITS": {"state": "running"}, "UsoSvc": {"state": "stopped"}})
    Shell(machine).out("sc", "config", "CryptSvc", "start=", "demand")
    machine.restart()
    assert states(machine, "BITS", "UsoSvc", "CryptSvc") == ["STOPPED", "RUNNING", "STOPPED"]


def test_a_service_that_was_marked_is_gone_and_the_behavior_of_others_stays() -> None:
    machine = make(services={"BITS": {"state": "running"}, "wuauserv": {"start_fails_with": 0x80040154}})
    shell = Shell(machine)
    shell.out("sc", "delete", "BITS")
    assert "BITS" in machine.state()["services"]
    machine.restart()
    assert "BITS" not in machine.state()["services"]
    shell.error("reg", "query", BITS)
    shell.run("sc", "start", "wuauserv")
    machine.later(1)
    assert states(machine, "wuauserv") == ["STOPPED"]


def test_what_was_under_way_never_ends() -> None:
    clock = Clock()
    machine = make(clock=clock, agent=AgentSpec(next=NextSpec(takes=5)), services={"wuauserv": {"state": "running"}})
    shell, channel = Shell(machine), "Microsoft-Windows-WindowsUpdateClient/Operational"
    before = len(machine.state()["events"][channel])
    shell.run("UsoClient", "StartScan")
    machine.restart()
    clock.time += 60
    assert len(machine.state()["events"][channel]) == before
    shell.run("UsoClient", "StartScan")
    clock.time += 60
    assert len(machine.state()["events"][channel]) == before + 1


@pytest.mark.parametrize("restarts", [True, False])
def test_an_id_that_was_only_in_memory_is_lost(restarts: bool) -> None:
    machine = make()
    shell = Shell(machine)

    def scan() -> None:
        shell.run("UsoClient", "StartScan")
        machine.later(60)

    scan()
    own = machine.state()["registry"][STATE]["SusClientId"]
    shell.out("reg", "delete", KEY, "/v", "SusClientId", "/f")
    if restarts:
        machine.restart()
    scan()
    assert (machine.state()["registry"][STATE]["SusClientId"] != own) == restarts


def test_files_and_registry_stay() -> None:
    machine = make()
    Shell(machine).out("reg", "add", BITS, "/v", "Mark", "/d", "x", "/f")
    before = machine.state()
    machine.restart()
    after = machine.state()
    assert (after["registry"], after["files"]) == (before["registry"], before["files"])


def test_a_batch_ends_after_the_program_that_runs() -> None:
    machine = make()
    begun, go_on = threading.Event(), threading.Event()

    def slow(*arguments: object, **keywords: object) -> Execution:
        begun.set()
        go_on.wait(10)
        return Execution()

    machine.run_program = slow  # type: ignore[method-assign]
    failures: list[Exception] = []

    def batch() -> None:
        try:
            machine.execute(command_line(script([["hostname"], ["whoami"], ["hostname"]])), ADMINISTRATOR)
        except ConnectionDropped as error:
            failures.append(error)

    running, restarting = threading.Thread(target=batch), threading.Thread(target=machine.restart)
    running.start()
    assert begun.wait(10)
    restarting.start()
    time.sleep(0.2)
    go_on.set()
    running.join(10)
    restarting.join(10)
    assert [str(each) for each in failures] == ["pc: restarted after 1 programs"]
    assert [command.argv[0] for command in machine.log[0].commands] == ["hostname"]


@pytest.mark.slow
def test_a_machine_is_away_its_shells_are_gone_and_the_others_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet = tmp_path / "fleet.yml"
    users = [{"name": "Administrator", "password": "x"}]
    fleet.write_text(yaml.safe_dump({"defaults": {"users": users}, "machines": [{"name": "PC1"}, {"name": "PC2"}]}))
    with Lab([*load_fleet(fleet), FakeMachine("PC3")]) as lab:
        control = Control(lab, lambda: None)
        record = Record(1, 3, lab.http_port, lab.https_port, control.url, control.token, "basic", "http")
        record.write(tmp_path)
        clients = {name: connect(lab, name, password="x") for name in ("PC1", "PC2")}
        shells = {name: client.open_shell() for name, client in clients.items()}
        assert record.ask("shells") == {"PC1": [shells["PC1"]], "PC2": [shells["PC2"]], "PC3": []}

        assert main(["restart", "PC1", "1s", "--run-dir", str(tmp_path)]) == 0
        assert record.ask("shells") == {"PC1": [], "PC2": [shells["PC2"]], "PC3": []}
        with pytest.raises(OSError, match="Connection aborted"):
            clients["PC1"].open_shell()
        assert run(clients["PC2"], "hostname")[2] == 1  # refused by the lab, and answered
        time.sleep(1.1)
        assert run(connect(lab, "PC1", password="x"), "hostname")[2] == 1

        for name, time_, text in (("PC3", "1s", "only simulated machines"), ("PC1", "soon", "expected an age")):
            assert main(["restart", name, time_, "--run-dir", str(tmp_path)]) == 2
            assert text in capsys.readouterr().err
        control.close()
