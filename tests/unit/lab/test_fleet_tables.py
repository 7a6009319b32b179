"""The fleets of policy and agent: each machine is broken in the way that its name tells, and in no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lab.fleet import read_fleet
from lab.simulated.from_spec import simulated_machine
from lab.simulated.machine import SimulatedMachine
from lab.simulated.registry import key_path
from unit.lab.simulated_machines import Clock, Shell

FLEETS = Path(__file__).parents[2] / "lab" / "fleets"
POLICIES = key_path(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate")
STATE = key_path(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine")
OPERATIONAL = "Microsoft-Windows-WindowsUpdateClient/Operational"
GPUPDATE = ("gpupdate.exe", "/target:computer", "/force")

FINDINGS = {
    "policy": "unreachable not_targeted not_configured server_unused no_server status_server server_url server_port target_group "
    "dual_scan scan_source updates_disabled processing_failed local_file_unreadable sysvol_unreadable account_refused updates_blocked former_domain",
    "agent": "missing disabled account path svchost_group service_dll service_type dependency_missing start_failed helper_disabled "
    "no_scan scan_failed download_failed install_failed reboot_pending disk_space state",
}


def machines(fleet: str) -> dict[str, SimulatedMachine]:
    """Machines by name, without the first word, made at one time."""
    specs = read_fleet(FLEETS / f"{fleet}.yml")
    return {spec.name.split("-", 1)[1]: simulated_machine(spec, Clock()) for spec in specs}


@pytest.fixture(scope="module")
def policy() -> dict[str, SimulatedMachine]:
    return machines("policy_tables")


@pytest.fixture(scope="module")
def agent() -> dict[str, SimulatedMachine]:
    return machines("agent_tables")


@pytest.mark.parametrize("component", FINDINGS)
def test_there_is_a_machine_for_each_finding_in_all_languages(component: str) -> None:
    specs = read_fleet(FLEETS / f"{component}_tables.yml")
    found = [re.fullmatch(rf"{component}-([a-z_]+)(-[a-z0-9]+)?", spec.name) for spec in specs]
    assert {match[1] for match in found if match} == set(FINDINGS[component].split())
    assert all(found)
    assert {spec.language for spec in specs} == {"en", "ja", "de", "es"}
    assert len({spec.windows for spec in specs}) >= 10


def has_settings(machine: SimulatedMachine) -> bool:
    return machine.registry.get(POLICIES) is not None


def test_only_machines_that_policy_does_not_reach_lack_settings(policy: dict[str, SimulatedMachine]) -> None:
    without = {name.split("-")[0] for name, machine in policy.items() if not has_settings(machine)}
    assert without == {"unreachable", "not_targeted", "not_configured"}
    for name, machine in policy.items():
        processed = machine.registry.get((*STATE, "GPO-List")) is not None
        assert processed == (name != "unreachable"), name


def test_a_refresh_brings_what_waits_and_nothing_else() -> None:
    came = set()
    for name, machine in machines("policy_tables").items():
        if not has_settings(machine):
            code = Shell(machine).run(*GPUPDATE).exit_code
            assert code == (1 if name.startswith("unreachable") else 0), name
            if has_settings(machine):
                came.add(name)
    assert came == {"not_targeted-waiting"}


def test_a_wrong_setting_of_the_domains_object_comes_back(policy: dict[str, SimulatedMachine]) -> None:
    """A setting that was changed on the machine alone is right after a refresh, one that the domain gives is not."""
    fixed = Shell(policy["server_unused-absent"])
    given = Shell(policy["server_unused"])
    for it in (fixed, given):
        it.out(*GPUPDATE)
    values = [it.machine.registry.value((*POLICIES, "AU"), "UseWUServer") for it in (fixed, given)]
    assert [value.number() if value else None for value in values] == [1, 0]


def test_failures_are_newer_than_the_last_processing(policy: dict[str, SimulatedMachine]) -> None:
    for name, machine in policy.items():
        failed = [
            event["id"] for event in machine.state()["events"]["System"] if event["id"] in (1006, 1058, 1096, 1129)
        ]
        failing = ("unreachable", "processing_failed", "local_file", "sysvol", "account")
        assert bool(failed) == name.startswith(failing), name


@pytest.mark.parametrize(
    ("name", "error", "event"),
    [
        ("missing", 1060, None),
        ("disabled", 1058, 7000),
        ("disabled-7", 1058, None),
        ("account", 1069, 7038),
        ("path", 1053, 7009),
        ("svchost_group", 1083, 7000),
        ("dependency_missing", 1075, 7003),
        ("state", 1056, None),
    ],
)
def test_an_agent_that_is_not_started(
    agent: dict[str, SimulatedMachine], name: str, error: int, event: int | None
) -> None:
    machine = agent[name]
    events = [each["id"] for each in machine.state()["events"]["System"] if each["level"] < 4]
    assert (event in events) if event else not events
    assert Shell(machine).run("sc.exe", "start", "wuauserv").exit_code == error


@pytest.mark.parametrize(("name", "event"), [("service_dll", 7023), ("start_failed", 7024)])
def test_an_agent_that_gives_up(agent: dict[str, SimulatedMachine], name: str, event: int) -> None:
    state = agent[name].state()
    assert event in [each["id"] for each in state["events"]["System"]]
    assert state["services"]["wuauserv"]["state"] == "STOPPED"
    assert state["services"]["wuauserv"]["exit_code"] not in (0, 1077)


def test_an_agent_that_hangs_while_it_stops(agent: dict[str, SimulatedMachine]) -> None:
    it = Shell(agent["state"])
    assert "STOP_PENDING" in it.out("sc.exe", "query", "wuauserv")
    it.out("UsoClient.exe", "StartScan")
    with it.machine.ago(-3600):
        it.machine.advance()
        assert "STOP_PENDING" in it.out("sc.exe", "query", "wuauserv")
    assert [each["id"] for each in it.machine.state()["events"][OPERATIONAL]] == [26]


def test_the_newest_detection(agent: dict[str, SimulatedMachine]) -> None:
    for name, machine in agent.items():
        newest = [each for each in machine.state()["events"][OPERATIONAL] if each["id"] in (25, 26)][-1]
        kind, _separator, code = name.partition("-")
        assert newest["id"] == (25 if kind == "scan_failed" or name == "helper_disabled-cryptsvc" else 26), name
        if kind == "scan_failed":
            assert newest["data"][0] == ["errorCode", f"0x{code}"]


def test_what_keeps_it_from_working(agent: dict[str, SimulatedMachine]) -> None:
    services = {"usosvc": "UsoSvc", "dosvc": "DoSvc", "cryptsvc": "CryptSvc"}
    for name, service in services.items():
        assert agent[f"helper_disabled-{name}"].state()["services"][service]["start"] == 4
    state = agent["download_failed"].state()["events"]
    assert [each["id"] for each in state[OPERATIONAL]] == [26, 31]
    assert 20 in [each["id"] for each in agent["install_failed"].state()["events"]["System"]]
    small = Shell(agent["disk_space"]).out("cmd.exe", "/d", "/c", "dir", "/-c", r"%windir%\System32\wuaueng.dll")
    assert " 943718400 bytes libres" in small
    pending = Shell(agent["reboot_pending-servicing"])
    pending.out("cmd.exe", "/d", "/c", "dir", "/-c", r"C:\Windows\WinSxS\pending.xml")
    pending.out(
        "reg.exe", "query", r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
    )
