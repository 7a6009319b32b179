"""Repairs through Wine's real service manager, registry, BITS and update agent, by a real PowerShell where there is one.

What Wine's tools do not reach: its service manager reads definitions only when the prefix starts, so a wrong ImagePath is
mended in the registry while Wine runs its own program before and after, and that a disabled service does not start is the
lab's answer. Nothing in Wine heeds account, privileges, SID type and failure actions, and no service of it can be ordered to
hang or to fail. Wine's agent detects nothing: the lab's simulated machine lends the detections and what they leave behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import broken
import broken_agent
import pytest
from broken import STARTED, Changes
from playing import Controller, module
from repairing import CONFIRM, REPORT, changes, first_findings, statuses
from triggering import triggered

pytestmark = pytest.mark.long

DASHED = "%SystemRoot%\\System32\\svchost.exe \u2013k netsvcs"
DISABLED = {"values": {"Start": 4}}
NO_LIBRARY = {"keys": {"Parameters": {"ServiceDll": None}}}
STOPPED, RUNNING = 1, 4
SERVICES = {"wsus_bits": "BITS", "wsus_agent": "wuauserv"}
ASKED = ("-e", "wsus_bits_mode=always", "-e", "wsus_bits_state=started", *REPORT)
READING = {
    ("cmd.exe", "/d"),
    ("curl.exe", "-q"),
    ("reg.exe", "query"),
    ("sc.exe", "query"),
    ("sc.exe", "queryex"),
    ("wevtutil.exe", "qe"),
}

# How each machine is broken, what is found gravest, and what heals BITS and the agent.
MACHINES: Mapping[str, tuple[Mapping[str, Any], str, Changes, Changes]] = {
    "disabled": (
        {"services": {"BITS": DISABLED, "wuauserv": {**DISABLED, **NO_LIBRARY}}},
        "bits.disabled",
        (("start_type", "disabled", "demand"), STARTED),
        (("start_type", "disabled", "demand"), ("service_dll", None, broken_agent.SERVICE_DLL), STARTED),
    ),
    "image-path": (
        {"language": "ja", "services": {"BITS": {"values": {"ImagePath": {"expand": DASHED}}}}},
        "bits.path",
        (("image_path", DASHED, broken.IMAGE_PATH), STARTED),
        (),
    ),
    "service-dll": (
        {"language": "de", "services": {"BITS": NO_LIBRARY}},
        "bits.service_dll",
        (("service_dll", None, broken.SERVICE_DLL), STARTED),
        (),
    ),
    "stopped": ({"language": "es", "services": {"wuauserv": {"state": "stopped"}}}, "", (STARTED,), ()),
}
EXPECTED = {
    "wsus_bits": {name: bits for name, (_machine, _finding, bits, _agent) in MACHINES.items()},
    "wsus_agent": {name: agent for name, (_machine, _finding, _bits, agent) in MACHINES.items() if agent},
}


def changing(served: Controller) -> set[tuple[str, ...]]:
    """The programs that machines ran and that do not only read, with their first arguments; the logs begin again."""
    ran: set[tuple[str, ...]] = set()
    for machine in served.lab.machines.values():
        ran |= {triggered(command.argv) or command.argv[:2] for record in machine.log for command in record.commands}
        machine.log.clear()
    assert ran
    return ran - READING


def service(served: Controller, machine: str, name: str) -> int:
    """The state that Wine's service manager tells of a service."""
    answer = served.lab.machines[machine].tools.run(("sc.exe", "query", name)).stdout  # type: ignore[attr-defined]
    return next(state for state in (STOPPED, RUNNING) if f": {state}  ".encode() in answer)


@pytest.mark.wine
def test_broken_wine_machines_are_healed(controller: Callable[..., Controller]) -> None:
    agent = {"next": {"takes": 0.5, "updates": 4}}
    served = controller(
        [{"name": name, "kind": "wine", "agent": agent, **machine} for name, (machine, *_rest) in MACHINES.items()]
    )
    # Without the library Wine's own svchost.exe gives up.
    served.lab.machines["service-dll"].tools.run(("sc.exe", "start", "BITS"))  # type: ignore[attr-defined]
    assert service(served, "service-dll", "BITS") == STOPPED

    before = served.state()
    predicted = served.play("wsus.client.repair", "--check", *ASKED)
    assert predicted.exit_code == 0, predicted.output
    assert first_findings(predicted) == {name: finding for name, (_machine, finding, *_rest) in MACHINES.items()}
    assert {name: changes(predicted, name) for name in SERVICES} == EXPECTED
    assert changing(served) == set()
    assert served.state() == before
    assert {service(served, name, each) for name in ("disabled", "stopped") for each in SERVICES.values()} == {STOPPED}

    repaired = served.play("wsus.client.repair", *CONFIRM, *ASKED)
    assert repaired.exit_code == 0, repaired.output
    assert {name: changes(repaired, name) for name in SERVICES} == EXPECTED
    assert statuses(repaired) == dict.fromkeys(MACHINES, "healthy")
    # A process of Wine's runs it.
    facts = {each.host: each.result["ansible_facts"]["wsus_bits"] for each in repaired.of_module("wsus_bits_facts")}
    assert all(fact["state"]["pid"] > 0 and fact["drift"] == [] for fact in facts.values())
    assert {name: service(served, name, "BITS") for name in MACHINES} == dict.fromkeys(MACHINES, RUNNING)
    assert {service(served, name, "wuauserv") for name in EXPECTED["wsus_agent"]} == {RUNNING}
    assert service(served, "stopped", "wuauserv") == STOPPED
    for each in repaired.of_module("wsus_agent"):
        seen = each.result["scan"]
        assert (seen["outcome"], seen["updates"], seen["service"]) == ("succeeded", 4, "wsus")
    definition = {("reg.exe", "export"), ("reg.exe", "add"), ("sc.exe", "config"), ("sc.exe", "start")}
    assert changing(served) == definition | {("UsoClient.exe", "StartScan")}

    again = served.play("wsus.client.repair", *CONFIRM, *ASKED)
    assert (again.exit_code, again.changed, again.of_module("wsus_agent")) == (0, {}, ()), again.output
    assert changing(served) == set()

    # Wine's service manager stops the agent as it started it.
    play = served.play(module("wsus_agent", {"state": "stopped"}), "-l", "disabled")
    assert changes(play, "wsus_agent") == {"disabled": (("state", "running", "stopped"),)}, play.output
    assert service(served, "disabled", "wuauserv") == STOPPED
