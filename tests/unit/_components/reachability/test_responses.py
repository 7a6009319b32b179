"""What curl wrote out, read: status, code, size, length, first bytes - from numbers and never from words."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability import responses
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability.requests import (
    DIRECT,
    Proxies,
    request,
)
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput
from support.web_responses import CAB, ENDPOINTS, Served, one, read, written

HTTP = "http://wsus.example.test:8530"
CLIENT = "ClientWebService/client.asmx"


def test_only_the_last_request_has_the_exit_code() -> None:
    lines = [written(f"{HTTP}/{path}") for path in list(ENDPOINTS.values())[:3]]
    assert [each.code for each in read(*lines, code=52)] == [0, 0, 52]
    assert [each.code for each in read(*lines)] == [0, 0, 0]


def test_all_fields_of_an_answer() -> None:
    line = f"wsus|{HTTP}/{CLIENT}|200|000|10.0.0.5|7290|0.000029|0.000763|0.000000|1.23456|text/html; charset=utf-8"
    assert one(line).as_fact() == {
        "path": f"/{CLIENT}",
        "url": f"{HTTP}/{CLIENT}",
        "method": "GET",
        "stage": "http",
        "status": 200,
        "curl_code": 0,
        "healthy": True,
        "time_s": 1.235,
        "address": "10.0.0.5",
        "proxy": None,
        "content_type": "text/html; charset=utf-8",
        "size": 7290,
        "length": None,
    }


def test_a_whole_series() -> None:
    answers = responses.Parser(DIRECT)(Served().answer(request(HTTP, DIRECT, 19045, 15))).answers
    assert [(each.path.path, each.method) for each in answers] == [
        (path, "HEAD" if name == "head" else "GET") for name, path in ENDPOINTS.items()
    ]
    assert [(each.length, each.first_bytes) for each in answers[-2:]] == [(31620, None), (None, "MSCF")]
    assert all((each.length, each.first_bytes) == (None, None) for each in answers[:-2])
    assert [each.healthy for each in answers] == [True] * 4 + [False] + [True] * 2


def test_a_series_whose_last_requests_go_to_the_content_port() -> None:
    proxies = Proxies("p:1", "q:2")
    query = responses.query("https://wsus.example.test:8531", proxies, 19045, 15)
    answers = query.parse(Served().answer(query.command)).answers
    assert [
        (each.url.split("/s")[0], each.method, each.content, each.proxy) for each in answers[3:4] + answers[5:]
    ] == [
        ("https://wsus.example.test:8531", "GET", False, "p:1"),
        (HTTP, "HEAD", True, "q:2"),
        (HTTP, "GET", True, "q:2"),
    ]
    assert [(each.length, each.first_bytes) for each in answers[-2:]] == [(31620, None), (None, "MSCF")]
    assert all((each.length, each.first_bytes, each.content) == (None, None, False) for each in answers[:-2])
    assert [each.healthy for each in answers] == [True] * 4 + [False] + [True] * 2


@pytest.mark.parametrize("server", [HTTP, "https://wsus.example.test:1"])
def test_a_server_without_a_content_port_of_its_own(server: str) -> None:
    query = responses.query(server, DIRECT, 19045, 15)
    answers = query.parse(Served().answer(query.command)).answers
    assert [each.method for each in answers] == ["GET"] * 5 + ["HEAD", "GET"]
    assert not any(each.content for each in answers)


@pytest.mark.parametrize(
    ("asked", "lookup", "stage"),
    [
        (6, 0.004, "connect"),  # a new connection: it is dropped
        (6, 0, "dns"),
        (7, 0.00002, "http"),  # the connection of HEAD is used again
    ],
)
def test_the_connection_to_the_server_says_nothing_about_its_content_port(
    asked: int, lookup: float, stage: str
) -> None:
    last = {"status": 0, "size": 0, "shown": [], "connect": 0, "lookup": lookup}
    query = responses.query("https://wsus.example.test:8531", DIRECT, 19045, 15)
    served = Served({"head" if asked == 6 else "part": last}, 28, asked)
    assert query.parse(served.answer(query.command)).answers[-1].stage == stage


@pytest.mark.parametrize(
    ("shown", "length"),
    [
        (["Content-Length: 31620"], 31620),
        (["content-length:31620 "], 31620),
        (["HTTP/1.1 200 OK", "CONTENT-LENGTH:   0", ""], 0),
        (["Transfer-Encoding: chunked"], None),
        (["X-Content-Length: 5"], None),
        (["Content-Length: many"], None),
        (["HTTP/1.1 200 Connection established", "", "HTTP/1.1 200 OK", "Content-Length: 7"], 7),
        ([], None),
    ],
)
def test_lengths(shown: list[str], length: int | None) -> None:
    url = f"{HTTP}/{CAB}"
    answers = read(written(url), *shown, written(url))
    assert (answers[1].method, answers[1].length) == ("HEAD", length)


@pytest.mark.parametrize(
    ("shown", "first", "cab"),
    [
        (["MSCF"], "MSCF", True),
        (["MSCF\0\0\0\0\ufffd|wsus|", "\ufffd", "", "\x1b wsus|x"], "MSCF", True),  # the whole cab: ranges are ignored
        (["MS", "CF"], "MSCF", True),
        (["<!DOCTYPE html>", "<html>"], "<!DO", False),
        ([], "", False),
        (["mscf"], "mscf", False),
        (["\ufffdMSC"], "\ufffdMSC", False),
    ],
)
def test_first_bytes(shown: list[str], first: str, cab: bool) -> None:
    url = f"{HTTP}/{CAB}"
    response = read(written(url), written(url), *shown, written(url, status=206))[2]
    assert (response.method, response.first_bytes, response.is_cab) == ("GET", first, cab)


WHOLE = written(f"{HTTP}/{CLIENT}", type="text/html")


@pytest.mark.parametrize("end", [position for position, sign in enumerate(WHOLE) if sign == "|" and position > 4])
def test_a_line_that_ends_early_is_refused(end: int) -> None:
    with pytest.raises(UnexpectedOutput, match=r"`curl\.exe -q` printed an incomplete line: 'wsus"):
        read(WHOLE[:end])


@pytest.mark.parametrize("field", [5, 6, 7, 8, 9])
@pytest.mark.parametrize("text", ["x", "", "1,5"])
def test_a_line_whose_numbers_are_none_is_refused(field: int, text: str) -> None:
    words = WHOLE.split("|")
    words[field] = text
    with pytest.raises(UnexpectedOutput, match="incomplete line"):
        read("|".join(words))


def test_what_a_server_calls_its_content_may_hold_anything() -> None:
    assert one(written(f"{HTTP}/{CLIENT}", type="a|b;c=\ufffd| ")).content_type == "a|b;c=\ufffd|"


def test_what_is_not_ours_gives_no_answers() -> None:
    assert read("curl: (2) no such option", "", code=2) == ()


@pytest.mark.parametrize(
    ("path", "given", "healthy"),
    [
        ("client", {"type": "text/html"}, True),
        ("client", {"type": ""}, True),
        ("client", {"status": 403}, False),
        ("client", {"status": 302}, False),
        ("version", {"type": "Text/XML"}, True),
        ("version", {"type": "application/xml; charset=utf-8"}, True),
        ("version", {"type": "text/html"}, False),
        ("cab", {"size": 31620, "type": "application/octet-stream"}, True),
        ("cab", {"size": 31620, "type": ""}, True),
        ("cab", {"size": 31620, "type": "TEXT/HTML"}, False),
        ("cab", {"size": 1023, "type": ""}, False),
        ("cab", {"size": 31620, "status": 404}, False),
        ("root", {"size": 24484, "type": "application/octet-stream"}, True),
        ("root", {"size": 24484, "type": "application/xhtml+xml"}, False),
    ],
)
def test_what_is_healthy(path: str, given: dict[str, Any], healthy: bool) -> None:
    assert one(written(f"{HTTP}/{ENDPOINTS[path]}", **given)).healthy is healthy
