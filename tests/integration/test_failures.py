"""Bad input and bad luck: one clear error each, and a machine that stays as it was."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import SUBSETS
from playing import Controller, Play, module, modules

PC: dict[str, Any] = {"name": "pc", "windows": "windows-10-22h2"}
NEVER_SHOWN = "Never-Shown-1"
LANGUAGES = ("en", "ja", "de", "es")


@pytest.fixture
def served(controller: Callable[..., Controller]) -> Controller:
    return controller([PC])


def failed(play: Play, reason: str, host: str = "pc") -> str:
    """The message of a failed result with that reason."""
    result = play.of(host)
    assert (play.exit_code, result.status) == (2, "failed"), play.output
    assert result.result.get("reason") == reason, result.result
    assert "Traceback" not in play.output
    return str(result.result["msg"])


def unreachable(play: Play, host: str = "pc") -> str:
    """The message of an unreachable host."""
    result = play.of(host)
    assert (play.exit_code, result.status) == (4, "unreachable"), play.output
    assert "Traceback" not in play.output
    return str(result.result["msg"])


WRONG_OPTIONS: dict[str, dict[str, Any]] = {
    "wsus.client.wsus_facts: unknown option nope; the options are: event_days, gather_subset": {"nope": 1},
    f"value of gather_subset must be one or more of: {', '.join(SUBSETS)}. Got no match for: disk": {
        "gather_subset": ["bits", "disk"]
    },
    "event_days": {"event_days": "soon"},
    "event_days is 0; it must be a number of days, 1 to 365": {"event_days": 0},
}


@pytest.mark.parametrize("check", [(), ("--check",)], ids=["normal", "check"])
def test_a_wrong_option_is_told_before_anything_is_sent(served: Controller, check: Sequence[str]) -> None:
    play = served.play(modules("wsus_facts", WRONG_OPTIONS.values()), *check)
    results = play.of_module("wsus_facts")
    assert {(each.status, each.result.get("reason")) for each in results} == {("failed", "wrong_option")}
    assert "Traceback" not in play.output
    assert [words for words, each in zip(WRONG_OPTIONS, results, strict=True) if words not in each.result["msg"]] == []
    assert served.lab.machines["pc"].log == []


def test_become_is_refused_before_anything_is_sent(served: Controller) -> None:
    play = served.play(module("wsus_facts", become=True, become_method="ansible.builtin.runas", become_user="SYSTEM"))
    assert "become" in failed(play, "become_refused")
    assert served.lab.machines["pc"].log == []


def test_async_is_refused(served: Controller) -> None:
    play = served.play(module("wsus_facts", **{"async": 60, "poll": 0}))
    assert play.exit_code == 2
    assert "does not support async" in play.of("pc").result["msg"]


@pytest.mark.parametrize("transport", ["basic", "ntlm"])
def test_a_wrong_password(served: Controller, transport: str) -> None:
    play = served.play(
        "wsus.client.audit", "-vvv", transport=transport, hosts={"pc": {"ansible_password": NEVER_SHOWN}}
    )
    assert "credentials were rejected" in unreachable(play)
    assert NEVER_SHOWN not in play.output
    assert served.lab.machines["pc"].log == []


def test_the_password_is_never_shown(served: Controller) -> None:
    user = next(iter(served.lab.machines["pc"].users.values()))
    served.lab.machines["pc"].users = {user.name: replace(user, password=NEVER_SHOWN)}  # type: ignore[misc]
    play = served.play("wsus.client.audit", "-vvvv", "--diff")
    assert play.exit_code == 0, play.output
    assert NEVER_SHOWN not in play.output
    assert NEVER_SHOWN not in str(play.audit) + str(play.results)


def test_a_refused_connection(served: Controller) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        play = served.play(hosts={"pc": {"ansible_port": closed.getsockname()[1]}})
    assert "refused" in unreachable(play)


def test_a_connection_that_is_lost(controller: Callable[..., Controller]) -> None:
    """At one of the first requests, amid the output, or after some commands, which then are the only ones that ran."""
    counts = {"first-command": 1, "fifth-command": 5, "eleventh-command": 11}
    faults: dict[str, dict[str, int]] = {f"request-{number}": {"drop_at_request": number} for number in (1, 2, 3)}
    faults |= {name: {"drop_after_command": count} for name, count in counts.items()}
    served = controller([{**PC, "name": name} for name in (*faults, "amid-output")])
    before = served.state()
    for name, fault in faults.items():
        served.lab.machines[name].faults = replace(served.lab.machines[name].faults, **fault)
    machine = served.lab.machines["amid-output"]
    machine.faults = replace(machine.faults, drop_mid_output=700)
    play = served.play()
    assert [name for name in faults if not unreachable(play, name)] == []
    assert "connection was lost" in unreachable(play, "amid-output")
    assert {name: len(served.lab.machines[name].log[0].commands) for name in counts} == counts
    assert served.state() == before


def test_output_that_is_truncated_or_garbage(controller: Callable[..., Controller]) -> None:
    faults: dict[str, dict[str, Any]] = {f"kept-{kept}": {"truncate_output": kept} for kept in (0, 1, 2000)}
    faults["garbage"] = {"garbage_output": True}
    served = controller([{**PC, "name": name} for name in faults])
    for name, fault in faults.items():
        served.lab.machines[name].faults = replace(served.lab.machines[name].faults, **fault)
    play = served.play()
    for name in faults:
        assert "ended early" in failed(play, "output_ended_early", name)


def test_no_powershell(controller: Callable[..., Controller]) -> None:
    fleet = [{**PC, "name": name, "language": name, "faults": {"no_powershell": True}} for name in LANGUAGES]
    play = controller(fleet).play()
    for name in LANGUAGES:
        assert "PowerShell was not found" in failed(play, "no_powershell", name)


def test_a_user_who_is_no_administrator(controller: Callable[..., Controller]) -> None:
    users = [{"name": "operator", "password": "Secret-1", "administrator": False}]
    play = controller([{**PC, "name": name, "language": name, "users": users} for name in LANGUAGES]).play()
    for name in LANGUAGES:
        assert "not an administrator" in failed(play, "not_administrator", name)


def test_a_machine_without_bits(controller: Callable[..., Controller]) -> None:
    play = controller([{**PC, "services": {"BITS": {"deleted": True}}}]).play()
    assert play.exit_code == 0, play.output
    facts = play.of("pc").result["ansible_facts"]
    assert (facts["wsus_bits"]["installed"], facts["wsus_bits"]["definition"]) == (False, None)
    assert [finding["id"] for finding in facts["wsus_findings"]] == ["bits.missing"]


def test_a_machine_that_cannot_be_audited_stands_in_the_report(controller: Callable[..., Controller]) -> None:
    served = controller([PC, {**PC, "name": "lost"}, {**PC, "name": "dumb", "faults": {"no_powershell": True}}])
    play = served.play(hosts={"lost": {"ansible_password": "wrong"}})
    assert play.exit_code != 0
    assert play.audit is not None
    statuses = {name: machine["status"] for name, machine in play.audit["machines"].items()}
    assert statuses == {"pc": "healthy", "lost": "unreachable", "dumb": "failed"}
    assert "PowerShell was not found" in play.audit["machines"]["dumb"]["message"]


def test_a_report_that_cannot_be_written_is_an_error(served: Controller) -> None:
    play = served.play("wsus.client.audit", "-e", "wsus_report_path=/dev/null/audit.json")
    assert play.exit_code == 2
    assert "/dev/null/audit.json cannot be written" in play.output
