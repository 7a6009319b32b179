"""Runs of wsus.client.repair and what they left behind, as tests compare them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.machine import Machine
from playing import Controller, Play

REPORT = ("-e", "wsus_report_path=audit.json")
CONFIRM = ("-e", "wsus_confirm=true")
_SERVICES = r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services"
_SVCHOST = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"
_VALUES = (
    "ImagePath",
    "Type",
    "Start",
    "ErrorControl",
    "ObjectName",
    "DependOnService",
    "RequiredPrivileges",
    "ServiceSidType",
    "FailureActions",
)


@dataclass(frozen=True)
class Course:
    """A check-mode run, the run itself and a second one, with the states of all machines before and after each."""

    predicted: Play
    repaired: Play
    again: Play
    states: tuple[Mapping[str, str], ...]


def course(served: Controller, *arguments: str) -> Course:
    """Repair a fleet: predict, do, do again."""
    states = [served.state()]
    plays = []
    for confirm in (("--check",), CONFIRM, CONFIRM):
        plays.append(served.play("wsus.client.repair", *confirm, *REPORT, *arguments))
        states.append(served.state())
    return Course(plays[0], plays[1], plays[2], tuple(states))


def changes(play: Play, module: str = "wsus_bits") -> dict[str, tuple[tuple[str, Any, Any], ...]]:
    """The changes that a module of ours tells by host, where there are any."""
    told = {each.host: each.result.get("changes") for each in play.of_module(module)}
    return {
        host: tuple((each["attribute"], each["before"], each["after"]) for each in made)
        for host, made in told.items()
        if made
    }


def first_findings(play: Play) -> dict[str, str]:
    """What the first look of a run found gravest, by host."""
    found: dict[str, str] = {}
    for each in play.of_module("wsus_facts"):
        facts = each.result["ansible_facts"]["wsus_findings"]
        found.setdefault(each.host, facts[0]["id"] if facts else "")
    return found


def statuses(play: Play) -> dict[str, str]:
    """What each machine is in the report of a run."""
    assert play.audit is not None, play.output
    return {name: machine["status"] for name, machine in play.audit["machines"].items()}


def definition(machine: Machine, service: str = "BITS") -> dict[str, Any]:
    """What the machine itself holds of a service: what the defaults of its Windows say of a definition."""
    registry = machine.state()["registry"]
    key = registry.get(rf"{_SERVICES}\{service}", {})
    group = registry[_SVCHOST]["netsvcs"][1].split("\\0")
    return {
        **{name: key.get(name) for name in _VALUES},
        "ServiceDll": registry.get(rf"{_SERVICES}\{service}\Parameters", {}).get("ServiceDll"),
        "netsvcs": sorted(group),
    }


def starts(machine: Machine, service: str = "BITS") -> bool:
    """Whether a service runs on the machine, or comes to run when it is started there."""
    user = next(iter(machine.users.values()))
    run = machine.run_program  # type: ignore[attr-defined]
    code = run(("sc.exe", "start", service), user).exit_code
    end = time.monotonic() + 5
    while (state := machine.state()["services"][service]["state"]) == "START_PENDING" and time.monotonic() < end:
        time.sleep(0.05)
    return code in (0, 1056) and state == "RUNNING"
