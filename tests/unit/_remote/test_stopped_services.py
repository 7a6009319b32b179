"""Services that are down for a time: which are refused, and that they run again as they did, whatever happens between."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WrongOption
from ansible_collections.wsus.client.plugins.plugin_utils._remote import stopped_services as module
from ansible_collections.wsus.client.plugins.plugin_utils._remote.service_control import (
    ServiceHangs,
    StartFailed,
    StopFailed,
)
from ansible_collections.wsus.client.plugins.plugin_utils._remote.stopped_services import (
    Service,
    ServiceDisabled,
    stopped_services,
)
from support.lab_host import Pc

RUNS: dict[str, Any] = {"state": "running"}
NAMES = ("wuauserv", "BITS")


def asked(pc: Pc) -> list[str]:
    """What services were asked to do."""
    return [line.removeprefix("sc.exe ") for line in pc.written() if line.startswith(("sc.exe start", "sc.exe stop"))]


def machine(**services: dict[str, Any]) -> Pc:
    return Pc(services={"wuauserv": RUNS, "BITS": RUNS} | services)


def test_services_are_read_as_they_are() -> None:
    pc = machine(BITS={"values": {"Start": 4}}, CryptSvc={"deleted": True})
    names = ("wuauserv", "BITS", "CryptSvc")
    assert module.read(names, pc.host.probe(module.probe(names))) == (
        Service("wuauserv", installed=True, running=True, disabled=False),
        Service("BITS", installed=True, running=False, disabled=True),
        Service("CryptSvc", installed=False, running=False, disabled=False),
    )


@pytest.mark.parametrize(
    ("name", "installed", "running", "disabled", "refused"),
    [
        ("wuauserv", True, True, False, ""),
        ("wuauserv", True, False, True, "role agent"),
        ("wuauserv", False, False, False, "the service wuauserv does not exist"),
        ("BITS", True, True, True, "role bits"),
        ("BITS", True, False, True, ""),
        ("BITS", False, False, False, ""),
    ],
)
def test_what_would_not_run_again_is_refused(
    name: str, installed: bool, running: bool, disabled: bool, refused: str
) -> None:
    service = Service(name, installed=installed, running=running, disabled=disabled)
    if not refused:
        module.require_startable([service])
        return
    with pytest.raises(ServiceDisabled, match=refused) as raised:
        module.require_startable([service])
    assert raised.value.details["service"] == name


def test_what_was_stopped_is_started_in_reverse_order() -> None:
    pc = machine()
    with stopped_services(pc.control(), NAMES):
        assert [pc.state(name) for name in NAMES] == ["STOPPED", "STOPPED"]
    assert asked(pc) == ["stop wuauserv", "stop BITS", "start BITS", "start wuauserv"]
    assert [pc.state(name) for name in NAMES] == ["RUNNING", "RUNNING"]


def test_what_an_earlier_run_stopped_and_what_the_block_stops_is_started_as_well() -> None:
    pc = machine(BITS={"state": "stopped"})
    with stopped_services(pc.control(), stopped_before=["BITS"]) as stopped:
        assert asked(pc) == []
        stopped.stop(["wuauserv"])
    assert [pc.state(name) for name in NAMES] == ["RUNNING", "RUNNING"]


def test_a_block_that_fails_is_raised_after_the_services_were_started() -> None:
    pc = machine()
    with pytest.raises(WrongOption, match=r"^it failed$"), stopped_services(pc.control(), NAMES):
        raise WrongOption("it failed")
    assert [pc.state(name) for name in NAMES] == ["RUNNING", "RUNNING"]


def test_one_that_refuses_to_stop_is_an_error_unless_windows_protects_it() -> None:
    pc = machine(BITS={"state": "running", "stoppable": False})
    entered = []
    with pytest.raises(StopFailed), stopped_services(pc.control(), ["BITS"]):
        entered.append("not reached")
    with stopped_services(pc.control(), ["BITS"], protected={"BITS"}):
        entered.append("reached")
    assert (entered, asked(pc)[-1]) == (["reached"], "stop BITS")


def test_one_that_windows_protects_may_hang_and_is_not_waited_for_again() -> None:
    pc = machine(BITS={"state": "running", "hangs": "stopping"})
    before = pc.clock.time
    with stopped_services(pc.control(), NAMES, protected={"BITS"}):
        assert (pc.state("wuauserv"), pc.state("BITS")) == ("STOPPED", "STOP_PENDING")
    assert (asked(pc), pc.state("wuauserv")) == (["stop wuauserv", "stop BITS", "start wuauserv"], "RUNNING")
    assert pc.clock.time - before < 120


@pytest.mark.parametrize("stopped_before", [(), ("BITS",)])
def test_one_that_windows_protects_is_left_running_where_it_is_disabled(stopped_before: tuple[str, ...]) -> None:
    pc = machine(BITS={"state": "running", "values": {"Start": 4}})
    with stopped_services(pc.control(), NAMES, protected={"BITS"}, stopped_before=stopped_before):
        assert (pc.state("wuauserv"), pc.state("BITS")) == ("STOPPED", "RUNNING")
    assert asked(pc) == ["stop wuauserv", "start wuauserv"]


def test_one_that_nobody_can_enable_is_not_refused() -> None:
    service = Service("DoSvc", installed=True, running=True, disabled=True)
    module.require_startable([service], cannot_be_enabled={"DoSvc"})
    with pytest.raises(ServiceDisabled):
        module.require_startable([service])


def test_a_start_that_fails_is_raised_and_the_others_run_again() -> None:
    pc = machine()
    with pytest.raises(StartFailed) as raised, stopped_services(pc.control(), NAMES):
        pc.faults["sc.exe start BITS"] = 5
    assert "BITS is not running, although it was before." in raised.value.message
    assert "wuauserv is" not in raised.value.message
    assert [pc.state(name) for name in NAMES] == ["RUNNING", "STOPPED"]


def test_one_that_hangs_is_named_and_not_waited_for_again() -> None:
    pc = machine(BITS={"state": "running", "hangs": "stopping"})
    before = pc.clock.time
    with pytest.raises(ServiceHangs) as raised, stopped_services(pc.control(), NAMES):
        raise AssertionError("not reached")
    assert "BITS is not running, although it was before." in raised.value.message
    assert (pc.state("wuauserv"), "start BITS" in asked(pc), pc.clock.time - before < 120) == ("RUNNING", False, True)
