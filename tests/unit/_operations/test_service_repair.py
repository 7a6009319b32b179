"""A repair of a service on a machine, by the example of BITS: back up, change, verify, start; what fails is put back."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import OutputEndedEarly, WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._remote.service_control import (
    ServiceHangs,
    StartFailed,
    StopFailed,
)
from ansible_collections.wsus.client.plugins.plugin_utils._remote.transaction import (
    BackupFailed,
    NotVerified,
    StepFailed,
)
from support.lab_host import BACKUP, Pc

DISABLED = {"values": {"Start": 4, "ErrorControl": 0, "ServiceSidType": 0}}
# Whatever it is put back to, BITS cannot start with it.
BROKEN = {"values": {"ServiceSidType": 3}, "keys": {"Parameters": {"ServiceDll": {"expand": r"C:\old.dll"}}}}


def run(pc: Pc, **options: Any) -> dict[str, Any]:
    """What the module does outside check mode."""
    return pc.change(**options).run(check_mode=False).as_result(pc.host, check_mode=False)


def failed(pc: Pc, kind: type[WsusClientError], **options: Any) -> WsusClientError:
    """The error that a run must end with."""
    with pytest.raises(kind) as caught:
        run(pc, **options)
    return caught.value


def as_it_is(pc: Pc) -> tuple[Any, ...]:
    facts = pc.facts().service
    return facts.definition, facts.group_members, {each.name: each.start for each in facts.related_services}


@pytest.mark.parametrize("windows", ["windows-7-sp1", "windows-10-22h2", "server-2025"])
@pytest.mark.parametrize("state", ["stopped", "running"])
def test_a_healthy_machine_is_only_read(windows: str, state: str) -> None:
    pc = Pc(windows, services={"BITS": {"state": state}})
    result = run(pc)
    assert (result["changed"], result["changes"], result["backup"]) == (False, [], None)
    assert (result["diff"]["before"], result["diff"]["after"]) == ({}, {})
    assert (pc.written(), result["remote_executions"], result["state"]) == ([], 1, state)


@pytest.mark.parametrize("language", ["en", "ja", "de", "es"])
def test_a_repair_is_reported_and_the_next_run_changes_nothing(language: str) -> None:
    pc = Pc(language=language, services={"BITS": DISABLED})
    result = run(pc)
    assert result["changes"] == [
        {"attribute": "start_type", "before": "disabled", "after": "demand"},
        {"attribute": "error_control", "before": "ignore", "after": "normal"},
        {"attribute": "sid_type", "before": "none", "after": "unrestricted"},
        {"attribute": "state", "before": "stopped", "after": "running"},
    ]
    assert (result["backup"], result["state"], pc.state("BITS")) == (BACKUP, "running", "RUNNING")
    written = len(pc.written())
    assert run(pc)["changed"] is False
    assert len(pc.written()) == written


def test_the_backup_comes_first_and_alone() -> None:
    pc = Pc(services={"BITS": DISABLED})
    run(pc)
    writing = [
        [" ".join(each.argv) for each in record.commands if " ".join(each.argv) in pc.written()]
        for record in pc.machine.log
    ]
    writing = [lines for lines in writing if lines]
    assert writing[0] == [rf"reg.exe export HKLM\SYSTEM\CurrentControlSet\Services\BITS {BACKUP} /y"]
    assert writing[1] == [
        "sc.exe config BITS start= demand error= normal",
        "sc.exe sidtype BITS unrestricted",
    ]
    assert writing[2:] == [["sc.exe start BITS"]]


def test_the_backup_brings_the_definition_back() -> None:
    pc = Pc(services={"BITS": {**DISABLED, "state": "stopped"}})
    before = pc.facts().service.definition
    run(pc)
    assert pc.facts().service.definition != before
    assert pc.machine.run_program(["reg.exe", "import", BACKUP], next(iter(pc.machine.users.values()))).exit_code == 0
    assert pc.facts().service.definition == before


def test_a_folder_for_the_backup_may_be_named() -> None:
    pc = Pc(services={"BITS": DISABLED}, files={r"C:\Backup": {}})
    assert run(pc, backup_dir="C:\\Backup\\")["backup"] == BACKUP.replace(r"C:\Windows\Temp", r"C:\Backup")
    assert pc.machine.files.is_file(BACKUP.replace(r"C:\Windows\Temp", r"C:\Backup"))


def test_without_a_backup_nothing_is_written() -> None:
    pc = Pc(services={"BITS": DISABLED})
    before = as_it_is(pc)
    error = failed(pc, BackupFailed, backup_dir=r"C:\Nowhere")
    assert (error.reason, "backup_dir" in error.message) == ("backup_failed", True)
    assert all(line.startswith("reg.exe export") for line in pc.written())
    assert as_it_is(pc) == before


def test_no_backup_where_nothing_of_the_definition_changes() -> None:
    pc = Pc()
    result = run(pc, state="started")
    assert (result["backup"], result["state"]) == (None, "running")
    assert result["changes"] == [{"attribute": "state", "before": "stopped", "after": "running"}]
    assert pc.written() == ["sc.exe start BITS"]


def test_preparing_sends_no_write_and_predicts_what_is_made() -> None:
    pc = Pc(
        services={"BITS": {**DISABLED, "listed": False}, "SENS": {"values": {"Start": 4}, "state": "stopped"}},
    )
    change = pc.change()
    predicted = change.plan()
    assert pc.written() == []
    assert [each.attribute for each in predicted.changes] == [
        "start_type",
        "error_control",
        "sid_type",
        "svchost_group",
        "SENS.start_type",
        "SENS.state",
        "state",
    ]
    assert run(pc)["changes"] == [each.as_result() for each in predicted.changes]


def test_a_step_that_fails_undoes_the_others_in_reverse_order() -> None:
    pc = Pc(services={"BITS": {**DISABLED, "listed": False}})
    before = as_it_is(pc)
    pc.faults = {"sc.exe sidtype": 5}
    error = failed(pc, StepFailed)
    assert (error.reason, error.details["step"], error.details["code"]) == ("step_failed", "sid_type", "0x80070005")
    assert (error.details["rolled_back"], error.details["backup"]) == (True, BACKUP)
    assert "0x80070005" in error.message
    assert "All changes were rolled back." in error.message
    assert BACKUP in error.message
    done, rolled_back = pc.written()[1:4], pc.written()[4:]
    assert [line.split()[1] for line in done] == ["config", "sidtype", "add"]
    assert [line.split()[1] for line in rolled_back] == ["add", "config"]
    assert as_it_is(pc) == before
    assert pc.state("BITS") == "STOPPED"


def test_a_failed_reg_command_is_named() -> None:
    pc = Pc(services={"BITS": {"keys": {"Parameters": None}}})
    pc.faults = {"reg.exe add": 1}
    error = failed(pc, StepFailed)
    assert error.details == {"step": "service_dll", "rolled_back": True, "backup": BACKUP}
    assert "The definition was not changed." in error.message


def test_what_cannot_be_put_back_whole_is_said() -> None:
    pc = Pc(services={"BITS": {"values": {"ObjectName": r".\reader", "Start": 4, "ServiceSidType": 0}}})
    pc.faults = {"sc.exe sidtype": 5}
    error = failed(pc, StepFailed)
    definition = pc.facts().service.definition
    assert definition is not None
    assert (definition.start, definition.account) == (4, "LocalSystem")
    assert error.details["rolled_back"] is False
    assert "Some changes could not be rolled back" in error.message


def test_another_spelling_of_the_account_is_as_before() -> None:
    pc = Pc(services={"BITS": {"values": {"ObjectName": r"NT AUTHORITY\SYSTEM", "Start": 4}}})
    pc.faults = {"sc.exe failure": 5}
    assert failed(pc, StepFailed, definition="kb10132").details["rolled_back"] is True


def test_an_undo_that_is_refused_is_said() -> None:
    pc = Pc(services={"BITS": DISABLED})
    pc.faults = {"sc.exe sidtype": 5, "sc.exe config BITS start= disabled": 5}
    assert failed(pc, StepFailed).details["rolled_back"] is False


def test_a_change_that_is_accepted_but_not_there_is_put_back() -> None:
    pc = Pc(services={"BITS": DISABLED})
    before = as_it_is(pc)
    pc.faults = {"sc.exe sidtype": 0}
    error = failed(pc, NotVerified)
    assert (error.reason, error.details["rolled_back"]) == ("not_verified", True)
    assert "sid_type" in error.message
    assert as_it_is(pc) == before
    assert "sc.exe start BITS" not in pc.written()


def test_a_start_that_fails_puts_the_changes_back() -> None:
    pc = Pc(services={"BITS": {**DISABLED, "start_fails_with": 0x80040154}})
    before = as_it_is(pc)
    error = failed(pc, StartFailed)
    assert (error.details["code"], error.details["rolled_back"]) == ("0x80040154", True)
    assert as_it_is(pc) == before
    assert pc.state("BITS") == "STOPPED"


def test_a_running_bits_runs_again_when_its_restart_fails() -> None:
    pc = Pc(services={"BITS": {**BROKEN, "state": "running"}})
    pc.faults = {"sc.exe stop BITS": 1052}
    before = as_it_is(pc)
    error = failed(pc, StopFailed)
    assert (error.details["code"], error.details["rolled_back"]) == ("0x8007041c", True)
    assert as_it_is(pc) == before
    assert pc.state("BITS") == "RUNNING"


def test_a_running_bits_that_stays_stopped_is_said() -> None:
    pc = Pc(services={"BITS": {**BROKEN, "state": "running"}})
    before = as_it_is(pc)
    pc.faults = {"sc.exe start BITS": 1053}
    error = failed(pc, StartFailed)
    assert error.details["rolled_back"] is False
    assert as_it_is(pc) == before
    assert pc.state("BITS") == "STOPPED"


def test_a_neighbor_that_does_not_start_puts_the_changes_back() -> None:
    pc = Pc(
        services={
            "BITS": DISABLED,
            "SENS": {"values": {"Start": 4}, "state": "stopped", "start_fails_with": 5},
        }
    )
    before = as_it_is(pc)
    error = failed(pc, StartFailed)
    assert (error.details["service"], error.details["rolled_back"]) == ("SENS", True)
    assert as_it_is(pc) == before


def test_a_created_service_goes_again_when_it_does_not_start() -> None:
    pc = Pc(services={"BITS": {"deleted": True}})
    pc.faults = {"sc.exe start BITS": 1053}
    error = failed(pc, StartFailed)
    assert error.details["rolled_back"] is True
    facts = pc.facts().service
    assert (facts.definition, facts.state.installed) == (None, False)


@pytest.mark.parametrize("windows", ["windows-7-sp1", "windows-10-22h2"])
def test_a_service_that_is_gone_is_whole_afterwards(windows: str) -> None:
    pc = Pc(windows, services={"BITS": {"deleted": True}})
    result = run(pc)
    assert result["backup"] is None  # there was nothing to save
    assert result["state"] == "running"
    assert pc.facts().service.drift == ()
    assert run(pc)["changed"] is False


def test_a_service_that_hangs_is_an_error_and_the_definition_is_put_back() -> None:
    pc = Pc(services={"BITS": {**BROKEN, "state": "running", "hangs": "stopping"}})
    before = as_it_is(pc)
    error = failed(pc, ServiceHangs, timeout=10)
    assert (error.reason, error.details["rolled_back"]) == ("service_hangs", False)  # it does not run as it did
    assert as_it_is(pc) == before
    assert pc.state("BITS") == "STOP_PENDING"
    assert not any("kill" in line for line in pc.ran)


def test_nothing_is_written_while_the_service_hangs() -> None:
    pc = Pc(services={"BITS": {"state": "running", "hangs": "stopping", "values": {"ServiceSidType": 0}}})
    pc.machine.services.stop("BITS")
    failed(pc, ServiceHangs, timeout=10)
    assert pc.written() == []


def test_output_that_ends_early_is_taken_for_done_and_put_back() -> None:
    pc = Pc(services={"BITS": DISABLED})
    before = as_it_is(pc)
    whole = pc.exec_command

    def cut(cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        code, output, errors = whole(cmd)
        ours = any("sidtype" in " ".join(each.argv) for each in pc.machine.log[-1].commands)
        undoing = any("start= disabled" in " ".join(each.argv) for each in pc.machine.log[-1].commands)
        return code, output[:20] if ours and not undoing else output, errors

    pc.exec_command = cut  # type: ignore[method-assign]
    error = failed(pc, OutputEndedEarly)
    assert (error.reason, error.details["rolled_back"]) == ("output_ended_early", True)
    assert as_it_is(pc) == before


@pytest.mark.parametrize(
    ("state", "values", "transition", "runs"),
    [
        ("stopped", {}, "", False),
        ("running", {}, "", True),
        ("running", {"ServiceSidType": 0}, "", True),
        ("running", {"Start": 4}, "", True),
        ("running", {"RequiredPrivileges": ["SeTcbPrivilege"]}, "restart", True),
        ("stopped", {"ServiceSidType": 0}, "start", True),
    ],
)
def test_a_running_bits_is_restarted_only_where_that_is_needed(
    state: str, values: dict[str, Any], transition: str, runs: bool
) -> None:
    pc = Pc(services={"BITS": {"values": values, "state": state}})
    assert pc.change().plan().transition == transition
    run(pc)
    assert (pc.state("BITS") == "RUNNING") is runs
    assert ("sc.exe stop BITS" in pc.written()) is (transition == "restart")


@pytest.mark.parametrize(
    ("state", "wanted", "change"),
    [
        ("stopped", "started", "running"),
        ("running", "started", None),
        ("running", "stopped", "stopped"),
        ("stopped", "stopped", None),
        ("running", "restarted", "restarted"),
        ("stopped", "restarted", "running"),
    ],
)
def test_the_state_that_is_asked_for(state: str, wanted: str, change: str | None) -> None:
    pc = Pc(services={"BITS": {"state": state}})
    result = run(pc, state=wanted)
    expected = [] if change is None else [{"attribute": "state", "before": state, "after": change}]
    assert result["changes"] == expected
    assert result["state"] == ("stopped" if wanted == "stopped" else "running")


def test_a_bits_whose_last_run_failed_is_started_to_prove_it() -> None:
    pc = Pc(services={"BITS": {"state": "stopped", "exit_code": 1068}})
    assert run(pc)["changes"] == [{"attribute": "state", "before": "stopped", "after": "running"}]
    assert run(pc)["changed"] is False


def test_unmanaged_attributes_are_never_touched() -> None:
    wrong = {
        "ServiceSidType": 0,
        "ErrorControl": 0,
        "RequiredPrivileges": ["SeTcbPrivilege"],
        "ObjectName": r".\reader",
    }
    pc = Pc(services={"BITS": {"values": wrong}})
    before = pc.facts().as_fact()["definition"]
    run(pc, definition="unmanaged", account="LocalSystem")
    after = pc.facts().as_fact()["definition"]
    assert after == before | {"account": "LocalSystem"}


def test_the_parts_of_a_run_add_up() -> None:
    pc = Pc(services={"BITS": DISABLED})
    result = run(pc)
    assert result["remote_executions"] == len(pc.machine.log)
    assert result["native_commands"] == len(pc.ran)


def test_a_task_without_changes_says_so() -> None:
    task = Pc().change().plan()
    assert (task.changes, task.steps, task.transition) == ((), (), "")


@pytest.mark.parametrize(("transport", "console"), [("psrp", "psrp"), ("ssh", "psrp")])
def test_a_text_that_could_not_be_verified_is_refused_before_anything_is_changed(transport: str, console: str) -> None:
    pc = Pc(transport=transport, console=console)
    with pytest.raises(WsusClientError, match=r"dependencies, image_path: text that is not ASCII") as raised:
        pc.change(path="C:\\Büro\\x.exe -k netsvcs", dependencies=["Größe"]).run(check_mode=False)
    assert (raised.value.reason, pc.written()) == ("unverifiable", [])
