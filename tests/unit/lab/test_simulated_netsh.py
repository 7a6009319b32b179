"""netsh.exe winhttp on simulated machines."""

from __future__ import annotations

import pytest
from lab.simulated.registry import key_path
from lab.simulated.tools.netsh import CONNECTIONS, SETTINGS, VALUE
from lab.simulated.values import number, string
from unit.lab.simulated_machines import READER, Shell, lines, make

USER = key_path(
    r"HKU\S-1-5-21-1004336348-1177238915-682003330-500\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
)


def stored(it: Shell) -> str:
    value = it.machine.registry.value(CONNECTIONS, VALUE)
    assert value is not None
    assert value.type_name == "REG_BINARY"
    return value.data.hex()


def proxy(it: Shell, *words: str, code: int = 0) -> str:
    return it.out("netsh.exe", "winhttp", *words, code=code)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Direct access (no proxy server)."),
        ("ja", "直接アクセス (プロキシ サーバーなし)。"),
        ("de", "Direktzugriff (kein Proxyserver)."),
        ("es", "Acceso directo (sin servidor proxy)."),
    ],
)
def test_direct_access(language: str, text: str) -> None:
    it = Shell(make(language=language))
    shown = proxy(it, "show", "proxy").split("\r\n")
    assert shown[3] == f"    {text}"
    assert [shown[number] for number in (0, 2, 4, 5)] == ["", "", "", ""]
    it.machine.registry.delete_value(CONNECTIONS, VALUE)
    assert proxy(it, "SHOW", "Proxy").split("\r\n") == shown


@pytest.mark.parametrize(
    "words",
    [
        ["a:42", "*.42"],
        ["proxy-server=a:42", "bypass-list=*.42"],
        ["bypass-list=*.42", "Proxy-Server=a:42"],
        ['proxy-server="a:42"', "*.42"],
    ],
)
@pytest.mark.parametrize(("windows", "tag"), [("windows-7-sp1", "18"), ("windows-8.1", "28"), ("server-2025", "28")])
def test_a_proxy_is_set(words: list[str], windows: str, tag: str) -> None:
    it = Shell(make(windows))
    shown = proxy(it, "set", "proxy", *words)
    assert shown == lines(
        "", "Current WinHTTP proxy settings:", "", "    Proxy Server(s) :  a:42", "    Bypass List     :  *.42", ""
    )
    # The sample that Microsoft published.
    assert stored(it) == f"{tag}0000000000000003000000" + "04000000613a3432" + "040000002a2e3432"
    assert proxy(it, "show", "proxy") == shown
    assert "Direct access" in proxy(it, "reset", "proxy")
    assert stored(it) == f"{tag}00000000000000010000000000000000000000"


def test_proxies_by_protocol_and_no_bypass_list() -> None:
    it = Shell(make(language="de"))
    assert "Umgehungsliste:  (keine)" in proxy(it, "set", "proxy", "http=a:1;https=b:2")
    assert b"http=a:1;https=b:2" in bytes.fromhex(stored(it))


@pytest.mark.parametrize(
    ("enabled", "server", "bypass", "expected"),
    [
        (1, "p:8080", "<local>", b"\x03\0\0\0\x06\0\0\0p:8080\x07\0\0\0<local>"),
        (1, "p:8080", None, b"\x03\0\0\0\x06\0\0\0p:8080\0\0\0\0"),
        (1, "", "<local>", b"\x01\0\0\0\0\0\0\0\0\0\0\0"),
        (0, "p:8080", "<local>", b"\x01\0\0\0\0\0\0\0\0\0\0\0"),
    ],
)
def test_the_users_proxy_is_imported(enabled: int, server: str, bypass: str | None, expected: bytes) -> None:
    it = Shell(make())
    it.machine.registry.delete_value(USER, "ProxyOverride")
    it.machine.registry.set(USER, number("ProxyEnable", enabled))
    it.machine.registry.set(USER, string("ProxyServer", server))
    if bypass is not None:
        it.machine.registry.set(USER, string("ProxyOverride", bypass))
    proxy(it, "set", "proxy", "other:1")
    proxy(it, "import", "proxy", "source=IE")
    assert stored(it) == (b"\x28\0\0\0\0\0\0\0" + expected).hex()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["set", "proxy"], "Usage: set proxy"),
        (["set", "proxy", "proxy-server="], "Usage: set proxy"),
        (["set", "proxy", "a", "b", "c"], "Usage: set proxy"),
        (["set", "proxy", "a", "proxy-server=b"], "Usage: set proxy"),
        (["set", "proxy", "pröxy:1"], "Usage: set proxy"),
        (["import", "proxy"], "Usage: import proxy"),
        (["import", "proxy", "source=firefox"], "Usage: import proxy"),
        (["reset", "proxy", "now"], "Usage: reset proxy"),
        (["drop", "proxy"], "The following command was not found: winhttp drop proxy."),
    ],
)
def test_wrong_arguments_change_nothing(words: list[str], text: str) -> None:
    it = Shell(make())
    before = it.machine.state()
    assert text in proxy(it, *words, code=1)
    assert it.machine.state() == before


def test_others_than_administrators_may_only_look() -> None:
    it = Shell(make(), READER)
    before = it.machine.state()
    assert "Direct access" in proxy(it, "show", "proxy")
    assert "Access is denied." in proxy(it, "set", "proxy", "a:1", code=1)
    assert it.machine.state() == before


@pytest.mark.parametrize("words", [[], ["interface", "show"], ["winhttp", "show", "advproxy"]])
def test_what_the_lab_lacks_fails_loudly(words: list[str]) -> None:
    assert Shell(make()).run("netsh", *words).exit_code == 120


def test_a_damaged_value_counts_as_direct() -> None:
    it = Shell(make())
    proxy(it, "set", "proxy", "proxy.example.test:8080")
    path = f"HKLM\\{SETTINGS}\\Connections"
    assert it.out("reg.exe", "add", path, "/v", VALUE, "/t", "REG_BINARY", "/d", stored(it)[:40], "/f")
    assert "Direct access" in proxy(it, "show", "proxy")
