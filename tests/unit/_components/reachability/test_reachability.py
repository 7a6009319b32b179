"""The way to the server as facts, and through real requests on the lab's network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import reachability as server
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability.requests import (
    DIRECT,
    Proxies,
    request,
)
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import gather
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import Host
from ansible_collections.wsus.client.plugins.plugin_utils._remote.session import Session
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import WinHttp
from support.web_responses import Served, broken
from support.windows_answers import CONTEXT, SERVER, Windows
from support.windows_output import answer
from support.winhttp_value import winhttp_bytes
from unit.lab.network_fleets import client

OLD_SERVER = Served({"root": {"status": 200, "size": 24484, "type": "application/octet-stream"}})
REAL = "http://wsus.example.test:8530"


@pytest.mark.parametrize(("build", "method"), [(7601, "dotnet"), (16299, "dotnet"), (17134, "curl"), (26100, "curl")])
def test_a_healthy_server(build: int, method: str) -> None:
    windows = Windows(build=build)
    assert windows.found(server) == {}
    facts = windows.read(server).as_fact()
    route = facts.pop("agent_route")
    assert facts == {
        "url": SERVER,
        "content_url": SERVER,
        "method": method,
        "untested": None,
        "reachable": True,
        "generation": "2012",
        "alternate_route": None,
        "files": [],
        "automatic_proxy": None,
        "hosts_entry": None,
    }
    requests = route.pop("requests")
    assert route == {
        "proxy": None,
        "works": True,
        "stage": "http",
        "content_works": None,
        "range_support": True,
        "content_length": True,
    }
    assert [(each["method"], each["status"], each["healthy"]) for each in requests] == [
        ("GET", 200, True),
        ("GET", 200, True),
        ("GET", 200, True),
        ("GET", 200, True),
        ("GET", 404, False),
        ("HEAD", 200, True),
        ("GET", 206, True),
    ]


@pytest.mark.parametrize(
    ("served", "generation"),
    [
        (Served(), "2012"),
        (OLD_SERVER, "3"),
        (Served({"root": {"status": 200, "size": 200, "type": "text/html"}}), "2012"),
        (broken(28), None),
        (Served({"root": {"status": 0}}, 28, 5), None),
    ],
)
def test_the_generation_of_the_server(served: Served, generation: str | None) -> None:
    assert Windows(web={None: served}).read(server).as_fact()["generation"] == generation


def test_no_server() -> None:
    assert Windows(policy={}, au={}).read(server).as_fact() == {
        "url": None,
        "content_url": None,
        "method": None,
        "untested": None,
        "reachable": None,
        "generation": None,
        "agent_route": None,
        "alternate_route": None,
        "files": [],
        "automatic_proxy": None,
        "hosts_entry": None,
    }


@pytest.mark.parametrize(("code", "stage"), [(6, "dns"), (7, "connect"), (60, "tls"), (52, "http")])
def test_a_broken_way(code: int, stage: str) -> None:
    facts = Windows(web={None: broken(code)}).read(server).as_fact()
    assert (facts["reachable"], facts["agent_route"]["stage"], facts["agent_route"]["works"]) == (False, stage, False)
    assert (facts["agent_route"]["range_support"], facts["agent_route"]["content_length"]) == (None, None)
    assert [each["curl_code"] for each in facts["agent_route"]["requests"]] == [code]


def test_both_ways_are_told_apart() -> None:
    machine = winhttp_bytes(WinHttp(flags=3, proxy="m:1"))
    facts = Windows(winhttp=machine, web={None: broken(7)}).read(server).as_fact()
    assert [(facts[route]["proxy"], facts[route]["works"]) for route in ("agent_route", "alternate_route")] == [
        ("m:1", True),
        (None, False),
    ]


@pytest.mark.parametrize(
    ("context", "asked"),
    [
        ({"tested_url": "https://new:8531"}, ("https://new:8531", DIRECT, 15)),
        ({"proxy": "given:1"}, (SERVER, Proxies("given:1", "given:1"), 15)),
        (
            {"proxy": "http=a:1;https=b:2", "tested_url": "https://new:8531"},
            ("https://new:8531", Proxies("b:2", "a:1"), 15),
        ),
        ({"request_timeout": 3}, (SERVER, DIRECT, 3)),
    ],
)
def test_what_a_task_names_counts(context: dict[str, Any], asked: tuple[str, Proxies, int]) -> None:
    url, proxies, timeout = asked
    given = replace(CONTEXT, **context)
    read = Windows().read(server, given)
    assert (read.url, read.agent_route.proxy) == (url, proxies.server)
    assert Windows().asked_again(server, given)[0] == str(request(url, proxies, 19045, timeout))


def test_a_line_that_is_not_whole_stops_the_audit() -> None:
    windows = Windows()
    asked = request(SERVER, DIRECT, 19045, 15)
    answers = windows.answers(server.probe(CONTEXT)) | Answers([answer(asked, "wsus|http")])
    with pytest.raises(UnexpectedOutput, match="incomplete line"):
        server.read(answers, windows.system(), CONTEXT)


class Connection:
    """The connection to a machine of the lab."""

    become = None
    transport = "lab"  # no plugin of ansible-core: given command lines, whatever the release

    def __init__(self, machine: Any) -> None:
        self._machine = machine

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        done = self._machine.execute(cmd, next(iter(self._machine.users.values())))
        return done.exit_code, done.stdout, done.stderr


PROXIED = {"proxy": {"kind": "proxy", "names": ["proxy.example.test"]}}
NO_RANGE = {"proxy": {**PROXIED["proxy"], "faults": {"no_range": True}}}
NO_LENGTH = {"proxy": {**PROXIED["proxy"], "faults": {"no_length": True}}}


def wsus(**spec: Any) -> dict[str, Any]:
    return {"wsus": {"kind": "wsus", **spec}}


@pytest.mark.parametrize(
    ("endpoints", "through", "url", "found", "generation"),
    [
        ({}, None, REAL, [], "2012"),
        ({}, None, "https://wsus.example.test:8531", [], "2012"),
        (wsus(generation="3.0"), None, "http://wsus.example.test", [], "3"),
        (PROXIED, "proxy.example.test:3128", "https://wsus.example.test:8531", [], "2012"),
        (wsus(tls="expired"), None, "https://wsus.example.test:8531", ["reachability.tls"], None),
        (wsus(faults={"captive": True}), None, REAL, ["reachability.captive"], "2012"),
        (wsus(faults={"status": {"/simpleauth": 503}}), None, REAL, ["reachability.unavailable"], "2012"),
        (wsus(faults={"status": {"/content": 403}}), None, REAL, [], "2012"),
        (wsus(faults={"no_range": True}), None, REAL, ["reachability.range_support"], "2012"),
        (NO_RANGE, "proxy.example.test:3128", REAL, ["reachability.range_support"], "2012"),
        (NO_LENGTH, "proxy.example.test:3128", REAL, ["reachability.file_size"], "2012"),
        ({}, "proxy.example.test:3128", REAL, ["reachability.proxy"], None),
    ],
)
@pytest.mark.parametrize("windows", ["windows-10-22h2", "server-2019"])
def test_real_requests(
    tmp_path: Path,
    windows: str,
    endpoints: dict[str, Any],
    through: str | None,
    url: str,
    found: list[str],
    generation: str | None,
) -> None:
    with client(tmp_path, endpoints, windows=windows) as pc:
        given = replace(CONTEXT, tested_url=url, proxy=through, request_timeout=3)
        audit = gather(Session(Host(Connection(pc.machine)), given.now), ["reachability"], given)
    assert [each.id for each in audit.findings] == found
    assert audit.facts["wsus_reachability"]["generation"] == generation
    assert audit.facts["wsus_reachability"]["reachable"] is (
        not found or found[0] in ("reachability.range_support", "reachability.file_size")
    )
