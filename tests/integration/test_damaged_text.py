"""Machines whose text arrives as it does over ssh and psrp: shown as unreadable, never written over what is right."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from lab.machine import Execution, Machine
from playing import Controller, Play, module

KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
URL = "http://wsus.example.test:8530"
GROUP = "Büro"
CONSOLES = {"as-winrm": "utf-8", "as-ssh": "oem", "as-psrp": "psrp"}
DAMAGED = ("as-psrp", "as-ssh")


def grouped(name: str, console: str) -> dict[str, Any]:
    """A machine in no domain that belongs to the group."""
    values = {"WUServer": URL, "WUStatusServer": URL, "TargetGroup": GROUP, "TargetGroupEnabled": 1}
    return {
        "name": name,
        "console": console,
        "language": "de",
        "domain": None,
        "registry": {KEY: values, rf"{KEY}\AU": {"UseWUServer": 1, "AUOptions": 2}},
    }


@pytest.fixture
def served(controller: Callable[..., Controller]) -> Controller:
    """One machine for each way."""
    return controller([grouped(name, console) for name, console in CONSOLES.items()])


def policy_of(machine: Machine) -> dict[str, Any]:
    """The values of the policy key and its subkey; their names are all different."""
    path = KEY.replace("HKLM", "HKEY_LOCAL_MACHINE")
    registry = machine.state()["registry"]
    return {**registry[path], **registry[rf"{path}\AU"]}


def groups(served: Controller) -> dict[str, str]:
    return {name: policy_of(machine)["TargetGroup"][1] for name, machine in served.lab.machines.items()}


def reasons(play: Play) -> dict[str, Any]:
    return {each.host: each.result.get("reason", each.status) for each in play.results}


def test_an_audit_says_what_it_could_not_read(served: Controller) -> None:
    before = served.state()
    play = served.play(module("wsus_facts", {"gather_subset": ["policy"]}))
    facts = {each.host: each.result["ansible_facts"] for each in play.of_module("wsus_facts")}
    shown = {
        name: (each["wsus_policy"]["settings"]["target_group"], each["wsus_policy"]["unreadable_settings"])
        for name, each in facts.items()
    }
    assert shown == {"as-winrm": (GROUP, []), **dict.fromkeys(DAMAGED, (None, ["target_group"]))}
    found = {name: [finding["id"] for finding in each["wsus_findings"]] for name, each in facts.items()}
    assert found == {"as-winrm": [], **{name: ["policy.text_unreadable"] for name in DAMAGED}}
    assert {each["wsus_health"] for each in facts.values()} == {"healthy"}
    assert served.state() == before


@pytest.mark.parametrize("check", [(), ("--check",)])
def test_a_group_that_could_not_be_verified_is_not_written(served: Controller, check: tuple[str, ...]) -> None:
    before = served.state()
    wanted = {"target_group": GROUP, "use_server": True}
    play = served.play(module("wsus_policy", {"settings": wanted}), *check)
    assert reasons(play) == {"as-winrm": "ok", **dict.fromkeys(DAMAGED, "unverifiable")}
    (message,) = {each.result["msg"] for each in play.results if each.host in DAMAGED}
    assert "target_group" in message
    assert "Connect with winrm" in message
    assert (served.state(), set(groups(served).values())) == (before, {GROUP})


def test_a_failure_beside_it_leaves_the_group_as_it_was(served: Controller) -> None:
    """The review's A3: the undo wrote the damaged text over the right one, and the machine fell out of its group."""
    before = {name: policy_of(machine) for name, machine in served.lab.machines.items()}
    refuse(served, "AUOptions")
    wanted = {"target_group": "Pilot", "automatic_updates": 4}
    play = served.play(module("wsus_policy", {"settings": wanted}))
    assert reasons(play) == dict.fromkeys(CONSOLES, "step_failed")
    assert all(each.result["rolled_back"] is True for each in play.results)
    assert {name: policy_of(machine) for name, machine in served.lab.machines.items()} == before


def test_an_ascii_group_is_written_everywhere(served: Controller) -> None:
    play = served.play(module("wsus_policy", {"settings": {"target_group": "Pilot"}}), "--diff")
    changed = {each.host: each.result["changes"] for each in play.of_module("wsus_policy")}
    assert {name: made[0]["before"] for name, made in changed.items()} == {
        "as-winrm": GROUP,
        **dict.fromkeys(DAMAGED, "unreadable"),
    }
    assert groups(served) == dict.fromkeys(CONSOLES, "Pilot")
    again = served.play(module("wsus_policy", {"settings": {"target_group": "Pilot"}}))
    assert not any(each.result["changed"] for each in again.of_module("wsus_policy"))
    assert json.dumps(GROUP) not in again.output


def refuse(served: Controller, value: str) -> None:
    """Have reg.exe refuse to write a value, as security software does."""
    for machine in served.lab.machines.values():
        run: Any = machine.run_program  # type: ignore[attr-defined]

        def refused(argv: Any, *rest: Any, run: Any = run) -> Execution:
            return Execution(exit_code=1) if argv[1] == "add" and value in argv else run(argv, *rest)

        machine.run_program = refused  # type: ignore[attr-defined]
