"""Values of every type, as a machine may hold them, and as commands of this collection write and restore them."""

from __future__ import annotations

from functools import cache

from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput, UnquotableArgument
from ansible_collections.wsus.client.plugins.plugin_utils._windows import registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.registry import Data, Value
from hypothesis import given, settings
from hypothesis import strategies as st
from lab.simulated import values as raw
from lab.simulated.registry import key_path
from support.lab_host import Pc

KEY = r"HKLM\SOFTWARE\Example"
NAME = "Value"
CHECKED = settings(deadline=None)
FILE = r"C:\Windows\Temp\example.reg"

# Windows keeps any code units: NULs within a text, and halves of surrogate pairs.
UNITS = st.text(st.characters() | st.sampled_from("\0\ud800\udfff\"'\\;#|~^!+ \t\x1b\u202e"), max_size=12)
TEXT = st.builds(lambda text: text.encode("utf-16-le", "surrogatepass"), UNITS)
ANY = st.builds(raw.Value, st.just(NAME), st.sampled_from(sorted(raw.TYPE_NAMES)), TEXT | st.binary(max_size=24))
LINE = UNITS.filter(lambda text: not set(text) & set("\r\n\0"))
ENTRY = LINE.filter(lambda text: text and "\\0" not in text and not text.endswith("\\") and not text.startswith("0"))
WRITTEN = st.one_of(
    st.builds(Value, st.just(NAME), st.sampled_from(["REG_SZ", "REG_EXPAND_SZ"]), LINE),
    st.builds(Value, st.just(NAME), st.just("REG_MULTI_SZ"), st.lists(ENTRY, max_size=4).map(tuple)),
    st.builds(Value, st.just(NAME), st.just("REG_DWORD"), st.integers(0, 2**32 - 1)),
    st.builds(Value, st.just(NAME), st.just("REG_QWORD"), st.integers(0, 2**64 - 1)),
    st.builds(Value, st.just(NAME), st.sampled_from(["REG_BINARY", "REG_NONE"]), st.binary(max_size=24)),
)


@cache
def machine() -> Pc:
    return Pc()


def stored() -> raw.Value | None:
    return machine().machine.registry.value(key_path(KEY), NAME)


def read() -> Data | None:
    """The value as each query of a key reads it, which must be the same."""
    host = machine().host
    tree, key, one = registry.tree(KEY), registry.key(KEY), registry.value(KEY, NAME)
    answers = host.probe([tree, key, one])
    found = [answers[tree].key(KEY), answers[key], answers[one]]
    datas = [each.get(NAME) if each else None for each in found]
    assert datas[0] == datas[1] == datas[2]
    return datas[0]


def shown(text: str) -> str:
    """A text as it arrives from a program that writes UTF-8."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@CHECKED
@given(ANY)
def test_any_value_is_read_as_windows_shows_it_or_refused(value: raw.Value) -> None:
    machine().machine.registry.set(key_path(KEY), value)
    try:
        data = read()
    except UnexpectedOutput:
        assert value.type in raw.NUMBERS
        assert len(value.data) not in range(1, 9)
        return
    if value.type in raw.STRINGS:
        if not set(value.string()) & set("\r\n"):
            assert data == shown(value.string())
    elif value.type in raw.NUMBERS:
        assert data == value.number()
    elif value.type not in (raw.MULTI_SZ, raw.LINK):
        assert data == value.data


@CHECKED
@given(WRITTEN)
def test_what_is_written_is_read(value: Value) -> None:
    try:
        command = registry.add(KEY, value)
    except UnquotableArgument:
        return
    machine().do(command)
    assert read() == value.data


@CHECKED
@given(ANY, WRITTEN | st.none())
def test_a_backup_brings_back_any_value_that_was_changed_or_deleted(value: raw.Value, change: Value | None) -> None:
    pc = machine()
    pc.machine.registry.set(key_path(KEY), value)
    try:
        changing = registry.add(KEY, change) if change else registry.delete_value(KEY, NAME)
    except UnquotableArgument:
        return
    pc.do(registry.export(KEY, FILE), changing)
    assert stored() != value or change is not None
    pc.do(registry.import_file(FILE))
    assert stored() == value
