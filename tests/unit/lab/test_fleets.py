"""Fleet files: read strictly, and the lab's own ones are what they promise."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab.fleet import FleetError, MachineSpec, load_fleet, read_fleet
from lab.fleet_agent import NextSpec
from lab.machine import Faults, User
from lab.simulated.machine import SimulatedMachine
from lab.simulated.profile import profile_names
from unit.lab.simulated_machines import BITS, Shell

FLEETS = Path(__file__).parents[2] / "lab" / "fleets"
USERS = [{"name": "lab", "password": "secret"}]


@pytest.fixture
def fleet(tmp_path: Path) -> Any:
    def write(machines: Any, **more: Any) -> Path:
        path = tmp_path / "fleet.yml"
        path.write_text(yaml.safe_dump({"machines": machines, **more}, allow_unicode=True), encoding="utf-8")
        return path

    return write


def load(path: Path) -> list[SimulatedMachine]:
    machines = load_fleet(path)
    assert all(isinstance(machine, SimulatedMachine) for machine in machines)
    return machines  # type: ignore[return-value]


def test_a_whole_description(fleet: Any) -> None:
    described = {
        "name": "pc",
        "windows": "windows-8.1",
        "language": "de",
        "groups": ["a", "b"],
        "registry": {
            "HKLM\\SOFTWARE\\Lab": {"x": 1, "list": ["ä"]},
            "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update": None,
        },
        "services": {
            "BITS": {"values": {"Start": 3, "DelayedAutoStart": None}, "state": "running"},
            "SENS": {"deleted": True},
        },
        "files": {"C:\\Windows\\System32\\qmgr.dll": None, "C:\\Lab": {}, "C:\\Lab\\ü.txt": "größe"},
        "events": [
            {
                "channel": "System",
                "provider": "Service Control Manager",
                "id": 7031,
                "age": "2d",
                "level": 2,
                "data": {"param1": True, "param2": None},
                "binary": "BITS",
            }
        ],
        "jobs": [{"code": 0x80190193, "age": "1.5h"}],
        "attempts": [{"start": "wuauserv", "age": "30m"}],
        "faults": {"delay": 0.5, "no_powershell": True},
        "domain": "corp.example.test",
        "group_policy": {
            "reachable": False,
            "processed": "2h",
            "takes": 3,
            "asks": True,
            "objects": [{"name": "X", "settings": {"HKLM\\SOFTWARE\\Policies\\X": {"a": 1}}}],
        },
        "agent": {
            "detections": [{"age": "2h", "code": 0x8024402C}],
            "downloads": [],
            "next": {"takes": 0.5, "updates": 0},
            "ignores": True,
            "version": "7.9.9600.1",
        },
        "free_space": 1000,
    }
    (machine,) = load(fleet([described], defaults={"users": USERS, "language": "ja"}))
    assert (machine.name, machine.groups, machine.text.code) == ("pc", ("a", "b"), "de")
    assert list(machine.users.values()) == [User("lab", "secret", administrator=True)]
    assert machine.faults == Faults(delay=0.5, no_powershell=True)
    state = machine.state()
    assert state["registry"]["HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab"] == {
        "list": ["REG_MULTI_SZ", "ä"],
        "x": ["REG_DWORD", "0x1"],
    }
    assert state["registry"]["HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\X"] == {"a": ["REG_DWORD", "0x1"]}
    assert (machine.policy.domain, machine.policy.reachable, machine.policy.takes) == ("corp.example.test", False, 3)
    assert machine.policy.asks
    assert machine.agent.spec.ignores
    assert machine.agent.spec.next == NextSpec(takes=0.5, updates=0)
    assert machine.free_space == 1000
    assert "DelayedAutoStart" not in state["registry"]["HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\BITS"]
    assert state["services"]["BITS"]["state"] == "RUNNING"
    assert "SENS" not in state["services"]
    assert not machine.files.is_file("C:\\Windows\\System32\\qmgr.dll")
    assert machine.files.is_file("c:\\lab\\Ü.txt")
    (first, *_unused) = state["events"]["System"]
    assert (first["id"], first["level"], first["data"]) == (7031, 2, [["param1", "true"], ["param2", ""]])
    assert first["binary"] == "BITS\0".encode("utf-16-le").hex()
    assert [event["id"] for event in state["events"]["Microsoft-Windows-Bits-Client/Operational"]] == [3, 59, 61]
    # It was started 30 minutes ago and has stopped since, for want of work.
    assert state["services"]["wuauserv"]["state"] == "STOPPED"
    assert state["services"]["wuauserv"]["exit_code"] == 0


def test_counting(fleet: Any) -> None:
    specs = read_fleet(fleet([{"name": "pc-{n:03d}", "count": 3, "first": 9}, {"name": "other"}]))
    assert [spec.name for spec in specs] == ["pc-009", "pc-010", "pc-011", "other"]


def test_every_machine_has_an_id_and_a_name_of_its_own(fleet: Any) -> None:
    machines = load(fleet([{"name": "pc-{n}", "count": 20, "users": USERS}]))
    keys = (
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate",
        "HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\ComputerName\\ComputerName",
    )
    states = [machine.state()["registry"] for machine in machines]
    for key in keys:
        assert len({str(state[key]) for state in states}) == 20


def test_a_wine_machine_is_described_alike(fleet: Any) -> None:
    (spec,) = read_fleet(fleet([{"name": "pc", "kind": "wine", "language": "ja", "users": USERS}]))
    assert isinstance(spec, MachineSpec)
    assert (spec.kind, spec.language, spec.users) == ("wine", "ja", (User("lab", "secret"),))


@pytest.mark.parametrize(
    ("machine", "message"),
    [
        (
            {"nam": "pc"},
            "fleet.yml: machine 1: unknown key 'nam'; expected one of agent, attempts, client_id, console, count",
        ),
        ({"name": "pc", "colour": "red"}, "fleet.yml: machine pc: unknown key 'colour'"),
        ({"windows": "windows-8.1"}, "fleet.yml: machine 1: name: expected a text"),
        ({"name": "p c"}, "machine p c: name: letters, digits"),
        ({"name": "../pc"}, "name: letters, digits"),
        ({"name": "pc", "kind": "real"}, "machine pc: kind: expected one of simulated, wine"),
        ({"name": "pc", "windows": 10}, "machine pc: windows: expected a text, not 10"),
        ({"name": "pc", "windows": "windows-xp"}, "machine pc: unknown Windows 'windows-xp'"),
        ({"name": "pc", "language": "fr"}, "machine pc: unknown language 'fr'"),
        ({"name": "pc", "count": 2}, "machine pc: name: with count it must hold {n}"),
        ({"name": "pc-{m}", "count": 2}, "name: expected a pattern"),
        ({"name": "pc-{n}", "count": 0}, "count: expected a number"),
        ({"name": "pc", "first": 2}, "first: needs count"),
        ({"name": "pc", "groups": "clients"}, "machine pc: groups: expected a list"),
        ({"name": "pc", "users": [{"name": "x"}]}, "machine pc: users: password: expected a text"),
        ({"name": "pc", "users": [{"name": "x", "password": "y", "admin": True}]}, "users: unknown key 'admin'"),
        (
            {"name": "pc", "users": [{"name": "x", "password": "y", "administrator": "no"}]},
            "administrator: expected true or false",
        ),
        ({"name": "pc", "registry": {"HKLM\\X": 1}}, "registry: HKLM\\X: expected keys with values"),
        ({"name": "pc", "registry": {"SOFTWARE\\X": {}}}, "machine pc: registry: SOFTWARE\\X: "),
        ({"name": "pc", "registry": {"HKLM\\SOFTWARE\\X": {"a": {"text": "b"}}}}, "registry: HKLM\\SOFTWARE\\X: a: "),
        ({"name": "pc", "registry": {"HKLM\\SOFTWARE\\X": {"a": True}}}, "registry: HKLM\\SOFTWARE\\X: a: "),
        ({"name": "pc", "registry": {"HKLM\\SOFTWARE\\X": {"a": 1 << 32}}}, "registry: HKLM\\SOFTWARE\\X: a: "),
        ({"name": "pc", "registry": {"HKLM\\SOFTWARE\\X": {"a": {"hex": "0g"}}}}, "registry: HKLM\\SOFTWARE\\X: a: "),
        ({"name": "pc", "registry": {"HKLM\\SOFTWARE\\X": None}}, "HKLM\\SOFTWARE\\X: there is no such key to delete"),
        ({"name": "pc", "registry": {BITS: {"Strat": None}}}, "Strat: there is no such value to delete"),
        ({"name": "pc", "services": {"BITS": {"start": 4}}}, "services: BITS: unknown key 'start'"),
        ({"name": "pc", "services": {"BITZ": {"state": "running"}}}, "services: BITZ: the release has no such service"),
        ({"name": "pc", "services": {"BITZ": {"deleted": True}}}, "services: BITZ: deleted:"),
        (
            {"name": "pc", "services": {"BITS": {"state": "paused"}}},
            "services: BITS: state: expected running or stopped",
        ),
        (
            {"name": "pc", "services": {"BITS": {"hangs": "often"}}},
            "services: BITS: hangs: expected starting or stopping",
        ),
        ({"name": "pc", "services": {"BITS": {"exit_code": 2}}}, "services: BITS: exit_code: needs state"),
        (
            {"name": "pc", "services": {"HTTP": {"listed": False}}},
            "services: HTTP: listed: the service belongs to no svchost group",
        ),
        ({"name": "pc", "files": {"C:\\none.txt": None}}, "files: C:\\none.txt: not there"),
        ({"name": "pc", "files": {"C:\\none\\x.txt": "x"}}, "files: C:\\none\\x.txt: its folder is not there"),
        ({"name": "pc", "files": {"C:\\x": 3}}, "files: C:\\x: expected a text"),
        (
            {"name": "pc", "events": [{"channel": "Sys", "provider": "Service Control Manager", "id": 1, "age": "1h"}]},
            "events: unknown channel or provider 'sys'",
        ),
        (
            {"name": "pc", "events": [{"channel": "System", "provider": "Other", "id": 1, "age": "1h"}]},
            "unknown channel or provider 'Other'",
        ),
        (
            {"name": "pc", "events": [{"channel": "System", "provider": "Other", "id": "x", "age": "1h"}]},
            "events: 1: id: expected a number",
        ),
        (
            {"name": "pc", "events": [{"channel": "System", "provider": "Other", "id": 1, "age": 3600}]},
            "events: 1: age: expected an age such as 2h",
        ),
        ({"name": "pc", "jobs": [{"code": "0x80190193", "age": "1h"}]}, "jobs: 1: code: expected a number"),
        ({"name": "pc", "jobs": [{"code": 5, "age": "1h", "size": "1"}]}, "jobs: 1: unknown key 'size'"),
        ({"name": "pc", "domain": "example"}, "machine pc: domain: expected a name such as example.test, or null"),
        ({"name": "pc", "domain": 1}, "machine pc: domain: expected a text"),
        ({"name": "pc", "free_space": "64 GB"}, "machine pc: free_space: expected a number of bytes"),
        ({"name": "pc", "group_policy": {"reach": True}}, "group_policy: unknown key 'reach'; expected one of asks"),
        ({"name": "pc", "group_policy": {"reachable": 1}}, "group_policy: reachable: expected true or false"),
        ({"name": "pc", "group_policy": {"processed": 40}}, "group_policy: processed: expected an age such as 2h"),
        ({"name": "pc", "group_policy": {"takes": "1s"}}, "group_policy: takes: expected a number of seconds"),
        ({"name": "pc", "group_policy": {"objects": [{}]}}, "group_policy: objects: 1: name: expected a text"),
        ({"name": "pc", "group_policy": {"objects": [{"name": "x", "id": "y"}]}}, "1: id: expected a GUID in braces"),
        (
            {"name": "pc", "group_policy": {"objects": [{"name": "x", "state": "y"}]}},
            "1: state: expected one of applied",
        ),
        (
            {"name": "pc", "domain": None, "group_policy": {"objects": [{"name": "x"}]}},
            "group_policy: objects: 1: id: a machine of a workgroup has the object LocalGPO only",
        ),
        (
            {"name": "pc", "group_policy": {"objects": [{"name": "x", "settings": {"HKLM\\X": {"a": True}}}]}},
            "group_policy: objects: x: HKLM\\X: a: ",
        ),
        (
            {"name": "pc", "group_policy": {"objects": [{"name": "x", "settings": {"X": {"a": 1}}}]}},
            "group_policy: objects: x: X: 'X' is not the name of a registry key",
        ),
        ({"name": "pc", "agent": {"detection": []}}, "agent: unknown key 'detection'; expected one of detections"),
        ({"name": "pc", "agent": {"detections": [{"code": 1}]}}, "agent: detections: 1: age: expected an age"),
        ({"name": "pc", "agent": {"detections": [{"age": "1h", "code": "x"}]}}, "1: code: expected a number, not 'x'"),
        ({"name": "pc", "agent": {"downloads": [{"age": "1h"}]}}, "agent: downloads: 1: code: expected an HRESULT"),
        ({"name": "pc", "agent": {"next": {"takes": -1}}}, "agent: next: takes: expected a number of seconds"),
        ({"name": "pc", "agent": {"next": {"updates": True}}}, "agent: next: updates: expected a number, not True"),
        ({"name": "pc", "agent": {"ignores": "yes"}}, "agent: ignores: expected true or false"),
        ({"name": "pc", "attempts": [{"start": "BITZ", "age": "1h"}]}, "attempts: there is no service BITZ"),
        ({"name": "pc", "attempts": [{"stop": "BITS", "age": "1h"}]}, "attempts: 1: unknown key 'stop'"),
        (
            {"name": "pc", "faults": {"explode": 1}},
            "faults: unknown key 'explode'; expected one of delay, drop_after_command",
        ),
    ],
)
def test_what_is_wrong_is_told_with_file_machine_and_key(fleet: Any, machine: dict[str, Any], message: str) -> None:
    path = fleet([machine])
    with pytest.raises(FleetError) as caught:
        load_fleet(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "machines: []",
        "machines: {a: b}",
        "machines: [1]",
        "machines: [{name: a}]\nmore: 1",
        "a: [",
        "machines: [{name: a}, {name: A}]",
        "defaults: {name: x}\nmachines: [{name: a}]",
    ],
)
def test_a_file_that_is_no_fleet(tmp_path: Path, text: str) -> None:
    path = tmp_path / "fleet.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FleetError, match=r"fleet\.yml"):
        load_fleet(path)
    with pytest.raises(FleetError, match=r"none\.yml"):
        load_fleet(tmp_path / "none.yml")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["demo", "healthy", "bits_tables", "policy_tables", "agent_tables", "server_tables", "fleet200"]
)
def test_the_labs_own_fleets_load_quickly(name: str) -> None:
    before = time.process_time()
    machines = load(FLEETS / f"{name}.yml")
    assert time.process_time() - before < 5
    least = {
        "demo": 30,
        "healthy": 16,
        "bits_tables": 16,
        "policy_tables": 20,
        "agent_tables": 24,
        "server_tables": 70,
        "fleet200": 200,
    }
    assert len(machines) >= least[name]
    assert all(any(user.administrator for user in machine.users.values()) for machine in machines)


def test_the_demonstration_has_every_release_and_language() -> None:
    machines = load(FLEETS / "demo.yml")
    assert {machine.text.code for machine in machines} == {"en", "ja", "de", "es"}
    assert {machine.profile.build for machine in machines} == {7601, 9600, 14393, 17763, 19045, 20348, 22631, 26100}
    assert {spec.windows for spec in read_fleet(FLEETS / "healthy.yml")} == set(profile_names())


def test_healthy_machines_have_no_errors_and_bits_starts() -> None:
    for machine in load(FLEETS / "healthy.yml"):
        state = machine.state()
        assert [event for log in state["events"].values() for event in log if event["level"] < 4] == [], machine.name
        assert state["services"]["BITS"]["start"] in (2, 3)
        assert Shell(machine).run("sc", "start", "bits").exit_code in (0, 1056), machine.name
        with machine.ago(-10):
            assert machine.state()["services"]["BITS"]["state"] == "RUNNING"


def test_each_row_of_the_tables_shows_its_code() -> None:
    for machine in load(FLEETS / "bits_tables.yml"):
        kind, digits, *_unused = machine.name.split("-")
        code = int(digits, 16)
        status = machine.state()["services"].get("BITS")
        if kind == "job":
            log = machine.state()["events"]["Microsoft-Windows-Bits-Client/Operational"]
            assert ["hr", str(code)] in [datum for event in log for datum in event["data"]], machine.name
        elif code == 0x80070424:
            assert status is None
        else:
            error = Shell(machine).run("sc", "start", "bits").exit_code
            with machine.ago(-10):
                status = machine.state()["services"]["BITS"]
            win32 = {0x80070433: 1075, 0x8007042C: 1068}.get(code, code & 0xFFFF)
            assert win32 in (error, status["exit_code"]) or status["service_exit_code"] == code, (
                machine.name,
                error,
                status,
            )
            assert status["state"] == "STOPPED"
