"""The reset of the components: what runs is stopped and started, and runs again whatever fails."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import OutputEndedEarly
from ansible_collections.wsus.client.plugins.plugin_utils._operations.agent_reset import (
    SERVICES,
    AgentReset,
    RebootPending,
    plan_reset,
)
from ansible_collections.wsus.client.plugins.plugin_utils._remote.service_control import (
    ServiceHangs,
    StartFailed,
    StopFailed,
)
from support.lab_host import Pc

RUNNING = {"state": "running"}
STOPPED = {"state": "stopped"}


def machine(windows: str = "windows-10-22h2", **changed: dict[str, Any]) -> Pc:
    """A machine on which all three services run; the keys of some may be given."""
    names = SERVICES if windows != "windows-7-sp1" else SERVICES[1:]
    return Pc(windows, services={name: RUNNING | changed.get(name, {}) for name in names})


def reset(pc: Pc, names: tuple[str, ...], timeout: float = 30) -> None:
    AgentReset(names).apply(pc.control(timeout))


def facts(pc: Pc) -> agent.Agent:
    machine = pc.system()
    return agent.read(pc.host.probe(agent.probe_for_change()), machine, pc.context)


def prepare(pc: Pc) -> tuple[str, ...]:
    return plan_reset(pc.session, facts(pc)).names


def states(pc: Pc) -> list[str]:
    return [pc.state(name) for name in SERVICES]


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({}, ("UsoSvc", "wuauserv", "BITS")),
        ({"wuauserv": STOPPED}, ("UsoSvc", "BITS")),
        ({"UsoSvc": STOPPED, "BITS": STOPPED}, ("wuauserv",)),
        ({"UsoSvc": STOPPED, "BITS": STOPPED, "wuauserv": STOPPED}, ()),
        (
            {"BITS": {"values": {"Start": 4}}},
            ("UsoSvc", "wuauserv"),
        ),  # disabled while it runs: it would not start again
        ({"UsoSvc": {"values": {"Start": 4}}, "wuauserv": {"values": {"Start": 4}}}, ("BITS",)),
    ],
)
def test_what_runs_is_restarted_and_nothing_else(changed: dict[str, dict[str, Any]], names: tuple[str, ...]) -> None:
    pc = machine(**changed)
    before = states(pc)
    assert prepare(pc) == names
    assert pc.written() == []
    reset(pc, names)
    assert pc.written() == [f"sc.exe stop {name}" for name in names] + [
        f"sc.exe start {name}" for name in reversed(names)
    ]
    assert states(pc) == before


def test_an_old_windows_has_no_orchestrator() -> None:
    assert prepare(machine("windows-7-sp1")) == ("wuauserv", "BITS")


def test_the_changes_as_published() -> None:
    assert [each.as_result() for each in AgentReset(("wuauserv",)).changes] == [
        {"attribute": "wuauserv.state", "before": "running", "after": "restarted"}
    ]
    assert AgentReset().changes == ()


def test_not_while_a_restart_is_waited_for() -> None:
    key = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
    pc = Pc(registry={rf"{key}\RebootPending": {}, rf"{key}\PackagesPending": {}})
    with pytest.raises(RebootPending, match=r"pending \(servicing, packages\)") as caught:
        prepare(pc)
    assert (caught.value.reason, pc.written()) == ("reboot_pending", [])


@pytest.mark.parametrize("refused", SERVICES)
def test_a_refused_stop_starts_the_others_again(refused: str) -> None:
    pc = machine()
    pc.faults = {f"sc.exe stop {refused}": 1052}
    with pytest.raises(StopFailed, match=f"{refused} did not stop: 0x8007041c") as caught:
        reset(pc, SERVICES)
    assert "is not running" not in caught.value.message
    assert states(pc) == ["RUNNING"] * 3
    tried = SERVICES[: SERVICES.index(refused) + 1]
    assert [line for line in pc.written() if " stop " in line] == [f"sc.exe stop {name}" for name in tried]


@pytest.mark.parametrize("hanging", SERVICES)
def test_a_stop_that_hangs_starts_the_others_again(hanging: str) -> None:
    pc = machine(**{hanging: {"hangs": "stopping"}})
    with pytest.raises(ServiceHangs, match=f"{hanging} was still stop_pending 30 s") as caught:
        reset(pc, SERVICES)
    assert f"{hanging} is not running, although it was before." in caught.value.message
    assert states(pc) == ["STOP_PENDING" if name == hanging else "RUNNING" for name in SERVICES]
    assert not any("kill" in line for line in pc.ran)


@pytest.mark.parametrize("failing", SERVICES)
def test_a_start_that_fails_is_told_and_the_rest_is_started_all_the_same(failing: str) -> None:
    pc = machine()
    pc.faults = {f"sc.exe start {failing}": 1053}
    with pytest.raises(StartFailed, match=f"{failing} did not start") as caught:
        reset(pc, SERVICES)
    assert caught.value.details["service"] == failing
    assert states(pc) == ["STOPPED" if name == failing else "RUNNING" for name in SERVICES]


def test_a_lost_answer_to_a_stop_leaves_nothing_stopped() -> None:
    pc = machine()
    whole = pc.exec_command

    def cut(cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        code, output, errors = whole(cmd, in_data, sudoable)
        return code, output[:5] if pc.ran[-1] == "sc.exe stop wuauserv" else output, errors

    pc.exec_command = cut  # type: ignore[method-assign]
    with pytest.raises(OutputEndedEarly):
        reset(pc, SERVICES)
    assert states(pc) == ["RUNNING"] * 3


def test_the_first_of_several_failures_is_the_error_and_all_that_is_down_is_named() -> None:
    pc = machine()
    pc.faults = {"sc.exe stop BITS": 1052, "sc.exe start UsoSvc": 1053, "sc.exe start wuauserv": 1053}
    with pytest.raises(StopFailed, match="BITS did not stop") as caught:
        reset(pc, SERVICES)
    assert caught.value.message.endswith(
        "wuauserv is not running, although it was before. UsoSvc is not running, although it was before."
    )
