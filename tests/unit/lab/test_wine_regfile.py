"""Registry files as Wine's reg.exe writes and takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab.simulated.values import MULTI_SZ, Value, number, string, strings
from lab.wine.regfile import read_reg_file, reg_file

KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Größe [x]"
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
names = texts.filter(lambda name: "\r\n" not in name)
values = st.builds(Value, names, st.integers(0, 11), st.binary(max_size=200))


def exported(*lines: str) -> bytes:
    return "\r\n".join(["Windows Registry Editor Version 5.00", "", *lines, ""]).encode("utf-16")


@given(st.lists(values, unique_by=lambda value: value.name))
def test_what_is_written_is_read(written: list[Value]) -> None:
    assert list(read_reg_file(reg_file({KEY: written}))) == [(KEY, written)]


def test_every_notation_of_an_export() -> None:
    content = exported(
        f"[{KEY}]",
        r'@="C:\\a \"b\""',
        '"Start"=dword:0000000a',
        '"Bytes"=hex:01,ff,\\',
        "  02",
        '"List"=hex(7):61,00,00,00,00,00',
        '"Empty"=hex:',
        "",
        f"[{KEY}\\empty]",
        "",
    )
    assert list(read_reg_file(content)) == [
        (
            KEY,
            [
                string("", r'C:\a "b"'),
                number("Start", 10),
                Value("Bytes", 3, b"\x01\xff\x02"),
                Value("List", MULTI_SZ, strings("List", ["a"]).data),
                Value("Empty", 3, b""),
            ],
        ),
        (f"{KEY}\\empty", []),
    ]


def test_a_string_may_hold_line_ends() -> None:
    content = exported(f"[{KEY}]", '"Text"="one\r\ntwo"', '"Next"=dword:00000001')
    assert list(read_reg_file(content)) == [(KEY, [string("Text", "one\r\ntwo"), number("Next", 1)])]


@pytest.mark.parametrize("content", ["nonsense".encode("utf-16"), exported(f"[{KEY}]", '"a"=word:1'), exported("what")])
def test_what_is_no_export_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not "):
        list(read_reg_file(content))


def test_keys_and_values_are_removed_before_anything_is_written() -> None:
    content = reg_file({KEY: [number("New", 1)]}, without_keys=[f"{KEY}\\old"], without_values={KEY: ["Old", ""]})
    assert content.decode("utf-16").split("\r\n")[2:] == [
        f"[-{KEY}\\old]",
        "",
        f"[{KEY}]",
        '"Old"=-',
        "@=-",
        "",
        f"[{KEY}]",
        '"New"=hex(4):01,00,00,00',
        "",
    ]
