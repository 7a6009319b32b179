"""Registry exports of real machines, through the lab's reg.exe, through our parsers: no drift for their build."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import definition as agent_definition
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits import definition as bits_definition
from ansible_collections.wsus.client.plugins.plugin_utils._components.service import baseline as _baselines
from ansible_collections.wsus.client.plugins.plugin_utils._windows import service_key
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Result
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Query
from lab.fleet import MachineSpec
from lab.machine import User
from lab.simulated.from_spec import simulated_machine
from lab.simulated.machine import SimulatedMachine

REAL = Path(__file__).parents[3] / "shared" / "real"
T = TypeVar("T")
ADMINISTRATOR = User("lab", "secret")
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="../shared is absent: the real exports are not here")


def machine_with(export: str) -> SimulatedMachine:
    """A machine whose services are those of the export and no others."""
    machine = simulated_machine(MachineSpec("pc", "test", windows="windows-7-sp1", users=(ADMINISTRATOR,)))
    services = r"HKLM\SYSTEM\CurrentControlSet\Services"
    assert machine.run_program(["reg.exe", "delete", services, "/f"], ADMINISTRATOR).exit_code == 0
    machine.files.write(r"C:\export.reg", (REAL / export).read_bytes())
    done = machine.run_program(["reg.exe", "import", r"C:\export.reg"], ADMINISTRATOR)
    assert done.exit_code == 0, done.stderr.decode()
    return machine


def ask(machine: SimulatedMachine, query: Query[T]) -> T:
    command = query.command
    done = machine.run_program([command.program, *command.arguments], ADMINISTRATOR)
    return query.parse(Result(command, done.exit_code, tuple(done.stdout.decode().replace("\r\n", "\n").split("\n"))))


@pytest.mark.parametrize(
    ("export", "build", "baseline"),
    [
        ("services-windows-7-sp1-7601.reg", 7601, "windows-7"),
        ("services-windows-10-1903-18362.reg", 18362, "windows-10-1709"),
    ],
)
def test_a_real_machines_bits_is_as_its_windows_has_it(export: str, build: int, baseline: str) -> None:
    definition = ask(machine_with(export), service_key.definition("BITS"))
    assert definition is not None
    expected = bits_definition.baseline(build)
    assert expected.name == baseline
    assert _baselines.drift(definition, expected, ["BITS"], "BITS", r"C:\Windows") == ()
    other = bits_definition.baseline(18362 if build == 7601 else 7601)
    assert {each.attribute for each in _baselines.drift(definition, other, ["BITS"], "BITS", r"C:\Windows")} == {
        "image_path",
        "dependencies",
        "privileges",
    }


@pytest.mark.parametrize(
    ("export", "build"),
    [("services-windows-7-sp1-7601.reg", 7601), ("services-windows-10-1903-18362.reg", 18362)],
)
def test_a_real_machines_agent_is_as_its_windows_has_it(export: str, build: int) -> None:
    definition = ask(machine_with(export), service_key.definition("wuauserv"))
    assert definition is not None

    def differs(of_build: int) -> set[str]:
        found = _baselines.drift(
            definition, agent_definition.baseline(of_build), ["wuauserv"], "wuauserv", r"C:\Windows"
        )
        return {each.attribute for each in found}

    assert differs(build) == set()
    assert differs(18362 if build == 7601 else 7601) == (set() if build == 7601 else {"image_path"})


@pytest.mark.parametrize("export", ["services-windows-7-sp1-7601.reg", "services-windows-10-1903-18362.reg"])
def test_every_service_of_a_real_machine_is_read(export: str) -> None:
    machine = machine_with(export)
    for name in ("BITS", "wuauserv", "CryptSvc", "RpcSs", "EventSystem", "SENS"):
        definition = ask(machine, service_key.definition(name))
        assert definition is not None, name
        assert definition.svchost_group, name
        assert definition.service_dll, name
        assert definition.failure_actions is not None, name
        assert definition.start == ask(machine, service_key.start(name)), name
