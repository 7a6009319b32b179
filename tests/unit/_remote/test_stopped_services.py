"""Services that are down for a time: which are refused, and that they run again as they did, whatever happens between."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._remote import stopped_services
from ansible_collections.wsus.client.plugins.plugin_utils._remote.service_control import ServiceHangs, StopFailed
from ansible_collections.wsus.client.plugins.plugin_utils._remote.stopped_services import (
    Interruption,
    Service,
    ServiceDisabled,
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
    assert stopped_services.read(names, pc.host.probe(stopped_services.probe(names))) == (
        Service("wuauserv", installed=True, running=True, disabled=False),
        Service("BITS", installed=True, running=False, disabled=True),
        Service("CryptSvc", installed=False, running=False, disabled=False),
    )


@pytest.mark.parametrize(
    ("name", "installed", "running", "disabled", "refused"),
    [
        ("wuauserv", True, True, False, ""),
        ("wuauserv", True, False, True, "role agent"),
        ("wuauserv", False, False, False, "there is no service wuauserv"),
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
        stopped_services.check([service])
        return
    with pytest.raises(ServiceDisabled, match=refused) as raised:
        stopped_services.check([service])
    assert raised.value.details["service"] == name


def test_what_was_stopped_is_started_in_reverse_order() -> None:
    pc = machine()
    interruption = Interruption(pc.control())
    interruption.stop(NAMES)
    assert [pc.state(name) for name in NAMES] == ["STOPPED", "STOPPED"]
    assert interruption.end() is None
    assert asked(pc) == ["stop wuauserv", "stop BITS", "start BITS", "start wuauserv"]
    assert [pc.state(name) for name in NAMES] == ["RUNNING", "RUNNING"]


def test_what_an_earlier_interruption_stopped_is_started_as_well() -> None:
    pc = machine(BITS={"state": "stopped"})
    interruption = Interruption(pc.control(), begun=["BITS"])
    interruption.stop(["wuauserv"])
    assert interruption.end() is None
    assert [pc.state(name) for name in NAMES] == ["RUNNING", "RUNNING"]


def test_one_that_refuses_to_stop_is_an_error_unless_windows_protects_it() -> None:
    pc = machine(BITS={"state": "running", "stoppable": False})
    with pytest.raises(StopFailed):
        Interruption(pc.control()).stop(["BITS"])
    interruption = Interruption(pc.control())
    interruption.stop(["BITS"], protected={"BITS"})
    assert interruption.end() is None
    assert "start BITS" not in asked(pc)


def test_a_start_that_fails_is_told_and_the_others_run_again() -> None:
    pc = machine()
    interruption = Interruption(pc.control())
    interruption.stop(NAMES)
    pc.faults["sc.exe start BITS"] = 5
    failure = interruption.end()
    assert failure is not None
    assert "BITS does not run as it did before." in failure.message
    assert "wuauserv does" not in failure.message
    assert [pc.state(name) for name in NAMES] == ["RUNNING", "STOPPED"]


def test_one_that_hangs_is_told_and_not_waited_for_again() -> None:
    pc = machine(BITS={"state": "running", "hangs": "stopping"})
    interruption = Interruption(pc.control())
    with pytest.raises(ServiceHangs) as raised:
        interruption.stop(NAMES)
    before = pc.clock.time
    failure = interruption.end(raised.value)
    assert failure is not None
    assert (failure.reason, "BITS does not run as it did before." in failure.message) == ("service_hangs", True)
    assert (pc.state("wuauserv"), "start BITS" in asked(pc), pc.clock.time - before < 60) == ("RUNNING", False, True)
