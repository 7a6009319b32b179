# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry through reg.exe: the parser of its output, and the commands that change values.

Layout of ``reg.exe query`` (Microsoft "Windows Commands", reg query; captures of German Windows 11): the full name of a key in
the first column, then ``4 spaces name 4 spaces REG_TYPE 4 spaces data``. The types are never localized; the name that is
displayed for a default value is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .._exceptions import UnexpectedOutput, UnquotableArgument
from . import values
from .command import Command, Result, command
from .query import Query
from .registry_tree import BrokenOff, Data, Key, Tree, Value, full_path

__all__ = [
    "BrokenOff",
    "Data",
    "Key",
    "Tree",
    "Value",
    "add",
    "copy",
    "default",
    "delete_value",
    "export",
    "full_path",
    "import_file",
    "key",
    "level",
    "tree",
    "value",
]

_VALUE = re.compile(r"^ {4}(.*?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$")
_KEY = re.compile(r"^HKEY_[A-Z_]+(?:\\.*)?$")
_STRINGS = frozenset({"REG_SZ", "REG_EXPAND_SZ", "REG_LINK"})
_NUMBERS = frozenset(
    {"REG_DWORD", "REG_QWORD", "REG_DWORD_BIG_ENDIAN", "REG_DWORD_LITTLE_ENDIAN", "REG_QWORD_LITTLE_ENDIAN"}
)
_SEPARATOR = r"\0"


def tree(key: str) -> Query[Tree]:
    """A key with all subkeys and values; an empty tree if it does not exist or is empty."""
    return Query(command("reg.exe", "query", key, "/s"), _tree)


def level(key: str) -> Query[Tree]:
    """A key with its values and the names of its direct subkeys; an empty tree if it does not exist or is empty."""
    return Query(command("reg.exe", "query", key), _tree)


def key(path: str) -> Query[Key | None]:
    """One key with its values; None if it does not exist or is empty."""
    return Query(command("reg.exe", "query", path), _asked_key)


def value(key: str, name: str) -> Query[Key | None]:
    """A key with one of its values; None if the key or the value does not exist."""
    return Query(command("reg.exe", "query", key, "/v", name), _asked_key)


def default(key: str) -> Query[Value | None]:
    """The default value of a key, in any language; None if it is not set.

    reg.exe displays a missing default value as data in parentheses, "(value not set)", which is localized. Therefore any text in
    parentheses is treated as not set.
    """
    return Query(command("reg.exe", "query", key, "/ve"), _default)


def add(key: str, value: Value) -> Command:
    """Write a value, and create the key if it does not exist; an empty name is the default value.

    Raises UnquotableArgument if the data cannot be quoted on a command line, for example because of a double quote.
    """
    words = ["reg.exe", "add", key, *(("/v", value.name) if value.name else ("/ve",)), "/t", value.type]
    if isinstance(value.data, tuple):
        separator = _free_separator(value.data)
        words += [] if separator == _SEPARATOR else ["/s", separator]
        text = separator.join(value.data)
    elif isinstance(value.data, bytes):
        text = value.data.hex().upper()
    else:
        text = str(value.data)
    # Without /d reg.exe writes empty data; an empty argument cannot be passed.
    return command(*words, *(("/d", text) if text else ()), "/f")


def copy(source: str, target: str) -> Command:
    """Copy the values of a key, but not its subkeys, into another key, whatever their data; the target is created if it does not exist."""
    return command("reg.exe", "copy", source, target, "/f")


def import_file(file: str) -> Command:
    """Write what a .reg file on the machine contains; what it does not name stays as it is. The file is Unicode."""
    return command("reg.exe", "import", file)


def delete_value(key: str, name: str) -> Command:
    """Delete one value."""
    return command("reg.exe", "delete", key, "/v", name, "/f")


def export(key: str, file: str) -> Command:
    """Export a key with all subkeys and values to a .reg file on the machine; an existing file is replaced."""
    return command("reg.exe", "export", key, file, "/y")


def _tree(result: Result) -> Tree:
    """The listed keys. reg.exe prints nothing if the key or value does not exist, or if the key is empty.

    Raises UnexpectedOutput if the exit code is not one of reg.exe, or if the output contains no key.
    """
    if result.exit_code not in (0, 1):
        raise UnexpectedOutput(
            f"`{result.command.shown}` exited with {result.exit_code}, which is not an exit code of reg.exe: its output is not trusted"
        )
    keys: dict[str, Key] = dict(_keys(result))
    if result.ok and not keys and result.text.strip():
        raise UnexpectedOutput(
            f"`{result.command.shown}` succeeded but listed no key: its output is not that of reg.exe"
        )
    if keys and not result.ok:
        # The values of a key come before the next key. So only those of the last one may be cut; one without any may be denied.
        last = next(reversed(keys))
        keys = {
            name: replace(key, complete=False) if name == last or not (key.values or key.default) else key
            for name, key in keys.items()
        }
    return Tree(keys, complete=result.ok or not keys)


def _asked_key(result: Result) -> Key | None:
    """The key in the command; all other listed keys are subkeys of it."""
    return _tree(result).key(result.command.arguments[1])


def _default(result: Result) -> Value | None:
    listed = _asked_key(result)
    found = listed.default if listed else None
    if found and isinstance(found.data, str) and found.data.startswith("(") and found.data.endswith(")"):
        return None
    return found


def _keys(result: Result) -> Iterator[tuple[str, Key]]:
    path: str | None = None
    values: list[tuple[str, str, str]] = []
    for line in result.lines:
        if _KEY.match(line):
            if path is not None:
                yield path.lower(), _key(path, values)
            path, values = line, []
        elif path is not None and (match := _VALUE.match(line)):
            values.append((match[1], match[2], match[3] or ""))
        elif line.strip() and values and values[-1][1] in _STRINGS and not line.startswith("    "):
            # reg.exe prints a string with line ends unchanged.
            name, kind, data = values[-1]
            values[-1] = (name, kind, f"{data}\n{line}")
    if path is not None:
        yield path.lower(), _key(path, values)


def _key(path: str, raw: list[tuple[str, str, str]]) -> Key:
    values = [Value(name, kind, _data(name, kind, text)) for name, kind, text in raw]
    # The default value is the first; its name is localized and in parentheses: (Default), (Standard), ...
    default = values[0] if values and re.fullmatch(r"\(.+\)", values[0].name) else None
    return Key(path, {value.name.lower(): value for value in values if value is not default}, default)


def _data(name: str, kind: str, text: str) -> Data:
    try:
        if kind in _STRINGS:
            return text
        if kind == "REG_MULTI_SZ":
            return tuple(text.removesuffix(_SEPARATOR).split(_SEPARATOR)) if text.removesuffix(_SEPARATOR) else ()
        if kind in _NUMBERS:
            return values.hexadecimal(text)
        return bytes.fromhex(text)
    except ValueError as error:
        raise UnexpectedOutput(
            f"the registry value {name!r} of type {kind} contains data that is not valid for this type"
        ) from error


def _free_separator(strings: tuple[str, ...]) -> str:
    """A separator that no string contains, the default of reg.exe if possible. Raises UnquotableArgument."""
    if not any(_SEPARATOR in each for each in strings):
        return _SEPARATOR
    for character in "#|;^!+":
        if not any(character in each for each in strings):
            return character
    raise UnquotableArgument("a list of strings contains every separator that could be used with reg.exe")
