"""Triggers that are programs of the GUI subsystem, as on many builds: as PowerShell starts them, and as cmd.exe does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._operations import agent
from ansible_collections.wsus.client.plugins.plugin_utils._operations.scan import TriggerFailed
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import NOT_FOUND, command
from lab.fleet_agent import AgentSpec
from lab.fleet_identity import IdentitySpec
from support.lab_host import Pc
from support.store_runs import CLONED, FAILED, copies, rebuild, regenerate, sick
from support.store_runs import client_id as id_of
from support.triggers import RENEWAL, SCAN

CONSOLE, GUI = {"UsoClient.exe": "console"}, {"UsoClient.exe": "gui"}
BUILDS = pytest.mark.parametrize(
    ("windows", "subsystems"),
    [
        ("windows-7-sp1", {}),
        ("windows-8.1", {}),
        ("windows-10-22h2", CONSOLE),
        ("windows-10-22h2", GUI),
        ("windows-11-24h2", {}),
        ("server-2025", {}),
    ],
)
RUNS: Mapping[str, Callable[[Pc], dict[str, Any]]] = {
    "scan": lambda pc: pc.perform(agent.OPERATION, scan=True, wait_for_scan=True),
    "report": lambda pc: pc.perform(agent.OPERATION, report=True),
    "store": rebuild,
    "id": regenerate,
}


def pc_for(what: str, windows: str, **spec: Any) -> Pc:
    if what == "store":
        return sick(windows, **spec)
    return Pc(windows, client_id=IdentitySpec(CLONED), **spec)


@BUILDS
def test_powershell_alone_cannot_tell_whether_they_ran(windows: str, subsystems: dict[str, str]) -> None:
    """They did, and the batch's preset exit code, "not found", is still there."""
    pc = Pc(windows, subsystems=subsystems)
    old = windows in ("windows-7-sp1", "windows-8.1")
    trigger = command("wuauclt.exe", "/detectnow") if old else command("UsoClient.exe", "StartScan")
    (answer,) = pc.host.run([trigger])
    assert answer.exit_code == (0 if subsystems == CONSOLE else NOT_FOUND)
    before = len(pc.machine.state()["events"]["Microsoft-Windows-WindowsUpdateClient/Operational"])
    pc.sleep(60)
    assert len(pc.machine.state()["events"]["Microsoft-Windows-WindowsUpdateClient/Operational"]) == before + 1


@BUILDS
@pytest.mark.parametrize("what", RUNS)
def test_everything_that_triggers_works(what: str, windows: str, subsystems: dict[str, str]) -> None:
    pc = pc_for(what, windows, subsystems=subsystems)
    result = RUNS[what](pc)
    assert result["changed"] is (what in ("store", "id"))
    if what == "scan":
        assert result["scan"]["outcome"] == "succeeded"
    started = {line.partition(" ")[0] for line in pc.ran}
    assert [name for name in started if pc.machine.is_gui(name)] == []


@pytest.mark.parametrize("windows", ["windows-7-sp1", "windows-11-24h2"])
@pytest.mark.parametrize("what", RUNS)
def test_a_trigger_that_fails_is_told_with_its_code(what: str, windows: str) -> None:
    if (what, windows) == ("report", "windows-11-24h2"):
        return  # nothing is run for it
    pc = pc_for(what, windows, agent=replace(FAILED if what == "store" else AgentSpec(), refuses=0x80070005))
    before = id_of(pc)
    with pytest.raises(TriggerFailed, match="0x80070005 ERROR_ACCESS_DENIED") as caught:
        RUNS[what](pc)
    details = caught.value.details
    assert (caught.value.reason, details["code"]) == ("trigger_failed", "0x80070005")
    if what in ("store", "id"):
        assert (details["rolled_back"], copies(pc), id_of(pc)) == (True, [], before)


def test_a_verb_that_is_not_known_is_a_wrong_argument_on_windows_11() -> None:
    pc = Pc("windows-11-24h2")
    run = r"%SystemRoot%\System32\UsoClient.exe"
    (answer,) = pc.host.run([command("cmd.exe", "/d", "/c", "if", "exist", run, f"({run}", "Nonsense)")])
    assert answer.exit_code == 0x80070057 - (1 << 32)


@pytest.mark.parametrize("missing", [False, True])
def test_a_new_id_drops_the_authorization_where_there_is_a_program_for_it(missing: bool) -> None:
    files = {r"C:\Windows\System32\wuauclt.exe": None} if missing else {}
    pc = Pc("server-2016", client_id=IdentitySpec(CLONED), files=files)
    assert regenerate(pc)["changed"] is True
    triggers = [line for line in pc.ran if "System32" in line and line.startswith("cmd.exe /d /c if")]
    assert triggers == [RENEWAL, SCAN]
