"""The ``dir`` of cmd.exe: names only with /b, otherwise a volume's header, lines with time and size, totals and free space."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ...machine import Execution
from ..errors import NotImplementedInLab
from ..files import Entry, parent
from .output import Output

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

_ALL, _FOLDERS, _FILES = frozenset({"/a"}), frozenset({"/ad", "/a:d"}), frozenset({"/a-d", "/a:-d"})
_LAYOUT = frozenset({"/b", "/c", "/-c"})
_PATH_NOT_FOUND = 3


def dir_(machine: SimulatedMachine, words: Sequence[str]) -> Execution:
    """``dir [/b] [/-c] [/a[:d|:-d]] PATH...``, sorted by name, with wildcards in the last part; other switches are not there.

    Each path has a block of its own, with its totals; the volume's header comes once, as a call lists one drive only here.
    What is not found is told on standard error, and the exit code is 1 then.
    """
    options = {word.lower() for word in words[1:] if word.startswith("/")}
    paths = [word.strip('"') for word in words[1:] if not word.startswith("/")]
    if not options <= _ALL | _FOLDERS | _FILES | _LAYOUT or not paths:
        raise NotImplementedInLab(" ".join(words))
    for path in paths:
        if path[1:2] != ":" or path[0].lower() != paths[0][0].lower() or re.search(r"[*?].*\\", path):
            raise NotImplementedInLab(f"dir {path}: relative paths, several drives, wildcards in folders")
    listing = _Listing(machine, options, paths[0][0].upper())
    for path in paths:
        listing.add(path.replace("/", "\\").rstrip("\\"))
    return listing.result()


class _Listing:
    def __init__(self, machine: SimulatedMachine, options: set[str], drive: str) -> None:
        self._machine = machine
        self._text = machine.text.dir
        self._options = options
        self._output = Output()
        self._missing = False
        if "/b" not in options:
            self._output.line(self._text["no_label"].format(drive=drive))
            self._output.line(self._text["serial"].format(serial=machine.volume_serial))

    def add(self, path: str) -> None:
        """The block of one path."""
        entry = self._machine.files.get(path)
        listed = entry is not None and entry.content is None and not _pattern(path)
        folder = path if listed else parent(path)
        bare = "/b" in self._options
        if self._machine.files.get(folder) is None:
            self._fail(self._machine.text.error(_PATH_NOT_FOUND))
            return
        if not bare:
            self._output.line()
            self._output.line(self._text["directory"].format(path=folder if "\\" in folder else f"{folder}\\"))
            self._output.line()
        found = self._chosen(entry, folder, path)
        if not found:
            self._fail(self._machine.text.cmd["dir_empty"])
        elif bare:
            for name, _unused in found:
                self._output.line(name)
        else:
            self._full(found)

    def result(self) -> Execution:
        return self._output.result(1 if self._missing else 0)

    def _fail(self, text: str) -> None:
        self._missing = True
        self._output.error(text)

    def _chosen(self, entry: Entry | None, folder: str, path: str) -> list[tuple[str, Entry]]:
        """Names and entries as the options ask; a folder's content begins with itself and its parent, but not with /b."""
        if pattern := _pattern(path):
            children = self._machine.files.children(folder)
            chosen = [(child.name, child) for child in children if fnmatchcase(child.name.lower(), pattern)]
        elif entry is None:
            return []
        elif entry.content is not None:
            chosen = [(entry.name, entry)]
        else:
            own = [] if "/b" in self._options or "\\" not in folder else [(".", entry), ("..", entry)]
            chosen = [*own, *((child.name, child) for child in self._machine.files.children(folder))]
        if self._options & _FOLDERS:
            return [(name, each) for name, each in chosen if each.content is None]
        if self._options & _FILES:
            return [(name, each) for name, each in chosen if each.content is not None]
        return chosen

    def _full(self, found: Sequence[tuple[str, Entry]]) -> None:
        sizes = [entry.shown_size for _unused, entry in found if entry.content is not None]
        for name, entry in found:
            kind = self._text["junction"] if entry.target else "<DIR>"
            size = f"    {kind:<14}" if entry.content is None else f"{self._number(entry.shown_size):>18}"
            target = f" [{entry.target}]" if entry.target and name == entry.name else ""
            self._output.line(f"{self._time(entry.modified)}{size} {name}{target}")
        folders = len(found) - len(sizes)
        self._output.line(self._text["files"].format(count=len(sizes), size=self._number(sum(sizes))))
        self._output.line(self._text["folders"].format(count=folders, size=self._number(self._machine.free_space)))

    def _number(self, number: int) -> str:
        return str(number) if "/-c" in self._options else f"{number:,}".replace(",", self._text["separator"])

    def _time(self, seconds: float) -> str:
        moment = datetime.fromtimestamp(seconds, timezone.utc) + timedelta(minutes=self._machine.text.utc_offset)
        return moment.strftime(self._text["date"])


def _pattern(path: str) -> str:
    """The last part of a path, lower case, where it has wildcards. In Windows brackets are ordinary characters."""
    name = path.rsplit("\\", 1)[-1].lower()
    return name.replace("[", "[[]") if "*" in name or "?" in name else ""
