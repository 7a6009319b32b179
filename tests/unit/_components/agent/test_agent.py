"""The update agent: what keeps it from starting and from working gives its finding, and nothing healthy gives one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent
from support.event_xml import detection, failure, scm
from support.finding_checks import evidence_of, only
from support.windows_answers import CONTEXT, Changed, Windows
from support.windows_output import dword, multi, text

GIB = 1024**3
RECENT = "2026-11-22T20:00:00.0000000Z"


def ago(**age: float) -> str:
    """A time that long before the audit, as events write it."""
    return (CONTEXT.now - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def free(size: int) -> str:
    """What dir prints where that much is free."""
    return Windows().files.replace("68719476736", str(size))


def asked(*names: str) -> list[str]:
    """State and start type of services."""
    services = r"HKLM\SYSTEM\CurrentControlSet\Services"
    return [line for name in names for line in (f"sc.exe queryex {name}", rf"reg.exe query {services}\{name} /v Start")]


@pytest.mark.parametrize("build", [7601, 9600, 14393, 16299, 17134, 17763, 19045, 20348, 22631, 26100])
@pytest.mark.parametrize("start", [2, 3])
@pytest.mark.parametrize("state", [(1, "STOPPED", 0), (1, "STOPPED", 1077), (4, "RUNNING", 0)])
def test_healthy(build: int, start: int, state: tuple[int, str, int]) -> None:
    windows = Windows(build=build, agent={"Start": dword(start)}, states={"wuauserv": state})
    assert windows.found(agent) == {}
    assert windows.read(agent).service.drift == ()
    assert windows.asked_again(agent) == []


@pytest.mark.parametrize("build", [9600, 19045])
@pytest.mark.parametrize(
    "trouble",
    [
        {"update_log": ""},
        {"update_log": 15007},
        {"update_log": detection(time=ago(days=4))},
        {"update_log": detection(0x8024402C, time=RECENT) + detection(time=ago(hours=20))},
        {"system_log": failure(20, 0x80070643)},
        {"system_log": scm(7000, "wuauserv", "%%1058", service="wuauserv")},
        {"states": {"wuauserv": (1, "STOPPED", 1068)}},
        {"agent_key": False, "states": {"wuauserv": 1060}},
    ],
)
def test_an_agent_in_trouble_is_asked_for_its_helpers(build: int, trouble: dict[str, Any]) -> None:
    further = Windows(build=build, **trouble).asked_again(agent)
    services = r"HKLM\SYSTEM\CurrentControlSet\Services"
    helpers = ["CryptSvc"] if build < 10240 else ["CryptSvc", "DoSvc"]
    assert further[: len(helpers)] == [rf"reg.exe query {services}\{name} /v Start" for name in helpers]
    assert [line for line in further if line.startswith("findstr")] == (
        [r"findstr.exe /l /c:REPORT EVENT: /c:(build:  C:\Windows\WindowsUpdate.log"]
        if build < 10240 and trouble.get("update_log") in ("", 15007)
        else []
    )


def test_an_agent_without_trouble_is_asked_for_unusual_dependencies_only() -> None:
    windows = Windows(agent={"DependOnService": multi("rpcss", "Gone")}, starts={"Gone": "0x4"})
    assert windows.asked_again(agent) == asked("Gone")


def test_a_helper_that_the_agent_depends_on_is_asked_for_before_it_is_called_missing() -> None:
    windows = Windows(build=17763, agent={"DependOnService": multi("rpcss", "cryptsvc")})
    assert windows.asked_again(agent) == asked("CryptSvc")
    assert list(windows.found(agent)) == ["agent.drift"]


@pytest.mark.parametrize(
    ("identifier", "windows"),
    [
        ("agent.missing", Windows(agent_key=False, states={"wuauserv": 1060})),
        ("agent.disabled", Windows(agent={"Start": dword(4)})),
        ("agent.svchost_group", Windows(netsvcs=r"CertPropSvc\0BITS")),
        ("agent.account", Windows(agent={"ObjectName": text(r".\wsus")})),
        ("agent.path", Windows(agent={"ImagePath": ("REG_EXPAND_SZ", r"C:\Tools\svchost.exe -k x")})),
        ("agent.service_type", Windows(agent={"Type": dword(0x1)})),
        (
            "agent.dependency_missing",
            Windows(agent={"DependOnService": multi("rpcss", "Gone")}, states={"Gone": 1060}, starts={"Gone": None}),
        ),
        (
            "agent.dependency_failed",
            Windows(
                agent={"DependOnService": multi("rpcss", "Off")},
                states={"Off": (1, "STOPPED", 0)},
                starts={"Off": "0x4"},
            ),
        ),
        ("agent.start_failed", Windows(states={"wuauserv": (1, "STOPPED", 1053)})),
    ],
)
def test_an_agent_that_cannot_start(identifier: str, windows: Windows) -> None:
    finding = only(agent, windows, identifier)
    assert (finding.severity, finding.resolved) == ("error", False)
    assert finding.remedy == "agent"


def test_an_agent_that_cannot_start_is_not_blamed_for_its_silence() -> None:
    assert list(Windows(agent={"Start": dword(4)}, update_log="").found(agent)) == ["agent.disabled"]
    assert list(Windows(update_log="").found(agent)) == ["agent.no_scan"]


@pytest.mark.parametrize(
    "changed", [{"ErrorControl": dword(0)}, {"ServiceSidType": dword(0)}, {"FailureActions": None}]
)
def test_what_works_but_differs_is_drift(changed: Changed) -> None:
    assert only(agent, Windows(build=17763, agent=changed), "agent.drift").severity == "info"


@pytest.mark.parametrize(
    "changed",
    [{"DependOnService": multi("rpcss", "CryptSvc")}, {"ServiceSidType": dword(3)}, {"FailureActions": None}],
)
@pytest.mark.parametrize("build", [19041, 19045, 22631, 26100])
def test_an_unconfirmed_default_is_no_drift(build: int, changed: Changed) -> None:
    assert Windows(build=build, agent=changed).found(agent) == {}


@pytest.mark.parametrize("path", ["-k netsvcs", "-k netsvcs -p"])
@pytest.mark.parametrize("build", [10240, 16299, 17134, 26100])
def test_both_paths_of_windows_10_are_right(build: int, path: str) -> None:
    changed: Changed = {"ImagePath": ("REG_EXPAND_SZ", rf"C:\WINDOWS\system32\svchost.exe {path}")}
    assert Windows(build=build, agent=changed).found(agent) == {}


def test_a_failed_start_in_the_past_is_told_from_one_now() -> None:
    log = scm(7023, "wuauserv", "%%-2147221164", service="wuauserv", time=ago(days=2))
    finding = only(agent, Windows(system_log=log), "agent.start_failed")  # it has detected since
    assert (finding.severity, finding.resolved, finding.codes) == ("info", True, ("0x80040154",))
    now = only(agent, Windows(system_log=log, update_log=detection(time=ago(days=2, hours=1))), "agent.start_failed")
    assert (now.severity, now.resolved) == ("error", False)


@pytest.mark.parametrize("build", [7601, 26100])
def test_the_library_is_missing(build: int) -> None:
    finding = only(agent, Windows(build=build, files=""), "agent.library_missing")
    assert (finding.severity, finding.remedy, finding.codes) == ("error", "administrator", ("0x8007007e",))


@pytest.mark.parametrize(("name", "remedy"), [("UsoSvc", "agent"), ("CryptSvc", "agent"), ("DoSvc", "administrator")])
def test_a_helper_that_is_disabled(name: str, remedy: str) -> None:
    # The orchestrator is always asked for; the others where something fails.
    log = failure(31, 0x80070422, time=ago(days=5))
    windows = Windows(starts={name: "0x4"}, update_log=detection(time=RECENT) + log)
    finding = windows.found(agent)["agent.helper_disabled"]
    assert (finding.severity, finding.remedy, finding.codes) == ("error", remedy, ("0x80070422",))
    assert finding.summary.startswith(f"{name} is disabled")
    assert evidence_of(finding)[0]["start_type"] == "disabled"
    assert ("registry" in finding.cause) is (name == "DoSvc")
    assert "agent.helper_disabled" not in replace(windows, starts={name: "0x3"}).found(agent)


@pytest.mark.parametrize(("build", "disabled"), [(9600, False), (10240, True)])
def test_helpers_that_the_build_does_not_have(build: int, disabled: bool) -> None:
    found = Windows(build=build, starts={"UsoSvc": "0x4"}).found(agent)
    assert ("agent.helper_disabled" in found) is disabled


@pytest.mark.parametrize(
    ("windows", "reasons"),
    [
        (Windows(update={r"Auto Update\RebootRequired": {"2e3b": dword(1)}}), ["agent"]),
        (Windows(update={r"Auto Update\RebootRequired": {}}), ["agent"]),
        (Windows(servicing=("RebootPending",)), ["servicing"]),
        (Windows(servicing=("RebootInProgress", "Packages")), ["servicing_in_progress"]),
        (Windows(servicing=("PackagesPending",)), ["packages"]),
        (
            Windows(files=f"{Windows().files}\npending.xml"),
            ["pending_xml"],
        ),
        (Windows(servicing=("PackagesPending", "RebootPending")), ["servicing", "packages"]),
    ],
)
def test_a_restart_that_is_waited_for(windows: Windows, reasons: list[str]) -> None:
    finding = only(agent, windows, "agent.reboot_pending")
    assert (finding.severity, finding.remedy) == ("warning", "administrator")
    assert [each["value"] for each in evidence_of(finding)] == reasons
    fact = windows.read(agent).as_fact()
    assert (fact["reboot_pending"], fact["reboot_reasons"]) == (True, reasons)


@pytest.mark.parametrize(
    "windows",
    [
        Windows(update={r"Auto Update\PostRebootReporting": {}}),
        Windows(update={r"Auto Update\RebootRequiredNot": {}, "RebootRequired": {}}),
        Windows(servicing=("SessionsPending", "Packages")),
        Windows(servicing=()),
    ],
)
def test_what_is_no_restart(windows: Windows) -> None:
    assert windows.found(agent) == {}


@pytest.mark.parametrize(("size", "enough"), [(0, False), (2 * GIB - 1, False), (2 * GIB, True), (5 * GIB, True)])
def test_free_space(size: int, enough: bool) -> None:
    windows = Windows(files=free(size))
    assert windows.read(agent).as_fact()["free_space_bytes"] == size
    found = windows.found(agent)
    assert list(found) == ([] if enough else ["agent.disk_space"])
    for finding in found.values():
        assert (finding.severity, finding.remedy, finding.codes) == ("warning", "administrator", ("0x80070070",))
        assert evidence_of(finding)[0]["value"] == size


def test_the_published_facts() -> None:
    windows = Windows(
        au={"UseWUServer": 1, "DetectionFrequencyEnabled": 1, "DetectionFrequency": 4},
        update_log=detection(0x8024402C, time=ago(hours=1)) + detection(time=ago(hours=2)),
        system_log=failure(20, 0x80070643, title="KB1", time=ago(hours=3))
        + scm(7000, "wuauserv", "%%1058", service="wuauserv", time=ago(hours=4)),
    )
    fact = windows.read(agent).as_fact()
    assert (fact["version"], fact["scan_period_hours"]) == ("10.0.19045.3930", 4)
    assert fact["last_successful_scan"] == ago(hours=2)
    assert fact["last_successful_scan_age_hours"] == 2.0
    last = fact["last_scan"]
    assert (last["outcome"], last["code"], last["name"]) == (
        "failed",
        "0x8024402c",
        "WU_E_PT_WINHTTP_NAME_NOT_RESOLVED",
    )
    assert [(each["kind"], each["time"]) for each in fact["events"]] == [
        ("scan", ago(hours=1)),
        ("scan", ago(hours=2)),
        ("install", ago(hours=3)),
        ("start", ago(hours=4)),
    ]
    assert [each["name"] for each in fact["helpers"]] == ["UsoSvc", "CryptSvc", "DoSvc"]
    assert (fact["unreadable_logs"], fact["damaged_events"], fact["last_success"]) == ({}, 0, {})


def test_logs_that_cannot_be_read_are_told() -> None:
    windows = Windows(update_log=15007, system_log="<Event>broken</Event>")
    finding = only(agent, windows, "agent.events_unreadable")
    assert finding.severity == "info"
    assert evidence_of(finding)[0] == {"what": "Microsoft-Windows-WindowsUpdateClient/Operational", "error": 15007}
    assert windows.read(agent).as_fact()["damaged_events"] == 1


def test_the_probe_for_a_change_asks_nothing_of_the_past() -> None:
    lines = [str(query.command) for query in agent.probe_for_change()]
    assert not any(line.startswith(("wevtutil", "findstr")) for line in lines)
    assert set(asked("CryptSvc", "UsoSvc", "DoSvc", "RpcSs")) <= set(lines)


def test_a_window_of_events_that_is_too_short_tells_nothing() -> None:
    windows = Windows(update_log="")
    assert windows.found(agent, replace(CONTEXT, event_days=2)) == {}
    assert list(windows.found(agent, replace(CONTEXT, event_days=3))) == ["agent.no_scan"]
