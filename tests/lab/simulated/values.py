"""Registry values: the raw bytes Windows stores, with conversions from YAML and to reg.exe's text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

NONE, SZ, EXPAND_SZ, BINARY, DWORD, DWORD_BIG_ENDIAN, LINK, MULTI_SZ = range(8)
QWORD = 11

TYPE_NAMES = {
    NONE: "REG_NONE",
    SZ: "REG_SZ",
    EXPAND_SZ: "REG_EXPAND_SZ",
    BINARY: "REG_BINARY",
    DWORD: "REG_DWORD",
    DWORD_BIG_ENDIAN: "REG_DWORD_BIG_ENDIAN",
    LINK: "REG_LINK",
    MULTI_SZ: "REG_MULTI_SZ",
    8: "REG_RESOURCE_LIST",
    9: "REG_FULL_RESOURCE_DESCRIPTOR",
    10: "REG_RESOURCE_REQUIREMENTS_LIST",
    QWORD: "REG_QWORD",
}
TYPE_NUMBERS = {name: number for number, name in TYPE_NAMES.items()} | {"REG_DWORD_LITTLE_ENDIAN": DWORD}
STRINGS = frozenset({SZ, EXPAND_SZ})
NUMBERS = frozenset({DWORD, DWORD_BIG_ENDIAN, QWORD})


@dataclass(frozen=True, slots=True)
class Value:
    """One registry value; ``name`` is empty for the default value, ``data`` is what the hive stores."""

    name: str
    type: int
    data: bytes

    @property
    def type_name(self) -> str:
        """The ``REG_`` name; types beyond the documented ones have none and show as their number."""
        return TYPE_NAMES.get(self.type, f"REG_{self.type}")

    def string(self) -> str:
        """The text up to the first NUL, as programs read a REG_SZ or REG_EXPAND_SZ."""
        return _decode(self.data).split("\0", 1)[0]

    def strings(self) -> list[str]:
        """The elements of a REG_MULTI_SZ: the terminating NULs are no elements."""
        text = _decode(self.data)
        text = text.removesuffix("\0")
        return text.rstrip("\0").split("\0") if text.strip("\0") else []

    def number(self) -> int:
        """The number of a REG_DWORD, REG_DWORD_BIG_ENDIAN or REG_QWORD."""
        return int.from_bytes(self.data, "big" if self.type == DWORD_BIG_ENDIAN else "little")

    def text(self, separator: str = "\\0") -> str:
        """The data as reg.exe prints it."""
        if self.type in STRINGS:
            return self.string()
        if self.type == MULTI_SZ:
            return separator.join(self.strings())
        if self.type in NUMBERS:
            return f"0x{self.number():x}" if self.data else ""
        return self.data.hex().upper()


@lru_cache(maxsize=4096)
def _decode(data: bytes) -> str:
    return data[: len(data) & ~1].decode("utf-16-le", "surrogatepass")


def string(name: str, text: str, type_: int = SZ) -> Value:
    """A REG_SZ (or REG_EXPAND_SZ) with its terminating NUL."""
    return Value(name, type_, (text + "\0").encode("utf-16-le", "surrogatepass"))


def strings(name: str, items: Iterable[str]) -> Value:
    """A REG_MULTI_SZ: every element ends in a NUL, one more ends the list."""
    return Value(name, MULTI_SZ, ("".join(f"{item}\0" for item in items) + "\0").encode("utf-16-le", "surrogatepass"))


def number(name: str, value: int, type_: int = DWORD) -> Value:
    """A number of 4 (REG_DWORD, REG_DWORD_BIG_ENDIAN) or 8 bytes (REG_QWORD).

    :raises OverflowError: the number does not fit
    """
    return Value(
        name, type_, value.to_bytes(8 if type_ == QWORD else 4, "big" if type_ == DWORD_BIG_ENDIAN else "little")
    )


def from_yaml(name: str, data: Any) -> Value:
    """A value from its YAML notation.

    A number is a REG_DWORD, a text a REG_SZ, a list a REG_MULTI_SZ. ``{expand: text}``, ``{qword: number}``,
    ``{hex: digits}`` (REG_BINARY) and ``{type: number or REG_ name, hex: digits}`` say the rest;
    ``{type: REG_ name, data: ...}`` is the longer way to write a number, text or list.

    :raises ValueError: the notation is not one of these
    :raises OverflowError: the number does not fit
    """
    value = _typed(name, data) if isinstance(data, dict) else _plain(name, data)
    if value is None:
        raise ValueError(f"{data!r} is not the notation of a registry value")
    return value


def _plain(name: str, data: Any) -> Value | None:
    if isinstance(data, int) and not isinstance(data, bool):
        return number(name, data)
    if isinstance(data, str):
        return string(name, data)
    if isinstance(data, list) and all(isinstance(item, str) for item in data):
        return strings(name, data)
    return None


def _typed(name: str, data: dict[str, Any]) -> Value | None:
    match data:
        case {"expand": str() as text} if len(data) == 1:
            return string(name, text, EXPAND_SZ)
        case {"qword": int() as amount} if len(data) == 1:
            return number(name, amount, QWORD)
        case {"hex": str() as digits} if len(data) == 1:
            return Value(name, BINARY, bytes.fromhex(digits))
        case {"type": int() as code, "hex": str() as digits} if len(data) == 2:
            return Value(name, code, bytes.fromhex(digits))
        case {"type": str() as type_name, "hex": str() as digits} if len(data) == 2 and type_name in TYPE_NUMBERS:
            return Value(name, TYPE_NUMBERS[type_name], bytes.fromhex(digits))
        case {"type": str() as type_name, "data": plain} if len(data) == 2 and type_name in TYPE_NUMBERS:
            return _converted(_plain(name, plain), TYPE_NUMBERS[type_name])
    return None


def _converted(value: Value | None, type_: int) -> Value | None:
    """The same text or number with another type that can hold it."""
    if value is None or value.type == type_:
        return value
    if value.type in STRINGS and type_ in STRINGS:
        return Value(value.name, type_, value.data)
    if value.type == DWORD and type_ in NUMBERS:
        return number(value.name, value.number(), type_)
    return None
