"""Proxies: the facts, which one a scan uses, what is wrong with them - and no password in any of it."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import proxy
from ansible_collections.wsus.client.plugins.plugin_utils._components import reachability as server
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from support.finding_checks import only, value_of
from support.windows_answers import CONTEXT, SERVER, Windows
from support.windows_output import answer
from support.winhttp_value import winhttp_bytes

USER, SYSTEM = "HKCU", r"HKU\S-1-5-18"
MACHINE = winhttp_bytes(WinHttp(flags=3, proxy="machine:3128", bypass="<local>"))
USERS = {"ProxyEnable": 1, "ProxyServer": "user:8080", "ProxyOverride": "*.lan;<local>"}
FALLBACK = {"SetProxyBehaviorForUpdateDetection": 1}
NO_USER = {"enabled": False, "server": "", "bypass": "", "script": ""}
SECRETS = ["http://me:pass1@{}:80", "me:pass1@{}:80", "http=me:pass1@{}:80;https=me:pass1@{}:80", "me:pa;pass1@{}:80"]


def windows(*, policy: dict[str, Any] | None = None, user: dict[str, Any] | None = None, **fields: Any) -> Windows:
    users = {USER: user} if user else {}
    return Windows(policy={"WUServer": SERVER, **(policy or {})}, users=users, **fields)


def test_three_commands_beside_the_policy_tell_all() -> None:
    assert [str(each.command) for each in proxy.probe(CONTEXT)] == [
        r"reg.exe query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections /v WinHttpSettings",
        r"reg.exe query HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings",
        r"reg.exe query HKU\S-1-5-18\Software\Microsoft\Windows\CurrentVersion\Internet Settings",
        r"reg.exe query HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate /s",
    ]
    assert windows(winhttp=MACHINE).asked_again(proxy) == []


def test_nothing_set() -> None:
    facts = windows().read(proxy).as_fact()
    assert facts == {
        "winhttp": {"modes": ["direct"], "server": "", "bypass": "", "version": None, "malformed": None},
        "user": NO_USER,
        "system_account": NO_USER,
        "user_fallback": False,
        "scan": {"server": None, "direct": True},
    }
    assert windows().found(proxy) == {}


def test_all_set() -> None:
    system = {"ProxyEnable": 0, "ProxyServer": "system:1", "AutoConfigURL": "http://files/proxy.pac"}
    machine = Windows(
        winhttp=MACHINE, users={USER: dict(USERS), SYSTEM: system}, policy={"WUServer": SERVER, **FALLBACK}
    )
    assert machine.read(proxy).as_fact() == {
        "winhttp": {
            "modes": ["direct", "proxy"],
            "server": "machine:3128",
            "bypass": "<local>",
            "version": 0x28,
            "malformed": None,
        },
        "user": {"enabled": True, "server": "user:8080", "bypass": "*.lan;<local>", "script": ""},
        "system_account": {"enabled": False, "server": "system:1", "bypass": "", "script": "http://files/proxy.pac"},
        "user_fallback": True,
        "scan": {"server": "machine:3128", "direct": False},
    }


@pytest.mark.parametrize(
    ("policy", "winhttp", "user", "chosen"),
    [
        ({}, None, None, None),
        ({}, WinHttp(flags=3, proxy="m:1"), None, "m:1"),
        ({}, WinHttp(flags=3, proxy="m:1", bypass="*.example.com"), None, None),
        ({}, WinHttp(flags=3, proxy="https=m:1"), None, None),
        ({}, WinHttp(flags=1, proxy="m:1"), None, None),  # named, but switched off
        ({}, WinHttp(version=0x18, flags=3, proxy="m:1"), None, "m:1"),
        ({}, WinHttp(version=0x77, flags=3, proxy="m:1", rest=b"new"), None, "m:1"),
        ({}, WinHttp(flags=3, proxy="m:1"), USERS, "m:1"),
        ({}, None, USERS, None),
        (FALLBACK, None, USERS, None),  # only a fallback
        (FALLBACK, WinHttp(flags=3, proxy="m:1"), USERS, "m:1"),
        ({"WUServer": "https://wsus:8531"}, WinHttp(flags=3, proxy="http=a:1;https=b:2"), None, "b:2"),
        ({"WUServer": "https://wsus:8531"}, WinHttp(flags=3, proxy="b:2", bypass="<local>"), None, None),
        ({"WUServer": "http://[fd00"}, WinHttp(flags=3, proxy="m:1"), None, None),
    ],
)
def test_the_proxy_of_a_scan(
    policy: dict[str, Any], winhttp: WinHttp | None, user: dict[str, Any] | None, chosen: str | None
) -> None:
    machine = windows(policy=policy, user=user, winhttp=winhttp_bytes(winhttp) if winhttp else None)
    assert machine.read(proxy).as_fact()["scan"] == {"server": chosen, "direct": chosen is None}


@pytest.mark.parametrize(("setting", "fallback"), [(0, False), (1, True), (2, False), ("1", False)])
def test_the_policy_for_the_users_proxy(setting: int | str, fallback: bool) -> None:
    machine = windows(policy={"SetProxyBehaviorForUpdateDetection": setting})
    assert machine.read(proxy).user_fallback is fallback


def test_a_proxy_of_the_user_alone() -> None:
    finding = only(proxy, windows(user=USERS), "proxy.user_only")
    assert (finding.severity, finding.remedy) == ("info", "none")
    assert value_of(finding, "user's proxy") == "user:8080"
    assert windows(user=USERS, policy=FALLBACK).found(proxy) == {}
    assert windows(user=USERS | {"ProxyEnable": 0}).found(proxy) == {}
    assert list(windows(user=USERS, winhttp=MACHINE).found(proxy)) == ["proxy.between"]


def test_a_proxy_between_agent_and_server() -> None:
    finding = only(proxy, windows(winhttp=MACHINE), "proxy.between")
    assert (finding.severity, "machine:3128" in finding.summary) == ("info", True)
    assert value_of(finding, "bypass list") == "<local>"
    assert windows(winhttp=winhttp_bytes(WinHttp(flags=3, proxy="m:1", bypass="*.example.com"))).found(proxy) == {}


@pytest.mark.parametrize(
    ("blob", "why"),
    [
        (b"", "0 bytes"),
        (MACHINE[:-1], "specifies a bypass list of 7 bytes"),
        (struct.pack("<4I", 0x28, 0, 3, 99) + b"http://me:pass1@proxy", "specifies a proxy of 99 bytes"),
        (winhttp_bytes(WinHttp(flags=3, proxy='a"b:80')), "control characters or quotes"),
        (winhttp_bytes(WinHttp(flags=3, proxy="a\0b:80")), "control characters or quotes"),
        (winhttp_bytes(WinHttp(flags=3, proxy="me:pass1@a\nb:80")), "control characters or quotes"),
    ],
)
def test_settings_that_cannot_be_read_count_as_direct(blob: bytes, why: str) -> None:
    machine = windows(winhttp=blob)
    finding = only(proxy, machine, "proxy.malformed")
    assert (finding.severity, finding.remedy) == ("warning", "reachability")
    assert why in finding.cause
    facts = machine.read(proxy)
    assert (facts.blob, facts.winhttp, facts.of_scan(SERVER)) == (blob, None, None)
    assert b"pass1".hex() not in repr(finding.as_fact()) + repr(facts.as_fact())
    assert machine.read(server).agent_route.works


def test_a_proxy_that_is_switched_off_may_hold_anything() -> None:
    assert windows(winhttp=winhttp_bytes(WinHttp(flags=1, proxy='"'))).found(proxy) == {}


def test_a_users_proxy_that_no_command_line_can_carry_is_not_asked() -> None:
    assert windows(user=USERS | {"ProxyServer": 'a"b:80'}).read(server).alternate_route is None


@pytest.mark.parametrize("text", SECRETS)
def test_credentials_are_found_and_nowhere_shown(text: str) -> None:
    machine = Windows(
        winhttp=winhttp_bytes(WinHttp(flags=3, proxy=text.replace("{}", "machine"), bypass=text.replace("{}", "x"))),
        users={
            hive: {
                "ProxyEnable": 1,
                "ProxyServer": text.replace("{}", "user"),
                "ProxyOverride": text.replace("{}", "y"),
                "AutoConfigURL": "http://me:pass1@files/p.pac",
            }
            for hive in (USER, SYSTEM)
        },
    )
    findings = proxy.findings(machine.read(proxy))
    assert [each.id for each in findings] == ["proxy.credentials", "proxy.credentials", "proxy.between"]
    assert [each.severity for each in findings] == ["warning", "warning", "info"]
    asked = machine.asked_again(server)
    assert len(asked) == 2
    assert " -x http://machine:80 " in asked[0]
    reached = machine.read(server)
    shown = [machine.read(proxy).as_fact(), [each.as_fact() for each in findings], asked, reached.as_fact()]
    shown += [each.as_fact() for each in server.findings(reached)]
    assert "pass1" not in repr(shown)
    assert "me:" not in repr(shown)


def test_what_is_no_registry_output_is_not_trusted() -> None:
    machine = windows()
    asked = proxy.probe(CONTEXT)
    answers = machine.answers(asked) | Answers([answer(asked[0], "", 9009)])
    with pytest.raises(UnexpectedOutput, match="exited with 9009"):
        proxy.read(answers, machine.system(), CONTEXT)
