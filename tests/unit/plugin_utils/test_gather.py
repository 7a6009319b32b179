"""The audit of one machine as one result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils import _gather
from ansible_collections.wsus.client.plugins.plugin_utils._command import Command, Result
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WrongOption
from windows import CONTEXT, Windows


class Machine:
    """A host that answers from a Windows in memory."""

    def __init__(self, windows: Windows) -> None:
        self._answers = windows.answers()
        self.executions = self.commands = 0

    def probe(self, commands: Iterable[Command]) -> dict[Command, Result]:
        asked = list(dict.fromkeys(commands))
        self.executions += bool(asked)
        self.commands += len(asked)
        return {command: self._answers[command] for command in asked}


def gather(windows: Windows, subset: list[str]) -> dict[str, Any]:
    return _gather.gather(Machine(windows), subset, CONTEXT).as_result()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subset", "facts", "commands"),
    [
        (["all"], {"wsus_system", "wsus_bits"}, 11),
        (["bits"], {"wsus_system", "wsus_bits"}, 11),
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
        _gather.context_of({"event_days": days})
