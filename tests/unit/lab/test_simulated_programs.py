"""Programs of the GUI subsystem on simulated machines: as PowerShell starts them, and as cmd.exe does."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from lab.fleet import FleetError, read_fleet
from lab.fleet_agent import AgentSpec
from lab.simulated.machine import SimulatedMachine
from lab.wine.portable_executable import of_gui
from unit.lab.simulated_machines import ADMINISTRATOR, TOKEN, command_line, lines, make, script

DENIED = 0x80070005
SIGNED = DENIED - (1 << 32)


def execute(machine: SimulatedMachine, *argv: str) -> str:
    return machine.execute(command_line(script([argv])), ADMINISTRATOR).stdout.decode()


@pytest.mark.parametrize(
    ("windows", "program", "gui"),
    [
        ("windows-7-sp1", "wuauclt", True),
        ("windows-7-sp1", "UsoClient.exe", False),  # it is not there
        ("windows-10-22h2", "UsoClient.exe", False),
        ("windows-11-24h2", "USOCLIENT.EXE", True),
        ("server-2025", r"%SystemRoot%\System32\UsoClient.exe", True),
        ("server-2025", "cmd.exe", False),
    ],
)
def test_which_are(windows: str, program: str, gui: bool) -> None:
    assert make(windows).is_gui(program) is gui


@pytest.mark.parametrize("subsystem", ["console", "gui"])
def test_a_fleet_file_can_say_otherwise(subsystem: str) -> None:
    for windows in ("windows-10-22h2", "windows-11-24h2"):
        machine = make(windows, subsystems={"usoclient.EXE": subsystem}, agent=AgentSpec(refuses=DENIED))
        assert machine.is_gui("UsoClient.exe") is (subsystem == "gui")
        code = 9009 if subsystem == "gui" else SIGNED
        assert execute(machine, "UsoClient.exe", "StartScan") == lines(f"{TOKEN} {code}")
        assert execute(machine, "cmd.exe", "/d", "/c", "UsoClient.exe", "StartScan") == lines(f"{TOKEN} {SIGNED}")


def test_what_one_prints_is_lost_where_powershell_starts_it() -> None:
    machine = make(subsystems={"hostname.exe": "gui"})
    assert execute(machine, "hostname.exe") == lines(f"{TOKEN} 9009")
    assert execute(machine, "cmd.exe", "/d", "/c", "hostname.exe") == lines("PC", f"{TOKEN} 0")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{UsoClient: gui}", "subsystems: UsoClient: expected the name of a program"),
        ("{UsoClient.exe: native}", "subsystems: UsoClient.exe: expected one of console, gui"),
        ("[UsoClient.exe]", "subsystems: expected keys with values"),
    ],
)
def test_wrong_fleet_files(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "fleet.yml"
    file.write_text(f"machines:\n  - {{name: pc, subsystems: {text}}}\n", encoding="utf-8")
    with pytest.raises(FleetError, match=message):
        read_fleet(file)


def test_a_fleet_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "fleet.yml"
    machine = "{name: pc, subsystems: {UsoClient.exe: gui}, agent: {refuses: 0x80070005}}"
    file.write_text(f"machines:\n  - {machine}\n", encoding="utf-8")
    (spec,) = read_fleet(file)
    assert (dict(spec.subsystems), spec.agent.refuses) == ({"UsoClient.exe": "gui"}, DENIED)


def test_a_file_of_a_program_is_made_one_of_the_gui_subsystem() -> None:
    console = bytearray(0x200)
    struct.pack_into("<I", console, 0x3C, 0x80)
    struct.pack_into("<H", console, 0x80 + 24 + 68, 3)
    changed = of_gui(bytes(console))
    assert [(n, each) for n, each in enumerate(changed) if each != console[n]] == [(0x80 + 24 + 68, 2)]
