"""One run of wsus_agent: repair, reset, detect and report, what is asked for and in that order."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.action import wsus_agent
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import (
    UnquotableArgument,
    WrongOption,
    WsusClientError,
)
from ansible_collections.wsus.client.plugins.plugin_utils._operations import agent as _agent_change
from ansible_collections.wsus.client.plugins.plugin_utils._operations.agent import check
from ansible_collections.wsus.client.plugins.plugin_utils._operations.agent_reset import RebootPending
from ansible_collections.wsus.client.plugins.plugin_utils._operations.scan import AgentWatch, NoDetection
from ansible_collections.wsus.client.plugins.plugin_utils._remote.service_control import ServiceControl, StartFailed
from ansible_collections.wsus.client.plugins.plugin_utils._remote.transaction import StepFailed
from lab.fleet_agent import AgentSpec, NextSpec
from support.lab_host import Pc

OPTIONS: dict[str, Any] = {name: spec.get("default") for name, spec in wsus_agent.ActionModule.ARGUMENT_SPEC.items()}
BACKUP = r"C:\Windows\Temp\wsus.client-wuauserv-20270115T080000Z.reg"
DISABLED = {"values": {"Start": 4, "ErrorControl": 0}, "state": "stopped"}
PENDING = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
ALL = {"reset_components": True, "detect": True, "report": True, "wait_for_detection": True}
NOTHING = {"triggered": False, "reported": False, "waited": 0, "outcome": None}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A run in the time of its machine."""

    def in_lab_time(pc: Pc, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        time = {"clock": pc.clock, "sleep": pc.sleep}
        monkeypatch.setattr(_agent_change, "ServiceControl", partial(ServiceControl, **time))
        monkeypatch.setattr(_agent_change, "AgentWatch", partial(AgentWatch, **time))
        given = OPTIONS | options
        check(given)
        return _agent_change.run(pc.host, given, pc.context.now, pc.said.append, check_mode=check_mode)

    return in_lab_time


def attributes(result: dict[str, Any]) -> list[str]:
    return [each["attribute"] for each in result["changes"]]


@pytest.mark.parametrize(
    "options",
    [
        {"detection_timeout": 0},
        {"timeout": 0},
        {"state": "stopped", "detect": True},
        {"state": "stopped", "report": True},
        {"state": "stopped", "wait_for_detection": True},
        {"state": "stopped", "reset_components": True},
    ],
)
def test_wrong_options(options: dict[str, Any]) -> None:
    with pytest.raises(WrongOption):
        check(OPTIONS | options)


def test_a_text_that_no_command_line_can_carry() -> None:
    with pytest.raises(UnquotableArgument):
        check(OPTIONS | {"service_dll": 'a "b'})


@pytest.mark.parametrize(
    "options", [{}, ALL, {"state": "stopped"}, {"state": "started", **ALL}, {"detection_timeout": 1}]
)
def test_right_options(options: dict[str, Any]) -> None:
    check(OPTIONS | options)


@pytest.mark.parametrize("windows", ["windows-7-sp1", "windows-8.1", "windows-10-22h2", "server-2025"])
@pytest.mark.parametrize("state", ["stopped", "running"])
def test_a_healthy_machine_is_only_read(run: Any, windows: str, state: str) -> None:
    pc = Pc(windows, services={"wuauserv": {"state": state}})
    result = run(pc)
    assert (result["changed"], result["changes"], result["backup"], result["state"]) == (False, [], None, state)
    assert (result["detection"], result["check_mode"], pc.written()) == (NOTHING, False, [])
    assert (result["remote_executions"], result["native_commands"]) == (1, len(pc.ran))


def test_all_in_one_run(run: Any) -> None:
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
        "UsoClient.exe StartScan",
    ]
    detection = result["detection"]
    assert (detection["triggered"], detection["reported"], detection["outcome"], detection["updates"]) == (
        True,
        True,
        "succeeded",
        3,
    )
    again = run(pc)
    assert (again["changed"], again["detection"]) == (False, NOTHING)


@pytest.mark.parametrize("options", [{}, ALL, {"state": "restarted"}, {"state": "stopped"}])
@pytest.mark.parametrize("windows", ["windows-7-sp1", "windows-10-22h2"])
def test_check_mode_only_reads_and_predicts_what_is_made(run: Any, windows: str, options: dict[str, Any]) -> None:
    def machine() -> Pc:
        services = {"wuauserv": DISABLED | {"listed": False}, "CryptSvc": {"values": {"Start": 4}, "state": "stopped"}}
        return Pc(windows, services={**services, "BITS": {"state": "running"}})

    pc = machine()
    before = pc.machine.state()
    predicted = run(pc, check_mode=True, **options)
    assert (pc.written(), pc.machine.state()) == ([], before)
    assert (predicted["changed"], predicted["check_mode"], predicted["detection"]) == (True, True, NOTHING)
    made = run(machine(), **options)
    assert (made["changes"], made["diff"]) == (predicted["changes"], predicted["diff"])


def test_a_trigger_is_no_change(run: Any) -> None:
    result = run(Pc(), detect=True, wait_for_detection=True)
    assert (result["changed"], result["changes"], result["detection"]["outcome"]) == (False, [], "succeeded")


def test_a_failed_detection_does_not_fail_the_task(run: Any) -> None:
    result = run(Pc(agent=AgentSpec(next=NextSpec(1, 0x80244022, 0))), detect=True, wait_for_detection=True)
    assert (result["detection"]["outcome"], result["detection"]["code"]) == ("failed", "0x80244022")


def test_no_detection_within_its_own_timeout(run: Any) -> None:
    pc = Pc(agent=AgentSpec(ignores=True))
    with pytest.raises(NoDetection, match="within 20 s"):
        run(pc, detect=True, wait_for_detection=True, detection_timeout=20)


def test_an_old_agent_that_is_reset_renews_its_authorization(run: Any) -> None:
    pc = Pc("windows-7-sp1")
    run(pc, reset_components=True, detect=True)
    assert pc.written()[-1] == "wuauclt.exe /resetauthorization /detectnow"
    other = Pc("windows-7-sp1")
    run(other, detect=True)
    assert other.written() == ["wuauclt.exe /detectnow"]


def test_no_reset_while_a_restart_is_waited_for(run: Any) -> None:
    pc = Pc(registry={PENDING: {}}, services={"wuauserv": DISABLED})
    with pytest.raises(RebootPending, match="Nothing was changed"):
        run(pc, reset_components=True)
    assert pc.written() == []
    assert attributes(run(pc)) == ["start_type", "error_control", "state"]


def test_nothing_is_reset_or_detected_where_the_repair_fails(run: Any) -> None:
    pc = Pc(services={"wuauserv": DISABLED, "BITS": {"state": "running"}})
    pc.faults = {"sc.exe config wuauserv start= demand": 5}
    with pytest.raises(StepFailed) as caught:
        run(pc, **ALL)
    assert (caught.value.details["rolled_back"], caught.value.details["backup"]) == (True, BACKUP)
    assert not any(line.startswith(("sc.exe stop", "UsoClient")) for line in pc.written())


def test_nothing_is_detected_where_the_reset_fails(run: Any) -> None:
    pc = Pc(services={"BITS": {"state": "running"}})
    pc.faults = {"sc.exe start BITS": 1053}
    with pytest.raises(StartFailed) as caught:
        run(pc, **ALL)
    assert "changed" not in caught.value.details
    assert "UsoClient.exe StartScan" not in pc.written()


@pytest.mark.parametrize(
    ("kind", "spec", "faults"),
    [
        (StartFailed, {}, {"sc.exe start BITS": 1053}),
        (NoDetection, {"agent": AgentSpec(ignores=True)}, {}),
    ],
)
def test_a_repair_stays_and_is_told_where_what_follows_fails(
    run: Any, kind: type[WsusClientError], spec: dict[str, Any], faults: dict[str, int]
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
        "repaired before, and stays so: start_type, error_control, state. The definition as it was is" in error.message
    )
    assert run(pc)["changed"] is False


@pytest.mark.parametrize(("name", "start"), [("CryptSvc", "auto"), ("UsoSvc", "delayed_auto")])
def test_helpers_are_enabled(run: Any, name: str, start: str) -> None:
    pc = Pc(services={name: {"values": {"Start": 4}, "state": "stopped"}})
    result = run(pc)
    assert {"attribute": f"{name}.start_type", "before": "disabled", "after": start} in result["changes"]
    assert (pc.state("CryptSvc"), run(pc)["changed"]) == ("RUNNING", False)


def test_what_windows_protects_is_left(run: Any) -> None:
    pc = Pc(services={"DoSvc": {"values": {"Start": 4}, "state": "stopped"}})
    assert (run(pc)["changed"], pc.written()) == (False, [])


def test_unmanaged_leaves_all_that_is_not_named(run: Any) -> None:
    pc = Pc(services={"wuauserv": DISABLED, "CryptSvc": {"values": {"Start": 4}, "state": "stopped"}})
    result = run(pc, definition="unmanaged", start_type="demand")
    assert attributes(result)[0] == "start_type"
    assert not any("CryptSvc" in name or name == "error_control" for name in attributes(result))


def test_a_service_that_is_gone_is_made_anew(run: Any) -> None:
    pc = Pc(services={"wuauserv": {"deleted": True}})
    result = run(pc, detect=True, wait_for_detection=True)
    assert (attributes(result)[0], result["backup"], result["detection"]["outcome"]) == ("installed", None, "succeeded")
    assert run(pc)["changed"] is False
