"""What wsus_reachability takes, and what it demands."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WrongOption
from ansible_collections.wsus.client.plugins.plugin_utils._operations.operation import Outcome
from ansible_collections.wsus.client.plugins.plugin_utils._operations.reachability import (
    OPERATION,
    ReachabilityOptions,
    ServerUnreachable,
)
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from support.recording_host import MemoryHost
from support.task_options import options
from support.web_responses import Served, broken, everywhere
from support.windows_answers import SERVER, Windows
from support.winhttp_value import winhttp_bytes


def run(host: MemoryHost, **given: Any) -> Outcome:
    return OPERATION.run(host.session, options(ReachabilityOptions, **given), check_mode=False)


def demanded(windows: Windows, **given: Any) -> ServerUnreachable:
    with pytest.raises(ServerUnreachable) as caught:
        run(MemoryHost(windows), required=True, **given)
    assert caught.value.reason == "server_unreachable"
    return caught.value


@pytest.mark.parametrize(
    "given",
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
def test_right_options(given: dict[str, Any]) -> None:
    assert options(ReachabilityOptions, **given).timeout == given.get("timeout", 15)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"url": "wsus:8530"}, "url is not the URL of a WSUS server"),
        ({"url": "http://wsus/x"}, "it contains more than scheme, server and port"),
        ({"url": "http://me:secret@wsus"}, "it contains credentials"),
        ({"url": 'http://w"sus'}, "it contains characters that are not allowed in a URL"),
        ({"url": "http://w{a,b}"}, "it contains characters that are not allowed in a URL"),
        ({"proxy": "http://me:secret@proxy:80"}, "proxy contains a user, a password or a URL"),
        ({"proxy": "me:secret;x@proxy:80"}, "proxy contains a user, a password or a URL"),
        ({"proxy": "proxy 80"}, "proxy: 'proxy 80' is not host:port"),
        ({"timeout": 0}, "timeout is 0; it must be a number of seconds, 1 to 300"),
        ({"timeout": 301}, "timeout is 301"),
    ],
)
def test_wrong_options(given: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongOption, match=message) as caught:
        options(ReachabilityOptions, **given)
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    "windows",
    [
        Windows(),
        Windows(build=9600),
        Windows(web={None: Served({"auth": {"total": 9.0}})}),  # slow, and yet it works
        Windows(winhttp=winhttp_bytes(WinHttp(flags=3, proxy="p:1")), web={None: broken(7)}),
        Windows(users={"HKCU": {"ProxyEnable": 1, "ProxyServer": "http://me:secret@p:1"}}),
    ],
)
def test_what_works_is_enough(windows: Windows) -> None:
    host = MemoryHost(windows)
    outcome = run(host, required=True)
    result = outcome.as_result(host, check_mode=False)  # type: ignore[arg-type]
    assert (result["changed"], result["remote_executions"]) == (False, 2)


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
    assert "Set the url option to test a server" in error.message
    assert run(MemoryHost(windows), required=True, url="http://named:8530")


def test_a_finding_of_another_component_is_not_the_servers() -> None:
    facts = run(MemoryHost(Windows(winhttp=b"broken")), required=True).values["ansible_facts"]
    assert [each["id"] for each in facts["wsus_findings"]] == ["proxy.malformed"]


def test_the_given_proxy_is_the_agents_way() -> None:
    error = demanded(Windows(web={"p:1": everywhere(status=403)}), proxy="p:1")
    assert (error.details["finding"], error.details["remedy"]) == ("reachability.proxy", "reachability")
    assert "it works directly" in error.message
