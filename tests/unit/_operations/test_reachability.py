"""What wsus_reachability takes, and what it demands."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.action import wsus_reachability
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WrongOption
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit as _gather
from ansible_collections.wsus.client.plugins.plugin_utils._operations import reachability
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import Audit
from ansible_collections.wsus.client.plugins.plugin_utils._operations.reachability import ServerUnreachable
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from support.recording_host import MemoryHost
from support.web_responses import Served, broken, everywhere
from support.windows_answers import CONTEXT, SERVER, Windows

OPTIONS: dict[str, Any] = {
    name: spec.get("default") for name, spec in wsus_reachability.ActionModule.ARGUMENT_SPEC.items()
}


def audit(windows: Windows, **options: Any) -> Audit:
    given = OPTIONS | options
    reachability.check(given)
    context = reachability.context_of(given, CONTEXT.now)
    return _gather.gather(MemoryHost(windows), ["proxy", "reachability"], context)  # type: ignore[arg-type]


def demanded(windows: Windows, **options: Any) -> ServerUnreachable:
    with pytest.raises(ServerUnreachable) as caught:
        reachability.require(audit(windows, **options))
    assert caught.value.reason == "server_unreachable"
    return caught.value


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"url": "http://wsus:8530"},
        {"url": "https://[fd00::1]:8531/"},
        {"proxy": "proxy:3128"},
        {"proxy": "http=a:80;https=b:443"},
        {"timeout": 1},
        {"timeout": 300},
    ],
)
def test_right_options(options: dict[str, Any]) -> None:
    reachability.check(OPTIONS | options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "wsus:8530"}, "url is not the URL of a WSUS server"),
        ({"url": "http://wsus/x"}, "it holds more than scheme, server and port"),
        ({"url": "http://me:secret@wsus"}, "it holds credentials"),
        ({"url": 'http://w"sus'}, "it holds characters that no URL has"),
        ({"url": "http://w{a,b}"}, "it holds characters that no URL has"),
        ({"proxy": "http://me:secret@proxy:80"}, "proxy holds a user, a password or a URL"),
        ({"proxy": "me:secret;x@proxy:80"}, "proxy holds a user, a password or a URL"),
        ({"proxy": "proxy 80"}, "proxy: 'proxy 80' is no host:port"),
        ({"timeout": 0}, "timeout is 0; it must be a number of seconds from 1 to 300"),
        ({"timeout": 301}, "timeout is 301"),
    ],
)
def test_wrong_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongOption, match=message) as caught:
        reachability.check(OPTIONS | options)
    assert "secret" not in caught.value.message


def test_the_context() -> None:
    context = reachability.context_of(OPTIONS | {"url": "http://new", "proxy": "p:1", "timeout": 7}, CONTEXT.now)
    assert (context.url, context.proxy, context.request_timeout, context.now) == ("http://new", "p:1", 7, CONTEXT.now)
    assert OPTIONS == {"url": None, "proxy": None, "timeout": 15, "required": False}


@pytest.mark.parametrize(
    "windows",
    [
        Windows(),
        Windows(build=9600),
        Windows(web={None: Served({"auth": {"total": 9.0}})}),  # slow, and yet it works
        Windows(winhttp=WinHttp(flags=3, proxy="p:1").as_bytes(), web={None: broken(7)}),
        Windows(users={"HKCU": {"ProxyEnable": 1, "ProxyServer": "http://me:secret@p:1"}}),
    ],
)
def test_what_works_is_enough(windows: Windows) -> None:
    found = audit(windows)
    reachability.require(found)
    assert found.as_result()["changed"] is False
    assert found.as_result()["remote_executions"] == 2


@pytest.mark.parametrize(
    ("served", "stage", "finding", "remedy", "code"),
    [
        (broken(6, lookup=0, connect=0), "dns", "reachability.name_resolution", "network", "0x80072ee7"),
        (broken(7, connect=0), "connect", "reachability.connect", "network", "0x80072efd"),
        (everywhere(status=503), "http", "reachability.unavailable", "server_side", "0x80244022"),
        (everywhere(status=200, size=9, type="text/html"), "http", "reachability.captive", "network", "0x80072f78"),
    ],
)
def test_what_does_not_is_not(served: Served, stage: str, finding: str, remedy: str, code: str) -> None:
    error = demanded(Windows(web={None: served}))
    fields = dict(error.details)
    assert code in fields.pop("codes")  # type: ignore[operator]
    cause, action = fields.pop("cause"), fields.pop("action")
    assert fields == {"stage": stage, "finding": finding, "remedy": remedy, "url": SERVER}
    assert f"{cause} {action} " in error.message
    assert error.message.endswith(f"Responsible: {remedy.replace('_', ' ')}")


def test_downloads_that_cannot_work_are_not_enough() -> None:
    error = demanded(Windows(web={None: Served({"part": {"status": 200, "shown": ["MSCF"]}})}))
    assert (error.details["finding"], error.details["codes"]) == ("reachability.range_support", ["0x80200013"])
    assert error.details["stage"] == "http"


@pytest.mark.parametrize(("build", "code"), [(9600, 9010), (19045, 9009), (19045, 2), (19045, 0)])
def test_what_is_not_known_is_not_enough(build: int, code: int) -> None:
    error = demanded(Windows(build=build, web={None: Served(code=code, asked=0)}))
    assert (error.details["finding"], error.details["stage"]) == ("reachability.untested", "")
    assert error.details["remedy"] == "administrator"


@pytest.mark.parametrize("policy", [{}, {"WUServer": "wsus"}])
def test_without_a_server_nothing_is_reached(policy: dict[str, Any]) -> None:
    windows = Windows(policy=policy)
    error = demanded(windows)
    assert error.details == {"stage": "policy", "remedy": "policy"}
    assert "name one with the option url" in error.message
    reachability.require(audit(windows, url="http://named:8530"))


def test_a_finding_of_another_component_is_not_the_servers() -> None:
    found = audit(Windows(winhttp=b"broken"))
    assert [each.id for each in found.findings] == ["proxy.malformed"]
    reachability.require(found)


def test_the_given_proxy_is_the_agents_way() -> None:
    error = demanded(Windows(web={"p:1": everywhere(status=403)}), proxy="p:1")
    assert (error.details["finding"], error.details["remedy"]) == ("reachability.forbidden", "reachability")
    assert "directly it works" in error.message
