"""URLs, lists of servers and free texts as they may be shown."""

from __future__ import annotations

import time

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows.urls import (
    servers_without_credentials,
    text_without_credentials,
    without_credentials,
)
from hypothesis import example, given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://wsus.example.com:8530", "http://wsus.example.com:8530"),
        ("https://wsus.example.com:8531/Content/a.cab", "https://wsus.example.com:8531/Content/a.cab"),
        ("http://user:secret@wsus:8530/x", "http://wsus:8530/x"),
        ("http://user@wsus", "http://wsus"),
        ("http://a@b:secret@wsus", "http://wsus"),
        ("http://wsus/x?sig=secret", "http://wsus/x"),
        ("http://wsus/x#secret", "http://wsus/x"),
        ("http://[fe80::1]:8530", "http://[fe80::1]:8530"),
        ("http://b\u00fcro.example:8530", "http://b\u00fcro.example:8530"),
        ("file:///C:/proxies/office.pac", "file:///C:/proxies/office.pac"),
        ("wsus.example.com", "wsus.example.com"),
        ("wsus:8530", "wsus:8530"),
        # What names no server hides nothing.
        ("", ""),
        ("http://", "http://"),
        (" ", " "),
    ],
)
def test_a_url_is_shown_without_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://wsus:8530;password=secret", "http://wsus..."),
        ("http://wsus:8530 password=secret", "http://wsus..."),
        ("http://wsus:8530:secret", "http://wsus..."),
        ("http://user:12secret", "http://user..."),
        ("http://user:123456", "http://user..."),
        ("http://wsus:8530/x;token=secret", "http://wsus:8530/x..."),
        ("http://wsus:8530/x%3Btoken%3dsecret", "http://wsus:8530/x..."),
        ("http://wsus/password=secret/x", "http://wsus/password..."),
        (r"http:\\user:secret@wsus:8530", r"http:\\wsus:8530"),
        ("user:secret@wsus", "wsus"),
        ("wsus;pwd=secret", "wsus..."),
        (' "http://wsus"', "http://wsus..."),
        ("http://ws\x9bus", "http://ws..."),
        # Where an @ comes later, a password may contain what seems to end the server.
        ("http://user:sec/ret@wsus:8530", "http://..."),
        ("http://user:12/secret@wsus:8530", "http://..."),
        ("http://user:sec?ret@wsus:8530", "http://..."),
        ("http://user:sec#ret@wsus:8530", "http://..."),
        ("http://wsus/http://user:secret@other/", "http://..."),
        ("http://[secret", "http://..."),
        ("http://;secret", "http://..."),
    ],
)
def test_of_what_is_no_url_scheme_and_host_are_shown(text: str, shown: str) -> None:
    assert without_credentials(text) == shown


@pytest.mark.parametrize(
    ("servers", "shown"),
    [
        ("", ""),
        ("p:3128", "p:3128"),
        ("http=a:80;https=b:443", "http=a:80;https=b:443"),
        ("http=me:s@a:80;https=you:t@b:443", "http=a:80;https=b:443"),
        ("http=me:s@a:80 https=b:443", "http=a:80 https=b:443"),
        ("http://me:s@p:3128", "http://p:3128"),
        ("http://me:a@b@p:3128", "http://p:3128"),
        ("me:a;b@p:3128", "p:3128"),
        ("me:a b@p:3128", "p:3128"),
        ("secret=x@p:3128", "p:3128"),
        ("http://me:s@files/proxy.pac", "http://files/proxy.pac"),
        ("<local>;*.example.com; 10.* [fd00::1]", "<local>;*.example.com; 10.* [fd00::1]"),
        ("p:3128;password=secret", "p:3128;password..."),
        ("p:3128/x?password=secret;q:80", "p:3128/x;q:80"),
        ("http=p:3128 pwd:secret", "http=p:3128 pwd..."),
    ],
)
def test_a_list_of_servers_is_shown_entry_by_entry(servers: str, shown: str) -> None:
    assert servers_without_credentials(servers) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("WU Client Download", "WU Client Download"),
        ("Job of http://me:secret@x/a and 2 more", "Job of http://x/a and 2 more"),
        ("me:secret@proxy refused", "...@proxy refused"),
        ("--password=secret -x", "--password=... -x"),
        ('client_secret: "se cret" x', "client_secret: ... x"),
        ("sig=secret&x", "sig=..."),
        ("design=blue", "design=blue"),
        ("the password of the account", "the password of the account"),
    ],
)
def test_a_free_text_is_shown_without_credentials(text: str, shown: str) -> None:
    assert text_without_credentials(text) == shown


SECRET = "Geheim"
NOISE = st.text("ab12.:;= %#!?/\\-_@&'\"\t<>[]", max_size=12)


@given(NOISE, NOISE, st.sampled_from(["http://", "https://", "", "http:\\\\"]))
@example("", "", "")
def test_what_comes_before_an_at_sign_is_never_shown(before: str, after: str, scheme: str) -> None:
    text = f"{scheme}user:{before}{SECRET}{after}@wsus:8530"
    assert SECRET not in without_credentials(text)
    assert SECRET not in servers_without_credentials(text)


@given(
    st.sampled_from(["http://wsus:8530", "wsus", "http://wsus/x", "https://[fe80::1]"]),
    st.sampled_from(";?#&= \t\\"),
    NOISE,
)
def test_what_is_named_a_password_is_never_shown(server: str, separator: str, after: str) -> None:
    for text in (f"{server}{separator}password={SECRET}{after}", f"{server}/{separator}x=1;pwd:{SECRET}"):
        assert SECRET not in without_credentials(text)
        assert SECRET not in servers_without_credentials(text)
        assert SECRET not in text_without_credentials(text)


@pytest.mark.parametrize(
    "piece", ["a", "http://", "a:", "@", ";", " ", "password", "a:b@", "\\", "x.", "%3d", "http=", "=", "[", "/"]
)
def test_the_time_is_linear(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    without_credentials(text)
    servers_without_credentials(text)
    text_without_credentials(text)
    assert time.process_time() - started < 3
