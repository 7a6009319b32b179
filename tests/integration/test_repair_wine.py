"""Repairs through Wine's real service manager, registry and BITS, by a real PowerShell where there is one.

What Wine's tools do not reach: its service manager reads definitions only when the prefix starts, so a wrong ImagePath is
mended in the registry while Wine runs its own program before and after, and that a disabled service does not start is the
lab's answer. Nothing in Wine heeds account, privileges, SID type and failure actions, and no service of it can be ordered to
hang or to fail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from broken import IMAGE_PATH, SERVICE_DLL, Changes
from playing import Controller
from repairing import CONFIRM, REPORT, changes, first_findings, statuses

DASHED = "%SystemRoot%\\System32\\svchost.exe \u2013k netsvcs"
STARTED = ("state", "stopped", "running")
STOPPED, RUNNING = 1, 4
ASKED = ("-e", "wsus_bits_when=always", "-e", "wsus_bits_state=started", *REPORT)
READING = {("reg.exe", "query"), ("sc.exe", "query"), ("sc.exe", "queryex"), ("wevtutil.exe", "qe"), ("cmd.exe", "/d")}

# How each machine is broken, what is found, and what heals it.
MACHINES: Mapping[str, tuple[Mapping[str, Any], str, Changes]] = {
    "disabled": (
        {"services": {"BITS": {"values": {"Start": 4}}}},
        "bits.disabled",
        (("start_type", "disabled", "demand"), STARTED),
    ),
    "image-path": (
        {"language": "ja", "services": {"BITS": {"values": {"ImagePath": {"expand": DASHED}}}}},
        "bits.path",
        (("image_path", DASHED, IMAGE_PATH), STARTED),
    ),
    "service-dll": (
        {"language": "de", "services": {"BITS": {"keys": {"Parameters": {"ServiceDll": None}}}}},
        "bits.service_dll",
        (("service_dll", None, SERVICE_DLL), STARTED),
    ),
    "stopped": ({"language": "es"}, "", (STARTED,)),
}


def changing(served: Controller) -> set[tuple[str, str]]:
    """The programs that machines ran and that do not only read, with their first arguments; the logs begin anew."""
    ran = set()
    for machine in served.lab.machines.values():
        ran |= {command.argv[:2] for record in machine.log for command in record.commands}
        machine.log.clear()
    assert ran
    return ran - READING


def service(served: Controller, name: str) -> int:
    """The state that Wine's service manager tells of BITS."""
    answer = served.lab.machines[name].tools.run(("sc.exe", "query", "BITS")).stdout  # type: ignore[attr-defined]
    return next(state for state in (STOPPED, RUNNING) if f": {state}  ".encode() in answer)


@pytest.mark.wine
def test_broken_wine_machines_are_healed(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": name, "kind": "wine", **machine} for name, (machine, *_rest) in MACHINES.items()])
    # Without the library Wine's own svchost.exe gives up.
    served.lab.machines["service-dll"].tools.run(("sc.exe", "start", "BITS"))  # type: ignore[attr-defined]
    assert service(served, "service-dll") == STOPPED
    expected = {name: made for name, (_machine, _finding, made) in MACHINES.items()}

    predicted = served.play("wsus.client.repair", "--check", *ASKED)
    assert predicted.exit_code == 0, predicted.output
    assert first_findings(predicted) == {name: finding for name, (_machine, finding, _made) in MACHINES.items()}
    assert changes(predicted) == expected
    assert changing(served) == set()
    assert {name: service(served, name) for name in MACHINES} == dict.fromkeys(MACHINES, STOPPED)

    repaired = served.play("wsus.client.repair", *CONFIRM, *ASKED)
    assert repaired.exit_code == 0, repaired.output
    assert changes(repaired) == expected
    assert statuses(repaired) == dict.fromkeys(MACHINES, "healthy")
    # A process of Wine's runs it.
    facts = {each.host: each.result["ansible_facts"]["wsus_bits"] for each in repaired.of_module("wsus_bits_facts")}
    assert {name: service(served, name) for name in MACHINES} == dict.fromkeys(MACHINES, RUNNING)
    assert all(fact["state"]["pid"] > 0 and fact["drift"] == [] for fact in facts.values())

    assert changing(served) == {("reg.exe", "export"), ("reg.exe", "add"), ("sc.exe", "config"), ("sc.exe", "start")}
    again = served.play("wsus.client.repair", *CONFIRM, *ASKED)
    assert (again.exit_code, again.changed, changes(again)) == (0, {}, {}), again.output
    assert changing(served) == set()
