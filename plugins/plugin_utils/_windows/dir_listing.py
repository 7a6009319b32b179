# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folder listings by ``dir`` of cmd.exe, in any language and date format.

The line of an entry starts in the first column, headings and totals start with spaces. An entry consists of the time, the size
of a file or a word in angle brackets (DIR, localized in some languages), and the name. The target of a junction or link follows
the name in square brackets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from . import values
from .command import Result
from .folders import list_folders
from .query import Query

_ENTRY = re.compile(r"^\S.*?\d[:.]\d\d\D*?\s(<[^<>]+>|\d+)\s+(\S.*)$")
_TARGET = re.compile(r"^(.*\S)\s+\[([A-Za-z]:\\[^\[\]]*)\]$")
# A total is indented and has two numbers, whatever its words and their order: how many files or folders, and how many bytes. The last
# one is the free space of the drive. Korean has no blank after the first number, Czech no word after the second (stored files
# 62669928636, 30239037985; English, German, Japanese, Russian (16421008759) and others have both). Thousands may be separated
# although they are asked not to be, by dot, comma, apostrophe or a blank of any width; a damaged one is U+FFFD.
_NUMBER = re.compile("[0-9]{1,3}(?:[.,'\u2019 \u00a0\u202f\ufffd][0-9]{3})+(?![0-9])|[0-9]+")
_NO_TOTAL = re.compile(r"^\S|[\\<>]|[0-9A-F]{4}-[0-9A-F]{4}\s*$")


@dataclass(frozen=True)
class Entry:
    """A file or folder. ``size`` is in bytes, None for a folder; ``target`` is the target of a junction or link."""

    name: str
    size: int | None = None
    target: str | None = None

    @property
    def folder(self) -> bool:
        """Whether it is a folder."""
        return self.size is None


@dataclass(frozen=True)
class Listing:
    """The entries by lower-case name; ``free_space`` of the drive in bytes, None if nothing was found.

    ``said`` are all lines that are not entries, without leading and trailing spaces.
    """

    entries: Mapping[str, Entry]
    free_space: int | None
    said: frozenset[str]

    def get(self, name: str) -> Entry | None:
        """The entry with the name, None if it was not listed."""
        return self.entries.get(name.lower())


def query(*paths: str, then: tuple[str, ...] = ()) -> Query[Listing]:
    """List paths, whose last part may contain wildcards, including hidden entries; missing paths are omitted.

    Sizes have no thousands separators. ``then`` are the words of a command that cmd.exe runs afterward; its output is in
    ``said``.
    """
    return Query(list_folders(*paths, then=then), _listing)


def _listing(result: Result) -> Listing:
    """Parse the output of ``dir``. The exit code is ignored: one of several paths may be missing."""
    found = [_entry(match) for line in result.lines if (match := _ENTRY.match(line))]
    entries = [entry for entry in found if entry]
    totals = [total for line in result.lines if (total := _total(line)) is not None]
    return Listing(
        {entry.name.lower(): entry for entry in entries},
        totals[-1] if entries and len(totals) > 1 else None,
        frozenset(line.strip() for line in result.lines if not _ENTRY.match(line)),
    )


def _total(line: str) -> int | None:
    """The bytes in a line of totals, None for another line: one of an entry, of a path, of the volume's serial number."""
    numbers = [] if _NO_TOTAL.search(line) else _NUMBER.findall(line)
    return values.integer_or_none(re.sub("[^0-9]", "", numbers[1])) if len(numbers) == 2 else None


def _entry(match: re.Match[str]) -> Entry | None:
    """The entry in a line; None for a size that no file has."""
    if not match[1].startswith("<"):
        size = values.integer_or_none(match[1])
        return None if size is None else Entry(match[2], size=size)
    linked = _TARGET.match(match[2])
    return Entry(linked[1], target=linked[2]) if linked else Entry(match[2])


def parent_of(path: str) -> str:
    """The parent folder of a path."""
    return path.rpartition("\\")[0]


def name_of(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("\\")[2]


def beside(path: str, name: str) -> str:
    """The path of another name in the parent folder of a path."""
    return rf"{parent_of(path)}\{name}"
