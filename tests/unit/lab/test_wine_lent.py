"""Group policy and the update agent on Wine machines: the lab decides, Wine's services, registry and files show it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

import pytest
from lab.fleet import FleetError, MachineSpec, create_machine
from lab.fleet_agent import AgentSpec, NextSpec
from lab.fleet_policy import ObjectSpec, PolicySpec
from lab.machine import User
from lab.wine.machine import WineMachine
from lab.wine.prefix import wine_version
from lab.wine.unavailable import WineUnavailable
from unit.lab.simulated_machines import TOKEN, command_line, script

pytestmark = [pytest.mark.wine, pytest.mark.slow]

USER = User("lab", "secret")
POLICIES = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
SETTINGS = {POLICIES: {"WUServer": "http://wsus.example.test:8530"}, rf"{POLICIES}\AU": {"UseWUServer": 1}}
OBJECT = ObjectSpec("WSUS clients", "{6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}", SETTINGS, "waiting")
DETECTIONS = ("wevtutil.exe", "qe", "Microsoft-Windows-WindowsUpdateClient/Operational", "/rd:true", "/c:1")


def spec(windows: str) -> MachineSpec:
    return MachineSpec(
        "pc",
        "fleet.yml: machine pc",
        kind="wine",
        windows=windows,
        users=(USER,),
        group_policy=PolicySpec(takes=0.5, objects=(OBJECT,)),
        agent=AgentSpec(detections=(), next=NextSpec(takes=0.5, updates=5)),
    )


@pytest.fixture(scope="module")
def started() -> Iterator[Callable[[str], WineMachine]]:
    try:
        wine_version()
    except WineUnavailable as missing:
        if os.environ.get("WSUS_LAB_STRICT") == "1":
            pytest.fail(f"WSUS_LAB_STRICT is set, and {missing}")
        pytest.skip(str(missing))
    machines: dict[str, WineMachine] = {}

    def get(windows: str) -> WineMachine:
        if windows not in machines:
            machine = create_machine(spec(windows))
            assert isinstance(machine, WineMachine)
            machines[windows] = machine
        return machines[windows]

    yield get
    for machine in machines.values():
        machine.close()


def run(machine: WineMachine, *argv: str) -> tuple[int, str]:
    """One program of a batch: its exit code and standard output."""
    text = machine.execute(command_line(script([argv])), USER).stdout.decode("utf-8", "replace")
    output, _separator, code = text.rpartition(f"{TOKEN} ")
    return int(code), output


def by_cmd(program: str, *arguments: str) -> tuple[str, ...]:
    """A program of System32 run by cmd.exe, where there is one."""
    path = rf"%SystemRoot%\System32\{program}"
    *most, last = (f"({path}", *arguments)
    return ("cmd.exe", "/d", "/c", "if", "exist", path, *most, f"{last})", "else", "exit", "9009")


def within(seconds: float, wanted: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def test_a_refresh_writes_wines_registry_and_a_detection_starts_wines_service(
    started: Callable[[str], WineMachine],
) -> None:
    machine = started("windows-10-22h2")
    assert run(machine, "reg.exe", "query", POLICIES)[0] == 1
    assert run(machine, "cmd.exe", "/d", "/c", "echo", "n", "|", "gpupdate.exe", "/force", "/wait:0")[0] == 0
    query = ("reg.exe", "query", rf"{POLICIES}\AU", "/v", "UseWUServer")
    assert within(15, lambda: "0x1" in run(machine, *query)[1])
    assert ": 1  STOPPED" in run(machine, "sc.exe", "query", "wuauserv")[1]
    assert run(machine, *by_cmd("wuauclt.exe", "/detectnow")) == (0, "")
    assert run(machine, "UsoClient.exe", "StartScan") == (0, "")
    assert ": 4  RUNNING" in run(machine, "sc.exe", "query", "wuauserv")[1]
    assert within(15, lambda: "'updateCount'>5" in run(machine, *DETECTIONS)[1])
    # What Wine's registry says counts, not what was declared.
    assert "{3da21691-e39d-4da6-8a4b-b43877bcb1b7}" in run(machine, *DETECTIONS)[1]
    run(machine, "reg.exe", "add", rf"{POLICIES}\AU", "/v", "UseWUServer", "/t", "REG_DWORD", "/d", "0", "/f")
    run(machine, "UsoClient.exe", "StartScan")
    assert within(15, lambda: "{9482f4b4-e343-43b6-b170-9a65bc822c77}" in run(machine, *DETECTIONS)[1])


def test_a_forced_refresh_puts_back_what_was_changed_in_wine(started: Callable[[str], WineMachine]) -> None:
    machine = started("windows-10-22h2")
    run(machine, "reg.exe", "add", POLICIES, "/v", "WUServer", "/d", "http://other.example.test", "/f")
    assert run(machine, "gpupdate.exe", "/target:computer", "/force")[0] == 0
    assert "http://wsus.example.test:8530" in run(machine, "reg.exe", "query", POLICIES)[1]


def test_a_disabled_orchestrator_detects_nothing(started: Callable[[str], WineMachine]) -> None:
    machine = started("windows-10-22h2")
    run(machine, "sc.exe", "config", "UsoSvc", "start=", "disabled")
    before = run(machine, *DETECTIONS)
    run(machine, "UsoClient.exe", "StartScan")
    time.sleep(1.5)
    assert run(machine, *DETECTIONS) == before


def test_before_windows_10(started: Callable[[str], WineMachine]) -> None:
    machine = started("windows-7-sp1")
    assert run(machine, "UsoClient.exe", "StartScan")[0] == 9009
    assert run(machine, *by_cmd("UsoClient.exe", "StartScan")) == (9009, "")
    assert run(machine, *by_cmd("wuauclt.exe", "/resetauthorization", "/detectnow")) == (0, "")
    find = ("findstr.exe", "/l", "/c:REPORT EVENT:", "/c:(build: ", r"C:\Windows\WindowsUpdate.log")
    assert within(15, lambda: "successfully detected 5 updates" in run(machine, *find)[1])
    results = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\Results\Detect"
    assert "LastSuccessTime    REG_SZ" in run(machine, "reg.exe", "query", results)[1]
    log = machine.prefix.path(r"C:\Windows\SoftwareDistribution\ReportingEvents.log").read_bytes()
    assert "\t147\t101\t" in log.decode("utf-16")


def test_a_program_of_the_gui_subsystem_is_waited_for_by_cmd_alone(started: Callable[[str], WineMachine]) -> None:
    """Where a real PowerShell runs in Wine, it is that one and Wine's cmd.exe that decide."""
    machine = started("windows-11-24h2")
    before = run(machine, *DETECTIONS)
    assert run(machine, "UsoClient.exe", "StartScan") == (9009, "")
    assert within(15, lambda: run(machine, *DETECTIONS) != before)
    assert run(machine, "UsoClient.exe", "Nonsense") == (9009, "")
    assert run(machine, *by_cmd("UsoClient.exe", "StartScan")) == (0, "")
    assert run(machine, *by_cmd("UsoClient.exe", "Nonsense")) == (0x80070057 - (1 << 32), "")


def test_the_files_that_an_audit_asks_for(started: Callable[[str], WineMachine]) -> None:
    code, text = run(
        started("windows-7-sp1"),
        "cmd.exe",
        "/d",
        "/c",
        "dir",
        "/-c",
        r"C:\windows\System32\wuaueng.dll",
        r"C:\windows\WinSxS\pending.xml",
    )
    assert "wuaueng.dll" in text
    # Wine's own layout, and its own opinion of a file that is not there.
    assert "bytes free" in text
    assert code == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group_policy": PolicySpec(asks=True)}, "group_policy: asks: forward.exe does not hand on the answer"),
        ({"console": "oem"}, "console: a Wine machine writes UTF-8"),
        ({"free_space": 5}, "free_space: a Wine machine's disk is this computer's"),
    ],
)
def test_what_wine_cannot_be(change: dict[str, object], message: str) -> None:
    described = MachineSpec("pc", "fleet.yml: machine pc", kind="wine", users=(USER,), **change)  # type: ignore[arg-type]
    with pytest.raises(FleetError, match=message):
        create_machine(described)
