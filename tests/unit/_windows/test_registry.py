"""reg.exe's output as typed values, and values as commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput, UnquotableArgument
from ansible_collections.wsus.client.plugins.plugin_utils._windows import registry as _registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.registry import BrokenOff, Value
from hypothesis import given
from hypothesis import strategies as st
from support.windows_output import answer, registry

KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Test"
QUERY = _registry.tree(r"HKLM\SOFTWARE\Test")
REAL = Path(__file__).parents[4] / "shared" / "real"


def read(values: dict[str, tuple[str, str]], further: str = "", exit_code: int = 0) -> _registry.Tree:
    return QUERY.parse(answer(QUERY, registry(KEY, values, further=further), exit_code))


@pytest.mark.parametrize(
    ("kind", "printed", "data"),
    [
        ("REG_SZ", "two words", "two words"),
        ("REG_SZ", "", ""),
        ("REG_SZ", "    four blanks    REG_SZ    inside", "    four blanks    REG_SZ    inside"),
        ("REG_EXPAND_SZ", r"%SystemRoot%\x", r"%SystemRoot%\x"),
        ("REG_MULTI_SZ", r"RpcSs\0EventSystem", ("RpcSs", "EventSystem")),
        ("REG_MULTI_SZ", r"RpcSs\0", ("RpcSs",)),
        ("REG_MULTI_SZ", "", ()),
        ("REG_DWORD", "0x20", 32),
        ("REG_QWORD", "0x1dd4c28552bfd08", 0x1DD4C28552BFD08),
        ("REG_DWORD_BIG_ENDIAN", "0x1", 1),
        ("REG_BINARY", "80510100", b"\x80\x51\x01\x00"),
        ("REG_BINARY", "", b""),
        ("REG_NONE", "", b""),
        ("REG_LINK", r"\Registry\Machine", r"\Registry\Machine"),
        ("REG_RESOURCE_LIST", "00FF", b"\x00\xff"),
    ],
)
def test_every_type(kind: str, printed: str, data: object) -> None:
    key = read({"a name": (kind, printed)}).key(r"HKLM\software\TEST")
    assert key is not None
    assert key.get("A Name") == data


def test_data_of_another_type_is_none_not_a_guess() -> None:
    key = read({"n": ("REG_SZ", "5")}).key(KEY)
    assert key is not None
    assert (key.number("n"), key.binary("n"), key.text("n"), key.strings("n"), key.text("other")) == (
        None,
        None,
        "5",
        ("5",),
        None,
    )
    empty = read({"n": ("REG_SZ", "")}).key(KEY)
    assert empty is not None
    assert (empty.text("n"), empty.strings("n")) == ("", ())


@pytest.mark.parametrize("name", ["(Default)", "(Standard)", "(既定)", "(Predeterminado)"])
def test_the_default_value_in_any_language(name: str) -> None:
    key = read({name: ("REG_SZ", "x"), "InprocServer32": ("REG_SZ", "y")}).key(KEY)
    assert key is not None
    assert key.default == Value(name, "REG_SZ", "x")
    assert set(key.values) == {"inprocserver32"}


def test_a_default_value_that_is_not_set_is_none() -> None:
    query = _registry.default(KEY)
    assert query.command.arguments == ("query", KEY, "/ve")
    assert query.parse(answer(query, registry(KEY, {"(Standard)": ("REG_SZ", "(Wert nicht festgelegt)")}))) is None
    value = query.parse(answer(query, registry(KEY, {"(Standard)": ("REG_SZ", "qmgr.dll")})))
    assert value is not None
    assert value.data == "qmgr.dll"


def test_keys_below_and_keys_without_values() -> None:
    tree = read(
        {"a": ("REG_DWORD", "0x1")},
        further=f"\n{KEY}\\Empty\n{KEY}\\Parameters\n    ServiceDll    REG_EXPAND_SZ    x.dll\n\n",
    )
    assert [key.path for key in tree.below(KEY)] == [rf"{KEY}\Empty", rf"{KEY}\Parameters"]
    parameters = tree.key(rf"{KEY}\PARAMETERS")
    assert parameters is not None
    assert parameters.text("servicedll") == "x.dll"


def test_text_with_line_ends_stays_one_value() -> None:
    key = QUERY.parse(
        answer(QUERY, f"\n{KEY}\n    Legal    REG_SZ    first\nsecond\n    Next    REG_DWORD    0x2\n")
    ).key(KEY)
    assert key is not None
    assert (key.text("Legal"), key.number("Next")) == ("first\nsecond", 2)


def test_absent_and_partly_unreadable_differ() -> None:
    absent = QUERY.parse(answer(QUERY, "", 1))
    partly = read({"a": ("REG_SZ", "b")}, exit_code=1)
    assert (dict(absent.keys), absent.complete, absent.key(KEY)) == ({}, True, None)
    assert (len(partly.keys), partly.complete) == (1, False)


BROKEN_OFF = rf"""
{KEY}
    Name    REG_SZ    whole

{KEY}\Denied

{KEY}\Last
    First    REG_DWORD    0x1
"""


def test_a_listing_that_broke_off_leaves_unknown_what_it_lacks() -> None:
    """reg.exe prints a key's values before the next key: they are whole, unless it is the last key or has none."""
    tree = QUERY.parse(answer(QUERY, BROKEN_OFF, 1))
    whole, denied, last = (tree.keys[f"{KEY}{below}".lower()] for below in ("", r"\Denied", r"\Last"))
    assert (whole.text("Name"), whole.get("Other"), last.number("First")) == ("whole", None, 1)
    for ask in (
        lambda: denied.get("Any"),
        lambda: last.number("Second"),
        lambda: tree.key(rf"{KEY}\Beyond"),
        lambda: list(tree.below(KEY)),
        lambda: tree.require_complete(KEY),
    ):
        with pytest.raises(BrokenOff, match="is not known"):
            ask()


def test_one_value_of_a_listing_that_broke_off() -> None:
    asked = _registry.value(KEY, "Start")
    found = asked.parse(answer(asked, f"\n{KEY}\n    Start    REG_DWORD    0x3\n", 1))
    assert found is not None
    assert found.number("Start") == 3


@pytest.mark.parametrize(("text", "exit_code"), [("some words", 0), ("", 5), ("", 9009)])
def test_what_is_not_reg_exe_is_refused(text: str, exit_code: int) -> None:
    with pytest.raises(UnexpectedOutput):
        QUERY.parse(answer(QUERY, text, exit_code))


def test_a_key_with_nothing_in_it_prints_nothing() -> None:
    assert dict(QUERY.parse(answer(QUERY, "\n")).keys) == {}


@pytest.mark.parametrize(("kind", "printed"), [("REG_DWORD", "0xZZ"), ("REG_BINARY", "ABC"), ("REG_BINARY", "wörter")])
def test_damaged_data_is_refused_by_name(kind: str, printed: str) -> None:
    with pytest.raises(UnexpectedOutput, match="damaged"):
        read({"damaged": (kind, printed)})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Value("Start", "REG_DWORD", 3), ["/v", "Start", "/t", "REG_DWORD", "/d", "3"]),
        (Value("", "REG_SZ", "x"), ["/ve", "/t", "REG_SZ", "/d", "x"]),
        (Value("a b", "REG_SZ", ""), ["/v", "a b", "/t", "REG_SZ"]),
        (Value("m", "REG_MULTI_SZ", ("a", "b")), ["/v", "m", "/t", "REG_MULTI_SZ", "/d", r"a\0b"]),
        (Value("m", "REG_MULTI_SZ", (r"C:\0", "b")), ["/v", "m", "/t", "REG_MULTI_SZ", "/s", "#", "/d", r"C:\0#b"]),
        (Value("b", "REG_BINARY", b"\x01\xab"), ["/v", "b", "/t", "REG_BINARY", "/d", "01AB"]),
    ],
)
def test_values_as_commands(value: Value, words: list[str]) -> None:
    assert _registry.add("HKLM\\K", value).arguments == ("add", "HKLM\\K", *words, "/f")


@given(st.lists(st.text(r"\0#|;^!+a", min_size=1, max_size=9), min_size=1, max_size=6))
def test_a_list_is_divided_by_what_no_string_contains(strings: list[str]) -> None:
    try:
        words = _registry.add("HKLM\\K", Value("m", "REG_MULTI_SZ", tuple(strings))).arguments
    except UnquotableArgument:
        joined = "".join(strings)
        assert set("#|;^!+") <= set(joined) or joined.startswith("~") or any(each.endswith("\\") for each in strings)
        return
    separator = words[words.index("/s") + 1] if "/s" in words else r"\0"
    assert words[words.index("/d") + 1].split(separator) == strings


def test_no_command_waits_for_an_answer() -> None:
    assert _registry.delete_value("HKLM\\K", "v").arguments[-1] == "/f"
    assert _registry.export("HKLM\\K", "C:\\b.reg").arguments[-1] == "/y"


@pytest.mark.skipif(not REAL.exists(), reason="../shared is absent: the real captures are not here")
def test_a_real_german_windows_11() -> None:
    text = (REAL / "reg-query-windows-11-25h2-de.txt").read_text(encoding="utf-8-sig", errors="replace")
    tree = QUERY.parse(answer(QUERY, text.replace("\r\n", "\n")))
    settings = tree.key(r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings")
    interface = tree.key(
        r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces\{74ef2d3c-be3d-4170-a65b-e17a8b42b881}"
    )
    shell = tree.key(r"HKLM\SOFTWARE\Classes\CLSID\{506F4668-F13E-4AA1-BB04-B43203AB3CC0}\InprocServer32")
    assert settings is not None
    assert interface is not None
    assert shell is not None
    assert (settings.number("LockDatabase"), settings.text("User Agent")) == (
        0x1DD4C28552BFD08,
        "Mozilla/4.0 (compatible; MSIE 8.0; Win32)",
    )
    assert (interface.text("Domain"), interface.number("EnableDHCP")) == ("", 1)
    assert shell.default is not None
    assert str(shell.default.data).endswith("VISSHE.DLL")
    assert tree.key(r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\Cache") is not None
