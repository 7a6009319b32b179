"""What the connection plugins are given, and what the machine is sent then: by the plugins of the ansible-core that runs the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from ansible import release
from ansible.plugins.loader import connection_loader, shell_loader
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnquotableArgument
from ansible_collections.wsus.client.plugins.plugin_utils._remote import handover
from ansible_collections.wsus.client.plugins.plugin_utils._windows import batch, web_request
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import command
from hypothesis import given
from hypothesis import strategies as st

TOKEN = batch.new_token()
SCRIPT = batch.render(
    [command(web_request.NAME, "http://wsus.example.com:8530", "a"), command("reg.exe", "query", r"HKLM\it's 😀 ")],
    TOKEN,
)
LINE = batch.command_line(SCRIPT)
RELEASES = [(2, minor) for minor in range(16, 23)]


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], tuple[Any, list[str]]]:
    """A connection plugin as a task gets it, with a shell, and the command lines that leave it."""

    def make(name: str, shell: str) -> tuple[Any, list[str]]:
        from ansible.playbook.play_context import PlayContext

        plugin = connection_loader.get(name, PlayContext(), None)
        plugin._shell = shell_loader.get(shell)
        plugin._connected = True
        plugin._psrp_host = "psrp names it when it connects"
        sent: list[str] = []

        def winrm(program: str, arguments: tuple[str, ...] = (), **_keywords: object) -> tuple[int, bytes, bytes]:
            sent.append(" ".join([program, *arguments]))
            return 0, b"", b""

        def psrp(script: str, *_arguments: object, **_keywords: object) -> tuple[int, bytes, bytes]:
            sent.append(batch.command_line(script))
            return 0, b"", b""

        def ssh(words: list[str], *_arguments: object, **_keywords: object) -> tuple[int, bytes, bytes]:
            sent.append(words[-1])
            return 0, b"", b""

        monkeypatch.setattr(plugin, "_winrm_exec", winrm, raising=False)
        monkeypatch.setattr(plugin, "_exec_psrp_script", psrp, raising=False)
        monkeypatch.setattr(plugin, "_run", ssh, raising=False)
        monkeypatch.setattr(plugin, "_build_command", lambda *words: list(words), raising=False)
        monkeypatch.setattr(plugin, "get_option", lambda *_arguments, **_keywords: None)
        return plugin, sent

    return make


@pytest.mark.parametrize(
    ("name", "shell", "before"),
    [
        ("winrm", "powershell", ""),
        ("psrp", "powershell", ""),
        ("ssh", "powershell", "chcp.com 65001 > $null ; "),
        ("ssh", "cmd", "chcp.com 65001 >nul 2>&1 && "),
        ("ssh", "sh", ""),
    ],
)
def test_the_machine_is_sent_the_same_command_line(
    connection: Callable[[str, str], tuple[Any, list[str]]], name: str, shell: str, before: str
) -> None:
    plugin, sent = connection(name, shell)
    plugin.exec_command(handover.given(SCRIPT, plugin), in_data=None, sudoable=False)
    assert sent == [(before if handover.core_release() < (2, 18) else "") + LINE]


@pytest.mark.parametrize(
    ("version", "expected"),
    [("2.16.19", (2, 16)), ("2.21.0rc1", (2, 21)), ("2.22.0.dev0", (2, 22)), ("3.0", (3, 0)), ("what", (0, 0))],
)
def test_a_version_is_read(monkeypatch: pytest.MonkeyPatch, version: str, expected: tuple[int, int]) -> None:
    monkeypatch.setattr(release, "__version__", version)
    assert handover.core_release() == expected


@pytest.mark.parametrize(
    ("transport", "windows_shell", "encoding"),
    [
        ("winrm", True, ["2.16", "2.17", "2.18"]),
        ("ansible.builtin.winrm", True, ["2.16", "2.17", "2.18"]),
        ("psrp", True, []),
        ("ssh", True, ["2.16", "2.17"]),
        ("ssh", False, []),
        ("local", False, []),
    ],
)
def test_who_encodes_what_it_is_given(transport: str, windows_shell: bool, encoding: list[str]) -> None:
    found = [core for core in RELEASES if handover.encodes(transport, core, windows_shell=windows_shell)]
    assert [f"{major}.{minor}" for major, minor in found] == encoding


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters='\0\r\n"'), min_size=1), min_size=1, max_size=5)
)
def test_a_connection_that_encodes_changes_no_batch(arguments: list[str]) -> None:
    """What `_encode_script` of ansible-core before 2.19 does to a script before it encodes it."""
    try:
        script = batch.render([command("reg.exe", *arguments), command(web_request.NAME, "a")], TOKEN)
    except UnquotableArgument:
        return
    written_anew = "\n".join(line.strip() for line in script.splitlines() if line.strip())
    with patch.object(release, "__version__", "2.16.19"):
        if written_anew == script:
            assert handover.given(script, Winrm()) == script
        else:
            with pytest.raises(UnquotableArgument, match="would change a line separator"):
                handover.given(script, Winrm())
    with patch.object(release, "__version__", "2.19.0"):
        assert handover.given(script, Winrm()) == batch.command_line(script)


class Winrm:
    transport = "winrm"
