"""The requests: one call for each way, which the oldest curl of Windows understands."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import reachability as server
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability import requests
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability.requests import (
    DIRECT,
    Proxies,
    content_base,
    request,
)
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import COMPONENTS
from ansible_collections.wsus.client.plugins.plugin_utils._windows import batch
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, command
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from support.event_xml import detection
from support.windows_answers import CONTEXT, SERVER, Windows
from support.winhttp_value import winhttp_bytes

# Whether an option of curl 7.55.1 that we may use takes a value (curl's manual; --fail-early is the newest, of 7.52.0).
OPTIONS = {
    **dict.fromkeys(("-q", "-sS", "-g", "-I", "--fail-early", "--ssl-no-revoke", "--next"), False),
    **dict.fromkeys(("--connect-timeout", "-m", "-x", "--noproxy", "-o", "-w", "-r"), True),
}
# Of the write-out variables that 7.55.1 has.
VARIABLES = set(
    "content_type filename_effective ftp_entry_path http_code http_connect http_version local_ip local_port num_connects "
    "num_redirects proxy_ssl_verify_result redirect_url remote_ip remote_port scheme size_download size_header size_request "
    "size_upload speed_download speed_upload ssl_verify_result time_appconnect time_connect time_namelookup "
    "time_pretransfer time_redirect time_starttransfer time_total url_effective".split()
)
BASES = [SERVER, "https://wsus.example.com:8531", "http://[fd00::1]:8530", "https://[fd00::1]"]
TOKEN = "0123456789abcdef"


def sections(command: Command) -> list[tuple[dict[str, list[str]], list[str]]]:
    """Options with their values, and URLs, of each part of a call."""
    found = []
    for parted, words in groupby(command.arguments, lambda word: word == "--next"):
        if parted:
            continue
        options: dict[str, list[str]] = {}
        urls: list[str] = []
        rest = iter(words)
        for word in rest:
            if word.startswith("-"):
                options.setdefault(word, []).append(next(rest) if OPTIONS[word] else "")
            else:
                urls.append(word)
        found.append((options, urls))
    return found


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("proxy", [None, "proxy:3128", "[fd00::9]:3128"])
def test_only_what_the_oldest_curl_of_windows_has(base: str, proxy: str | None) -> None:
    command = request(base, Proxies(proxy, proxy), 17134, 20)
    assert (command.program, command.arguments[0]) == ("curl.exe", "-q")
    parts = sections(command)
    assert [sorted(set(options) & {"-I", "-r", "-o"}) for options, _urls in parts] == [["-o"], ["-I"], ["-r"]]
    assert parts[2][0]["-r"] == ["0-3"]
    for options, urls in parts:
        assert set(re.findall(r"%\{(\w+)\}", options["-w"][0])) <= VARIABLES
        assert options["-m"] == ["20"]
        assert int(options["--connect-timeout"][0]) <= 20
        assert "--ssl-no-revoke" in options
        assert (options.get("-x"), options.get("--noproxy")) == (
            (None, ["*"]) if proxy is None else ([f"http://{proxy}"], None)
        )
        assert ("-g" in options) is ("[" in base)
        assert all(url.startswith((f"{base}/", f"{content_base(base)}/")) for url in urls)


@pytest.mark.parametrize("base", BASES)
def test_every_path_is_asked_and_nothing_of_a_body_is_printed_but_the_first_bytes(base: str) -> None:
    (options, urls), *others = sections(request(base, DIRECT, 19045, 15))
    assert options["-o"] == ["NUL"] * len(urls)
    paths = "{" + ",".join(path.path for path in requests.ENDPOINTS) + "}"
    assert urls == ([f"{base}/{path.path}" for path in requests.ENDPOINTS] if "[" in base else [f"{base}/{paths}"])
    assert [urls for _options, urls in others] == [[f"{content_base(base)}/selfupdate/wuident.cab"]] * 2


def test_the_text_of_a_server_comes_last() -> None:
    assert requests.FORMAT.endswith("|%{content_type}")
    assert requests.FORMAT.startswith("wsus|%{url_effective}|")


@pytest.mark.parametrize("url", [f"{SERVER}/", SERVER])
@pytest.mark.parametrize("build", [9600, 19045])
def test_a_final_slash_does_not_count(url: str, build: int) -> None:
    assert request(url, DIRECT, build, 15) == request(SERVER, DIRECT, build, 15)


def test_credentials_of_a_url_are_not_sent() -> None:
    assert "secret" not in str(request("http://me:secret@wsus:8530", DIRECT, 19045, 15))


@pytest.mark.parametrize("build", [7601, 9600, 14393, 16299])
@pytest.mark.parametrize(("proxy", "word"), [(None, "-"), ("proxy:3128", "http://proxy:3128")])
def test_windows_without_curl_is_asked_by_the_function(build: int, proxy: str | None, word: str) -> None:
    assert request(SERVER, Proxies(proxy, proxy), build, 20) == command(
        "w",
        SERVER,
        "ClientWebService/client.asmx,ClientWebService/wusserverversion.xml,SimpleAuthWebService/SimpleAuth.asmx,"
        "selfupdate/wuident.cab,iuident.cab",
        f"{SERVER}/selfupdate/wuident.cab",
        word,
        word,
        "20",
    )


# Microsoft, "Step 2: Configure WSUS", 2.5: port 80 for 443, otherwise the port before.
@pytest.mark.parametrize(
    ("server", "base"),
    [
        ("http://wsus:8530/", "http://wsus:8530"),
        ("http://wsus", "http://wsus"),
        ("https://wsus.example.com:8531", "http://wsus.example.com:8530"),
        ("https://wsus:8531/", "http://wsus:8530"),
        ("HTTPS://wsus", "http://wsus"),
        ("https://wsus:443", "http://wsus"),
        ("https://wsus:", "http://wsus"),
        ("https://wsus:9443", "http://wsus:9442"),
        ("https://wsus:81", "http://wsus"),
        ("https://[fd00::1]:8531", "http://[fd00::1]:8530"),
        ("https://[fd00::1]", "http://[fd00::1]"),
        ("https://me:secret@wsus:8531", "http://wsus:8530"),
        # There is no port before it.
        ("https://wsus:1", "https://wsus:1"),
    ],
)
def test_the_port_of_update_files(server: str, base: str) -> None:
    assert content_base(server) == base


@pytest.mark.parametrize("build", [9600, 19045])
def test_each_port_is_asked_through_its_own_proxy(build: int) -> None:
    call = request("https://wsus:8531", Proxies(None, "proxy:3128"), build, 15)
    if call.program == "w":
        assert call.arguments[2:] == ("http://wsus:8530/selfupdate/wuident.cab", "-", "http://proxy:3128", "15")
        return
    assert [(options.get("-x"), options.get("--noproxy")) for options, _urls in sections(call)] == [
        (None, ["*"]),
        (["http://proxy:3128"], None),
        (["http://proxy:3128"], None),
    ]


def test_every_word_is_quoted_in_a_batch() -> None:
    script = batch.render([request(BASES[2], Proxies("proxy:3128", "proxy:3128"), 19045, 15)], TOKEN)
    call = script.splitlines()[-1]
    words = re.findall(r" '([^']*)'", call)
    assert call == "x" + "".join(f" '{word}'" for word in words)
    assert words[0] == "curl.exe"
    assert r"%{content_type}\n" in " ".join(words)


def asked_again(machine: Windows) -> list[Command]:
    """What a whole audit asks in its second execution."""
    answers = machine.answers(each for part in COMPONENTS.values() for each in part.probe(CONTEXT))
    facts = [(part, part.read(answers, machine.system(), CONTEXT)) for part in COMPONENTS.values()]
    return list(dict.fromkeys(each.command for part, read in facts for each in part.follow_up(read)))


@pytest.mark.parametrize("build", [7601, 14393, 17763, 26100])
def test_both_ways_and_all_that_a_broken_agent_is_asked_are_one_execution(build: int) -> None:
    url = "https://wsus-01.example.com:8531"
    machine = Windows(
        build=build,
        policy={"WUServer": url, "WUStatusServer": url},
        winhttp=winhttp_bytes(WinHttp(flags=3, proxy="proxy-01.example.com:8080")),
        update_log=detection(0x80072EE2, time="2026-11-22T20:00:00.0000000Z"),
        bits={"DependOnService": ("REG_MULTI_SZ", "Gone")},
        starts={"Gone": None},
        states={"Gone": 1060},
    )
    again = asked_again(machine)
    assert [each.program for each in again][-3:] == ["curl.exe" if build >= 17134 else "w"] * 2 + ["findstr.exe"]
    assert len(again) > 4
    assert len(batch.split(again, TOKEN)) == 1


@pytest.mark.parametrize("build", [9600, 17763])
@pytest.mark.parametrize("url", [f"https://{'w' * 40}.corp.example.com:8531", "https://[fd00:aaaa:bbbb:cccc::1]:8531"])
def test_both_ways_of_long_names_are_one_execution(build: int, url: str) -> None:
    route = f"{'p' * 32}.corp.example.com:3128"
    calls = [request(url, Proxies(proxy, proxy), build, 300) for proxy in (route, None)]
    assert len(batch.split(calls, TOKEN)) == 1


@pytest.mark.parametrize(
    ("fields", "ways"),
    [
        ({}, [None]),
        ({"winhttp": winhttp_bytes(WinHttp(flags=3, proxy="m:1"))}, ["m:1", None]),
        ({"winhttp": winhttp_bytes(WinHttp(flags=3, proxy="m:1", bypass="*.example.com"))}, [None]),
        ({"users": {"HKCU": {"ProxyEnable": 1, "ProxyServer": "u:2"}}}, [None, "u:2"]),
        ({"users": {"HKCU": {"ProxyEnable": 0, "ProxyServer": "u:2"}}}, [None]),
        ({"users": {"HKCU": {"ProxyEnable": 1, "ProxyServer": "u:2", "ProxyOverride": "*.example.com"}}}, [None]),
        (
            {
                "winhttp": winhttp_bytes(WinHttp(flags=3, proxy="m:1", bypass="*.example.com")),
                "users": {"HKCU": {"ProxyEnable": 1, "ProxyServer": "u:2"}},
            },
            [None, "u:2"],
        ),
        (
            {
                "winhttp": winhttp_bytes(WinHttp(flags=3, proxy="m:1")),
                "users": {"HKCU": {"ProxyEnable": 1, "ProxyServer": "u:2"}},
            },
            ["m:1", None],
        ),
    ],
)
def test_the_agents_way_comes_first(fields: dict[str, Any], ways: list[str | None]) -> None:
    windows = Windows(**fields)
    assert windows.asked_again(server) == [str(request(SERVER, Proxies(route, route), 19045, 15)) for route in ways]


@pytest.mark.parametrize(
    "policy", [{}, {"WUServer": ""}, {"WUServer": "wsus"}, {"WUServer": 'http://w"sus'}, {"WUServer": "http://w{a,b}"}]
)
def test_nobody_is_asked_where_no_server_is_named(policy: dict[str, Any]) -> None:
    windows = Windows(policy=policy)
    assert windows.asked_again(server) == []
    assert windows.read(server).as_fact()["url"] is None
    assert windows.found(server) == {}


LIST = "http=a:1;https=b:2"
TO_TLS = {"WUServer": "https://wsus.example.com:8531"}


@pytest.mark.parametrize(
    ("fields", "routes"),
    [
        ({"winhttp": winhttp_bytes(WinHttp(flags=3, proxy=LIST))}, [Proxies("b:2", "a:1"), DIRECT]),
        ({"winhttp": winhttp_bytes(WinHttp(flags=3, proxy=LIST, bypass="*.example.com"))}, [DIRECT]),
        ({"winhttp": winhttp_bytes(WinHttp(flags=3, proxy="https=b:2"))}, [Proxies("b:2", None), DIRECT]),
        # The proxy to the server's own URL decides whether there is an alternate route.
        ({"winhttp": winhttp_bytes(WinHttp(flags=3, proxy="http=a:1"))}, [Proxies(None, "a:1")]),
        ({"users": {"HKCU": {"ProxyEnable": 1, "ProxyServer": LIST}}}, [DIRECT, Proxies("b:2", "a:1")]),
    ],
)
def test_a_list_of_proxies_can_name_another_one_for_update_files(fields: dict[str, Any], routes: list[Proxies]) -> None:
    windows = Windows(policy=TO_TLS, **fields)
    assert windows.asked_again(server) == [str(request(TO_TLS["WUServer"], route, 19045, 15)) for route in routes]


@pytest.mark.parametrize("own", [{}, {"WUServer": ""}])
def test_the_alternate_download_server_is_not_tested(own: dict[str, Any]) -> None:
    windows = Windows(policy={**own, "UpdateServiceUrlAlternate": "http://localhost:8005"})
    assert windows.asked_again(server) == []
    assert windows.read(server).url is None
    both = Windows(policy={"UpdateServiceUrlAlternate": "http://localhost:8005", "WUServer": SERVER})
    assert both.read(server).url == SERVER
