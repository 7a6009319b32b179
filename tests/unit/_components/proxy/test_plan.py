"""The desired proxy of a machine: what is refused, the step, and its undo."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import proxy
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WrongOption
from ansible_collections.wsus.client.plugins.plugin_utils._plan import changes_of, diff_of
from ansible_collections.wsus.client.plugins.plugin_utils._windows import registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from hypothesis import given, settings
from hypothesis import strategies as st
from support.lab_host import Pc
from support.plans import lines, only, undo_of
from support.windows_answers import Windows
from support.winhttp_value import winhttp_bytes

OLD = winhttp_bytes(WinHttp(version=0x18, counter=7, flags=3, proxy="old:1", bypass="x", rest=b"\x01\xff"))
FILE = r"C:\Windows\Temp\x.reg"
KEY = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"


def options(state: str, server: str | None = None, bypass: list[str] | None = None) -> dict[str, Any]:
    return {"state": state, "server": server, "bypass": bypass, "backup_dir": None}


def planned(windows: Windows, given: dict[str, Any]) -> Any:
    facts = windows.read(proxy)
    return proxy.plan(facts, proxy.desired(proxy.ProxyOptions(**given), facts))


def user(server: str = "user:8080", bypass: str = "<local>", enabled: int = 1) -> dict[str, Any]:
    return {"HKCU": {"ProxyEnable": enabled, "ProxyServer": server, "ProxyOverride": bypass}}


@pytest.mark.parametrize(
    "given",
    [
        options("direct"),
        options("import"),
        options("manual", "p:3128"),
        options("manual", "p"),
        options("manual", "10.0.0.9:3128", ["<local>", "*.example.com", "10.0.*", "[fd00::1]"]),
        options("manual", "[fd00::1]:3128"),
        options("manual", "http=a:80;https=b:443", []),
    ],
)
def test_right_options(given: dict[str, Any]) -> None:
    assert proxy.ProxyOptions(**given).state == given["state"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (options("manual"), "state=manual requires server"),
        (options("manual", ""), "state=manual requires server"),
        (options("direct", "p:3128"), "state is direct; server and bypass require state=manual"),
        (options("import", bypass=["x"]), "state is import; server and bypass require state=manual"),
        (options("manual", "http://p:3128"), "a user, a password or a URL"),
        (options("manual", "p:3128;http=http://x"), "a user, a password or a URL"),
        (options("manual", "p 3128"), "is not host:port"),
        (options("manual", "p:port"), "is not host:port"),
        (options("manual", "p:123456"), "is not host:port"),
        (options("manual", "p:3128;"), "is not host:port"),
        (options("manual", "gopher=p:70"), "is not host:port"),
        (options("manual", "p:3128\n"), "is not host:port"),
        (options("manual", "p:3128", ["a b"]), "bypass: 'a b' is not a name"),
        (options("manual", "p:3128", ["a;b"]), "bypass: 'a;b' is not a name"),
        (options("manual", "p:3128", [""]), "bypass: '' is not a name"),
        (options("manual", "p:3128", ["<remote>"]), "bypass: '<remote>' is not a name"),
    ],
)
def test_wrong_options(given: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongOption, match=message):
        proxy.ProxyOptions(**given)


@pytest.mark.parametrize(
    "server", ["me:secret@p:3128", "http://me:secret@p", "http=a:80;https=me:secret@p", "me:secret;x@p:80", "secret@"]
)
@pytest.mark.parametrize("given", [options("manual"), options("direct")])
def test_credentials_are_refused_and_not_shown(server: str, given: dict[str, Any]) -> None:
    with pytest.raises(WrongOption) as caught:
        proxy.ProxyOptions(**given | {"server": server, "bypass": [server]})
    assert "secret" not in caught.value.message
    with pytest.raises(WrongOption) as caught:
        proxy.ProxyOptions(**options("manual", "p:1", [server]))
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("windows", "given"),
    [
        (Windows(), options("direct")),
        (Windows(winhttp=winhttp_bytes(WinHttp())), options("direct")),
        (Windows(winhttp=winhttp_bytes(WinHttp(flags=1, proxy="off:1", bypass="x"))), options("direct")),
        (Windows(winhttp=OLD), options("manual", "old:1", ["x"])),
        (Windows(winhttp=winhttp_bytes(WinHttp(flags=3, proxy="p:1"))), options("manual", "p:1", [])),
        (Windows(), options("import")),
        (Windows(users=user(enabled=0)), options("import")),
        (
            Windows(users=user(), winhttp=winhttp_bytes(WinHttp(flags=3, proxy="user:8080", bypass="<local>"))),
            options("import"),
        ),
    ],
)
def test_what_is_so_already_takes_no_step(windows: Windows, given: dict[str, Any]) -> None:
    assert planned(windows, given) == ()


@pytest.mark.parametrize(
    ("windows", "given", "line", "changed"),
    [
        (Windows(winhttp=OLD), options("direct"), "reset proxy", {"server": ("old:1", ""), "bypass": ("x", "")}),
        (
            Windows(),
            options("manual", "p:1", ["<local>", "*.lan"]),
            "set proxy proxy-server=p:1 bypass-list=<local>;*.lan",
            {"server": ("", "p:1"), "bypass": ("", "<local>;*.lan")},
        ),
        (Windows(), options("manual", "p:1"), "set proxy proxy-server=p:1", {"server": ("", "p:1")}),
        (
            Windows(winhttp=OLD),
            options("manual", "old:1"),
            "set proxy proxy-server=old:1",
            {"bypass": ("x", "")},
        ),
        (
            Windows(winhttp=winhttp_bytes(WinHttp(flags=1, proxy="off:1"))),
            options("manual", "off:1"),
            "set proxy proxy-server=off:1",
            {"server": ("", "off:1")},
        ),
        (
            Windows(users=user()),
            options("import"),
            "import proxy source=ie",
            {"server": ("", "user:8080"), "bypass": ("", "<local>")},
        ),
        (
            Windows(users=user(enabled=0), winhttp=OLD),
            options("import"),
            "import proxy source=ie",
            {"server": ("old:1", ""), "bypass": ("x", "")},
        ),
        (
            Windows(winhttp=OLD[:-12]),
            options("direct"),
            "reset proxy",
            {"winhttp_settings": ("malformed", "readable")},
        ),
    ],
)
def test_one_step(windows: Windows, given: dict[str, Any], line: str, changed: dict[str, tuple[str, str]]) -> None:
    steps = planned(windows, given)
    assert lines(steps) == [f"netsh.exe winhttp {line}"]
    assert {each.attribute: (each.before, each.after) for each in only(steps).changes} == changed


def test_the_undo_is_the_backup_so_that_no_password_is_on_a_command_line() -> None:
    assert undo_of(only(planned(Windows(winhttp=OLD), options("direct")))) == []
    assert [str(each) for each in proxy.restore(FILE)] == [rf"reg.exe import {FILE}"]
    assert proxy.restore(None) == ()
    assert undo_of(only(planned(Windows(), options("manual", "p:1")))) == [
        rf"reg.exe delete {KEY} /v WinHttpSettings /f"
    ]


def test_the_backup_is_the_key() -> None:
    assert str(proxy.backup(FILE)) == rf"reg.exe export {KEY} {FILE} /y"


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 40))
def test_the_backup_brings_any_value_back_on_a_machine(tail: bytes, cut: int) -> None:
    blob = (OLD + tail)[: len(OLD) - 20 + cut] + tail
    pc = Pc()
    pc.do(written(blob))
    facts = read(pc)
    assert facts.blob == blob
    steps = proxy.plan(facts, proxy.desired(proxy.ProxyOptions(**options("manual", "new:1")), facts))
    pc.do(proxy.backup(FILE), *(each.do for each in steps))
    now = read(pc)
    assert (now.blob != blob, now.winhttp.manual if now.winhttp else None) == (True, "new:1")
    pc.do(*(command for each in steps for command in each.undo), *proxy.restore(FILE))
    assert read(pc).blob == blob


@pytest.mark.parametrize("server", ["http://me:secret@user:80", "http=me:secret@user:80", "me:s;secret@user:80"])
def test_credentials_of_the_user_do_not_show_in_the_change(server: str) -> None:
    steps = planned(Windows(users=user(server, bypass=server)), options("import"))
    changes = changes_of(steps)
    shown = repr([lines(steps), [each.as_result() for each in changes], diff_of(changes, "WinHTTP proxy")])
    assert "secret" not in shown
    assert "user:80" in shown


def written(blob: bytes) -> Any:
    return registry.add(KEY, registry.Value("WinHttpSettings", "REG_BINARY", blob))


def read(pc: Pc) -> Any:
    return proxy.read(pc.host.probe(proxy.probe(pc.context)), pc.system(), pc.context)


@pytest.mark.parametrize("state", ["direct", "manual", "import"])
def test_a_proxy_that_is_found_is_none_that_was_asked_for(state: str) -> None:
    server = "p:1" if state == "manual" else ""
    found = winhttp_bytes(WinHttp(flags=0xF if server else 0xD, proxy=server))
    (step,) = planned(Windows(winhttp=found), options(state, server or None))
    assert [(each.attribute, each.after) for each in step.changes] == [
        ("modes", ["direct", "proxy"] if server else ["direct"])
    ]
