"""Steps made, read back and taken back on a machine."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import OutputEndedEarly
from ansible_collections.wsus.client.plugins.plugin_utils._plan import Change, Step
from ansible_collections.wsus.client.plugins.plugin_utils._remote import transaction
from ansible_collections.wsus.client.plugins.plugin_utils._remote.transaction import (
    BackupFailed,
    NotVerified,
    StepFailed,
)
from ansible_collections.wsus.client.plugins.plugin_utils._windows import registry, sc
from support.lab_host import NOW, Pc

KEY = r"HKLM\SOFTWARE\Example"
PROBE = registry.key(KEY)


def step(number: int) -> Step:
    """A step that writes a value and is taken back by deleting it."""
    name = f"V{number}"
    value = registry.Value(name, "REG_DWORD", number)
    return Step((Change(name, None, number),), registry.add(KEY, value), (registry.delete_value(KEY, name),))


STEPS = [step(number) for number in range(3)]


def answering_only(length: int) -> Pc:
    """A machine whose output breaks off after so many bytes."""
    pc = Pc()
    whole = pc.exec_command

    def cut(cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        code, output, errors = whole(cmd, in_data, sudoable)
        return code, output[:length], errors

    pc.exec_command = cut  # type: ignore[method-assign]
    return pc


def values(pc: Pc) -> dict[str, Any]:
    key = pc.host.probe([PROBE])[PROBE]
    return {name: value.data for name, value in key.values.items()} if key else {}


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        (None, r"D:\Win\Temp\wsus.client-BITS-20261123T041500Z-5eed5eed.reg"),
        (r"C:\Backup", r"C:\Backup\wsus.client-BITS-20261123T041500Z-5eed5eed.reg"),
        ("C:\\", r"C:\wsus.client-BITS-20261123T041500Z-5eed5eed.reg"),
    ],
)
def test_the_name_of_a_backup(folder: str | None, file: str) -> None:
    assert transaction.backup_file(folder, r"D:\Win", "BITS", NOW, "5eed5eed0123") == file


def test_a_backup_that_fails_names_what_and_where() -> None:
    pc = Pc()
    with pytest.raises(BackupFailed, match=r"the key could not be backed up to C:\\No\\x\.reg.*backup_dir"):
        transaction.back_up(pc.host, registry.export(KEY, r"C:\No\x.reg"), "the key", r"C:\No\x.reg")


def test_steps_and_probe_are_one_execution() -> None:
    pc = Pc()
    done: list[Step] = []
    answers = transaction.run_steps(pc.host, "example", STEPS, [PROBE], done)
    assert (pc.host.executions, done) == (1, STEPS)
    key = answers[PROBE]
    assert key is not None
    assert [key.number(f"V{number}") for number in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("refused", range(3))
def test_a_refused_step_is_named_and_the_others_are_done(refused: int) -> None:
    pc = Pc()
    pc.faults = {f"reg.exe add {KEY} /v V{refused} ": 1}
    done: list[Step] = []
    with pytest.raises(
        StepFailed, match=f"example: setting V{refused} failed: `reg.exe add .*` exited with 1"
    ) as caught:
        transaction.run_steps(pc.host, "example", STEPS, [PROBE], done)
    assert caught.value.details == {"step": f"V{refused}"}
    assert done == [each for each in STEPS if each is not STEPS[refused]]
    transaction.roll_back(pc.host, done)
    assert values(pc) == {}


def test_a_refused_service_command_is_explained() -> None:
    refused = Step((Change("start_type", "a", "b"),), sc.config("Nobody", start="demand"))
    with pytest.raises(
        StepFailed, match="x: setting start_type failed: 0x80070424 ERROR_SERVICE_DOES_NOT_EXIST: "
    ) as caught:
        transaction.run_steps(Pc().host, "x", [refused], [], [])
    assert caught.value.details == {"step": "start_type", "code": "0x80070424"}


def test_after_output_that_ends_early_every_step_may_have_been_made() -> None:
    pc = answering_only(10)
    done: list[Step] = []
    with pytest.raises(OutputEndedEarly):
        transaction.run_steps(pc.host, "example", STEPS, [], done)
    assert done == STEPS


def test_what_is_left_is_named() -> None:
    transaction.require_applied("example", [])
    with pytest.raises(NotVerified, match="change to example, but these do not have the requested value: V0, V2"):
        transaction.require_applied("example", [STEPS[0], STEPS[2]])


def test_steps_are_taken_back_in_reverse_order() -> None:
    pc = Pc()
    transaction.run_steps(pc.host, "example", STEPS, [], [])
    transaction.roll_back(pc.host, STEPS)
    assert pc.written()[len(STEPS) :] == [f"reg.exe delete {KEY} /v V{number} /f" for number in (2, 1, 0)]
    assert values(pc) == {}


def test_an_undo_that_fails_raises_nothing_and_the_rest_is_taken_back() -> None:
    pc = Pc()
    transaction.run_steps(pc.host, "example", STEPS, [], [])
    pc.faults = {f"reg.exe delete {KEY} /v V1": 1}
    transaction.roll_back(pc.host, STEPS)
    assert values(pc) == {"v1": 1}


def test_an_undo_whose_answer_is_lost_raises_nothing() -> None:
    pc = answering_only(0)
    transaction.roll_back(pc.host, STEPS)
    assert len(pc.written()) == len(STEPS)
