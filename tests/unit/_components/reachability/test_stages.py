"""The stage that a request reached, by what curl wrote out."""

from __future__ import annotations

from typing import Any

import pytest
from support.web_responses import CAB, one, read, written

HTTP, HTTPS = "http://wsus.example.test:8530", "https://wsus.example.test:8531"
CLIENT = "ClientWebService/client.asmx"
PROXY = "proxy.example.test:3128"
NOTHING: dict[str, Any] = {"status": 0, "address": "", "lookup": 0, "connect": 0, "tls": 0}


# What curl 7.88.1 wrote out behind the URL, asked over http or https on the lab's network, by what was wrong there: the exit code, the
# proxy, and the stage that it shows.
WRITTEN = [
    (
        "healthy",
        "http",
        0,
        None,
        "200|000|127.0.0.5|7267|0.000024|0.000162|0.000000|0.001712|text/html; charset=utf-8",
        "http",
    ),
    (
        "over TLS",
        "https",
        0,
        None,
        "200|000|127.0.0.5|7267|0.000033|0.000191|0.004455|0.005187|text/html; charset=utf-8",
        "http",
    ),
    (
        "by proxy",
        "http",
        0,
        PROXY,
        "200|000|127.0.0.9|7267|0.000034|0.000177|0.000000|0.005794|text/html; charset=utf-8",
        "http",
    ),
    (
        "TLS by proxy",
        "https",
        0,
        PROXY,
        "200|200|127.0.0.9|7267|0.000031|0.000182|0.005149|0.005711|text/html; charset=utf-8",
        "http",
    ),
    ("name unknown", "http", 6, None, "000|000||0|0.000000|0.000000|0.000000|0.000143|", "dns"),
    ("refused", "http", 7, None, "000|000||0|0.000023|0.000000|0.000000|0.000157|", "connect"),
    ("dropped", "http", 28, None, "000|000||0|0.000034|0.000000|0.000000|2.000587|", "connect"),
    ("TLS hangs", "https", 28, None, "000|000|127.0.0.1|0|0.000036|0.000000|0.000000|2.000579|", "tls"),
    ("slow", "http", 28, None, "000|000|127.0.0.1|0|0.000033|0.000174|0.000000|3.001454|", "http"),
    ("slow over TLS", "https", 28, None, "000|000|127.0.0.5|0|0.000032|0.000542|0.006114|3.000720|", "http"),
    ("proxy unknown", "http", 5, PROXY, "000|000||0|0.000000|0.000000|0.000000|0.000143|", "proxy"),
    ("proxy refuses", "http", 7, PROXY, "000|000||0|0.000033|0.000000|0.000000|0.000201|", "proxy"),
    ("proxy drops", "http", 28, PROXY, "000|000||0|0.000036|0.000000|0.000000|2.001571|", "proxy"),
    ("407", "http", 0, PROXY, "407|000|127.0.0.9|179|0.000035|0.000521|0.000000|0.001042|text/html", "proxy"),
    ("407 to CONNECT", "https", 56, PROXY, "000|407|127.0.0.9|0|0.000034|0.000000|0.000000|0.002127|", "proxy"),
    ("403 to CONNECT", "https", 56, PROXY, "000|403|127.0.0.9|0|0.000036|0.000000|0.000000|0.002306|", "proxy"),
    ("no word to CONNECT", "https", 28, PROXY, "000|000|127.0.0.1|0|0.000032|0.000000|0.000000|2.001727|", "proxy"),
    ("CONNECT cut", "https", 56, PROXY, "000|000|127.0.0.9|0|0.000028|0.000000|0.000000|0.003474|", "proxy"),
    ("CONNECT reset", "https", 56, PROXY, "000|000|127.0.0.9|0|0.000029|0.000000|0.000000|0.001241|", "proxy"),
    ("502", "http", 0, PROXY, "502|000|127.0.0.9|143|0.000037|0.000501|0.000000|0.002291|text/html", "proxy"),
    ("502 to CONNECT", "https", 56, PROXY, "000|502|127.0.0.9|0|0.000034|0.000000|0.000000|0.002038|", "proxy"),
    (
        "502 of the server",
        "http",
        0,
        None,
        "502|000|127.0.0.5|143|0.000033|0.000475|0.000000|0.004580|text/html",
        "http",
    ),
    ("unknown authority", "https", 60, None, "000|000|127.0.0.5|0|0.000031|0.000000|0.000000|0.005711|", "tls"),
    (
        "unknown authority by proxy",
        "https",
        60,
        PROXY,
        "000|200|127.0.0.9|0|0.000036|0.000000|0.000000|0.012664|",
        "tls",
    ),
    ("TLS hangs by proxy", "https", 28, PROXY, "000|200|127.0.0.9|0|0.000038|0.000000|0.000000|2.000945|", "tls"),
    ("slow by proxy", "http", 28, PROXY, "000|000|127.0.0.9|0|0.000034|0.000173|0.000000|3.001449|", "http"),
    ("503", "http", 0, None, "503|000|127.0.0.5|159|0.000028|0.000133|0.000000|0.003938|text/html", "http"),
    ("empty", "http", 52, None, "000|000|127.0.0.5|0|0.000043|0.006592|0.000000|0.021511|", "http"),
    ("reset", "http", 56, None, "000|000|127.0.0.5|0|0.000029|0.000159|0.000000|0.006296|", "http"),
    (
        "cut",
        "http",
        18,
        None,
        "200|000|127.0.0.5|100|0.000029|0.006058|0.000000|0.006784|text/html; charset=utf-8",
        "http",
    ),
    (
        "plain HTTP where TLS is asked",
        "https",
        35,
        None,
        "000|000|127.0.0.5|0|0.000084|0.000000|0.000000|0.006532|",
        "tls",
    ),
    (
        "TLS where plain HTTP is asked",
        "http",
        52,
        None,
        "000|000|127.0.0.5|0|0.000031|0.003157|0.000000|0.006294|",
        "http",
    ),
    ("captive", "http", 0, None, "200|000|127.0.0.5|199|0.000032|0.000195|0.000000|0.002941|text/html", "http"),
    # The time of a connection is told before TLS (curl's documentation of time_connect).
    ("TLS hangs, connected", "https", 28, None, "000|000|127.0.0.5|0|0.000036|0.000760|0.000000|2.000579|", "tls"),
    ("TLS by proxy, connected", "https", 28, PROXY, "000|200|127.0.0.9|0|0.000036|0.000760|0.000000|2.000579|", "tls"),
    ("CONNECT, connected", "https", 28, PROXY, "000|000|127.0.0.9|0|0.000036|0.000760|0.000000|2.000579|", "proxy"),
    ("CONNECT cut, connected", "https", 52, PROXY, "000|000|127.0.0.9|0|0.000036|0.000760|0.000000|0.000979|", "proxy"),
    ("slow DNS", "http", 28, None, "000|000||0|0.000000|0.000000|0.000000|5.000579|", "dns"),
    ("TLS drops", "https", 28, None, "000|000||0|0.000034|0.000000|0.000000|2.000587|", "connect"),
]


@pytest.mark.parametrize(
    ("scheme", "code", "proxy", "text", "stage"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN]
)
def test_stages(scheme: str, code: int, proxy: str | None, text: str, stage: str) -> None:
    response = one(f"wsus|{scheme}://wsus.example.test:8530/{CLIENT}|{text}", code, proxy)
    assert (response.stage, response.code, response.proxy) == (stage, code, proxy)
    assert (response.status, response.connect_status) == tuple(int(each) or None for each in text.split("|")[:2])
    assert response.answered is (code == 0)


@pytest.mark.parametrize("code", [35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98])
@pytest.mark.parametrize("proxy", [None, PROXY])
def test_every_code_of_tls(code: int, proxy: str | None) -> None:
    line = written(f"{HTTPS}/{CLIENT}", status=0, connected=200 if proxy else 0, tls=0)
    assert one(line, code, proxy).stage == "tls"


def test_a_handshake_with_a_proxy_is_the_proxys() -> None:
    assert one(written(f"{HTTP}/{CLIENT}", status=0), 97, PROXY).stage == "proxy"


@pytest.mark.parametrize("proxy", [None, PROXY])
@pytest.mark.parametrize("base", [HTTP, HTTPS])
def test_a_late_answer_on_a_connection_that_was_used_before_is_the_servers(base: str, proxy: str | None) -> None:
    # curl gives no times for it: it looks as if nobody had connected.
    again = {**NOTHING, "lookup": 0.00002, "address": "10.0.0.5"}
    first = written(f"{base}/{CLIENT}", connected=200 if proxy else 0)
    answers = read(first, written(f"{base}/{CAB}", **again), code=28, proxy=proxy)
    assert [(each.stage, each.code) for each in answers] == [("http", 0), ("http", 28)]
