"""Which proxy a request goes through, by the rules of WinHTTP."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.proxy.selection import (
    bypassed,
    proxy_for,
)
from ansible_collections.wsus.client.plugins.plugin_utils._windows.urls import servers_without_credentials
from hypothesis import given
from hypothesis import strategies as st

HTTP, HTTPS = "http://wsus.example.com:8530", "https://wsus.example.com:8531"


@pytest.mark.parametrize(
    ("url", "proxy", "chosen"),
    [
        (HTTP, "", None),
        (HTTP, "p:3128", "p:3128"),
        (HTTPS, "p:3128", "p:3128"),
        (HTTP, "http=a:80;https=b:443", "a:80"),
        (HTTPS, "http=a:80;https=b:443", "b:443"),
        (HTTPS, "http=a:80 https=b:443", "b:443"),
        (HTTP, "HTTP=a:80", "a:80"),
        ("HTTP://WSUS", "http=a:80", "a:80"),
        (HTTPS, "http=a:80", None),
        (HTTPS, "http=a:80;c:8080", "c:8080"),
        (HTTP, "c:8080;http=a:80", "a:80"),
        (HTTP, "socks=s:1080", None),
        (HTTP, ";;  p:3128 ;", "p:3128"),
        (HTTP, "http://p:3128", "p:3128"),
        (HTTP, "http://p:3128/", "p:3128"),
        (HTTP, "http=http://p:3128", "p:3128"),
        (HTTP, "[fd00::1]:3128", "[fd00::1]:3128"),
        (HTTP, "p", "p:80"),  # the port that Windows takes; curl would take 1080
        (HTTP, "[fd00::1]", "[fd00::1]:80"),
        (HTTP, "http=", None),
        (HTTP, "http://", None),
        ("wsus", "p:3128", None),
        ("http://", "p:3128", None),
        ("http://[fd00", "p:3128", None),
    ],
)
def test_the_proxy_of_a_list(url: str, proxy: str, chosen: str | None) -> None:
    assert proxy_for(url, proxy, "") == chosen


@pytest.mark.parametrize(
    ("host", "bypass", "direct"),
    [
        ("wsus", "", False),
        ("wsus", "<local>", True),
        ("wsus", "<LOCAL>", True),
        ("wsus.example.com", "<local>", False),
        ("fd00::1", "<local>", False),
        ("wsus.example.com", "*.example.com", True),
        ("WSUS.Example.com", "*.EXAMPLE.com", True),
        ("wsus.example.com", "*.example.org", False),
        ("example.com", "*.example.com", False),
        ("wsus.example.com", "example.com", False),
        ("wsus.example.com", "wsus.*", True),
        ("wsus.example.com", "w*.e*.com", True),
        ("wsus.example.com", "*", True),
        ("wsus.example.com", "wsus.example.comm", False),
        ("wsusxexample.com", "wsus.example.com", False),  # a point is a point
        ("wsus.example.com", "other;*.example.com", True),
        ("wsus.example.com", "other *.example.com", True),
        ("wsus.example.com", "<local>; http://wsus.example.com", True),
        ("10.0.0.5", "10.0.*", True),
        ("10.1.0.5", "10.0.*", False),
        ("fd00::1", "[fd00::1]", True),
        ("fd00::1", "fd00::1", True),
        ("fd00::1", "[fd00::*]", True),
        ("fd00::2", "[fd00::1]", False),
        ("f", "[fd00::1]", False),  # no class of characters
    ],
)
def test_the_bypass_list(host: str, bypass: str, direct: bool) -> None:
    assert bypassed(host, bypass) is direct
    url = f"http://[{host}]:8530" if ":" in host else f"http://{host}:8530"
    assert (proxy_for(url, "p:3128", bypass) is None) is direct


@given(st.text(), st.text())
def test_whatever_stands_there_nothing_that_is_no_name_is_chosen(proxy: str, bypass: str) -> None:
    chosen = proxy_for(HTTP, proxy, bypass)
    assert chosen is None or not set(chosen) & set('@ "/;\r\n\0')


SECRETS = st.text("abcXYZ019.:;= %#!/\\-_", min_size=1, max_size=12).map(lambda text: f"me:pw{text}qx")


@given(SECRETS, st.sampled_from(["", "http://", "http=", "https=", "http=http://", "HTTP="]), st.booleans())
def test_no_password_is_ever_chosen_or_shown(secret: str, scheme: str, listed: bool) -> None:
    proxy = f"{scheme}{secret}@proxy:3128" + (";ftp=other:21" if listed else "")
    shown = servers_without_credentials(proxy)
    assert shown == f"{scheme}proxy:3128" + (";ftp=other:21" if listed else "")
    chosen = {proxy_for(url, proxy, "") for url in (HTTP, HTTPS)}
    assert chosen <= {None, "proxy:3128", "proxy:3128;ftp=other:21"}
    assert chosen != {None}
