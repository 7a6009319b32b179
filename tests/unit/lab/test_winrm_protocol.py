"""The shell protocol, with pywinrm as the client."""

from __future__ import annotations

import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from lab.machine import Execution, User
from lab.serve import Lab
from lab.winrm.service import COMMAND_LINE_LIMIT
from unit.lab.winrm_fakes import PASSWORD, FakeMachine, ReadingMachine, connect, run
from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError

pytestmark = pytest.mark.slow

CMD = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"


def test_an_audit_takes_five_requests() -> None:
    machine = FakeMachine(answers={"reg.exe query HKLM": Execution(b"out", b"err", 3)})
    with Lab([machine]) as lab:
        assert run(connect(lab), "reg.exe", "query", "HKLM") == (b"out", b"err", 3)
        assert lab.requests["PC1"] == {"Create": 1, "Command": 1, "Receive": 1, "Signal": 1, "Delete": 1}
        assert lab.server.open_shells("PC1") == ()
    assert [(record.user, record.command_line) for record in machine.log] == [("Administrator", "reg.exe query HKLM")]


def test_receive_waits_for_the_end_and_brings_everything_at_once() -> None:
    release = threading.Event()

    def slow() -> Execution:
        release.wait(10)
        return Execution(b"late")

    with Lab([FakeMachine(answers={"slow": slow})]) as lab:
        client = connect(lab)
        shell = client.open_shell()
        command = client.run_command(shell, "slow")
        threading.Timer(0.3, release.set).start()
        began = time.monotonic()
        assert client.get_command_output_raw(shell, command) == (b"late", b"", 0, True)
        assert 0.2 < time.monotonic() - began < 5
        assert lab.requests["PC1"]["Receive"] == 1


def test_operation_timeout_then_the_output() -> None:
    release = threading.Event()

    def slow() -> Execution:
        release.wait(10)
        return Execution(b"late")

    with Lab([FakeMachine(answers={"slow": slow})]) as lab:
        client = connect(lab, timeout=1)
        shell = client.open_shell()
        command = client.run_command(shell, "slow")
        began = time.monotonic()
        with pytest.raises(WinRMOperationTimeoutError):
            client.get_command_output_raw(shell, command)
        assert 0.9 < time.monotonic() - began < 5
        release.set()
        assert client.get_command_output(shell, command) == (b"late", b"", 0)


@pytest.mark.parametrize("transport", ["basic", "ntlm"])
def test_output_of_megabytes_comes_in_envelopes_of_the_size_asked_for(transport: str) -> None:
    out, err = bytes(range(256)) * 12_000, b"\xff\xfe" * 300_000
    with Lab([FakeMachine(answers={"big": Execution(out, err, 5)})]) as lab:
        client = connect(lab, transport=transport)
        answers: list[int] = []
        read = client.transport._get_message_response_text

        def measured(response: requests.Response) -> bytes:
            text: bytes = read(response)
            answers.append(len(text))
            return text

        client.transport._get_message_response_text = measured
        assert run(client, "big") == (out, err, 5)
        assert max(answers) <= client.max_env_sz
        # Base64 makes four bytes of three; at most 2 % of an envelope is not output.
        assert lab.requests["PC1"]["Receive"] <= math.ceil((len(out) + len(err)) * 4 / 3 / (client.max_env_sz * 0.98))


def test_standard_input_arrives_in_order_and_ends() -> None:
    with Lab([ReadingMachine()]) as lab:
        client = connect(lab)
        shell = client.open_shell()
        command = client.run_command(shell, "read", console_mode_stdin=False)
        client.send_command_input(shell, command, b"one")
        client.send_command_input(shell, command, b"t\x00wo")
        client.send_command_input(shell, command, b"", end=True)
        assert client.get_command_output(shell, command) == (b"[one]\n[t\x00wo]", b"", 0)
        with pytest.raises(WSManFaultError) as caught:
            client.send_command_input(shell, command, b"three")
        assert caught.value.wsman_fault_code == 109


def test_standard_input_is_refused_where_nothing_reads_it() -> None:
    with Lab([FakeMachine(answers={"x": Execution()})]) as lab:
        client = connect(lab)
        shell = client.open_shell()
        with pytest.raises(WSManFaultError, match="standard input") as caught:
            client.send_command_input(shell, client.run_command(shell, "x"), b"lost")
        assert caught.value.wsman_fault_code == 0x80338042


def test_terminate_frees_the_client_and_forgets_the_command() -> None:
    release = threading.Event()

    def slow() -> Execution:
        release.wait(10)
        return Execution(b"late")

    with Lab([FakeMachine(answers={"slow": slow})]) as lab:
        client = connect(lab)
        shell = client.open_shell()
        command = client.run_command(shell, "slow")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(connect(lab).get_command_output, shell, command)
            while not lab.requests["PC1"]["Receive"]:
                time.sleep(0.01)
            client.cleanup_command(shell, command)
            assert waiting.result(timeout=5) == (b"", b"", 0xC000013A)
        with pytest.raises(WSManFaultError) as caught:
            client.get_command_output_raw(shell, command)
        assert caught.value.wsman_fault_code == 87
        release.set()


@pytest.mark.parametrize("length", [COMMAND_LINE_LIMIT, COMMAND_LINE_LIMIT + 1])
def test_command_line_of_cmd_exe_has_a_longest(length: int) -> None:
    line = "x" * length
    machine = FakeMachine(answers={line: Execution(b"ran")})
    with Lab([machine]) as lab:
        out, err, code = run(connect(lab), line)
    if length <= COMMAND_LINE_LIMIT:
        assert (out, err, code) == (b"ran", b"", 0)
    else:
        assert (out, code) == (b"", 1)
        assert err == b"The command line is too long.\r\n"
    assert [(record.command_line, record.exit_code) for record in machine.log] == [(line, code)]


def test_an_error_of_the_lab_is_no_output_of_the_machine(capfd: pytest.CaptureFixture[str]) -> None:
    def broken() -> Execution:
        raise RuntimeError("a bug")

    with (
        Lab([FakeMachine(answers={"broken": broken})]) as lab,
        pytest.raises(WSManFaultError, match="RuntimeError: a bug"),
    ):
        run(connect(lab), "broken")
    assert "RuntimeError: a bug" in capfd.readouterr().err


def test_sessions_side_by_side() -> None:
    machines = [FakeMachine(f"PC{n}", {"who": Execution(f"I am {n}".encode() * 20_000)}) for n in range(12)]
    with Lab(machines) as lab, ThreadPoolExecutor(12) as pool:
        tasks = [(n % 12, ("basic", "ntlm")[n // 12 % 2], ("http", "https")[n // 24]) for n in range(48)]
        outputs = pool.map(
            lambda task: run(connect(lab, f"pc{task[0]}", transport=task[1], scheme=task[2]), "who"), tasks
        )
        for (number, _unused, _unused), output in zip(tasks, outputs, strict=True):
            assert output == (f"I am {number}".encode() * 20_000, b"", 0)
        assert {name: counts["Create"] for name, counts in lab.requests.items()} == {f"PC{n}": 4 for n in range(12)}


def envelope(
    action: str = f"{TRANSFER}/Create", resource: str = CMD, extra: str = "", body: str = "<rsp:Shell/>"
) -> str:
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
        ' xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell">'
        f"<s:Header><a:Action>{action}</a:Action><w:ResourceURI>{resource}</w:ResourceURI>{extra}</s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )


SELECT = '<w:SelectorSet><w:Selector Name="ShellId">{}</w:Selector></w:SelectorSet>'


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("<not xml", 0x80338041),
        ("<a/>", 0x80338041),
        ("<!DOCTYPE a><a/>", 0x80338041),
        (envelope(extra="<w:OperationTimeout>soon</w:OperationTimeout>"), 0x80338041),
        (envelope(extra="<w:MaxEnvelopeSize>100</w:MaxEnvelopeSize>"), 0x80338041),
        (envelope(body=""), 0x80338041),
        (envelope(resource="http://schemas.microsoft.com/powershell/Microsoft.PowerShell"), 0x80338000),
        (envelope(action=f"{TRANSFER}/Get"), 0x80338001),
        (envelope(action=f"{TRANSFER}/Delete", extra=SELECT.format("NO-SUCH-SHELL")), 0x8033805B),
        (envelope(body="<rsp:Shell><rsp:WorkingDirectory>C:\\</rsp:WorkingDirectory></rsp:Shell>"), 0x80338042),
    ],
)
def test_faults(message: str, code: int) -> None:
    with Lab([FakeMachine()]) as lab:
        client = connect(lab)
        with pytest.raises(WSManFaultError) as caught:
            client.send_message(message)
        assert caught.value.wsman_fault_code == code
        assert caught.value.code == 500
        assert lab.server.open_shells("PC1") == ()


def test_a_shell_is_its_owners() -> None:
    users = [User("Administrator", PASSWORD), User("other", "o")]
    with Lab([FakeMachine(users=users)]) as lab:
        shell = connect(lab).open_shell()
        with pytest.raises(WSManFaultError) as caught:
            connect(lab, user="other", password="o").run_command(shell, "x")
        assert caught.value.wsman_fault_code == 0x8033805B
