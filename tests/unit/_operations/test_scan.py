"""A detection triggered and watched: how it ended, that none came, or that none could have been seen."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._operations.scan import (
    NoEvidence,
    NoScan,
    TriggerMissing,
    run_scan,
)
from lab.fleet_agent import AgentSpec, NextSpec
from support.lab_host import Pc
from support.triggers import OLD_RENEWED_SCAN, OLD_REPORT, OLD_SCAN, SCAN

OPERATIONAL = "Microsoft-Windows-WindowsUpdateClient/Operational"
QUERY = f"wevtutil.exe qe {OPERATIONAL}"
RESULTS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\Results\Detect"


def machine(windows: str = "windows-10-22h2", *, takes: float = 5, code: int = 0, **spec: Any) -> Pc:
    """A machine whose next detection takes so long and ends with a code."""
    return Pc(windows, agent=AgentSpec(next=NextSpec(takes, code, 7), **spec))


def watch(pc: Pc, timeout: float = 120, *, wait: bool = True, **what: bool) -> dict[str, Any]:
    """What is published of a scan that is waited for in the machine's time."""
    asked = {"scan": True, "report": False, "renew_authorization": False} | what
    return run_scan(pc.session, pc.system(), wait=timeout if wait else None, **asked)


@pytest.mark.parametrize(
    ("windows", "trigger", "service"),
    [
        ("windows-7-sp1", OLD_SCAN, None),
        ("windows-8.1", OLD_SCAN, None),
        ("windows-10-1607", SCAN, "wsus"),
        ("server-2025", SCAN, "wsus"),
    ],
)
def test_a_detection_that_ends_well(windows: str, trigger: str, service: str | None) -> None:
    pc = machine(windows)
    result = watch(pc)
    assert pc.written() == [trigger]
    assert (result["triggered"], result["reported"], result["outcome"]) == (True, False, "succeeded")
    assert (result["updates"], result["service"], result["source"]) == (7, service, "event 26")
    assert 5 <= result["waited"] <= 16
    assert "code" not in result
    assert set(pc.said) == {"waiting for a scan of the update agent"}


@pytest.mark.parametrize("service", ["8b24b027-1dee-babb-9a95-3517dfb9c552", "117cab2d-82b1-4b5a-a08c-4d62dbee7782"])
def test_a_scan_of_another_service_is_not_the_one_that_is_waited_for(service: str) -> None:
    """Windows starts scans of flighting and of the Store by itself; that one fails says nothing of WSUS."""
    pc = machine("windows-11-24h2", takes=30)
    data = (("errorCode", "0x80240438"), ("serviceGuid", f"{{{service}}}"))
    other = partial(pc.machine.events.write, OPERATIONAL, "Microsoft-Windows-WindowsUpdateClient", 25, data)
    pc.machine.schedule.after(5, other)
    result = watch(pc)
    assert (result["outcome"], result["service"], result["updates"]) == ("succeeded", "wsus", 7)
    assert result["waited"] >= 30


@pytest.mark.parametrize("windows", ["windows-7-sp1", "windows-11-24h2"])
def test_a_detection_that_fails_is_told_with_its_code(windows: str) -> None:
    result = watch(machine(windows, code=0x8024402C))
    assert (result["outcome"], result["code"], result["remedy"]) == ("failed", "0x8024402c", "network")
    assert result["name"] == "WU_E_PT_WINHTTP_NAME_NOT_RESOLVED"
    assert result["meaning"]
    assert "kind" not in result


@pytest.mark.parametrize(("takes", "looks"), [(0.5, 2), (10, 4), (100, 10)])
def test_it_is_looked_for_ever_less_often(takes: float, looks: int) -> None:
    pc = machine(takes=takes)
    assert takes <= watch(pc)["waited"] <= takes + 15
    assert len(pc.said) <= looks


def test_none_comes() -> None:
    pc = machine(ignores=True)
    begun = pc.clock.time
    with pytest.raises(NoScan, match="no scan was observed within 60 s") as caught:
        watch(pc, 60)
    assert caught.value.reason == "no_scan"
    assert 60 <= pc.clock.time - begun <= 75


def test_one_that_was_there_before_does_not_count() -> None:
    pc = machine(ignores=True)
    pc.machine.agent.detected(0, 3)
    with pytest.raises(NoScan):
        watch(pc, 5)


def test_the_newest_of_several_counts() -> None:
    pc = machine(takes=100)
    pc.before[SCAN] = lambda: (
        pc.machine.agent.detected(0x80244022, 0),
        pc.sleep(1),
        pc.machine.agent.detected(0, 2),
    )
    assert (watch(pc)["outcome"], watch(machine(takes=1))["updates"]) == ("succeeded", 7)


def test_waiting_without_a_trigger() -> None:
    pc = machine()
    pc.machine.schedule.after(20, lambda: pc.machine.agent.detected(0, 4))
    result = watch(pc, scan=False)
    assert (pc.written(), result["triggered"], result["updates"]) == ([], False, 4)


def test_a_trigger_alone_does_not_look() -> None:
    pc = machine()
    result = watch(pc, wait=False)
    assert result == {"triggered": True, "reported": False, "waited": 0, "outcome": None, "not_expected": None}
    assert (pc.written(), [line for line in pc.ran if "wevtutil" in line]) == ([SCAN], [])


@pytest.mark.parametrize(
    ("windows", "lines"),
    [
        ("windows-7-sp1", [OLD_SCAN, OLD_REPORT]),
        ("server-2022", [SCAN]),
    ],
)
def test_a_report_follows_the_detection(windows: str, lines: list[str]) -> None:
    pc = machine(windows)
    result = watch(pc, report=True)
    assert (pc.written(), result["reported"], result["outcome"]) == (lines, True, "succeeded")


def test_an_old_agent_renews_its_authorization_where_asked() -> None:
    pc = machine("windows-8.1")
    watch(pc, renew_authorization=True)
    assert pc.written() == [OLD_RENEWED_SCAN]


def test_a_log_that_cannot_be_read_is_told_before_anything_is_triggered() -> None:
    pc = machine()
    pc.faults = {QUERY: 15007}
    with pytest.raises(NoEvidence, match="cannot be read") as caught:
        watch(pc)
    assert (caught.value.reason, pc.written()) == ("no_evidence", [])


@pytest.mark.parametrize("windows", ["windows-7-sp1", "windows-8.1"])
def test_an_old_build_shows_it_in_the_registry_as_well(windows: str) -> None:
    pc = machine(windows)
    pc.faults = {QUERY: 15007}
    result = watch(pc)
    assert (result["outcome"], result["source"], result["updates"]) == ("succeeded", "registry", None)


def test_an_old_build_without_either() -> None:
    pc = machine("windows-7-sp1", detections=())
    pc.faults = {QUERY: 15007}
    with pytest.raises(NoEvidence):
        watch(pc)


def test_without_waiting_an_unreadable_log_does_not_matter() -> None:
    pc = machine()
    pc.faults = {QUERY: 15007}
    assert watch(pc, wait=False)["triggered"] is True


@pytest.mark.parametrize(
    ("windows", "program"), [("windows-10-22h2", "UsoClient.exe"), ("windows-7-sp1", "wuauclt.exe")]
)
def test_a_program_that_is_not_there(windows: str, program: str) -> None:
    pc = Pc(windows, files={rf"C:\Windows\System32\{program}": None})
    with pytest.raises(TriggerMissing, match=program.replace(".", r"\.")) as caught:
        watch(pc)
    assert caught.value.reason == "trigger_missing"
    assert pc.said == []


def test_another_exit_code_of_a_trigger_says_nothing() -> None:
    pc = machine(takes=1)
    pc.faults = {SCAN: 5}
    pc.machine.schedule.after(2, lambda: pc.machine.agent.detected(0, 1))
    assert watch(pc)["outcome"] == "succeeded"


AU = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
PROFILES = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"
ADMINISTRATOR = rf"{PROFILES}\S-1-5-21-1004336348-1177238915-682003330-500"
CCMEXEC = {
    "values": {
        "Type": 16,
        "Start": 2,
        "ErrorControl": 1,
        "ObjectName": "LocalSystem",
        "ImagePath": r"C:\Windows\CCM\CcmExec.exe",
    },
}
NO_AUTO_UPDATE = {AU: {"NoAutoUpdate": 1}}
MOBILE_CLIENT = r"HKLM\SOFTWARE\Microsoft\SMS\Mobile Client"
REBOOT_REQUIRED = {
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired": {
        "12a3b4c5-0000-4d7e-8f90-a1b2c3d4e5f6": 1
    }
}
NOT_EXPECTED: list[tuple[str, dict[str, Any], str | None]] = [
    ("windows-7-sp1", {"registry": NO_AUTO_UPDATE}, "automatic_updates_disabled"),
    ("server-2022", {"registry": NO_AUTO_UPDATE}, "automatic_updates_disabled"),
    ("windows-11-24h2", {"services": {"CcmExec": {**CCMEXEC, "state": "running"}}}, "configuration_manager"),
    ("windows-11-24h2", {"registry": {ADMINISTRATOR: None}}, "no_user_logged_on"),
    ("windows-7-sp1", {"registry": REBOOT_REQUIRED}, "restart_pending"),
    ("server-2022", {"registry": REBOOT_REQUIRED | NO_AUTO_UPDATE}, "restart_pending"),
    ("windows-10-22h2", {"registry": {MOBILE_CLIENT: {"ProductVersion": "5.00.9128.1000"}}}, "configuration_manager"),
]
EXPECTED: list[tuple[str, dict[str, Any]]] = [
    ("server-2022", {"registry": {AU: {"NoAutoUpdate": 0}}}),
    ("windows-11-24h2", {"services": {"CcmExec": {**CCMEXEC, "state": "stopped"}}}),
    ("windows-11-24h2", {"registry": {ADMINISTRATOR: None, rf"{PROFILES}\S-1-12-1-1-2-3-4": {"Flags": 0}}}),
    ("windows-8.1", {"registry": {ADMINISTRATOR: None}}),
    ("windows-10-22h2", {"registry": {PROFILES: None}}),
]


@pytest.mark.parametrize(("windows", "spec", "reason"), NOT_EXPECTED)
def test_a_scan_that_windows_will_not_make_is_not_waited_for(windows: str, spec: dict[str, Any], reason: str) -> None:
    triggers = reason not in ("configuration_manager", "restart_pending")
    pc = Pc(windows, agent=AgentSpec(ignores=True), **spec)
    begun = pc.clock.time
    result = watch(pc, 600)
    assert (result["not_expected"], result["outcome"], result["waited"], result["triggered"]) == (
        reason,
        None,
        0,
        triggers,
    )
    assert (pc.clock.time, pc.said) == (begun, [])
    assert watch(pc, wait=False)["not_expected"] == reason
    assert bool(pc.written()) is triggers


@pytest.mark.parametrize(("windows", "spec"), EXPECTED)
def test_a_scan_is_expected_where_nothing_speaks_against_it(windows: str, spec: dict[str, Any]) -> None:
    result = watch(Pc(windows, **spec))
    assert (result["not_expected"], result["outcome"]) == (None, "succeeded")


def test_whether_one_is_expected_costs_no_remote_execution() -> None:
    waited = machine()
    waited.before[SCAN] = lambda: asked.append(waited.host.executions)
    asked: list[int] = []
    watch(waited)
    assert asked == [2]  # the system, and what was there before: SCAN runs in the third
