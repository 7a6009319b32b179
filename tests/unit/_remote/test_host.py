"""The only remote I/O: what is sent, and one clear error for each way it fails."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import (
    BecomeRefused,
    NoPowerShell,
    NotAdministrator,
    OutputEndedEarly,
    WsusClientError,
)
from ansible_collections.wsus.client.plugins.plugin_utils._remote import host as _host
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Result, command
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Query

VER = command("cmd.exe", "/d", "/c", "ver")


def lines(result: Result) -> tuple[str, ...]:
    return result.lines


def exit_code(result: Result) -> int:
    return result.exit_code


class Connection:
    """A connection that answers every program of a batch with what ``codes`` says (0 where it says nothing)."""

    become = None

    def __init__(
        self,
        codes: dict[str, int] | None = None,
        transport: str = "winrm",
        change: Callable[[bytes], bytes] = lambda output: output,
    ) -> None:
        self.transport = transport
        self.sent: list[str] = []
        self._codes = codes or {}
        self._change = change

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        assert in_data is None
        assert not sudoable
        # ansible-core before 2.19 is given the script itself, see handover
        script = base64.b64decode(cmd.rpartition(" ")[2]).decode("utf-16-le") if "-EncodedCommand" in cmd else cmd
        self.sent.append(script)
        token = re.search(r'"(\w+) \$LASTEXITCODE"', script)
        assert token is not None
        lines = [
            f"out\r\n{token[1]} {next((code for words, code in self._codes.items() if words in line), 0)}"
            for line in script.split("\n")[1:]
        ]
        output = "\r\n".join(lines) + ("" if self.transport == "psrp" else "\r\n")
        return 0, self._change(output.encode()), b""


@pytest.mark.parametrize("transport", ["winrm", "psrp", "ssh", "ansible.builtin.psrp"])
def test_one_execution_answers_every_command_once(transport: str) -> None:
    host = _host.Host(Connection(transport=transport))
    one, other, bits = Query(VER, lines), Query(VER, exit_code), Query(command("sc.exe", "queryex", "bits"), lines)
    answers = host.probe([one, one, other, bits])
    assert (answers[one], answers[other], answers[bits]) == (("out",), 0, ("out",))
    assert (host.executions, host.commands) == (1, 3)


def test_the_administrator_is_asked_for_once_and_first() -> None:
    connection = Connection()
    host = _host.Host(connection)
    host.run([VER])
    host.run([VER])
    assert [script.count("S-1-5-19") for script in connection.sent] == [1, 0]
    assert connection.sent[0].split("\n")[1] == r"x 'reg.exe' 'query' 'HKU\S-1-5-19'"


def test_nothing_to_run_costs_nothing() -> None:
    connection = Connection()
    assert _host.Host(connection).run([]) == ()
    assert connection.sent == []


def test_a_long_batch_is_split_in_order() -> None:
    connection = Connection()
    host = _host.Host(connection)
    commands = [command("reg.exe", "query", f"{number:02}" + "k" * 500) for number in range(12)]
    assert [result.command for result in host.run(commands)] == commands
    assert host.executions == len(connection.sent) == 3


def test_a_user_who_is_no_administrator_is_told_before_a_second_batch() -> None:
    connection = Connection({"S-1-5-19": 1})
    with pytest.raises(NotAdministrator, match="not an administrator"):
        _host.Host(connection).run([command("reg.exe", "add", "k" * 2500), command("reg.exe", "add", "l" * 2500)])
    assert len(connection.sent) == 1


def test_become_is_refused_before_anything_is_sent() -> None:
    connection = Connection()
    connection.become = object()  # type: ignore[assignment]
    with pytest.raises(BecomeRefused, match="become"):
        _host.Host(connection)
    assert connection.sent == []


@pytest.mark.parametrize("cut", [0, 20, 40, -3])
def test_truncated_output_is_an_error_that_names_the_command(cut: int) -> None:
    with pytest.raises(OutputEndedEarly, match="ended early") as ended:
        _host.Host(Connection(change=lambda output: output[:cut])).run([VER])
    assert ended.value.details["command"] in (str(VER), str(_host.ADMINISTRATOR_PROBE))


def test_garbage_is_an_error() -> None:
    with pytest.raises(OutputEndedEarly):
        _host.Host(Connection(change=lambda _output: bytes(range(256)) * 10)).run([VER])


@pytest.mark.parametrize(
    ("code", "stderr"),
    [
        (
            1,
            "'PowerShell' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n",
        ),
        (1, 'Der Befehl "PowerShell" ist entweder falsch geschrieben oder konnte nicht gefunden werden.\r\n'),
        (127, "bash: line 1: PowerShell: command not found\n"),
    ],
)
def test_no_powershell(code: int, stderr: str) -> None:
    class Without(Connection):
        def exec_command(
            self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
        ) -> tuple[int, bytes, bytes]:
            return code, b"", stderr.encode()

    with pytest.raises(NoPowerShell, match="PowerShell was not found"):
        _host.Host(Without()).run([VER])


def test_an_error_of_powershell_is_shown_without_its_xml() -> None:
    class Blocked(Connection):
        def exec_command(
            self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
        ) -> tuple[int, bytes, bytes]:
            xml = '#< CLIXML\r\n<Objs Version="1.1.0.1"><S S="Error">This script is blocked_x000D__x000A_</S><S S="Error">by policy_x000D__x000A_</S></Objs>'
            return 1, b"", xml.encode()

    with pytest.raises(OutputEndedEarly, match=r"exit code 1\)\. Standard error: This script is blocked by policy$"):
        _host.Host(Blocked()).run([VER])


@pytest.mark.parametrize("error", [ConnectionResetError("reset"), OSError("cut"), ValueError("from a library")])
def test_a_lost_connection_makes_the_host_unreachable(error: Exception) -> None:
    class Lost(Connection):
        def exec_command(
            self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
        ) -> tuple[int, bytes, bytes]:
            raise error

    with pytest.raises(AnsibleConnectionFailure, match="connection was lost"):
        _host.Host(Lost()).run([VER])


def test_an_answer_that_is_none_of_winrm_is_named() -> None:
    class Portal(Connection):
        def exec_command(
            self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
        ) -> tuple[int, bytes, bytes]:
            raise AnsibleConnectionFailure("basic: ")  # ansible-core, winrm.py, of pywinrm's StopIteration

    with pytest.raises(AnsibleConnectionFailure, match=r"^basic: the answer did not come from WinRM$"):
        _host.Host(Portal()).run([VER])


def test_a_machine_without_reg_exe_says_so() -> None:
    with pytest.raises(WsusClientError, match=r"reg\.exe was not found"):
        _host.Host(Connection({"S-1-5-19": 9009})).run([VER])


def test_over_ssh_every_batch_sets_utf_8_and_shows_whether_it_works() -> None:
    connection = Connection(transport="ssh")
    host = _host.Host(connection)
    host.run([VER])
    host.run([VER])
    assert [script.split("\n")[1] for script in connection.sent] == ["x 'chcp.com' '65001'"] * 2
    assert (host.reads_unicode, host.commands) == (False, 3)  # this connection answers "out" to everything


@pytest.mark.parametrize(
    ("transport", "said", "canary", "read", "unicode"),
    [
        ("ssh", "Größe", "ü東€", "Größe", True),
        ("ssh", "Größe", "?東?", "Gr\ufffd\ufffde", False),
        ("ssh", "Größe", "\ufffd", "Gr\ufffd\ufffde", False),
        ("ssh", "Pilot", "", "Pilot", False),
        ("psrp", "Gr\u201d\u00e1e", "ü東€", "Gr\ufffd\ufffde", False),
        ("winrm", "Größe", "", "Größe", True),
    ],
)
def test_text_is_taken_only_where_it_arrives_as_it_is(
    transport: str, said: str, canary: str, read: str, unicode: bool
) -> None:
    class Speaking(Connection):
        def exec_command(
            self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
        ) -> tuple[int, bytes, bytes]:
            code, output, stderr = super().exec_command(cmd, in_data, sudoable)
            lines = self.sent[-1].split("\n")[1:]
            texts = iter(canary if "echo" in line else said for line in lines)
            return code, re.sub("out", lambda _match: next(texts), output.decode()).encode(), stderr

    host = _host.Host(Speaking(transport=transport))
    (result,) = host.run([VER])
    assert (result.lines, host.reads_unicode) == ((read,), unicode)


def test_a_batch_over_ssh_fits_with_what_comes_first() -> None:
    connection = Connection(transport="ssh")
    commands = [command("reg.exe", "query", f"{number:02}" + "k" * 500) for number in range(12)]
    assert [result.command for result in _host.Host(connection).run(commands)] == commands
    assert all(len(script) <= 3015 for script in connection.sent)


def test_a_refusal_of_everything_names_the_policy_as_well() -> None:
    query = command("reg.exe", "query", r"HKLM\SOFTWARE")
    with pytest.raises(NotAdministrator, match="DisableRegistryTools"):
        _host.Host(Connection({"reg.exe": 1})).run([query])
    with pytest.raises(NotAdministrator) as refused:
        _host.Host(Connection({"S-1-5-19": 1})).run([query])
    assert "DisableRegistryTools" not in refused.value.message
