"""One run of wsus_agent: repair, reset, detect and report, what is asked for and in that order."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import AgentOptions
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import (
    UnquotableArgument,
    WrongOption,
    WsusClientError,
)
from ansible_collections.wsus.client.plugins.plugin_utils._operations.agent import OPERATION
from ansible_collections.wsus.client.plugins.plugin_utils._operations.agent_reset import RebootPending
from ansible_collections.wsus.client.plugins.plugin_utils._operations.scan import NoScan
from ansible_collections.wsus.client.plugins.plugin_utils._remote.service_control import StartFailed
from ansible_collections.wsus.client.plugins.plugin_utils._remote.transaction import StepFailed
from lab.fleet_agent import AgentSpec, NextSpec
from support.lab_host import Pc
from support.task_options import options
from support.triggers import OLD_RENEWED_SCAN, OLD_SCAN, RENEWAL, SCAN

BACKUP = r"C:\Windows\Temp\wsus.client-wuauserv-20270115T080000Z-5eed5eed.reg"
DISABLED = {"values": {"Start": 4, "ErrorControl": 0}, "state": "stopped"}
PENDING = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
ALL = {"reset_components": True, "scan": True, "report": True, "wait_for_scan": True}
NOTHING = {"triggered": False, "reported": False, "waited": 0, "outcome": None, "not_expected": None}


def run(pc: Pc, *, check_mode: bool = False, **given: Any) -> dict[str, Any]:
    return pc.perform(OPERATION, check_mode=check_mode, **given)


def attributes(result: dict[str, Any]) -> list[str]:
    return [each["attribute"] for each in result["changes"]]


@pytest.mark.parametrize(
    "given",
    [
        {"scan_timeout": 0},
        {"timeout": 0},
        {"state": "stopped", "scan": True},
        {"state": "stopped", "report": True},
        {"state": "stopped", "wait_for_scan": True},
        {"state": "stopped", "reset_components": True},
    ],
)
def test_wrong_options(given: dict[str, Any]) -> None:
    with pytest.raises(WrongOption):
        options(AgentOptions, **given)


def test_a_text_that_no_command_line_can_carry() -> None:
    with pytest.raises(UnquotableArgument):
        options(AgentOptions, service_dll='a "b')


@pytest.mark.parametrize("given", [{}, ALL, {"state": "stopped"}, {"state": "started", **ALL}, {"scan_timeout": 1}])
def test_right_options(given: dict[str, Any]) -> None:
    assert options(AgentOptions, **given).state == given.get("state", "startable")


@pytest.mark.parametrize("windows", ["windows-7-sp1", "windows-8.1", "windows-10-22h2", "server-2025"])
@pytest.mark.parametrize("state", ["stopped", "running"])
def test_a_healthy_machine_is_only_read(windows: str, state: str) -> None:
    pc = Pc(windows, services={"wuauserv": {"state": state}})
    result = run(pc)
    assert (result["changed"], result["changes"], result["backup"], result["state"]) == (False, [], None, state)
    assert (result["scan"], result["check_mode"], pc.written()) == (NOTHING, False, [])
    assert (result["remote_executions"], result["native_commands"]) == (1, len(pc.ran))


def test_all_in_one_run() -> None:
    pc = Pc(
        services={"wuauserv": DISABLED, "BITS": {"state": "running"}, "UsoSvc": {"state": "running"}},
        agent=AgentSpec(next=NextSpec(5, 0, 3)),
    )
    result = run(pc, **ALL)
    assert result["changes"] == [
        {"attribute": "start_type", "before": "disabled", "after": "demand"},
        {"attribute": "error_control", "before": "ignore", "after": "normal"},
        {"attribute": "state", "before": "stopped", "after": "running"},
        {"attribute": "UsoSvc.state", "before": "running", "after": "restarted"},
        {"attribute": "BITS.state", "before": "running", "after": "restarted"},
    ]
    assert result["diff"]["after"] == {each["attribute"]: each["after"] for each in result["changes"]}
    assert (result["backup"], result["state"]) == (BACKUP, "running")
    assert pc.written() == [
        rf"reg.exe export HKLM\SYSTEM\CurrentControlSet\Services\wuauserv {BACKUP} /y",
        "sc.exe config wuauserv start= demand error= normal",
        "sc.exe start wuauserv",
        "sc.exe stop UsoSvc",
        "sc.exe stop BITS",
        "sc.exe start BITS",
        "sc.exe start UsoSvc",
        RENEWAL,
        SCAN,
    ]
    detection = result["scan"]
    assert (detection["triggered"], detection["reported"], detection["outcome"], detection["updates"]) == (
        True,
        True,
        "succeeded",
        3,
    )
    again = run(pc)
    assert (again["changed"], again["scan"]) == (False, NOTHING)


@pytest.mark.parametrize("options", [{}, ALL, {"state": "restarted"}, {"state": "stopped"}])
@pytest.mark.parametrize("windows", ["windows-7-sp1", "windows-10-22h2"])
def test_check_mode_only_reads_and_predicts_what_is_made(windows: str, options: dict[str, Any]) -> None:
    def machine() -> Pc:
        services = {"wuauserv": DISABLED | {"listed": False}, "CryptSvc": {"values": {"Start": 4}, "state": "stopped"}}
        return Pc(windows, services={**services, "BITS": {"state": "running"}})

    pc = machine()
    before = pc.machine.state()
    predicted = run(pc, check_mode=True, **options)
    assert (pc.written(), pc.machine.state()) == ([], before)
    assert (predicted["changed"], predicted["check_mode"], predicted["scan"]) == (True, True, NOTHING)
    made = run(machine(), **options)
    assert (made["changes"], made["diff"]) == (predicted["changes"], predicted["diff"])


def test_a_trigger_is_no_change() -> None:
    result = run(Pc(), scan=True, wait_for_scan=True)
    assert (result["changed"], result["changes"], result["scan"]["outcome"]) == (False, [], "succeeded")


def test_a_failed_detection_does_not_fail_the_task() -> None:
    result = run(Pc(agent=AgentSpec(next=NextSpec(1, 0x80244022, 0))), scan=True, wait_for_scan=True)
    assert (result["scan"]["outcome"], result["scan"]["code"]) == ("failed", "0x80244022")


def test_no_detection_within_its_own_timeout() -> None:
    pc = Pc(agent=AgentSpec(ignores=True))
    with pytest.raises(NoScan, match="within 20 s"):
        run(pc, scan=True, wait_for_scan=True, scan_timeout=20)


def test_an_old_agent_that_is_reset_renews_its_authorization() -> None:
    pc = Pc("windows-7-sp1")
    run(pc, reset_components=True, scan=True)
    assert pc.written()[-1] == OLD_RENEWED_SCAN
    other = Pc("windows-7-sp1")
    run(other, scan=True)
    assert other.written() == [OLD_SCAN]


def test_no_reset_while_a_restart_is_waited_for() -> None:
    pc = Pc(registry={PENDING: {}}, services={"wuauserv": DISABLED})
    with pytest.raises(RebootPending, match="Nothing was changed"):
        run(pc, reset_components=True)
    assert pc.written() == []
    assert attributes(run(pc)) == ["start_type", "error_control", "state"]


def test_nothing_is_reset_or_detected_where_the_repair_fails() -> None:
    pc = Pc(services={"wuauserv": DISABLED, "BITS": {"state": "running"}})
    pc.faults = {"sc.exe config wuauserv start= demand": 5}
    with pytest.raises(StepFailed) as caught:
        run(pc, **ALL)
    assert (caught.value.details["rolled_back"], caught.value.details["backup"]) == (True, BACKUP)
    assert SCAN not in pc.written()
    assert not any(line.startswith("sc.exe stop") for line in pc.written())


def test_nothing_is_detected_where_the_reset_fails() -> None:
    pc = Pc(services={"BITS": {"state": "running"}})
    pc.faults = {"sc.exe start BITS": 1053}
    with pytest.raises(StartFailed) as caught:
        run(pc, **ALL)
    assert "changed" not in caught.value.details
    assert SCAN not in pc.written()


@pytest.mark.parametrize(
    ("kind", "spec", "faults"),
    [
        (StartFailed, {}, {"sc.exe start BITS": 1053}),
        (NoScan, {"agent": AgentSpec(ignores=True)}, {}),
    ],
)
def test_a_repair_stays_and_is_told_where_what_follows_fails(
    kind: type[WsusClientError], spec: dict[str, Any], faults: dict[str, int]
) -> None:
    pc = Pc(services={"wuauserv": DISABLED, "BITS": {"state": "running"}}, **spec)
    pc.faults = faults
    with pytest.raises(kind) as caught:
        run(pc, **ALL)
    error = caught.value
    assert error.reason == kind.reason
    assert (error.details["changed"], error.details["backup"]) == (True, BACKUP)
    changed = error.details["changes"]
    assert isinstance(changed, list)
    assert [each["attribute"] for each in changed] == ["start_type", "error_control", "state"]
    assert (
        "made earlier in this run was kept: start_type, error_control, state. The previous definition is"
        in error.message
    )
    assert run(pc)["changed"] is False


@pytest.mark.parametrize(("name", "start"), [("CryptSvc", "auto"), ("UsoSvc", "delayed_auto")])
def test_helpers_are_enabled(name: str, start: str) -> None:
    pc = Pc(services={name: {"values": {"Start": 4}, "state": "stopped"}})
    result = run(pc)
    assert {"attribute": f"{name}.start_type", "before": "disabled", "after": start} in result["changes"]
    assert (pc.state("CryptSvc"), run(pc)["changed"]) == ("RUNNING", False)


def test_what_windows_protects_is_left() -> None:
    pc = Pc(services={"DoSvc": {"values": {"Start": 4}, "state": "stopped"}})
    assert (run(pc)["changed"], pc.written()) == (False, [])


def test_unmanaged_leaves_all_that_is_not_named() -> None:
    pc = Pc(services={"wuauserv": DISABLED, "CryptSvc": {"values": {"Start": 4}, "state": "stopped"}})
    result = run(pc, definition="unmanaged", start_type="demand")
    assert attributes(result)[0] == "start_type"
    assert not any("CryptSvc" in name or name == "error_control" for name in attributes(result))


def test_a_service_that_is_gone_is_made_anew() -> None:
    pc = Pc(services={"wuauserv": {"deleted": True}})
    result = run(pc, scan=True, wait_for_scan=True)
    assert (attributes(result)[0], result["backup"], result["scan"]["outcome"]) == ("installed", None, "succeeded")
    assert run(pc)["changed"] is False
