"""Whole batches on Wine machines, in every language of the lab: the real PowerShell runs them inside Wine where there is one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from itertools import chain
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import Context, agent, bits, policy, system
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import COMPONENTS
from ansible_collections.wsus.client.plugins.plugin_utils._windows import batch
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, Result, command
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers
from lab.fleet import FleetError, MachineSpec, create_machine
from lab.machine import ConnectionDropped, User
from lab.powershell import RealPowerShell
from lab.simulated.machine import SimulatedMachine
from lab.wine.machine import WineMachine

pytestmark = pytest.mark.wine

TOKEN = "0123456789abcdef"
CONTEXT = Context(now=datetime.now(timezone.utc))
# The way to the server is asked in a second execution, and tested in test_web_request.py.
PARTS = [each for name, each in COMPONENTS.items() if name != "reachability"]
PROBE = list(dict.fromkeys(each.command for each in chain(system.probe(), *(each.probe(CONTEXT) for each in PARTS))))
RUNNING, STOPPED = ": 4  RUNNING", ": 1  STOPPED"


def send(machine: WineMachine, commands: Sequence[Command], user: User) -> list[Result]:
    """Run commands as an action of the collection does."""
    script = batch.render(commands, TOKEN)
    execution = machine.execute(batch.command_line(script), user)
    assert execution.exit_code == 0
    return list(batch.read(execution.stdout.decode(), commands, TOKEN))


def test_a_real_powershell_runs_the_batches(real: RealPowerShell, wine_machine: Callable[[str], WineMachine]) -> None:
    assert wine_machine("en").reads_batches == (real.windows is None or real.forward is None)


def test_a_probe_reads_what_was_declared_and_changes_nothing(
    language: str, wine_machine: Callable[[str], WineMachine], user: User
) -> None:
    machine = wine_machine(language)
    before = machine.state()
    results = send(machine, PROBE, user)
    assert machine.state() == before
    answers = Answers(results)
    windows = system.read(answers)
    assert windows.build == 19045
    assert [each.findings(each.read(answers, windows, CONTEXT)) for each in PARTS] == [()] * len(PARTS)
    assert [(each.argv, each.exit_code) for each in machine.log[-1].commands] == [
        ((result.command.program, *result.command.arguments), result.exit_code) for result in results
    ]


def test_the_facts_are_those_of_the_simulated_machine(
    language: str, wine_machine: Callable[[str], WineMachine], simulated: Callable[[str], SimulatedMachine], user: User
) -> None:
    """Definitions and settings go through two implementations of the registry and of reg.exe, and must come out alike."""
    script = batch.render(PROBE, TOKEN)
    facts = []
    for machine in (wine_machine(language), simulated(language)):
        output = machine.execute(batch.command_line(script), user).stdout.decode()
        answers = Answers(batch.read(output, PROBE, TOKEN))
        windows = system.read(answers)
        read = bits.read(answers, windows, CONTEXT), agent.read(answers, windows, CONTEXT)
        settings = policy.read(answers, windows, CONTEXT).settings
        facts.append((*(each.service.definition for each in read), settings))
    assert facts[0] == facts[1]
    assert all(facts[0])


def test_the_lab_reads_a_batch_as_powershell_does_inside_wine(
    real: RealPowerShell, wine_machine: Callable[[str], WineMachine], user: User
) -> None:
    """What a machine falls back to where there is no PowerShell for Wine."""
    machine = wine_machine("ja")
    batch = [*PROBE, command("nonsense.exe", "x"), command("cmd.exe", "/d", "/c", "exit 3")]
    by_powershell = send(machine, batch, user)
    machine.reads_batches = True
    try:
        by_lab = send(machine, batch, user)
        machine.faults.drop_after_command = 1
        with pytest.raises(ConnectionDropped):
            send(machine, batch, user)
    finally:
        machine.faults.drop_after_command = None
        machine.reads_batches = real.windows is None or real.forward is None
    assert len(machine.log[-1].commands) == 1
    assert [_lasting(result) for result in by_lab] == [_lasting(result) for result in by_powershell]
    assert [result.exit_code for result in by_lab[-2:]] == [9009, 3]


def _lasting(result: Result) -> tuple[Command, int, list[str]]:
    """A result without the free space of this computer, which others use meanwhile."""
    return result.command, result.exit_code, [line for line in result.lines if not line.endswith(" bytes free")]


def test_bits_is_stopped_and_started_by_wines_service_manager(
    language: str, wine_machine: Callable[[str], WineMachine], user: User
) -> None:
    machine = wine_machine(language)
    start, stop, query = (command("sc.exe", verb, "BITS") for verb in ("start", "stop", "queryex"))
    assert send(machine, [start], user)[0].ok
    running = _until(machine, query, RUNNING, user)
    pid = int(next(line for line in running.lines if "PID" in line).rpartition(":")[2])
    assert pid > 0
    again, stopped = send(machine, [start, stop], user)
    assert (again.exit_code, stopped.exit_code) == (1056, 0)
    _until(machine, query, STOPPED, user)
    assert send(machine, [stop], user)[0].exit_code == 1062


def _until(machine: WineMachine, query: Command, state: str, user: User) -> Result:
    deadline = time.monotonic() + 20
    while state not in (result := send(machine, [query], user)[0]).text:
        assert time.monotonic() < deadline, f"BITS did not come to {state}: {result.text}"
        time.sleep(0.2)
    return result


def test_definitions_are_changed_in_wines_registry_and_obeyed_by_its_service_manager(
    wine_machine: Callable[[str], WineMachine], user: User
) -> None:
    machine = wine_machine("en")
    key = r"HKLM\SYSTEM\CurrentControlSet\Services\BITS"
    before = machine.state()
    disabled = send(
        machine,
        [
            command("sc.exe", "config", "BITS", "start=", "disabled"),
            command("reg.exe", "query", key, "/v", "Start"),
            command("sc.exe", "start", "BITS"),
        ],
        user,
    )
    assert [result.exit_code for result in disabled] == [0, 0, 1058]
    assert "REG_DWORD    0x4" in disabled[1].text
    enabled = send(
        machine, [command("sc.exe", "config", "BITS", "start=", "demand"), command("sc.exe", "start", "BITS")], user
    )
    assert [result.exit_code for result in enabled] == [0, 0]
    send(machine, [command("sc.exe", "stop", "BITS")], user)
    after = machine.state()
    service = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\BITS"
    changed = {name for name in before["registry"] if before["registry"][name] != after["registry"].get(name)}
    assert {name.lower() for name in changed} <= {service.lower()}


def test_a_batch_that_is_cut_off_did_only_its_first_part(
    wine_machine: Callable[[str], WineMachine], user: User
) -> None:
    machine = wine_machine("de")
    key = r"HKLM\SOFTWARE\cut off"
    batch = [command("reg.exe", "add", rf"{key}\{number}", "/f") for number in (1, 2, 3)]
    machine.faults.drop_after_command = 2
    with pytest.raises(ConnectionDropped):
        send(machine, batch, user)
    machine.faults.drop_after_command = None
    assert [each.exit_code for each in machine.log[-1].commands] == [0, 0]
    read, _unused = send(machine, [command("reg.exe", "query", key), command("reg.exe", "delete", key, "/f")], user)
    assert [line for line in read.lines if line] == [
        rf"HKEY_LOCAL_MACHINE\SOFTWARE\cut off\{number}" for number in (1, 2)
    ]


def test_a_machine_without_powershell_says_so(wine_machine: Callable[[str], WineMachine], user: User) -> None:
    machine = wine_machine("en")
    machine.faults.no_powershell = True
    done = machine.execute(batch.command_line(batch.render(PROBE, TOKEN)), user)
    machine.faults.no_powershell = False
    assert (done.stdout, done.exit_code) == (b"", 1)
    assert b"PowerShell" in done.stderr


def test_any_other_command_line_is_run_by_cmd(wine_machine: Callable[[str], WineMachine], user: User) -> None:
    machine = wine_machine("en")
    key = r"HKLM\Software\Microsoft\Windows NT\CurrentVersion"
    done = machine.execute(f'reg.exe query "{key}" /v CurrentBuildNumber & exit 4', user)
    assert done.exit_code == 4
    assert b"CurrentBuildNumber    REG_SZ    19045" in done.stdout
    assert machine.execute("exit 7", user).exit_code == 7
    assert machine.log[-1].script == ""


def test_a_fleet_file_describes_it(wine: str) -> None:
    spec = MachineSpec(
        name="broken",
        where="fleet: broken",
        kind="wine",
        windows="server-2019",
        language="de",
        users=(User("admin", "secret"),),
        registry={r"HKLM\SOFTWARE\Example": {"größe": 5}},
        services={"BITS": {"values": {"Start": 4}}, "SENS": {"state": "stopped"}, "wuauserv": {"deleted": True}},
        files={r"C:\Windows\System32\qmgr.dll": None, r"C:\windows\new.txt": "text"},
    )
    machine = create_machine(spec)
    assert isinstance(machine, WineMachine)
    try:
        (user,) = machine.users.values()
        key = r"HKLM\SYSTEM\CurrentControlSet\Services"
        answers = send(
            machine,
            [
                command("reg.exe", "query", r"HKLM\SOFTWARE\Example"),
                command("reg.exe", "query", rf"{key}\BITS", "/v", "Start"),
                command("sc.exe", "start", "BITS"),
                command("sc.exe", "query", "SENS"),
                command("sc.exe", "query", "wuauserv"),
                command("cmd.exe", "/d", "/c", r"dir /b C:\Windows\System32\qmgr.dll"),
                command("cmd.exe", "/d", "/c", r"type C:\Windows\new.txt"),
            ],
            user,
        )
        assert [answer.exit_code for answer in answers] == [0, 0, 1058, 0, 1060, 1, 0]
        assert "    größe    REG_DWORD    0x5" in answers[0].lines
        assert "REG_DWORD    0x4" in answers[1].text
        assert STOPPED in answers[3].text
        assert answers[6].lines == ("text",)
        assert r"C:\windows\new.txt" in machine.state()["files"]
    finally:
        machine.close()


@pytest.mark.parametrize(
    "impossible",
    [
        {"services": {"BITS": {"hangs": "stopping"}}},
        {"services": {"BITS": {"state": "pending"}}},
        {"users": (User("guest", "x", administrator=False),)},
    ],
)
def test_a_fleet_file_that_asks_for_the_impossible_is_refused(impossible: dict[str, Any]) -> None:
    spec = MachineSpec(
        **{"name": "x", "where": "fleet: x", "kind": "wine", "users": (User("admin", "x"),)} | impossible
    )
    with pytest.raises(FleetError, match=r"fleet: x: (services|users)"):
        create_machine(spec)


def test_a_user_who_is_no_administrator_cannot_be_had(wine: str, simulated: Callable[[str], SimulatedMachine]) -> None:
    declared = simulated("en")
    declared.users = {"guest": User("guest", "x", administrator=False)}
    with pytest.raises(ValueError, match="guest"):
        WineMachine(declared)


def test_a_closed_machine_leaves_nothing_behind(
    wine: str, simulated: Callable[[str], SimulatedMachine], user: User
) -> None:
    machine = WineMachine(simulated("es"))
    folder = machine.prefix.folder
    machine.close()
    assert not folder.exists()
    machine.close()
