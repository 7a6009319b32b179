"""Services: definitions from the registry, states by number in any language."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput
from ansible_collections.wsus.client.plugins.plugin_utils._windows import sc, service_key
from ansible_collections.wsus.client.plugins.plugin_utils._windows.sc import ServiceState, State
from ansible_collections.wsus.client.plugins.plugin_utils._windows.service_key import (
    Definition,
    FailureAction,
    FailureActions,
)
from support.windows_output import answer, queryex, registry

QUERY = sc.state("bits")
DEFINITION = service_key.definition("BITS")
KEY = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\BITS"
REAL = Path(__file__).parents[4] / "shared" / "real"
DEFAULT_ACTIONS = bytes.fromhex(
    "80510100000000000000000003000000140000000100000060EA000001000000C0D401000000000000000000"
)


@pytest.mark.parametrize("labels", [("TYPE", "STATE"), ("TIPO", "ESTADO"), ("Тип", "Состояние"), ("種類", "状態")])
@pytest.mark.parametrize(
    ("code", "word", "name"),
    [
        (1, "STOPPED", "stopped"),
        (3, "STOP_PENDING", "stop_pending"),
        (4, "RUNNING", "running"),
        (7, "PAUSED", "paused"),
    ],
)
def test_states_in_any_language(labels: tuple[str, str], code: int, word: str, name: str) -> None:
    state = QUERY.parse(answer(QUERY, queryex("bits", code, word, win32=1077, pid=812, labels=labels)))
    assert (state.name, state.code, state.win32_exit_code, state.service_exit_code, state.pid) == (
        name,
        code,
        1077,
        0,
        812,
    )


def test_not_installed_and_denied_differ() -> None:
    gone, denied = (QUERY.parse(answer(QUERY, "", code)) for code in (1060, 5))
    assert (gone.installed, gone.name) == (False, "not_installed")
    assert (denied.installed, denied.name, denied.error) == (True, "unreadable", 5)


@pytest.mark.parametrize(
    "text",
    ["", "SERVICE_NAME: bits", "        STATE              : 9  NEW\n", "        STATE              : 4  RUNNING"],
)
def test_success_without_a_state_is_refused(text: str) -> None:
    with pytest.raises(UnexpectedOutput):
        QUERY.parse(answer(QUERY, text))


@pytest.mark.parametrize(
    ("state", "failed_with"),
    [
        (State(ServiceState.STOPPED, 0, 0), None),
        (State(ServiceState.STOPPED, 1077, 0), None),
        (State(ServiceState.STOPPED, 1083, 0), 1083),
        (State(ServiceState.STOPPED, 1066, 0x80040154), 0x80040154),
        (State(ServiceState.RUNNING, 0, 0), None),
        (State(), None),
    ],
)
def test_the_error_that_a_service_ended_with(state: State, failed_with: int | None) -> None:
    assert state.failed_with == failed_with


@pytest.mark.parametrize(
    ("image_path", "program", "arguments", "group"),
    [
        (
            r"%SystemRoot%\System32\svchost.exe -k netsvcs -p",
            r"%SystemRoot%\System32\svchost.exe",
            "-k netsvcs -p",
            "netsvcs",
        ),
        (r'"C:\Windows\System32\svchost.exe" -k netsvcs', r"C:\Windows\System32\svchost.exe", "-k netsvcs", "netsvcs"),
        (
            "C:\\Windows\\System32\\svchost.exe \u2013k netsvcs",
            r"C:\Windows\System32\svchost.exe",
            "\u2013k netsvcs",
            None,
        ),
        (r"C:\Program Files\x\y.exe -k netsvcs", r"C:\Program Files\x\y.exe", "-k netsvcs", None),
        ("svchost -k netsvcs", "svchost", "-k netsvcs", "netsvcs"),
    ],
)
def test_image_paths(image_path: str, program: str, arguments: str, group: str | None) -> None:
    definition = Definition(image_path, 0x20, 3, False, 1, "LocalSystem", (), None, 1, None, None)
    assert (definition.program, definition.arguments, definition.svchost_group) == (program, arguments, group)


def test_failure_actions_of_every_windows() -> None:
    expected = FailureActions(
        86400, (FailureAction("restart", 60000), FailureAction("restart", 120000), FailureAction("none", 0))
    )
    assert service_key.parse_failure_actions(DEFAULT_ACTIONS) == expected


def test_failure_actions_whose_place_is_not_told() -> None:
    """As RpcSs has them on real machines: reboot after a minute."""
    blob = bytes.fromhex("00000000000000000000000001000000000000000200000060EA0000")
    assert service_key.parse_failure_actions(blob) == FailureActions(0, (FailureAction("reboot", 60000),))


@pytest.mark.parametrize("blob", [b"", DEFAULT_ACTIONS[:19], DEFAULT_ACTIONS[:-1]])
def test_failure_actions_that_hold_less_than_they_announce(blob: bytes) -> None:
    assert service_key.parse_failure_actions(blob) is None


def test_a_definition_is_read_whole() -> None:
    text = registry(
        KEY,
        {
            "ImagePath": ("REG_EXPAND_SZ", r"%SystemRoot%\System32\svchost.exe -k netsvcs"),
            "Type": ("REG_DWORD", "0x120"),
            "Start": ("REG_DWORD", "0x2"),
            "DelayedAutoStart": ("REG_DWORD", "0x1"),
            "ErrorControl": ("REG_DWORD", "0x1"),
            "ObjectName": ("REG_SZ", "LocalSystem"),
            "DependOnService": ("REG_MULTI_SZ", r"RpcSs\0EventSystem"),
            "RequiredPrivileges": ("REG_MULTI_SZ", "SeTcbPrivilege"),
            "ServiceSidType": ("REG_DWORD", "0x1"),
            "FailureActions": ("REG_BINARY", DEFAULT_ACTIONS.hex().upper()),
        },
        further=f"\n{KEY}\\Parameters\n    ServiceDll    REG_EXPAND_SZ    %SystemRoot%\\System32\\qmgr.dll\n",
    )
    definition = DEFINITION.parse(answer(DEFINITION, text))
    assert definition is not None
    assert (definition.start_type, definition.service_type, definition.interactive) == (
        "delayed_auto",
        "share_process",
        True,
    )
    assert definition.dependencies == ("RpcSs", "EventSystem")
    assert definition.service_dll == r"%SystemRoot%\System32\qmgr.dll"


def test_no_key_is_no_definition() -> None:
    assert DEFINITION.parse(answer(DEFINITION, "", 1)) is None


@pytest.mark.skipif(not REAL.exists(), reason="../shared is absent: the real captures are not here")
def test_the_states_of_a_real_german_windows_11() -> None:
    text = (REAL / "sc-query-windows-11-24h2-de.txt").read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    blocks = ["\n" + block for block in text.split("\n\n") if "SERVICE_NAME" in block]
    states = {
        block.split("SERVICE_NAME: ")[1].split("\n")[0].strip(): QUERY.parse(answer(QUERY, block)) for block in blocks
    }
    assert {name: (state.name, state.win32_exit_code) for name, state in states.items()} == {
        "BITS": ("stopped", 1077),
        "CryptSvc": ("running", 0),
        "wuauserv": ("running", 0),
    }
