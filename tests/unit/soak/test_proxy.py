"""The disturbing proxy, with pywinrm before it and the lab behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

import pytest
import requests
from lab.machine import Execution
from lab.serve import Lab
from soak.disturbances import KINDS, QUIET, Disturbance
from soak.proxy import Proxy
from unit.lab.winrm_fakes import PASSWORD, FakeMachine, run
from winrm import Protocol
from winrm.exceptions import InvalidCredentialsError, WinRMOperationTimeoutError, WinRMTransportError, WSManFaultError

pytestmark = pytest.mark.slow

LATE_S = 0.4
GOOD = (b"output", b"", 0)
ACTIONS = ("Create", "Command", "Receive", "Signal", "Delete")
NAMED = {kind.name: kind for kind in KINDS}
RAISED: dict[str, type[Exception]] = {
    "reset before": requests.ConnectionError,
    "reset after": requests.ConnectionError,
    "status 500": WinRMTransportError,
    "status 401": InvalidCredentialsError,
    "body cut": requests.exceptions.ChunkedEncodingError,
    "fault: quota": WSManFaultError,
    "fault: timeout": WinRMOperationTimeoutError,
}


@dataclass(frozen=True)
class Once:
    """A plan that disturbs the request of that number only."""

    number: int
    kind: str
    carried_out: bool

    def of(self, machine: str, number: int) -> Disturbance | None:
        return Disturbance(NAMED[self.kind], self.carried_out) if number == self.number else None


@pytest.fixture
def machine() -> FakeMachine:
    return FakeMachine(answers={"batch": Execution(*GOOD)})


@pytest.fixture
def lab(machine: FakeMachine) -> Iterator[Lab]:
    with Lab([machine]) as running:
        yield running


def client(proxy: Proxy) -> Protocol:
    return Protocol(
        f"http://127.0.0.1:{proxy.port}/wsman/PC1",
        transport="basic",
        username="Administrator",
        password=PASSWORD.encode(),
        server_cert_validation="ignore",
        proxy=None,
    )


def test_undisturbed_requests_pass_over_the_connection_of_their_shell_and_are_counted(lab: Lab) -> None:
    with Proxy(lab.http_port, QUIET) as proxy:
        protocol = client(proxy)
        assert run(protocol, "batch") == GOOD
        assert run(protocol, "batch") == GOOD
        assert proxy.requests == dict.fromkeys(ACTIONS, 2)
        assert proxy.connections == 2  # pywinrm leaves it with the shell
        assert proxy.faults == {}
        assert len(proxy.known) == 2
    assert lab.server.open_shells("PC1") == ()


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", RAISED)
def test_a_disturbed_request(lab: Lab, name: str, action: str) -> None:
    kind = NAMED[name].carried_out
    for carried_out in (True, False) if kind is None else (kind,):
        before = lab.requests["PC1"][action]
        with Proxy(lab.http_port, Once(ACTIONS.index(action) + 1, name, carried_out)) as proxy:
            if (name, action) == ("fault: timeout", "Receive"):
                assert run(client(proxy), "batch") == GOOD  # the client asks again
                before += 1
            else:
                with pytest.raises(RAISED[name]):
                    run(client(proxy), "batch")
            assert proxy.faults == {(name, action): 1}
        assert lab.requests["PC1"][action] - before == carried_out


@pytest.mark.parametrize("name", ["html with 200", "empty 200"])
@pytest.mark.parametrize("carried_out", [True, False])
def test_an_answer_that_is_none(lab: Lab, name: str, carried_out: bool) -> None:
    with (
        Proxy(lab.http_port, Once(2, name, carried_out)) as proxy,
        pytest.raises((ParseError, StopIteration)),
    ):
        run(client(proxy), "batch")
    assert lab.requests["PC1"]["Command"] == carried_out


def test_a_late_answer_is_whole(lab: Lab) -> None:
    with Proxy(lab.http_port, Once(2, "late", True), LATE_S) as proxy:
        started = time.monotonic()
        assert run(client(proxy), "batch") == GOOD
        assert time.monotonic() - started >= LATE_S
        assert proxy.faults == {("late", "Command"): 1}


@pytest.mark.parametrize("name", ["reset after", "body cut"])
def test_a_shell_whose_identifier_did_not_arrive_is_open_and_unknown(lab: Lab, name: str) -> None:
    with Proxy(lab.http_port, Once(1, name, True)) as proxy:
        with pytest.raises(RAISED[name]):
            client(proxy).open_shell()
        assert proxy.known == set()
        shell = client(proxy).open_shell()
        assert proxy.known == {shell.upper()}
    assert len(lab.server.open_shells("PC1")) == 2
    assert proxy.known < set(lab.server.open_shells("PC1"))


def test_a_machine_that_hangs_up_is_passed_on(lab: Lab, machine: FakeMachine) -> None:
    machine.faults.drop_at_request = 1
    with Proxy(lab.http_port, QUIET) as proxy:
        with pytest.raises(requests.ConnectionError):
            client(proxy).open_shell()
        assert run(client(proxy), "batch") == GOOD
