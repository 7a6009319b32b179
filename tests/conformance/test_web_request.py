"""The lab's own answer to a batch's function against the function itself, run by a real PowerShell, in Full and Constrained Language Mode."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows import web_request as _web_request
from lab.machine import Execution
from lab.simulated import web_request
from lab.simulated.batch import WEB_REQUEST
from unit.lab.network_fleets import client

pytestmark = pytest.mark.powershell

HTTP, HTTPS = "http://wsus.example.test:8530", "https://wsus.example.test:8531"
PROXY = "http://proxy.example.test:3128"
PATHS = "ClientWebService/client.asmx,selfupdate/wuident.cab,iuident.cab"
CAB = "selfupdate/wuident.cab"
_TIME = re.compile(rb"(wsus\|(?:[^|]*\|){8})\d+(?:\.\d+)?(?:E-\d+)?(\|)")


def wsus(**faults: Any) -> dict[str, Any]:
    return {"wsus": {"kind": "wsus", "faults": faults}}


def proxy(**faults: Any) -> dict[str, Any]:
    return {"proxy": {"kind": "proxy", "names": ["proxy.example.test"], "faults": faults}}


def other(kind: str) -> dict[str, Any]:
    return {kind: {"kind": kind, "names": [f"{kind}.example.test"]}}


def tls(kind: str) -> dict[str, Any]:
    return {"wsus": {"kind": "wsus", "tls": kind}}


# Endpoints, server, proxy, and the code that both end with.
CASES: dict[str, tuple[dict[str, Any], str, str, int]] = {
    "good": ({}, HTTP, "-", 0),
    "good, https": ({}, HTTPS, "-", 0),
    "an address": ({}, "http://10.0.0.5:8530", "-", 0),
    "an address, https": ({}, "https://10.0.0.5:8531", "-", 0),
    "WSUS 3": ({"wsus": {"kind": "wsus", "generation": "3.0"}}, "http://wsus.example.test", "-", 0),
    "401": (wsus(status=401), HTTP, "-", 0),
    "403": (wsus(status=403), HTTP, "-", 0),
    "404": (wsus(status=404), HTTP, "-", 0),
    "500": (wsus(status=500), HTTP, "-", 0),
    "503": (wsus(status=503), HTTP, "-", 0),
    "captive": (wsus(captive=True), HTTP, "-", 0),
    "name unknown": ({}, "http://gone.example.test:8530", "-", 6),
    "closed": (other("closed"), "http://closed.example.test:8530", "-", 7),
    "drop": (other("drop"), "http://drop.example.test:8530", "-", 28),
    "unknown authority": (tls("unknown"), HTTPS, "-", 60),
    "expired": (tls("expired"), HTTPS, "-", 60),
    "other name": (tls("other_name"), HTTPS, "-", 60),
    "http on the port for https": ({}, "http://wsus.example.test:8531", "-", 56),
    "https on the port for http": ({}, "https://wsus.example.test:8530", "-", 60),
    "cut": (wsus(cut_after=1000), HTTP, "-", 18),
    "cut, no length": (wsus(cut_after=1000, no_length=True), HTTP, "-", 18),
    "empty": (wsus(empty=True), HTTP, "-", 56),
    "reset": (wsus(reset=True), HTTP, "-", 56),
    "slow": (wsus(delay=4), HTTP, "-", 28),
    "no range": (wsus(no_range=True), HTTP, "-", 0),
    "no length": (wsus(no_length=True), HTTP, "-", 0),
    "proxy": (proxy(), HTTP, PROXY, 0),
    "proxy, https": (proxy(), HTTPS, PROXY, 0),
    "proxy strips ranges": (proxy(no_range=True), HTTP, PROXY, 0),
    "proxy drops lengths": (proxy(no_length=True), HTTP, PROXY, 0),
    "proxy, unknown authority": (proxy() | tls("unknown"), HTTPS, PROXY, 60),
    "proxy 407": (proxy(authentication=True), HTTP, PROXY, 0),
    "proxy 407, https": (proxy(authentication=True), HTTPS, PROXY, 56),
    "proxy, server unknown to it": (proxy(), "http://gone.example.test:8530", PROXY, 0),
    "proxy, server closed to it, https": (proxy() | other("closed"), "https://closed.example.test:8531", PROXY, 56),
    "proxy closed": (other("closed"), HTTP, "http://closed.example.test:3128", 7),
    "proxy drops": (other("drop"), HTTP, "http://drop.example.test:3128", 28),
    "proxy unknown": ({}, HTTP, "http://gone.example.test:3128", 6),
    "proxy unknown, https": ({}, HTTPS, "http://gone.example.test:3128", 6),
    "content": ({}, HTTPS, "-", 0),
    "content closed": ({}, HTTPS, "-", 7),
    "content dropped": (other("drop"), HTTPS, "-", 28),
    "content unknown": ({}, HTTPS, "-", 6),
    "content by proxy": (proxy(), HTTPS, "-", 0),
    "content past the proxy": (proxy(), HTTPS, PROXY, 0),
    "content, proxy unknown": ({}, HTTPS, "-", 6),
    "content, no length, no range": (wsus(no_length=True, no_range=True), HTTPS, "-", 0),
    "content 403": (
        {"other": {"kind": "wsus", "names": ["other.example.test"], "faults": {"status": 403}}},
        HTTPS,
        "-",
        0,
    ),
}


# The server of the last two requests and its proxy, where they are others than those of the first ones.
CONTENT: dict[str, tuple[str, str]] = {
    "content": (HTTP, "-"),
    "content closed": ("http://wsus.example.test:8529", "-"),
    "content dropped": ("http://drop.example.test:8530", "-"),
    "content unknown": ("http://gone.example.test:8530", "-"),
    "content by proxy": (HTTP, PROXY),
    "content past the proxy": (HTTP, "-"),
    "content, proxy unknown": (HTTP, "http://gone.example.test:3128"),
    "content, no length, no range": (HTTP, "-"),
    "content 403": ("http://other.example.test:8530", "-"),
}


def without_time(done: Execution) -> list[bytes]:
    return _TIME.sub(rb"\1TIME\2", done.stdout).splitlines()


@pytest.mark.parametrize("case", CASES)
def test_the_lab_answers_as_the_function_does(case: str, linux_powershell: Path, tmp_path: Path) -> None:
    endpoints, server, by, code = CASES[case]
    content, other = CONTENT.get(case, (server, by))
    with client(tmp_path, endpoints, windows="server-2016") as it:
        arguments = (server, PATHS, f"{content}/{CAB}", by, other, "2")
        real = web_request.run_real(linux_powershell, it.machine, arguments)
        own = web_request.run_own(it.machine, arguments)
    assert (real.exit_code, real.stderr) == (code, b"")
    assert without_time(own) == without_time(real)
    assert own.exit_code == real.exit_code
    assert b"TIME" in without_time(real)[-1]


def test_both_ask_the_same(linux_powershell: Path, tmp_path: Path) -> None:
    with client(tmp_path, windows="server-2016") as it:
        site = it.network.site("wsus")
        asked = []
        for run in (lambda *more: web_request.run_real(linux_powershell, *more), web_request.run_own):
            site.requests.clear()
            run(it.machine, (HTTP, PATHS, f"{HTTP}/{CAB}", "-", "-", "5"))
            asked.append([(each.method, each.target, each.headers.get("range")) for each in site.requests])
    assert asked[0] == asked[1]
    assert asked[0][-2:] == [("HEAD", f"/{CAB}", None), ("GET", f"/{CAB}", "bytes=0-3")]


def test_constrained_language_mode_asks_nobody(linux_powershell: Path, tmp_path: Path) -> None:
    arguments = (HTTP, PATHS, f"{HTTP}/{CAB}", "-", "-", "5")
    with client(tmp_path, windows="server-2016", language_mode="constrained") as it:
        done = web_request.run_real(linux_powershell, it.machine, arguments)
        assert done == web_request.run_own(it.machine, arguments) == Execution(exit_code=9010)
        assert it.network.site("wsus").requests == []


def test_a_name_that_is_not_in_the_certificate_is_not_let_pass(linux_powershell: Path, tmp_path: Path) -> None:
    alias = "https://updates.example.test:8531"
    names = {"updates.example.test": "wsus"}
    with client(tmp_path, windows="server-2016", network={"names": names}) as it:
        with pytest.raises(web_request.NotImplementedInLab, match="certificate"):
            web_request.run_real(linux_powershell, it.machine, (alias, PATHS, f"{HTTP}/{CAB}", "-", "-", "5"))
        assert web_request.run_own(it.machine, (alias, PATHS, f"{HTTP}/{CAB}", "-", "-", "5")).exit_code == 60


def test_the_lab_has_the_collections_function() -> None:
    assert WEB_REQUEST == _web_request.FUNCTION
