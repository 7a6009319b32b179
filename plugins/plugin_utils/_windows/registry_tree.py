# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reg.exe listed, as typed values: a value, a key, a tree of keys.

A listing may break off. Then what it lacks is not absent but unknown, and asking for it raises BrokenOff.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .._exceptions import UnexpectedOutput

Data: TypeAlias = str | int | bytes | tuple[str, ...]

_ABBREVIATIONS = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKU": "HKEY_USERS",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKCC": "HKEY_CURRENT_CONFIG",
}


class BrokenOff(UnexpectedOutput):
    """reg.exe listed something and then failed, so it is not known whether what the listing lacks exists."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"reg.exe failed within the listing that contains {what} (access to a key was denied), so whether that exists is not "
            "known. Check the permissions of the key and the keys below it"
        )


@dataclass(frozen=True)
class Value:
    """A registry value: ``data`` is str (SZ, EXPAND_SZ), int (DWORD, QWORD), tuple of str (MULTI_SZ) or bytes (all others)."""

    name: str
    type: str
    data: Data


@dataclass(frozen=True)
class Key:
    """A registry key as reg.exe listed it. Names are looked up without regard to case, as Windows does.

    ``default`` is the value without a name, None where it is not set. ``complete`` is False where the listing may have broken
    off before the last value.
    """

    path: str
    values: Mapping[str, Value] = field(default_factory=dict)
    default: Value | None = None
    complete: bool = True

    def get(self, name: str) -> Data | None:
        """A value's data, None where there is no such value. Raises BrokenOff where that is not known, as all below."""
        value = self.values.get(name.lower())
        if value is None and not self.complete:
            raise BrokenOff(rf"{self.path}\{name}")
        return None if value is None else value.data

    def text(self, name: str) -> str | None:
        """A value's data where it is a string, else None."""
        data = self.get(name)
        return data if isinstance(data, str) else None

    def number(self, name: str) -> int | None:
        """A value's data where it is a DWORD or QWORD, else None."""
        data = self.get(name)
        return data if isinstance(data, int) else None

    def strings(self, name: str) -> tuple[str, ...] | None:
        """A value's data where it is a MULTI_SZ (or one string, where an empty one is no element), else None."""
        data = self.get(name)
        if isinstance(data, str):
            return (data,) if data else ()
        return data if isinstance(data, tuple) else None

    def binary(self, name: str) -> bytes | None:
        """A value's data where it is binary, else None."""
        data = self.get(name)
        return data if isinstance(data, bytes) else None


@dataclass(frozen=True)
class Tree:
    """What one ``reg.exe query`` answered.

    ``complete`` is False where reg.exe listed something and yet failed: a key below could not be read. Then what was listed
    counts, and what was not is unknown. An empty tree with exit code 1 is a key that is absent (reg.exe has one code for absent
    and denied; the user is known to be an administrator before this is read).
    """

    keys: Mapping[str, Key]
    complete: bool = True

    def key(self, path: str) -> Key | None:
        """The key of that path (abbreviated hive names are understood), None where there is none.

        Raises BrokenOff where that is not known.
        """
        found = self.keys.get(full_path(path).lower())
        if found is None:
            self.require_complete(path)
        return found

    def below(self, path: str) -> Iterator[Key]:
        """The keys below a path, in the order of the listing. Raises BrokenOff where these may not be all."""
        self.require_complete(path)
        prefix = full_path(path).lower() + "\\"
        return (key for name, key in self.keys.items() if name.startswith(prefix))

    def require_complete(self, what: str) -> None:
        """Raises BrokenOff, naming what was looked for, where keys or values may be missing from the listing."""
        if not self.complete:
            raise BrokenOff(what)


def full_path(path: str) -> str:
    """A key's path with the hive's name written out, as reg.exe prints it."""
    hive, _separator, rest = path.partition("\\")
    hive = _ABBREVIATIONS.get(hive.upper(), hive.upper())
    return f"{hive}\\{rest}" if rest else hive
