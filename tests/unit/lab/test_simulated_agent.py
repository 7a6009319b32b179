"""The update agent of simulated machines: what triggers a detection, and what it leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from lab.fleet_agent import AgentSpec, DetectionSpec, FailureSpec, NextSpec
from lab.simulated.machine import SimulatedMachine
from unit.lab.simulated_machines import Clock, Shell, make

OPERATIONAL = "Microsoft-Windows-WindowsUpdateClient/Operational"
POLICIES = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
DETECT = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\Results\Detect"
REPORTS = r"C:\Windows\SoftwareDistribution\ReportingEvents.log"
TRACE = r"C:\Windows\WindowsUpdate.log"
WSUS, WINDOWS_UPDATE = "{3da21691-e39d-4da6-8a4b-b43877bcb1b7}", "{9482f4b4-e343-43b6-b170-9a65bc822c77}"
NONE = AgentSpec(detections=())
OLD, NEW = ("wuauclt.exe", "/detectnow"), ("UsoClient.exe", "StartScan")


class Agent(Shell):
    """A machine whose agent never detected, with its clock."""

    def __init__(self, windows: str = "windows-10-22h2", agent: AgentSpec = NONE, **spec: Any) -> None:
        self.clock = Clock()
        super().__init__(make(windows, clock=self.clock, agent=agent, **spec))

    def after(self, seconds: float, *trigger: str) -> list[tuple[int, dict[str, str]]]:
        """The detections in the log so long after a trigger that says nothing."""
        assert self.out(*trigger) == ""
        self.clock.time += seconds
        return detections(self.machine)

    def service(self, name: str = "wuauserv") -> str:
        state: str = self.machine.state()["services"][name]["state"]
        return state


def detections(machine: SimulatedMachine) -> list[tuple[int, dict[str, str]]]:
    return [(event["id"], dict(event["data"])) for event in machine.state()["events"][OPERATIONAL]]


def reports(machine: SimulatedMachine) -> list[list[str]]:
    entry = machine.files.get(REPORTS)
    assert entry
    assert entry.content is not None
    if not entry.content:
        return []
    assert entry.content.startswith(b"\xff\xfe")
    text = entry.content.decode("utf-16")
    assert text.endswith("\r\n")
    return [line.split("\t") for line in text.removesuffix("\r\n").split("\r\n")]


@pytest.mark.parametrize("windows", ["windows-10-1607", "windows-11-24h2", "server-2019"])
def test_from_windows_10_on_the_orchestrator_is_asked(windows: str) -> None:
    it = Agent(windows)
    assert it.service() == "STOPPED"
    assert it.after(3600, *OLD) == []
    assert it.service() == "STOPPED"
    assert it.after(1.9, *NEW) == []
    assert it.service() == "RUNNING"
    it.clock.time += 1
    assert detections(it.machine) == [(26, {"updateCount": "2", "serviceGuid": WSUS})]
    (line,) = reports(it.machine)
    assert line[1:] == [
        "2027-01-15 04:00:02:200-0500",
        "1",
        "147 [AGENT_DETECTION_FINISHED]",
        "101",
        "{00000000-0000-0000-0000-000000000000}",
        "0",
        "0",
        "UpdateOrchestrator",
        "Success",
        "Software Synchronization",
        "Windows Update Client successfully detected 2 updates.",
        line[12],
    ]
    # Its results are not kept in the registry any more.
    assert DETECT not in it.machine.state()["registry"]


def test_the_service_stops_when_it_has_nothing_more_to_do() -> None:
    it = Agent()
    it.after(500, *NEW)
    assert it.service() == "RUNNING"
    it.out(*NEW)
    it.clock.time += 300
    assert it.service() == "RUNNING"
    it.clock.time += 400
    assert it.service() == "STOPPED"
    assert len(detections(it.machine)) == 2
    states = [event["data"][1][1] for event in it.machine.state()["events"]["System"] if event["id"] == 7036]
    assert states == ["running", "stopped"]
    old = Agent("windows-7-sp1")
    old.after(90000, *OLD)
    assert old.service() == "RUNNING"


def test_before_windows_10_the_agent_is_asked() -> None:
    it = Agent("windows-7-sp1")
    assert it.run(*NEW).exit_code == 9009
    assert it.after(3, "wuauclt", "/resetauthorization", "/DetectNow") == [(26, {"updateCount": "2"})]
    assert it.machine.registry.state()[DETECT] == {
        "LastSuccessTime": ["REG_SZ", "2027-01-15 08:00:02"],
        "LastError": ["REG_DWORD", "0x0"],
    }
    assert it.after(60, "wuauclt", "/reportnow") == [(26, {"updateCount": "2"})]
    (line,) = reports(it.machine)
    assert (line[3], line[8], len(line)) == ("147", "AutomaticUpdates", 12)


def test_the_log_before_windows_10() -> None:
    it = Agent("windows-7-sp1", AgentSpec(detections=(), version="7.6.7601.18804"), language="ja")
    it.after(3, *OLD)
    found = it.out("findstr.exe", "/l", "/c:REPORT EVENT:", "/c:(build: ", TRACE).removesuffix("\r\n").split("\r\n")
    date, time, process, thread, component, message = found[0].split("\t")
    assert (date, time, component) == ("2027-01-14", "17:00:00:000", "Misc")
    assert process.strip().isdecimal()
    assert int(thread, 16)
    assert message == "===========  Logging initialized (build: 7.6.7601.18804, tz: +0900)  ==========="
    (report,) = reports(it.machine)
    assert found[1].split("\t")[:2] == ["2027-01-15", "17:00:02:000"]
    assert found[1].split("\t")[4:] == ["Report", f"REPORT EVENT: {report[0]}", *report[1:]]
    it.out("sc.exe", "stop", "wuauserv")
    it.clock.time += 1
    it.out("sc.exe", "start", "wuauserv")
    it.clock.time += 1
    again = it.out("findstr.exe", "/l", "/c:REPORT EVENT:", "/c:(build: ", TRACE).split("\r\n")
    assert "Logging initialized" in again[2]


def test_from_windows_10_on_the_log_is_a_pointer() -> None:
    it = Agent("server-2016")
    it.after(3, *NEW)
    entry = it.machine.files.get(TRACE)
    assert entry
    assert entry.content is not None
    assert b"Get-WindowsUpdateLog" in entry.content
    assert it.out("findstr.exe", "/l", "/c:REPORT EVENT:", TRACE, code=1) == ""


@pytest.mark.parametrize(("windows", "trigger"), [("windows-8.1", OLD), ("windows-10-22h2", NEW)])
def test_a_detection_that_fails(windows: str, trigger: tuple[str, ...]) -> None:
    it = Agent(windows, AgentSpec(detections=(DetectionSpec(7200),), next=NextSpec(takes=5, code=0x8024402C)))
    modern = windows == "windows-10-22h2"
    source = {"serviceGuid": WSUS} if modern else {}
    assert it.after(6, *trigger)[1:] == [(25, {"errorCode": "0x8024402c", **source})]
    assert [line[3].split(" ")[0] for line in reports(it.machine)] == ["147", "148"]
    assert reports(it.machine)[1][7] == "8024402c"
    if not modern:
        results = it.machine.registry.state()[DETECT]
        assert results == {
            "LastSuccessTime": ["REG_SZ", "2027-01-15 06:00:00"],
            "LastError": ["REG_DWORD", "0x8024402c"],
        }


@pytest.mark.parametrize(
    "registry",
    [{POLICIES: None}, {rf"{POLICIES}\AU": {"UseWUServer": 0}}, {rf"{POLICIES}\AU": {"UseWUServer": None}}],
)
def test_without_a_server_windows_update_is_asked(registry: dict[str, Any]) -> None:
    assert Agent(registry=registry).after(3, *NEW) == [(26, {"updateCount": "2", "serviceGuid": WINDOWS_UPDATE})]


def test_switched_off_by_policy() -> None:
    access = Agent(registry={POLICIES: {"DisableWindowsUpdateAccess": 1}})
    assert access.after(3, *NEW) == [(25, {"errorCode": "0x8024002e", "serviceGuid": WSUS})]
    automatic = {rf"{POLICIES}\AU": {"NoAutoUpdate": 1}}
    assert Agent("windows-7-sp1", registry=automatic).after(3, *OLD) == []


def test_a_service_that_does_not_start_detects_nothing() -> None:
    it = Agent(services={"wuauserv": {"values": {"Start": 4}}})
    assert it.after(60, *NEW) == []
    assert 7000 in [event["id"] for event in it.machine.state()["events"]["System"]]
    assert Agent(services={"wuauserv": {"deleted": True}}).after(60, *NEW) == []
    gives_up = Agent(services={"wuauserv": {"start_fails_with": 0x80040154}})
    assert gives_up.after(60, *NEW) == []
    assert 7024 in [event["id"] for event in gives_up.machine.state()["events"]["System"]]
    assert Agent(services={"wuauserv": {"hangs": "starting"}}).after(3600, *NEW) == []


@pytest.mark.parametrize("service", [{"values": {"Start": 4}}, {"deleted": True}])
def test_without_the_orchestrator_nothing_detects(service: dict[str, Any]) -> None:
    it = Agent(services={"UsoSvc": service})
    assert it.after(3600, *NEW) == []
    assert it.service() == "STOPPED"


def test_an_agent_that_ignores_a_trigger() -> None:
    it = Agent(agent=AgentSpec(detections=(), ignores=True))
    before = it.machine.state()
    assert it.after(3600, *NEW) == []
    assert it.machine.state() == before


def test_a_detection_under_way_is_not_doubled_and_ends_with_its_service() -> None:
    it = Agent(agent=AgentSpec(detections=(), next=NextSpec(takes=20)))
    it.after(5, *NEW)
    assert len(it.after(30, *NEW)) == 1
    it.after(5, *NEW)
    it.out("sc.exe", "stop", "wuauserv")
    it.clock.time += 60
    assert len(detections(it.machine)) == 1


def test_the_past_lies_in_events_and_logs() -> None:
    title = "2026-10 Cumulative Update (KB5066791)"
    past = AgentSpec(
        detections=(DetectionSpec(10800, 0x80072EE2), DetectionSpec(18000, updates=7)),
        downloads=(FailureSpec(3600, 0x80D02002),),
        installs=(FailureSpec(1800, 0x80070643, title),),
    )
    it = Agent(agent=past)
    log = detections(it.machine)
    assert [number for number, _unused in log] == [26, 25, 31]
    assert log[0][1]["updateCount"] == "7"
    assert list(log[2][1]) == ["updateTitle", "errorCode", "updateGuid", "updateRevisionNumber"]
    (install,) = [event for event in it.machine.state()["events"]["System"] if event["id"] == 20]
    assert install["data"][:2] == [["errorCode", "0x80070643"], ["updateTitle", title]]
    assert [line[3].split(" ")[0] for line in reports(it.machine)] == ["147", "148", "161", "182"]
    old = Agent("windows-8.1", past)
    assert list(detections(old.machine)[2][1]) == ["errorCode", "updateGuid", "updateRevisionNumber"]
    assert old.machine.registry.state()[DETECT]["LastError"] == ["REG_DWORD", "0x80072ee2"]
    # The service ran for the detections, and has stopped since.
    assert old.machine.state()["services"]["wuauserv"]["exit_code"] == 0


def test_a_log_that_the_fleet_file_takes_away_stays_away() -> None:
    it = Agent("windows-8.1", AgentSpec(), files={REPORTS: None, TRACE: "gone"})
    assert it.machine.files.get(REPORTS) is None
    entry = it.machine.files.get(TRACE)
    assert entry
    assert entry.content == b"gone"
    it.after(3, *OLD)
    assert len(reports(it.machine)) == 1


def test_a_folder_that_was_renamed_is_made_again() -> None:
    it = Agent()
    it.out("cmd.exe", "/d", "/c", r"ren C:\Windows\SoftwareDistribution old")
    it.after(3, *NEW)
    assert len(reports(it.machine)) == 1


def test_time_alone_changes_nothing_on_a_healthy_machine() -> None:
    for windows in ("windows-7-sp1", "windows-8.1", "windows-11-24h2"):
        it = Agent(windows, AgentSpec())
        before = it.machine.state()
        it.clock.time += 90000
        assert it.machine.state() == before


def test_a_verb_that_is_not_there() -> None:
    it = Agent()
    assert it.out("UsoClient.exe") == it.out("UsoClient.exe", "Nonsense") == ""
    assert it.run("UsoClient.exe", "ScanInstallWait").exit_code == 120
