"""The file system of a simulated machine: names without case, content and time of the last change, nothing of attributes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

INSTALLED = 1_600_000_000.0
"""When Windows was installed, as InstallDate tells, and its files with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file with its content, or a folder, whose content is None."""

    path: str
    content: bytes | None = None
    modified: float = field(default=INSTALLED, compare=False)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("\\", 1)[-1]


class FileSystem:
    """Files and folders over a shared, unchanged set; paths are absolute, with drive letter and backslashes."""

    def __init__(self, base: Mapping[str, Entry], now: Callable[[], float] = lambda: INSTALLED) -> None:
        self._entries: Mapping[str, Entry] = base
        self._base = base
        self._now = now

    @property
    def entries(self) -> Mapping[str, Entry]:
        """All files and folders by lower-case path."""
        return self._entries

    def get(self, path: str) -> Entry | None:
        """The file or folder, or None."""
        return self._entries.get(_normal(path).lower())

    def is_file(self, path: str) -> bool:
        """True for a file."""
        entry = self.get(path)
        return entry is not None and entry.content is not None

    def is_folder(self, path: str) -> bool:
        """True for a folder."""
        entry = self.get(path)
        return entry is not None and entry.content is None

    def write(self, path: str, content: bytes) -> bool:
        """Create or replace a file; False where its folder does not exist or the path is a folder."""
        path = _normal(path)
        if not self.is_folder(parent(path)) or self.is_folder(path):
            return False
        self._put(Entry(path, content, self._now()))
        return True

    def create_folder(self, path: str) -> bool:
        """Create a folder with its parents; False where something of that name exists."""
        path = _normal(path)
        if self.get(path) is not None:
            return False
        if parent(path) != path and self.get(parent(path)) is None:
            self.create_folder(parent(path))
        self._put(Entry(path, None, self._now()))
        return True

    def delete(self, path: str) -> bool:
        """Delete a file, or a folder with all in it; False where there is none."""
        lowered = _normal(path).lower()
        if lowered not in self._entries:
            return False
        self._entries = {p: e for p, e in self._entries.items() if p != lowered and not p.startswith(f"{lowered}\\")}
        return True

    def rename(self, path: str, name: str) -> bool:
        """Give a file or folder a new name in its folder; False where there is none or the name is taken."""
        old = _normal(path)
        new = f"{parent(old)}\\{name}"
        if self.get(old) is None or self.get(new) is not None:
            return False
        moved = {}
        for lowered, entry in self._entries.items():
            if lowered == old.lower() or lowered.startswith(f"{old.lower()}\\"):
                entry = replace(entry, path=new + entry.path[len(old) :])
            moved[entry.path.lower()] = entry
        self._entries = moved
        return True

    def children(self, path: str) -> list[Entry]:
        """What lies directly in a folder, in order of names."""
        prefix = f"{_normal(path).lower()}\\"
        return [e for p, e in sorted(self._entries.items()) if p.startswith(prefix) and "\\" not in p[len(prefix) :]]

    def state(self) -> dict[str, Any]:
        """What differs from the machine's original files, as JSON data: content in base64, None for gone, ``{}`` for a folder."""
        if self._entries is self._base:
            return {}
        changed: dict[str, Any] = {e.path: None for p, e in self._base.items() if p not in self._entries}
        for lowered, entry in self._entries.items():
            if self._base.get(lowered) != entry:
                changed[entry.path] = {} if entry.content is None else base64.b64encode(entry.content).decode()
        return dict(sorted(changed.items()))

    def _put(self, entry: Entry) -> None:
        self._entries = {**self._entries, entry.path.lower(): entry}


def parent(path: str) -> str:
    """The folder that holds a path; a drive's root is its own."""
    return path.rsplit("\\", 1)[0]


def _normal(path: str) -> str:
    return path.replace("/", "\\").rstrip("\\")
