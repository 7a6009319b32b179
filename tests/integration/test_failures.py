"""Bad input and bad luck: one clear error each, and a machine that stays as it was."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import SUBSETS
from playing import Controller, Play, module

PC: dict[str, Any] = {"name": "pc", "windows": "windows-10-22h2"}
NEVER_SHOWN = "Never-Shown-1"


@pytest.fixture
def served(controller: Callable[..., Controller]) -> Controller:
    return controller([PC])


def failed(play: Play, reason: str) -> str:
    """The message of a failed result with that reason."""
    result = play.of("pc")
    assert (play.exit_code, result.status) == (2, "failed"), play.output
    assert result.result.get("reason") == reason, result.result
    assert "Traceback" not in play.output
    return str(result.result["msg"])


def unreachable(play: Play) -> str:
    """The message of an unreachable host."""
    result = play.of("pc")
    assert (play.exit_code, result.status) == (4, "unreachable"), play.output
    assert "Traceback" not in play.output
    return str(result.result["msg"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"nope": 1}, "wsus.client.wsus_facts: unknown option nope; the options are: event_days, gather_subset"),
        (
            {"gather_subset": ["bits", "disk"]},
            f"value of gather_subset must be one or more of: {', '.join(SUBSETS)}. Got no match for: disk",
        ),
        ({"event_days": "soon"}, "event_days"),
        ({"event_days": 0}, "event_days is 0; it must be a number of days, 1 to 365"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_sent(
    served: Controller, options: dict[str, Any], words: str
) -> None:
    for check in ((), ("--check",)):
        assert words in failed(served.play(module("wsus_facts", options), *check), "wrong_option")
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


@pytest.mark.parametrize("request_number", [1, 2, 3])
def test_a_connection_that_is_dropped(served: Controller, request_number: int) -> None:
    machine, before = served.lab.machines["pc"], served.state()
    machine.faults = replace(machine.faults, drop_at_request=request_number)
    assert unreachable(served.play())
    assert served.state() == before


def test_a_connection_that_is_dropped_amid_output(served: Controller) -> None:
    machine = served.lab.machines["pc"]
    machine.faults = replace(machine.faults, drop_mid_output=700)
    assert "connection was lost" in unreachable(served.play())


@pytest.mark.parametrize("count", [1, 5, 11])
def test_a_machine_that_goes_away_after_some_commands(served: Controller, count: int) -> None:
    machine, before = served.lab.machines["pc"], served.state()
    machine.faults = replace(machine.faults, drop_after_command=count)
    assert unreachable(served.play())
    assert len(machine.log[0].commands) == count
    assert served.state() == before


@pytest.mark.parametrize("kept", [0, 1, 2000])
def test_truncated_output(served: Controller, kept: int) -> None:
    machine = served.lab.machines["pc"]
    machine.faults = replace(machine.faults, truncate_output=kept)
    assert "ended early" in failed(served.play(), "output_ended_early")


def test_garbage(served: Controller) -> None:
    machine = served.lab.machines["pc"]
    machine.faults = replace(machine.faults, garbage_output=True)
    assert "ended early" in failed(served.play(), "output_ended_early")


@pytest.mark.parametrize("language", ["en", "ja", "de", "es"])
def test_no_powershell(controller: Callable[..., Controller], language: str) -> None:
    served = controller([{**PC, "language": language, "faults": {"no_powershell": True}}])
    assert "PowerShell was not found" in failed(served.play(), "no_powershell")


@pytest.mark.parametrize("language", ["en", "ja", "de", "es"])
def test_a_user_who_is_no_administrator(controller: Callable[..., Controller], language: str) -> None:
    users = [{"name": "operator", "password": "Secret-1", "administrator": False}]
    served = controller([{**PC, "language": language, "users": users}])
    assert "not an administrator" in failed(served.play(), "not_administrator")


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
