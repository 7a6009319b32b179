"""Starting and stopping: accepted is not done, what hangs is an error after the timeout, and nothing is killed."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._remote.service_control import (
    ServiceHangs,
    StartFailed,
    StopFailed,
)
from ansible_collections.wsus.client.plugins.plugin_utils._windows.sc import ServiceState
from support.lab_host import Pc


def pc(**bits: object) -> Pc:
    return Pc(services={"BITS": bits})


def commands(machine: Pc) -> list[str]:
    """The commands that did more than ask for a state."""
    return [line for line in machine.ran if line.startswith("sc.exe") and "queryex" not in line]


def test_a_start_is_waited_for() -> None:
    machine = pc(start_delay=5)
    before = machine.clock.time
    assert machine.control().start("BITS").running
    assert machine.clock.time - before == pytest.approx(5, abs=2)
    assert machine.said[0] == "waiting for the start of BITS: start_pending"


def test_a_stop_is_waited_for() -> None:
    machine = pc(state="running", stop_delay=5)
    assert machine.control().stop("BITS").name == "stopped"
    assert machine.state("BITS") == "STOPPED"
    assert set(machine.said) == {"waiting for the stop of BITS: stop_pending"}


@pytest.mark.parametrize(
    ("bits", "what", "name", "code"),
    [
        ({"state": "running"}, "start", "running", 1056),
        ({"state": "stopped"}, "stop", "stopped", 1062),
    ],
)
def test_what_is_already_so_is_no_error(bits: dict[str, object], what: str, name: str, code: int) -> None:
    machine = pc(**bits)
    assert getattr(machine.control(), what)("BITS").name == name
    record = machine.machine.log[-2]
    assert record.commands[-1].exit_code == code
    assert machine.said == []


def test_a_service_that_has_run_and_gone_idle_has_started() -> None:
    machine = pc(start_delay=0.5, stops_when_idle=0.1)
    assert machine.control().start("BITS").name == "stopped"


@pytest.mark.parametrize(
    ("bits", "what", "state"),
    [
        ({"hangs": "starting"}, "start", "start_pending"),
        ({"hangs": "stopping", "state": "running"}, "stop", "stop_pending"),
    ],
)
def test_a_service_that_hangs_is_an_error_after_the_timeout(bits: dict[str, object], what: str, state: str) -> None:
    machine = pc(**bits)
    before = machine.clock.time
    with pytest.raises(ServiceHangs, match=f"BITS was still {state} 30 s after the {what}") as caught:
        getattr(machine.control(30), what)("BITS")
    assert caught.value.reason == "service_hangs"
    assert caught.value.details == {"service": "BITS", "state": state}
    assert 30 <= machine.clock.time - before <= 32
    assert machine.state("BITS") == state.upper()
    assert commands(machine) == [f"sc.exe {what} BITS"]
    assert all(line.startswith(("sc.exe", "reg.exe query")) for line in machine.ran)


def test_the_state_is_asked_for_ever_less_often() -> None:
    machine = pc(hangs="starting")
    with pytest.raises(ServiceHangs):
        machine.control(60).start("BITS")
    assert 30 <= len(machine.said) <= 40


@pytest.mark.parametrize(
    ("bits", "code", "name"),
    [
        ({"values": {"Start": 4}}, "0x80070422", "ERROR_SERVICE_DISABLED"),
        ({"deleted": True}, "0x80070424", "ERROR_SERVICE_DOES_NOT_EXIST"),
        ({"keys": {"Parameters": None}}, "0x80070002", "ERROR_FILE_NOT_FOUND"),
        ({"start_fails_with": 0x80040154}, "0x80040154", "REGDB_E_CLASSNOTREG"),
    ],
)
def test_a_failed_start_says_why(bits: dict[str, object], code: str, name: str) -> None:
    with pytest.raises(StartFailed, match=f"BITS did not start: {code} {name}: ") as caught:
        pc(**bits).control().start("BITS")
    assert (caught.value.reason, caught.value.details) == ("start_failed", {"service": "BITS", "code": code})


@pytest.mark.parametrize(("exit_code", "code"), [(5, "0x80070005"), (1052, "0x8007041c"), (1051, "0x8007041b")])
def test_a_refused_stop_says_why(exit_code: int, code: str) -> None:
    machine = pc(state="running")
    machine.faults = {"sc.exe stop": exit_code}
    with pytest.raises(StopFailed, match=f"BITS did not stop: {code}") as caught:
        machine.control().stop("BITS")
    assert (caught.value.reason, caught.value.details["code"]) == ("stop_failed", code)
    assert machine.state("BITS") == "RUNNING"


def test_another_service_is_explained_without_the_context_of_bits() -> None:
    machine = Pc(services={"EventSystem": {"values": {"Start": 4}, "state": "stopped"}})
    with pytest.raises(StartFailed, match="EventSystem did not start: 0x80070422") as caught:
        machine.control().start("EventSystem")
    assert caught.value.details["service"] == "EventSystem"


def test_a_service_that_is_removed_meanwhile_is_not_waited_for() -> None:
    machine = pc()
    machine.machine.services.delete("BITS")
    assert not machine.control().settled("BITS", "start", {ServiceState.RUNNING}).installed
    assert machine.said == []
