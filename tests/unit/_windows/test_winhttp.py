"""The registry value of the machine's proxy, byte for byte."""

from __future__ import annotations

import struct

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows import winhttp
from ansible_collections.wsus.client.plugins.plugin_utils._windows.winhttp import MalformedWinHttp, WinHttp
from hypothesis import given, settings
from hypothesis import strategies as st
from support.winhttp_value import winhttp_bytes

U32 = st.integers(0, 2**32 - 1)
TEXT = st.binary(max_size=300)
# The value that Microsoft KB4494447 shows.
PUBLISHED = bytes.fromhex("2800000000000000030000000400000061 3a3432 04000000 2a2e3432".replace(" ", ""))


def blob(version: int, counter: int, flags: int, proxy: bytes, bypass: bytes, rest: bytes) -> bytes:
    head = struct.pack("<3I", version, counter, flags)
    return head + struct.pack("<I", len(proxy)) + proxy + struct.pack("<I", len(bypass)) + bypass + rest


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(U32, U32, U32, TEXT, TEXT, TEXT)
def test_of_any_value_ascii_is_read_and_other_bytes_are_unreadable(
    version: int, counter: int, flags: int, proxy: bytes, bypass: bytes, rest: bytes
) -> None:
    value = blob(version, counter, flags, proxy, bypass, rest)
    read = winhttp.read(value)
    assert (read.version, read.counter, read.flags, read.rest) == (version, counter, flags, rest)
    for text, given_bytes in ((read.proxy, proxy), (read.bypass, bypass)):
        assert [ord(each) for each in text] == [byte if byte < 0x80 else 0xFFFD for byte in given_bytes]
    if value.isascii():
        assert winhttp_bytes(read) == value


def test_the_published_value() -> None:
    assert winhttp.read(PUBLISHED) == WinHttp(0x28, 0, 3, "a:42", "*.42")
    assert winhttp_bytes(WinHttp(0x28, 0, 3, "a:42", "*.42")) == PUBLISHED


@pytest.mark.parametrize("length", range(len(PUBLISHED)))
def test_every_truncation_is_refused(length: int) -> None:
    with pytest.raises(MalformedWinHttp, match="WinHttpSettings") as caught:
        winhttp.read(PUBLISHED[:length])
    assert caught.value.reason == "malformed_winhttp_settings"


@settings(max_examples=200, deadline=None)
@given(TEXT, TEXT, st.data())
def test_what_is_cut_before_its_end_is_refused(proxy: bytes, bypass: bytes, data: st.DataObject) -> None:
    value = blob(0x28, 0, 3, proxy, bypass, b"")
    with pytest.raises(MalformedWinHttp):
        winhttp.read(value[: data.draw(st.integers(0, len(value) - 1))])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (b"", "has 0 bytes, which is too short"),
        (blob(0x28, 0, 3, b"", b"", b"")[:12], "ends after 12 bytes, before the length of the proxy"),
        (blob(0x28, 0, 3, b"", b"", b"")[:19], "ends after 19 bytes, before the length of the bypass list"),
        (struct.pack("<4I", 0x28, 0, 3, 5) + b"a:42", "specifies a proxy of 5 bytes, but contains only 4 more"),
        (struct.pack("<4I", 0x28, 0, 3, 2**32 - 1) + b"a:42", "specifies a proxy of 4294967295 bytes"),
        (
            struct.pack("<4I", 0x28, 0, 3, 0) + struct.pack("<I", 9) + b"*.42",
            "a bypass list of 9 bytes, but contains only 4",
        ),
    ],
)
def test_malformed_values_are_refused_with_what_is_wrong(value: bytes, message: str) -> None:
    with pytest.raises(MalformedWinHttp, match=message):
        winhttp.read(value)


def test_what_is_malformed_is_not_shown() -> None:
    with pytest.raises(MalformedWinHttp) as caught:
        winhttp.read(struct.pack("<4I", 0x28, 0, 3, 99) + b"http://me:secret@proxy")
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("flags", "modes", "used"),
    [
        (0, (), False),
        (1, ("direct",), False),
        (2, ("proxy",), True),
        (3, ("direct", "proxy"), True),
        (5, ("direct", "script"), False),
        (9, ("direct", "detect"), False),
        (15, ("direct", "proxy", "script", "detect"), True),
        (0x13, ("direct", "proxy", "0x10"), True),
        (0x80000000, ("0x80000000",), False),
    ],
)
def test_flags(flags: int, modes: tuple[str, ...], used: bool) -> None:
    value = WinHttp(flags=flags, proxy="a:42")
    assert value.modes == modes
    assert value.manual == ("a:42" if used else "")
