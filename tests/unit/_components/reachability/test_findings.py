"""What is wrong with the way to the server: every fault, on the agent's way, in the light of the other one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import reachability as server
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from support.finding_checks import evidence_of, only
from support.web_responses import ENDPOINTS, Served, broken, everywhere
from support.windows_answers import SERVER, Windows
from support.winhttp_value import winhttp_bytes

PROXY = "proxy:3128"
MACHINE = winhttp_bytes(WinHttp(flags=3, proxy=PROXY))
SECURE = {"WUServer": "https://wsus.example.com:8531"}
NO_NAME = broken(6, address="", lookup=0, connect=0)
REFUSED = broken(7, address="", connect=0)
DROPPED = broken(28, address="", connect=0)
SLOW = broken(28)
PAGE: Mapping[str, Any] = {"status": 200, "size": 199, "type": "text/html"}

# What the server gives directly: the finding, its remedy, a word of its summary, and the codes that the agent meets.
DIRECT = [
    (NO_NAME, "name_resolution", "network", "does not resolve", {"0x80072ee7", "0x8024402c"}),
    (REFUSED, "connect", "network", "refuses the connection", {"0x80072efd"}),
    (DROPPED, "connect", "network", "does not respond to a connection", {"0x80072ee2"}),
    (SLOW, "answer", "server_side", "does not respond in time", {"0x80072ee2", "0x80072f78"}),
    (broken(52), "answer", "network", "is cut off", {"0x80072f78", "0x80072efe"}),
    (broken(56), "answer", "network", "is cut off", {"0x80072f78"}),
    (broken(18, status=200, size=100), "answer", "network", "is cut off", {"0x80072f78"}),
    (broken(1), "answer", "network", "is not valid HTTP", {"0x80072f78"}),
    (everywhere(**PAGE), "captive", "network", "Something else responds", {"0x80072f78"}),
    (everywhere(status=302, size=0), "captive", "network", "Something else responds", {"0x80072f78"}),
    (everywhere(status=401), "forbidden", "server_side", "HTTP 401", {"0x80190191"}),
    (everywhere(status=403), "forbidden", "server_side", "HTTP 403", {"0x80190193", "0x80244018"}),
    (everywhere(status=404), "not_wsus", "server_side", "not WSUS", {"0x80190194", "0x80244019"}),
    (everywhere(status=407), "proxy", "network", "requires authentication", {"0x8024401b", "0x80190197"}),
    (everywhere(status=500), "error", "server_side", "HTTP 500", {"0x8024401f"}),
    (everywhere(status=502), "proxy", "reachability", "does not reach http", {"0x80072efd"}),
    (everywhere(status=503), "unavailable", "server_side", "HTTP 503", {"0x80244022", "0x801901f7"}),
    (everywhere(status=504), "proxy", "reachability", "does not reach http", {"0x80072efd"}),
    (everywhere(status=418), "error", "server_side", "HTTP 418", set()),
]


@pytest.mark.parametrize(
    ("served", "identifier", "remedy", "words", "codes"), DIRECT, ids=[f"{row[1]}-{row[3]}" for row in DIRECT]
)
@pytest.mark.parametrize("build", [9600, 19045])
def test_faults(build: int, served: Served, identifier: str, remedy: str, words: str, codes: set[str]) -> None:
    finding = only(server, Windows(build=build, web={None: served}), f"reachability.{identifier}")
    assert (finding.severity, finding.remedy, finding.resolved) == ("error", remedy, False)
    assert words in finding.summary
    assert SERVER in finding.summary
    assert finding.summary.endswith("(directly)")
    assert finding.cause
    assert finding.action
    assert codes <= set(finding.codes)
    assert evidence_of(finding)[0]["healthy"] is False


TLS = [broken(code, connected=0, tls=0) for code in (35, 51, 60, 77)] + [broken(28, connect=0, tls=0)]


@pytest.mark.parametrize("served", TLS, ids=["35", "51", "60", "77", "28"])
def test_faults_of_tls(served: Served) -> None:
    finding = only(server, Windows(policy=SECURE, web={None: served}), "reachability.tls")
    assert (finding.remedy, evidence_of(finding)[0]["stage"]) == ("server_side", "tls")
    assert {"0x80072f8f", "0x80072f0d"} <= set(finding.codes)


@pytest.mark.parametrize(
    ("served", "policy", "remedy", "words"),
    [
        (broken(5, address="", lookup=0, connect=0), {}, "reachability", "cannot be reached"),
        (REFUSED, {}, "reachability", "cannot be reached"),
        (DROPPED, {}, "reachability", "cannot be reached"),
        (everywhere(status=407), {}, "network", "requires authentication"),
        (everywhere(status=502), {}, "reachability", "does not reach http"),
        (everywhere(status=504), {}, "reachability", "does not reach http"),
        (broken(56, connected=407, tls=0), SECURE, "network", "requires authentication"),
        (broken(56, connected=403, tls=0), SECURE, "reachability", "does not reach http"),
        (broken(28, connected=0, connect=0, tls=0), SECURE, "reachability", "does not reach http"),
    ],
)
def test_faults_of_a_proxy(served: Served, policy: dict[str, Any], remedy: str, words: str) -> None:
    windows = Windows(winhttp=MACHINE, web={PROXY: served, None: NO_NAME})
    windows.policy |= policy
    finding = only(server, windows, "reachability.proxy")
    assert (finding.severity, finding.remedy) == ("error", remedy)
    assert words in finding.summary
    assert finding.summary.endswith(f"(through the proxy {PROXY})")
    assert [each["stage"] for each in evidence_of(finding)] == ["proxy", "dns"]


def test_works_only_without_the_proxy() -> None:
    finding = only(server, Windows(winhttp=MACHINE, web={PROXY: everywhere(status=403)}), "reachability.proxy")
    assert finding.summary.startswith(f"The proxy {PROXY} prevents the connection: ")
    assert finding.summary.endswith(f"(through the proxy {PROXY}); it works directly")
    assert "0x80190193" in finding.codes
    assert finding.remedy == "reachability"
    assert "The server is reachable directly." in finding.cause
    assert "Set the machine's proxy (WinHTTP) so that the server is reached directly" in finding.action
    assert [(each["proxy"], each["healthy"]) for each in evidence_of(finding)] == [(PROXY, False), (None, True)]


def test_works_only_through_the_proxy() -> None:
    users = {"HKCU": {"ProxyEnable": 1, "ProxyServer": PROXY}}
    finding = only(server, Windows(users=users, web={None: NO_NAME}), "reachability.name_resolution")
    assert finding.summary.endswith(f"(directly); it works through the proxy {PROXY}")
    assert (finding.remedy, finding.codes[0]) == ("reachability", "0x80072ee7")
    assert [(each["proxy"], each["stage"]) for each in evidence_of(finding)] == [(None, "dns"), (PROXY, "http")]


@pytest.mark.parametrize(
    ("fields", "alternate_route", "words"),
    [
        ({"winhttp": MACHINE}, None, f"through the proxy {PROXY} only, as the agent connects"),
        ({"users": {"HKCU": {"ProxyEnable": 1, "ProxyServer": PROXY}}}, PROXY, "directly only, as the agent connects"),
    ],
)
def test_the_agents_way_is_the_only_one(fields: dict[str, Any], alternate_route: str | None, words: str) -> None:
    finding = only(server, Windows(**fields, web={alternate_route: DROPPED}), "reachability.only_way")
    assert (finding.severity, finding.remedy) == ("info", "none")
    assert words in finding.summary


CAPTIVE: list[dict[str, dict[str, Any]]] = [
    {"cab": {"type": "text/html", "size": 5000}},
    {"cab": {"type": "application/xhtml+xml", "size": 5000}},
    {"cab": {"type": "", "size": 300}},
    {"version": {"type": "text/html", "size": 5000}},
    {"cab": {"status": 301, "size": 0}},
    {"head": {"status": 302}},
    # Of the type that is asked for and of a cab's size: only its first bytes tell.
    {"part": {"status": 200, "size": 5000, "shown": ["<html>", "Sign in"]}},
    {"part": {"status": 206, "size": 4, "shown": ["<!DO"]}},
    {"part": {"status": 206, "size": 4, "shown": ['{"er']}},
]


@pytest.mark.parametrize("differs", CAPTIVE)
def test_a_page_in_a_files_place(differs: dict[str, dict[str, Any]]) -> None:
    finding = only(server, Windows(web={None: Served(differs)}), "reachability.captive")
    assert (finding.remedy, evidence_of(finding)[0]["path"]) == ("network", f"/{ENDPOINTS[next(iter(differs))]}")


def test_a_page_of_another_type_for_everything() -> None:
    windows = Windows(web={None: everywhere(status=200, size=9000, type="text/xml")})
    assert list(windows.found(server)) == ["reachability.captive"]


@pytest.mark.parametrize(
    "differs",
    [
        {"version": {"status": 404, "type": "text/html"}},
        {"root": {"status": 403}},
        {"root": {"status": 500}},
        {"root": {"status": 200, "size": 24484, "type": "application/octet-stream"}},
        {name: {"status": 404, "type": "text/html", "shown": []} for name in ("cab", "head", "part")},
        {"client": {"type": ""}},
    ],
)
def test_what_no_client_needs_is_no_fault(differs: dict[str, dict[str, Any]]) -> None:
    windows = Windows(web={None: Served(differs)})
    assert windows.found(server) == {}
    assert windows.read(server).agent_route.works


IGNORED = Served({"part": {"status": 200, "size": 31620, "shown": ["MSCF\0\0\ufffd", "\ufffd\x01"]}})
UNKNOWN = Served({"head": {"shown": ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", ""]}})


@pytest.mark.parametrize(
    ("served", "identifier", "code", "words"),
    [
        (
            IGNORED,
            "reachability.range_support",
            "0x80200013",
            (f"the proxy {PROXY} removes the Range header", "ignores the Range header"),
        ),
        (
            UNKNOWN,
            "reachability.file_size",
            "0x80200011",
            (f"the proxy {PROXY} removes Content-Length", "a proxy on the path or the server"),
        ),
    ],
)
def test_what_bits_needs(served: Served, identifier: str, code: str, words: tuple[str, str]) -> None:
    direct = only(server, Windows(web={None: served}), identifier)
    assert (direct.severity, direct.remedy, direct.codes) == ("error", "server_side", (code,))
    assert words[1] in direct.cause
    proxied = only(server, Windows(winhttp=MACHINE, web={PROXY: served}), identifier)
    assert (proxied.remedy, proxied.codes) == ("network", (code,))
    assert words[0] in proxied.cause
    both = only(server, Windows(winhttp=MACHINE, web={PROXY: served, None: served}), identifier)
    assert both.remedy == "server_side"


def test_both_at_once() -> None:
    windows = Windows(web={None: Served({**IGNORED.differs, **UNKNOWN.differs})})
    assert list(windows.found(server)) == ["reachability.range_support", "reachability.file_size"]
    ways = windows.read(server).agent_route
    assert (ways.works, ways.ranges, ways.lengths) == (True, False, False)


CONTENT = "http://wsus.example.com:8530"
NOTHING: Mapping[str, Any] = {
    "status": 0,
    "size": 0,
    "type": "",
    "shown": [],
    "lookup": 0.004,
    "connect": 0,
    "address": "",
}


def on_content(code: int = 0, asked: int = 7, name: str = "head", **given: Any) -> Served:
    """A healthy server whose content port gives this to HEAD, or to the request for the first bytes."""
    return Served({name: (NOTHING if code else {}) | given}, code, asked)


@pytest.mark.parametrize(
    ("served", "remedy", "words", "code"),
    [
        (on_content(7, 6), "network", "refuses the connection", "0x80072efd"),
        (on_content(28, 6), "network", "does not respond to a connection", "0x80072ee2"),
        (on_content(28, 6, connect=0.005), "server_side", "does not respond in time", "0x80072ee2"),
        (on_content(52, 6, connect=0.005), "network", "is cut off", "0x80072f78"),
        (on_content(56, 7, "part", connect=0.005), "network", "is cut off", "0x80072f78"),
        (on_content(status=403, type="text/html", shown=[]), "server_side", "HTTP 403", "0x80190193"),
        (on_content(status=503, type="text/html", shown=[]), "server_side", "HTTP 503", "0x801901f7"),
        # It is not the same site: that of the TLS port has the file.
        (on_content(status=404, type="text/html", shown=[]), "server_side", "not WSUS", "0x80190194"),
        (on_content(status=301, type="text/html", shown=[]), "network", "Something else responds", "0x80072f78"),
        (on_content(name="part", status=200, size=900, shown=["<html>"]), "network", "Something else", "0x80072f78"),
    ],
)
@pytest.mark.parametrize("build", [9600, 19045])
def test_a_content_port_that_fails(build: int, served: Served, remedy: str, words: str, code: str) -> None:
    windows = Windows(build=build, policy=SECURE, web={None: served})
    finding = only(server, windows, "reachability.content_port")
    assert (finding.severity, finding.remedy) == ("warning", remedy)
    assert finding.summary.startswith(f"Update files cannot be downloaded from {CONTENT}: ")
    assert finding.summary.endswith("(directly)")
    assert words in finding.summary
    assert SECURE["WUServer"] not in finding.summary
    assert "unless it is configured otherwise" in finding.cause
    assert code in finding.codes
    assert evidence_of(finding)[0]["url"] == f"{CONTENT}/selfupdate/wuident.cab"
    facts = windows.read(server).as_fact()
    assert (facts["reachable"], facts["url"], facts["content_url"]) == (True, SECURE["WUServer"], CONTENT)
    assert (facts["agent_route"]["stage"], facts["agent_route"]["content_works"]) == ("http", False)


def test_what_the_server_does_not_have_its_content_port_need_not_have() -> None:
    missing = {"status": 404, "type": "text/html", "shown": []}
    windows = Windows(policy=SECURE, web={None: Served(dict.fromkeys(("cab", "head", "part"), missing))})
    assert windows.found(server) == {}
    assert windows.read(server).agent_route.content_works is True


def test_a_healthy_content_port() -> None:
    windows = Windows(policy=SECURE)
    assert windows.found(server) == {}
    assert windows.read(server).agent_route.content_works is True


def test_of_a_server_that_fails_the_content_port_is_unknown() -> None:
    windows = Windows(policy=SECURE, web={None: REFUSED})
    assert list(windows.found(server)) == ["reachability.connect"]
    assert windows.read(server).agent_route.content_works is None


@pytest.mark.parametrize(
    ("served", "identifier"), [("IGNORED", "reachability.range_support"), ("UNKNOWN", "reachability.file_size")]
)
def test_what_bits_needs_of_a_content_port(served: str, identifier: str) -> None:
    finding = only(server, Windows(policy=SECURE, web={None: globals()[served]}), identifier)
    assert CONTENT in finding.summary
    assert [each["url"] for each in evidence_of(finding)] == [f"{CONTENT}/selfupdate/wuident.cab"]


LIST = winhttp_bytes(WinHttp(flags=3, proxy=f"http=files:1;https={PROXY}"))


@pytest.mark.parametrize(
    ("direct", "remedy", "end", "action"),
    [
        (Served(), "reachability", "; it works directly", "Set the machine's proxy"),
        (on_content(7, 6), "network", "(through the proxy files:1)", "without authentication"),
        (REFUSED, "network", "(through the proxy files:1)", "without authentication"),
    ],
)
def test_the_proxy_to_the_content_port_is_named(direct: Served, remedy: str, end: str, action: str) -> None:
    served = on_content(status=407, type="text/html", shown=[])
    windows = Windows(policy=SECURE, winhttp=LIST, web={PROXY: served, None: direct})
    finding = windows.found(server)["reachability.content_port"]
    assert (finding.remedy, finding.summary.endswith(end)) == (remedy, True)
    assert "(through the proxy files:1)" in finding.summary
    assert action in finding.action
    assert [each["proxy"] for each in evidence_of(finding)] == ["files:1"] + [None] * (remedy == "reachability")


@pytest.mark.parametrize(("seconds", "slow"), [(4.99, False), (5.0, True), (14.4, True)])
def test_a_slow_server(seconds: float, slow: bool) -> None:
    windows = Windows(web={None: Served({"auth": {"total": seconds}})})
    assert list(windows.found(server)) == (["reachability.slow"] if slow else [])
    if slow:
        finding = only(server, windows, "reachability.slow")
        assert (finding.severity, evidence_of(finding)[0]["time_s"]) == ("info", seconds)
        assert f"{seconds:.0f} s" in finding.summary


@pytest.mark.parametrize("request_name", ["version", "cab", "head", "part"])
def test_what_breaks_later_is_found_too(request_name: str) -> None:
    number = list(ENDPOINTS).index(request_name) + 1
    windows = Windows(web={None: Served({request_name: {"status": 0, "size": 0}}, 28, number)})
    finding = only(server, windows, "reachability.answer")
    assert (finding.remedy, evidence_of(finding)[0]["path"]) == ("server_side", f"/{ENDPOINTS[request_name]}")
    assert evidence_of(finding)[0]["stage"] == "http"


@pytest.mark.parametrize(
    ("build", "code", "untested", "words"),
    [
        (9600, 9010, "language_mode", "Constrained Language Mode"),
        (19045, 9009, "no_program", "missing, or a policy blocks it"),
        (19045, 2, "no_answer", "ended without output"),
        (19045, -1073741515, "no_answer", "ended without output"),
        (19045, 0, "no_answer", "ended without output"),
        (9600, 1, "no_answer", "ended without output"),
    ],
)
def test_nothing_could_be_asked(build: int, code: int, untested: str, words: str) -> None:
    windows = Windows(build=build, web={None: Served(code=code, asked=0)})
    finding = only(server, windows, "reachability.untested")
    assert (finding.severity, finding.remedy) == ("warning", "administrator")
    assert words in finding.cause
    facts = windows.read(server).as_fact()
    assert (facts["untested"], facts["reachable"], facts["agent_route"]) == (untested, None, None)
    assert windows.read(server).tested is False
