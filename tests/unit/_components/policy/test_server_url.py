"""URLs of WSUS servers: what is wrong with one, and whether two are the same."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy import server_url, url_error


@pytest.mark.parametrize(
    "url",
    [
        "http://wsus",
        "HTTP://WSUS.example.com:8530",
        "https://wsus.example.com:8531/",
        "http://10.0.0.1:8530",
        "http://[2001:db8::1]:8530",
        "http://wsus:65535",
    ],
)
def test_a_good_url(url: str) -> None:
    assert url_error(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "does not begin with"),
        ("wsus:8530", "does not begin with"),
        (r"\\wsus\share", "does not begin with"),
        ("httpd://wsus", "does not begin with"),
        ("http:/wsus", "has no host name"),
        ("http://:8530", "has no host name"),
        ("http://wsus:65536", "not a URL"),
        ("http://wsus:x", "not a URL"),
        ("http://[::1", "not a URL"),
        (" http://wsus", "whitespace"),
        ("http://wsus\n", "whitespace"),
        ("http://ws us", "whitespace"),
        ("http://wsus/selfupdate", "more than scheme"),
        ("http://wsus?x", "more than scheme"),
        ("http://wsus#x", "more than scheme"),
        ("http://me:pw@wsus", "credentials"),
        ("http://me@wsus", "credentials"),
        ("http://wsus;password=x", "not a name or address"),
        ("http://h:0", "not a name or address"),
        ("http://h*", "not a name or address"),
        ("http://h&calc.exe:8530", "not a name or address"),
        ("http://..", "not a name or address"),
        ("http://h%0d%0aX:8530", "not a name or address"),
        ("http://a\0b:8530", "not allowed"),
        ("\x01http://wsus", "not allowed"),
        ("http://a\u202eb:8530", "not allowed"),
    ],
)
def test_what_is_wrong(url: str, why: str) -> None:
    assert why in (url_error(url) or "")


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("http://a:8531", "https"),
        ("http://a:443", "https"),
        ("https://a:8530", "http"),
        ("https://a:80", "http"),
        ("http://a", None),
        ("https://a", None),
        ("http://a:8530", None),
        ("https://a:8531", None),
        ("http://a:8080", None),
        ("https://a:9443", None),
    ],
)
def test_the_scheme_of_a_port(url: str, scheme: str | None) -> None:
    assert server_url.wrong_port(url) == scheme


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("http://a", "http://a:80", True),
        ("https://a", "HTTPS://A:443/", True),
        ("http://a:8530", "http://a:8530/", True),
        ("http://a", "https://a", False),
        ("http://a:8530", "http://a:8531", False),
        ("http://a", "http://a.example.com", False),
        ("nonsense", "Nonsense ", True),
        ("http://a:x", "http://a", False),
    ],
)
def test_two_spellings(first: str, second: str, same: bool) -> None:
    pair = (first, second)
    assert server_url.same(*pair) is same
    assert server_url.same(*reversed(pair)) is same
