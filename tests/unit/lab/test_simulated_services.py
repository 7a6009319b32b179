"""The service control manager's rules: what starts, what does not, why, and what is left in the logs."""

from __future__ import annotations

from typing import Any

import pytest
from lab.fleet import AttemptSpec
from unit.lab.simulated_machines import BITS, Clock, Shell, make

BITS_LOG = "Microsoft-Windows-Bits-Client/Operational"
NAME = "Background Intelligent Transfer Service"
Event = tuple[int, list[str]]


class Machine:
    """A machine with a clock, looked at through sc.exe's model."""

    def __init__(self, windows: str = "windows-10-22h2", **spec: Any) -> None:
        self.clock = Clock()
        self.machine = make(windows, clock=self.clock, **spec)
        self.shell = Shell(self.machine)
        self._seen = {channel: len(events) for channel, events in self.machine.state()["events"].items()}

    def start(self, wait: float = 1.0) -> tuple[int, str, int, int]:
        """Start BITS; what sc.exe returned, and state and exit codes after a while."""
        code = self.shell.run("sc", "start", "bits").exit_code
        self.clock.time += wait
        status = self.machine.state()["services"]["BITS"]
        return code, status["state"], status["exit_code"], status["service_exit_code"]

    def events(self, channel: str = "System") -> list[Event]:
        """What was written since the machine was made."""
        events = self.machine.state()["events"][channel][self._seen[channel] :]
        return [(event["id"], [text for _unused, text in event["data"]]) for event in events]


def test_a_service_starts_and_stops_with_the_clock() -> None:
    it = Machine(services={"BITS": {"start_delay": 2, "stop_delay": 3}})
    states = []
    it.shell.out("sc", "start", "bits")
    for wait in (0, 1.9, 0.2):
        it.clock.time += wait
        states.append(it.machine.state()["services"]["BITS"]["state"])
    it.shell.out("sc", "start", "bits", code=1056)
    it.shell.out("sc", "stop", "bits")
    it.shell.out("sc", "stop", "bits", code=1061)
    for wait in (2.9, 0.2):
        it.clock.time += wait
        states.append(it.machine.state()["services"]["BITS"]["state"])
    it.shell.out("sc", "stop", "bits", code=1062)
    assert states == ["START_PENDING", "START_PENDING", "RUNNING", "STOP_PENDING", "STOPPED"]
    assert it.events() == [(7036, [NAME, "running"]), (7036, [NAME, "stopped"])]


@pytest.mark.parametrize(
    ("windows", "spec", "result", "events"),
    [
        (
            "windows-10-22h2",
            {"services": {"BITS": {"values": {"Start": 4}}}},
            (1058, "STOPPED", 1077, 0),
            [(7000, [NAME, "%%1058"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"listed": False}}},
            (1083, "STOPPED", 1083, 0),
            [(7000, [NAME, "%%1083"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"values": {"DependOnService": ["RpcSs", "Gone"]}}}},
            (1075, "STOPPED", 1075, 0),
            [(7003, [NAME, "Gone"])],
        ),
        (
            "windows-7-sp1",
            {"services": {"EventSystem": {"values": {"Start": 4}}}},
            (1068, "STOPPED", 1068, 0),
            [(7000, ["COM+ Event System", "%%1058"]), (7001, [NAME, "COM+ Event System", "%%1058"])],
        ),
        (
            "windows-7-sp1",
            {"services": {"EventSystem": {"keys": {"Parameters": None}}}},
            (1068, "STOPPED", 1068, 0),
            [
                (7023, ["COM+ Event System", "%%2"]),
                (7036, ["COM+ Event System", "stopped"]),
                (7001, [NAME, "COM+ Event System", "%%2"]),
            ],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"values": {"ObjectName": ".\\bits"}}}},
            (1069, "STOPPED", 1069, 0),
            [(7038, [NAME, ".\\bits", "%%1326"]), (7000, [NAME, "%%1069"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"values": {"RequiredPrivileges": ["SeIncreteQuotaPrivilege"]}}}},
            (1313, "STOPPED", 1313, 0),
            [(7000, [NAME, "%%1313"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"values": {"ObjectName": "NT AUTHORITY\\LocalService"}}}},
            (1297, "STOPPED", 1297, 0),
            [(7000, [NAME, "%%1297"])],
        ),
        (
            "windows-10-22h2",
            {
                "services": {
                    "BITS": {"values": {"ImagePath": {"expand": "%SystemRoot%\\System32\\svchost.exe \u2013k netsvcs"}}}
                }
            },
            (1053, "STOPPED", 1053, 0),
            [(7009, ["30000", NAME]), (7000, [NAME, "%%1053"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"values": {"ImagePath": "C:\\Windows\\System32\\nothing.exe -k netsvcs"}}}},
            (2, "STOPPED", 2, 0),
            [(7000, [NAME, "%%2"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"values": {"ImagePath": '"C:\\no folder\\x.exe" -k netsvcs'}}}},
            (3, "STOPPED", 3, 0),
            [(7000, [NAME, "%%3"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"keys": {"Parameters": {"ServiceDll": None}}}}},
            (0, "STOPPED", 2, 0),
            [(7023, [NAME, "%%2"]), (7036, [NAME, "stopped"])],
        ),
        (
            "windows-10-22h2",
            {"files": {"C:\\Windows\\System32\\qmgr.dll": None}},
            (0, "STOPPED", 126, 0),
            [(7023, [NAME, "%%126"]), (7036, [NAME, "stopped"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"start_fails_with": 0x80040154}}},
            (0, "STOPPED", 1066, 0x80040154),
            [(7024, [NAME, "%%-2147221164"]), (7036, [NAME, "stopped"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"start_fails_with": 1053}}},
            (1053, "STOPPED", 1053, 0),
            [(7009, ["30000", NAME]), (7000, [NAME, "%%1053"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"values": {"Type": 0x110}}}},
            (0, "RUNNING", 0, 0),
            [(7030, [NAME]), (7036, [NAME, "running"])],
        ),
        (
            "windows-10-22h2",
            {"services": {"BITS": {"values": {"DependOnService": ["RpcSs", "BITS"]}}}},
            (1059, "STOPPED", 1059, 0),
            [],
        ),
    ],
)
def test_why_a_service_does_not_start(
    windows: str, spec: dict[str, Any], result: tuple[int, str, int, int], events: list[Event]
) -> None:
    it = Machine(windows, **spec)
    assert it.start() == result
    assert it.events() == events


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({"services": {"BITS": {"start_fails_with": 0x80040206}}}, 0x80040206),
        ({"files": {"C:\\ProgramData\\Microsoft\\Network": None}}, 0x80070003),
    ],
)
def test_bits_tells_its_own_log_why_it_failed(spec: dict[str, Any], code: int) -> None:
    it = Machine(**spec)
    assert it.start() == (0, "STOPPED", 1066, code)
    assert it.events(BITS_LOG) == [(16392, [str(code)])]


def test_services_of_one_process_must_have_one_account_before_windows_10_1703() -> None:
    spec: dict[str, Any] = {
        "services": {
            "BITS": {
                "values": {
                    "ObjectName": "NT AUTHORITY\\NetworkService",
                    "RequiredPrivileges": ["SeImpersonatePrivilege"],
                }
            }
        }
    }
    assert Machine("server-2016", **spec).start()[0] == 1079
    assert Machine("server-2019", **spec).start()[:2] == (0, "RUNNING")


def test_a_repaired_service_starts() -> None:
    it = Machine(services={"BITS": {"values": {"Start": 4}, "keys": {"Parameters": None}, "listed": False}})
    assert it.start()[0] == 1058
    it.shell.out("sc", "config", "bits", "start=", "demand")
    assert it.start()[0] == 1083
    groups = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"
    it.shell.out("reg", "add", groups, "/v", "netsvcs", "/t", "REG_MULTI_SZ", "/d", r"wuauserv\0BITS", "/f")
    assert it.start()[:3] == (0, "STOPPED", 2)
    it.shell.out(
        "reg",
        "add",
        rf"{BITS}\Parameters",
        "/v",
        "ServiceDll",
        "/t",
        "REG_EXPAND_SZ",
        "/d",
        r"%SystemRoot%\System32\qmgr.dll",
        "/f",
    )
    assert it.start()[:3] == (0, "RUNNING", 0)
    assert it.events()[1] == (7040, [NAME, "disabled", "demand start", "BITS"])


def test_the_registry_alone_does_not_change_what_is_held_in_memory() -> None:
    it = Machine(services={"BITS": {"values": {"Start": 4}}})
    it.shell.out("reg", "add", BITS, "/v", "Start", "/t", "REG_DWORD", "/d", "3", "/f")
    assert it.start()[0] == 1058
    it.shell.out("sc", "config", "bits", "start=", "demand")
    assert it.start()[:2] == (0, "RUNNING")


def test_dependencies_are_started_first() -> None:
    it = Machine("windows-7-sp1", services={"EventSystem": {"state": "stopped"}, "SENS": {"state": "stopped"}})
    assert it.start()[:2] == (0, "RUNNING")
    assert it.events() == [(7036, ["COM+ Event System", "running"]), (7036, [NAME, "running"])]


def test_a_service_that_others_need_does_not_stop() -> None:
    it = Machine()
    assert "FAILED 1051:" in it.shell.out("sc", "stop", "EventSystem", code=1051)
    it.shell.out("sc", "stop", "SENS")
    it.clock.time += 1
    it.shell.out("sc", "stop", "EventSystem")
    it.shell.out("sc", "stop", "RpcSs", code=1051)


def test_a_service_may_refuse_to_stop() -> None:
    it = Machine(services={"BITS": {"stoppable": False, "state": "running"}})
    assert "NOT_STOPPABLE" in it.shell.out("sc", "query", "bits")
    assert "FAILED 1052:" in it.shell.out("sc", "stop", "bits", code=1052)


def test_a_service_may_hang() -> None:
    it = Machine(services={"BITS": {"hangs": "stopping", "state": "running"}, "wuauserv": {"hangs": "starting"}})
    it.shell.out("sc", "stop", "bits")
    it.shell.out("sc", "start", "wuauserv")
    it.clock.time += 10**6
    services = it.machine.state()["services"]
    assert (services["BITS"]["state"], services["wuauserv"]["state"]) == ("STOP_PENDING", "START_PENDING")


def test_an_idle_service_stops_itself() -> None:
    it = Machine(services={"wuauserv": {"stops_when_idle": 60}})
    it.shell.out("sc", "start", "wuauserv")
    states = []
    for wait in (1, 50, 20):
        it.clock.time += wait
        states.append(it.machine.state()["services"]["wuauserv"]["state"])
    assert states == ["RUNNING", "RUNNING", "STOPPED"]


def test_a_protected_service_is_nobodys_to_change() -> None:
    it = Machine()
    before = it.machine.state()
    for arguments in (
        ["stop", "DoSvc"],
        ["config", "DoSvc", "start=", "disabled"],
        ["delete", "DoSvc"],
        ["privs", "WaaSMedicSvc", "SeTcbPrivilege"],
    ):
        it.shell.out("sc", *arguments, code=5)
    assert it.machine.state() == before


def test_deleting_waits_until_the_service_has_stopped() -> None:
    it = Machine(services={"BITS": {"state": "running"}})
    it.shell.out("sc", "delete", "bits")
    it.shell.out("sc", "delete", "bits", code=1072)
    it.shell.out("sc", "config", "bits", "start=", "auto", code=1072)
    it.shell.out("sc", "create", "bits", "binPath=", "x", code=1072)
    it.shell.out("sc", "stop", "bits")
    it.clock.time += 1
    it.shell.out("sc", "query", "bits", code=1060)
    assert it.shell.run("reg", "query", BITS).exit_code == 1


def test_services_that_start_with_windows_have_started() -> None:
    services = make("windows-11-24h2").state()["services"]
    running = {name for name, status in services.items() if status["state"] == "RUNNING"}
    assert {"RpcSs", "EventSystem", "SENS", "CryptSvc", "UsoSvc", "WinRM", "LanmanWorkstation", "HTTP"} <= running
    assert {"BITS", "wuauserv", "TrustedInstaller"} & running == set()
    assert services["BITS"]["exit_code"] == 1077


def test_what_does_not_start_with_windows_leaves_its_event() -> None:
    events = make("windows-8.1", services={"EventSystem": {"values": {"Start": 4}}}).state()["events"]["System"]
    assert [(event["id"], event["data"][0][1]) for event in events if event["id"] == 7001] == [
        (7001, NAME),
        (7001, "System Event Notification Service"),
    ]


@pytest.mark.parametrize(
    ("windows", "binary"), [("windows-7-sp1", None), ("windows-8.1", None), ("windows-10-1607", "BITS\0")]
)
def test_events_carry_the_key_name_from_windows_10_on(windows: str, binary: str | None) -> None:
    machine = make(windows, services={"BITS": {"listed": False}}, attempts=(AttemptSpec("BITS", 3600),))
    event = [event for event in machine.state()["events"]["System"] if event["id"] == 7000][-1]
    assert event["binary"] == (None if binary is None else binary.encode("utf-16-le").hex())


@pytest.mark.parametrize(
    ("language", "running", "demand"),
    [
        ("en", "running", "demand start"),
        ("ja", "実行中", "要求による開始"),
        ("de", "ausgeführt", "Manuell starten"),
        ("es", "en ejecución", "inicio por solicitud"),
    ],
)
def test_events_are_written_in_the_language_of_windows(language: str, running: str, demand: str) -> None:
    it = Machine(language=language)
    it.start()
    it.shell.out("sc", "config", "bits", "start=", "auto")
    name = it.machine.text.resources["qmgr.dll,-1000"]
    assert it.events() == [(7036, [name, running]), (7040, [name, demand, it.machine.text.events["auto"], "BITS"])]


def test_an_attempt_of_the_past_leaves_what_it_would_have_left() -> None:
    machine = make(
        services={"BITS": {"keys": {"Parameters": None}}},
        attempts=(AttemptSpec("BITS", 3600), AttemptSpec("BITS", 7200)),
    )
    assert [event["id"] for event in machine.state()["events"]["System"]] == [7023, 7036, 7023, 7036]
    events = machine.events.events("System")
    assert events is not None
    assert [round(machine.now() - event.time) for event in events] == [7200, 7200, 3600, 3600]
    assert machine.state()["services"]["BITS"]["exit_code"] == 2


def test_start_names_the_process() -> None:
    it = Machine()
    output = it.shell.out("sc", "start", "bits")
    assert (
        "        STATE              : 2  START_PENDING \r\n                                (NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)\r\n"
        in output
    )
    pid = output.split("PID                : ")[1].split("\r\n")[0]
    it.clock.time += 1
    assert f"PID                : {pid}\r\n" in it.shell.out("sc", "queryex", "bits")
    assert pid != it.shell.out("sc", "queryex", "sens").split("PID                : ")[1].split("\r\n")[0]


def test_services_of_one_svchost_share_a_process_before_windows_10_1703() -> None:
    services = make("windows-7-sp1").state()["services"]
    assert services["SENS"]["pid"] == services["wuauserv"]["pid"] != services["CryptSvc"]["pid"]
