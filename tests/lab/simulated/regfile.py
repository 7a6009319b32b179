"""Registration files: the text that regedit and ``reg export`` write and ``reg import`` reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .registry import Key, KeyPath
from .values import BINARY, DWORD, SZ, Value, number, string

HEADER = "Windows Registry Editor Version 5.00"
_LINE_WIDTH = 77
"""Characters of a line of hexadecimal digits before regedit breaks it."""


class NotARegistrationFile(ValueError):
    """The file cannot be read as a registration file."""


@dataclass(frozen=True)
class CreateKey:
    """``[KEY]``"""

    key: str


@dataclass(frozen=True)
class DeleteKey:
    """``[-KEY]``"""

    key: str


@dataclass(frozen=True)
class SetValue:
    """``"name"=data``"""

    key: str
    value: Value


@dataclass(frozen=True)
class DeleteValue:
    """``"name"=-``"""

    key: str
    name: str


Change = CreateKey | DeleteKey | SetValue | DeleteValue


def write_file(keys: Iterable[tuple[KeyPath, Key]]) -> bytes:
    """The registration file of these keys: UTF-16LE with byte order mark, CRLF."""
    lines = [HEADER, ""]
    for path, key in keys:
        lines.append(f"[{chr(92).join(path)}]")
        lines += [_value_text(value) for value in key.values.values()]
        lines.append("")
    return b"\xff\xfe" + "".join(f"{line}\r\n" for line in lines).encode("utf-16-le", "surrogatepass")


def _value_text(value: Value) -> str:
    start = f'"{_escaped(value.name)}"=' if value.name else "@="
    if value.type == SZ and value.data == string("", value.string()).data:
        return f'{start}"{_escaped(value.string())}"'
    if value.type == DWORD and len(value.data) == 4:
        return f"{start}dword:{value.number():08x}"
    start += "hex:" if value.type == BINARY else f"hex({value.type:x}):"
    lines = [start]
    for position, byte in enumerate(value.data):
        piece = f"{byte:02x}," if position + 1 < len(value.data) else f"{byte:02x}"
        if len(lines[-1]) + len(piece) > _LINE_WIDTH:
            lines[-1] += "\\"
            lines.append("  ")
        lines[-1] += piece
    return "\r\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


_VALUE = re.compile(r'(?:@|"(?P<name>(?:[^"\\]|\\.)*)")\s*=\s*(?P<data>.*)')
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_HEX = re.compile(r"hex(?:\(([0-9a-f]+)\))?:(.*)", re.IGNORECASE)


def read_file(content: bytes) -> list[Change]:
    """The changes that a registration file asks for, in order.

    :raises NotARegistrationFile: no header of version 5, or a line that means nothing
    """
    try:
        text = content[2:].decode("utf-16-le") if content[:2] == b"\xff\xfe" else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotARegistrationFile(str(error)) from error
    lines = re.split(r"\r?\n", re.sub(r"\\\r?\n[ \t]*", "", text))
    if not lines or lines[0].strip() != HEADER:
        raise NotARegistrationFile("the first line is not the header")
    changes: list[Change] = []
    key = ""
    for number_, line in enumerate(map(str.strip, lines[1:]), 2):
        if line.startswith("[") and line.endswith("]"):
            deletes = line.startswith("[-")
            key = line[2:-1] if deletes else line[1:-1]
            changes.append(DeleteKey(key) if deletes else CreateKey(key))
        elif line and not line.startswith(";"):
            match = _VALUE.fullmatch(line)
            if match is None or not key:
                raise NotARegistrationFile(f"line {number_} means nothing")
            changes.append(_read_value(key, _unescaped(match["name"] or ""), match["data"], number_))
    return changes


def _read_value(key: str, name: str, data: str, line: int) -> Change:
    if data == "-":
        return DeleteValue(key, name)
    if match := _STRING.fullmatch(data):
        return SetValue(key, string(name, _unescaped(match[1])))
    if match := re.fullmatch("dword:([0-9a-fA-F]{1,8})", data):
        return SetValue(key, number(name, int(match[1], 16)))
    if match := _HEX.fullmatch(data):
        try:
            type_ = int(match[1], 16) if match[1] else BINARY
            return SetValue(
                key, Value(name, type_, bytes(int(item, 16) for item in match[2].split(",") if item.strip()))
            )
        except ValueError as error:
            raise NotARegistrationFile(f"line {line}: {error}") from error
    raise NotARegistrationFile(f"line {line} means nothing")


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
