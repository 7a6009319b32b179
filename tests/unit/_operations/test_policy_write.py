"""Settings written on a machine that no domain manages: backup, check, undo."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._remote.transaction import (
    BackupFailed,
    NotVerified,
    StepFailed,
)
from support.lab_host import Pc
from support.policy_runs import BACKUP, KEY, OLD, WANTED, alone, failed, run
from support.windows_answers import SERVER
from unit.lab.simulated_machines import ADMINISTRATOR


def policy_of(pc: Pc) -> list[Any]:
    """The policy key as the machine has it."""
    done = pc.machine.run_program(["reg.exe", "query", KEY, "/s"], ADMINISTRATOR)
    return [done.exit_code, *sorted(line for line in done.stdout.decode().split("\r\n") if line)]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("registry", [None, OLD])
def test_settings_are_written_and_the_next_run_changes_nothing(registry: dict[str, Any] | None, language: str) -> None:
    pc = alone(registry, language=language)
    before = policy_of(pc)
    predicted = run(pc, settings=WANTED, check_mode=True)
    assert (pc.written(), policy_of(pc)) == ([], before)
    result = run(pc, settings=WANTED)
    for key in ("changed", "changes", "diff"):
        assert result[key] == predicted[key]
    old = {
        "server_url": "http://old:8530",
        "status_server_url": "http://old:8530",
        "use_server": False,
        "automatic_updates": 2,
    }
    assert result["changes"] == [
        {"attribute": name, "before": old[name] if registry else None, "after": after} for name, after in WANTED.items()
    ]
    assert {name: result["policy"]["settings"][name] for name in WANTED} == WANTED
    assert (result["health"], result["policy"]["source"], result["arrived"]) == ("healthy", "local", {})
    assert (result["backup"], predicted["backup"]) == (BACKUP if registry else None, None)
    written = len(pc.written())
    assert run(pc, settings=WANTED)["changed"] is False
    assert len(pc.written()) == written


def test_the_values_are_of_the_types_that_windows_reads() -> None:
    pc = alone()
    run(pc, settings={"server_url": SERVER, "use_server": False, "automatic_updates": 3, "target_group": "A;B"})
    assert pc.written() == [
        rf"reg.exe add {KEY} /v WUServer /t REG_SZ /d {SERVER} /f",
        rf"reg.exe add {KEY}\AU /v UseWUServer /t REG_DWORD /d 0 /f",
        rf"reg.exe add {KEY}\AU /v AUOptions /t REG_DWORD /d 3 /f",
        rf"reg.exe add {KEY} /v TargetGroup /t REG_SZ /d A;B /f",
    ]


def test_the_backup_comes_first_and_brings_the_settings_back() -> None:
    pc = alone(OLD)
    before = policy_of(pc)
    run(pc, settings=WANTED)
    assert pc.written()[0] == rf"reg.exe export {KEY} {BACKUP} /y"
    assert policy_of(pc) != before
    assert pc.machine.run_program(["reg.exe", "import", BACKUP], ADMINISTRATOR).exit_code == 0
    assert policy_of(pc) == before


def test_without_a_backup_nothing_is_written() -> None:
    pc = alone(OLD)
    before = policy_of(pc)
    error = failed(pc, BackupFailed, settings=WANTED, backup_dir=r"C:\Nowhere")
    assert (error.reason, "backup_dir" in error.message) == ("backup_failed", True)
    assert (len(pc.written()), policy_of(pc)) == (1, before)


@pytest.mark.parametrize("registry", [None, OLD])
@pytest.mark.parametrize("refused", range(4))
def test_a_refused_step_takes_the_others_back(registry: dict[str, Any] | None, refused: int) -> None:
    pc = alone(registry)
    before = policy_of(pc) if registry else None
    value = ["WUServer", "WUStatusServer", "UseWUServer", "AUOptions"][refused]
    key = KEY if refused < 2 else rf"{KEY}\AU"
    pc.faults = {rf"reg.exe add {key} /v {value}": 1}
    error = failed(pc, StepFailed, settings=WANTED)
    assert (error.reason, error.details["step"], error.details["rolled_back"]) == (
        "step_failed",
        list(WANTED)[refused],
        True,
    )
    assert error.details["backup"] == (BACKUP if registry else None)
    assert ("All changes were rolled back." in error.message, BACKUP in error.message) == (True, bool(registry))
    lines = [line for line in pc.written() if "export" not in line]
    made = [line.split(" /v ")[1].split()[0] for line in lines[:4]]
    if before:
        # What was there comes back from the backup, whatever its text: all four were.
        assert lines[4:] == [f"reg.exe import {BACKUP}"]
        assert policy_of(pc) == before
    else:
        rolled_back = [line.split(" /v ")[1].split()[0] for line in lines[4:]]
        assert rolled_back == [name for name in reversed(made) if name != value]
        assert not any("REG_" in str(line) for line in policy_of(pc))


@pytest.mark.parametrize("value", ["WUServer", "WUStatusServer"])
def test_a_step_that_is_accepted_but_not_there_is_taken_back(value: str) -> None:
    pc = alone(OLD)
    before = policy_of(pc)
    pc.faults = {rf"reg.exe add {KEY} /v {value}": 0}
    error = failed(pc, NotVerified, settings=WANTED)
    assert (error.reason, error.details) == ("not_verified", {"rolled_back": True, "backup": BACKUP})
    assert policy_of(pc) == before


def test_an_undo_that_is_refused_is_said() -> None:
    pc = alone()
    pc.faults = {rf"reg.exe add {KEY}\AU /v AUOptions": 1, rf"reg.exe delete {KEY} /v WUServer": 1}
    error = failed(pc, StepFailed, settings=WANTED)
    assert error.details["rolled_back"] is False
    assert "Some changes could not be rolled back" in error.message


def test_an_undo_that_cannot_be_read_back_is_not_claimed() -> None:
    pc = alone()
    pc.faults = {rf"reg.exe add {KEY}\AU /v AUOptions": 1}
    pc.before[rf"reg.exe delete {KEY} /v WUServer"] = lambda: pc.faults.update({rf"reg.exe query {KEY}": 5})
    error = failed(pc, StepFailed, settings=WANTED)
    assert (error.details["step"], error.details["rolled_back"]) == ("automatic_updates", False)


def test_a_setting_of_a_wrong_type_is_replaced_and_its_undo_is_the_backup() -> None:
    wrong = {KEY: {"WUServer": SERVER, "WUStatusServer": SERVER}, rf"{KEY}\AU": {"UseWUServer": "1"}}
    pc = alone(wrong)
    result = run(pc, settings=WANTED)
    assert result["changes"][0] == {"attribute": "use_server", "before": "of type REG_SZ", "after": True}
    assert result["health"] == "healthy"
    other = alone(wrong)
    other.faults = {rf"reg.exe add {KEY}\AU /v AUOptions": 1}
    error = failed(other, StepFailed, settings=WANTED)
    assert (error.details["rolled_back"], error.details["backup"]) == (True, BACKUP)


def test_null_takes_a_setting_away() -> None:
    pc = alone({**OLD, rf"{KEY}\AU": {"UseWUServer": "1", "AUOptions": 2}})
    result = run(pc, settings={"server_url": None, "use_server": None, "target_group": None})
    assert result["changes"] == [
        {"attribute": "server_url", "before": "http://old:8530", "after": None},
        {"attribute": "use_server", "before": "of type REG_SZ", "after": None},
    ]
    assert set(result["policy"]["settings"]) == {"status_server_url", "automatic_updates"}
    assert result["policy"]["mistyped"] == {}
    assert run(pc, settings={"server_url": None, "use_server": None})["changed"] is False


def test_what_is_not_named_is_not_touched() -> None:
    pc = alone(OLD)
    result = run(pc, settings={"use_server": True})
    assert [each["attribute"] for each in result["changes"]] == ["use_server"]
    assert result["policy"]["other"] == {"Odd": 7}
    assert result["policy"]["settings"]["server_url"] == "http://old:8530"


@pytest.mark.parametrize("fault", [None, rf"reg.exe add {KEY} /v WUStatusServer", rf"reg.exe export {KEY}"])
def test_no_credential_of_a_url_is_shown(fault: str | None) -> None:
    secret = "http://me:secret@old:8530"
    pc = alone({KEY: {"WUServer": secret, "WUStatusServer": secret}})
    pc.faults = {fault: 1} if fault else {}
    if fault is None:
        for check_mode in (True, False):
            result = run(pc, settings=WANTED, check_mode=check_mode)
            assert result["changes"][0]["before"] == "http://old:8530"
            assert "secret" not in repr(result)
    else:
        error = failed(pc, WsusClientError, settings=WANTED)
        assert "secret" not in error.message + repr(error.details)


def test_a_text_that_cannot_be_put_back_is_in_the_backup_alone() -> None:
    pc = alone(
        {KEY: {"WUServer": SERVER, "WUStatusServer": SERVER, "TargetGroup": 'a "b'}, rf"{KEY}\AU": {"UseWUServer": 1}}
    )
    assert run(pc, settings={"target_group": "Clients"})["changes"][0]["before"] == 'a "b'
