"""wsus_policy with texts that are not ASCII, over each connection: verified, or refused before anything is changed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import Unverifiable
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit
from ansible_collections.wsus.client.plugins.plugin_utils._remote.transaction import StepFailed
from lab.machine import Execution, User
from support.lab_host import Pc
from support.policy_runs import BACKUP, KEY, OLD, alone, failed, run

GROUP = {**OLD, KEY: {**OLD[KEY], "TargetGroup": "Büro"}}
# Connection, console of the machine: what text becomes of it.
READ = [("winrm", "utf-8"), ("ssh", "utf-8"), ("ssh", "oem")]
NOT_READ = [("psrp", "psrp"), ("psrp", "utf-8"), ("ssh", "psrp"), ("lab", "oem"), ("lab", "psrp")]


def office(transport: str, console: str, registry: dict[str, Any] | None = None, language: str = "de") -> Pc:
    return alone(
        GROUP if registry is None else registry,
        transport="lab" if transport == "winrm" else transport,
        console=console,
        language=language,
    )


def group_of(pc: Pc) -> Any:
    return pc.machine.state()["registry"][KEY.replace("HKLM", "HKEY_LOCAL_MACHINE")].get("TargetGroup")


def facts_of(pc: Pc) -> dict[str, Any]:
    return pc.perform(audit.FACTS, gather_subset=["policy"])["ansible_facts"]["wsus_policy"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(("transport", "console"), READ)
@pytest.mark.parametrize("group", ["Büro", "東京 Größe €"])
def test_where_text_is_read_it_is_written_once(transport: str, console: str, group: str) -> None:
    pc = office(transport, console)
    assert facts_of(pc)["settings"]["target_group"] == "Büro"
    assert facts_of(pc)["unreadable_settings"] == []
    done = run(pc, settings={"target_group": group})
    assert (done["changed"], group_of(pc)) == (group != "Büro", ["REG_SZ", group])
    assert run(pc, settings={"target_group": group})["changed"] is False


@pytest.mark.parametrize(("transport", "console"), NOT_READ)
@pytest.mark.parametrize("check_mode", [False, True])
def test_where_it_is_not_read_it_is_refused_before_anything_is_changed(
    transport: str, console: str, check_mode: bool
) -> None:
    pc = office(transport, console)
    fact = facts_of(pc)
    assert (fact["settings"]["target_group"], fact["unreadable_settings"]) == (None, ["target_group"])
    error = failed(pc, Unverifiable, settings={"target_group": "Büro", "use_server": True}, check_mode=check_mode)
    assert (error.reason, error.details["settings"]) == ("unverifiable", ["target_group"])
    assert "Connect with winrm" in error.message
    assert (pc.written(), group_of(pc)) == ([], ["REG_SZ", "Büro"])


@pytest.mark.parametrize(("transport", "console"), [*READ, *NOT_READ])
def test_a_change_beside_it_that_fails_leaves_it_as_it_was(transport: str, console: str) -> None:
    pc = office(transport, console)
    pc.faults = {rf"reg.exe add {KEY}\AU /v AUOptions": 1}
    error = failed(pc, StepFailed, settings={"target_group": "Pilot", "automatic_updates": 4})
    assert (error.details["rolled_back"], group_of(pc)) == (True, ["REG_SZ", "Büro"])
    assert rf"reg.exe import {BACKUP}" in pc.written()


@pytest.mark.parametrize(("transport", "console"), [*READ, *NOT_READ])
def test_an_ascii_text_replaces_it_and_null_removes_it(transport: str, console: str) -> None:
    pc = office(transport, console)
    done = run(pc, settings={"target_group": "Pilot"})
    before = "Büro" if (transport, console) in READ else "unreadable"
    assert done["changes"] == [{"attribute": "target_group", "before": before, "after": "Pilot"}]
    assert (done["policy"]["unreadable_settings"], group_of(pc)) == ([], ["REG_SZ", "Pilot"])
    other = office(transport, console)
    run(other, settings={"target_group": None})
    assert group_of(other) is None


def test_a_damaged_answer_to_the_change_itself_takes_it_back() -> None:
    """The connection seemed to read all, as nothing before was beyond ASCII; the value that was written arrives damaged."""
    pc = office("lab", "oem", OLD)
    error = failed(pc, Unverifiable, settings={"server_url": "http://new:8530", "target_group": "Büro"})
    assert (error.details["rolled_back"], group_of(pc)) == (True, None)
    assert "All changes were rolled back." in error.message


def test_a_console_of_two_bytes_that_powershell_has_read_before_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """.NET keeps the encoding that a console had first: then UTF-8 is read as Japanese, and question marks come out."""
    pc = office("ssh", "oem", language="ja")
    execute = pc.machine.execute

    def kept(command_line: str, user: User) -> Execution:
        done = execute(command_line, user)
        return Execution(done.stdout.decode().encode("cp932", "replace"), done.stderr, done.exit_code)

    monkeypatch.setattr(pc.machine, "execute", kept)
    facts_of(pc)
    assert not pc.host.reads_unicode
    failed(pc, Unverifiable, settings={"target_group": "東京"})
    assert group_of(pc) == ["REG_SZ", "Büro"]
