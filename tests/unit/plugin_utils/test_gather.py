"""The audit of one machine as one result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils import _gather
from ansible_collections.wsus.client.plugins.plugin_utils._command import Command, Result
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WrongOption
from windows import CONTEXT, Windows


class Machine:
    """A host that answers from a Windows in memory."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self.executions = self.commands = 0

    def probe(self, commands: Iterable[Command]) -> dict[Command, Result]:
        asked = list(dict.fromkeys(commands))
        self.executions += bool(asked)
        self.commands += len(asked)
        return {command: self._windows.answer(command) for command in asked}


def gather(windows: Windows, subset: list[str]) -> dict[str, Any]:
    return _gather.gather(Machine(windows), subset, CONTEXT).as_result()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subset", "facts", "commands"),
    [
        (["all"], {"wsus_system", "wsus_policy", "wsus_bits", "wsus_agent", "wsus_events"}, 17),
        (["policy"], {"wsus_system", "wsus_policy"}, 5),
        (["bits"], {"wsus_system", "wsus_bits"}, 8),
        (["agent"], {"wsus_system", "wsus_agent"}, 11),
        (["events"], {"wsus_system", "wsus_events"}, 5),
        (["policy", "events"], {"wsus_system", "wsus_policy", "wsus_events"}, 7),
        (["system"], {"wsus_system"}, 1),
    ],
)
def test_subsets(subset: list[str], facts: set[str], commands: int) -> None:
    result = gather(Windows(), subset)
    assert set(result["ansible_facts"]) == facts | {"wsus_findings", "wsus_health"}
    assert (result["changed"], result["remote_executions"], result["native_commands"]) == (False, 1, commands)
    assert result["ansible_facts"]["wsus_health"] == "healthy"


def test_a_broken_machine() -> None:
    result = gather(Windows(bits={"Start": ("REG_DWORD", "0x4")}), ["all"])
    assert result["ansible_facts"]["wsus_health"] == "broken"
    assert [finding["id"] for finding in result["ansible_facts"]["wsus_findings"]] == ["bits.disabled"]


def test_an_unusual_dependency_costs_a_second_execution() -> None:
    result = gather(
        Windows(bits={"DependOnService": ("REG_MULTI_SZ", "Gone")}, states={"Gone": 1060}, starts={"Gone": None}),
        ["all"],
    )
    assert result["remote_executions"] == 2


@pytest.mark.parametrize("days", [0, -1, 366])
def test_days_out_of_range(days: int) -> None:
    with pytest.raises(WrongOption, match=f"event_days is {days}"):
        _gather.context_of({"event_days": days}, CONTEXT.now)


@pytest.mark.parametrize("server", [{}, {"server_url": None}, {"server_url": "http://wsus.example.com:8530"}])
def test_the_context_is_what_the_options_say(server: dict[str, str | None]) -> None:
    context = _gather.context_of({"event_days": 3, **server}, CONTEXT.now)
    assert (context.event_days, context.now, context.server_url) == (3, CONTEXT.now, server.get("server_url"))


@pytest.mark.parametrize("server", ["wsus:8530", "http://wsus/x", "http://me:secret@wsus"])
def test_a_server_that_is_no_url(server: str) -> None:
    with pytest.raises(WrongOption, match="server_url is not the URL of a WSUS server") as caught:
        _gather.context_of({"event_days": 3, "server_url": server}, CONTEXT.now)
    assert "secret" not in caught.value.message


def test_the_expected_server_reaches_policy() -> None:
    host, context = Machine(Windows()), replace(CONTEXT, server_url="http://new:8530")
    audit = _gather.gather(host, ["all"], context)  # type: ignore[arg-type]
    assert [finding.id for finding in audit.findings] == ["policy.unexpected_server"]


def test_the_gravest_finding_comes_first_whatever_its_component() -> None:
    windows = Windows(
        au={"UseWUServer": 1, "NoAutoUpdate": 1}, bits={"Start": ("REG_DWORD", "0x4")}, servicing=("RebootPending",)
    )
    result = gather(windows, ["all"])["ansible_facts"]
    assert [(each["severity"], each["id"]) for each in result["wsus_findings"]] == [
        ("error", "bits.disabled"),
        ("warning", "policy.updates_disabled"),
        ("warning", "agent.reboot_pending"),
    ]
    assert result["wsus_health"] == "broken"


@pytest.mark.parametrize("build", [7601, 9600, 14393, 19045, 26100])
def test_a_healthy_machine_of_any_build_is_asked_once_and_has_no_findings(build: int) -> None:
    result = gather(Windows(build=build), ["all"])
    assert (result["remote_executions"], result["ansible_facts"]["wsus_findings"]) == (1, [])
