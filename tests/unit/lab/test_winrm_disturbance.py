"""What goes wrong on order."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests
from lab.machine import ConnectionDropped, Execution, Faults
from lab.serve import Lab
from unit.lab.winrm_fakes import FakeMachine, connect, run
from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError

pytestmark = pytest.mark.slow

GOOD = (b"output of a batch", b"", 0)


@pytest.fixture
def machine() -> FakeMachine:
    return FakeMachine(answers={"batch": Execution(*GOOD)})


@pytest.fixture
def lab(machine: FakeMachine) -> Iterator[Lab]:
    with Lab([machine]) as running:
        yield running


@pytest.mark.parametrize("transport", ["basic", "ntlm"])
@pytest.mark.parametrize(("number", "ran"), [(1, False), (2, False), (3, True), (5, True)])
def test_drop_at_request(lab: Lab, machine: FakeMachine, transport: str, number: int, ran: bool) -> None:
    machine.faults = Faults(drop_at_request=number)
    with pytest.raises(requests.exceptions.ConnectionError):
        run_without_cleanup(lab, transport)
    assert lab.requests["PC1"].total() == number
    assert [record.command_line for record in machine.log] == (["batch"] if ran else [])
    assert run(connect(lab, transport=transport), "batch") == GOOD


def run_without_cleanup(lab: Lab, transport: str) -> None:
    client = connect(lab, transport=transport)
    shell = client.open_shell()
    command = client.run_command(shell, "batch")
    client.get_command_output(shell, command)
    client.cleanup_command(shell, command)
    client.close_shell(shell)


def test_counting_starts_anew_with_a_new_record(lab: Lab, machine: FakeMachine) -> None:
    assert run(connect(lab), "batch") == GOOD
    for _unused in range(2):
        machine.faults = Faults(drop_at_request=1)
        with pytest.raises(requests.exceptions.ConnectionError):
            connect(lab).open_shell()
        connect(lab).open_shell()
    machine.faults.drop_at_request = 2
    connect(lab).open_shell()
    with pytest.raises(requests.exceptions.ConnectionError):
        connect(lab).open_shell()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_drop_mid_output(lab: Lab, machine: FakeMachine, scheme: str) -> None:
    machine.faults = Faults(drop_mid_output=50)
    client = connect(lab, scheme=scheme)
    shell = client.open_shell()
    command = client.run_command(shell, "batch")
    with pytest.raises(
        (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError), match="50 bytes read"
    ):
        client.get_command_output(shell, command)
    assert run(connect(lab, scheme=scheme), "batch") == GOOD


def test_drop_raised_by_the_machine(lab: Lab, machine: FakeMachine) -> None:
    def drop() -> Execution:
        raise ConnectionDropped

    machine.answers["batch"] = drop
    client = connect(lab)
    shell = client.open_shell()
    command = client.run_command(shell, "batch")
    with pytest.raises(requests.exceptions.ConnectionError):
        client.get_command_output(shell, command)
    assert lab.requests["PC1"] == {"Create": 1, "Command": 1, "Receive": 1}


def test_truncate_output(lab: Lab, machine: FakeMachine) -> None:
    machine.faults = Faults(truncate_output=6)
    assert run(connect(lab), "batch") == (b"output", b"", 0)
    assert len(machine.log) == 1


def test_garbage_output(lab: Lab, machine: FakeMachine) -> None:
    machine.faults = Faults(garbage_output=True)
    out, err, code = run(connect(lab), "batch")
    assert (err, code) == GOOD[1:]
    assert len(out) >= 256
    assert b"batch" not in out
    with pytest.raises(UnicodeDecodeError):
        out.decode("utf-8")


def test_delay(lab: Lab, machine: FakeMachine) -> None:
    machine.faults = Faults(delay=0.5)
    began = time.monotonic()
    assert run(connect(lab), "batch") == GOOD
    assert 0.5 <= time.monotonic() - began < 5


def test_a_delayed_command_that_is_terminated_never_runs(lab: Lab, machine: FakeMachine) -> None:
    machine.faults = Faults(delay=2)
    client = connect(lab, timeout=1)
    shell = client.open_shell()
    command = client.run_command(shell, "batch")
    with pytest.raises(WinRMOperationTimeoutError):
        client.get_command_output_raw(shell, command)
    client.close_shell(shell)
    time.sleep(1.2)
    assert machine.log == []


def test_quota(lab: Lab, machine: FakeMachine) -> None:
    machine.faults = Faults(quota=2)
    client = connect(lab)
    shell = client.open_shell()
    client.run_command(shell, "batch")
    with pytest.raises(WSManFaultError) as caught:
        client.run_command(shell, "batch")
    assert caught.value.wsman_fault_code == 0x803381A6
    assert caught.value.wmierror_code == 0x803381A6
    client.run_command(shell, "batch")
    assert lab.requests["PC1"]["Command"] == 3


def test_stopping_the_lab_frees_a_client_that_waits(machine: FakeMachine) -> None:
    machine.faults = Faults(delay=600)
    lab = Lab([machine])
    lab.start()
    client = connect(lab)
    shell = client.open_shell()
    command = client.run_command(shell, "batch")
    lab.stop()
    with pytest.raises(requests.exceptions.ConnectionError):
        client.get_command_output(shell, command)
    assert machine.log == []
    assert machine.closed
