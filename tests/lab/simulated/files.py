"""The file system of a simulated machine: names without case, content and time of the last change, junctions; no attributes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

FILE_NOT_FOUND, PATH_NOT_FOUND, ACCESS_DENIED, IN_USE, EXISTS = 2, 3, 5, 32, 183
"""Win32 codes of what a file system refuses."""

INSTALLED = 1_600_000_000.0
"""When Windows was installed, as InstallDate tells, and its files with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file with its content, or a folder, whose content is None.

    ``size``: what the file is shown with where it is not the length of its content. ``target``: where a junction leads to.
    """

    path: str
    content: bytes | None = None
    modified: float = field(default=INSTALLED, compare=False)
    size: int | None = None
    target: str | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("\\", 1)[-1]

    @property
    def shown_size(self) -> int:
        """The size in bytes that programs show of a file."""
        return len(self.content or b"") if self.size is None else self.size


class FileSystem:
    """Files and folders over a shared, unchanged set; paths are absolute, with drive letter and backslashes."""

    def __init__(self, base: Mapping[str, Entry], now: Callable[[], float] = lambda: INSTALLED) -> None:
        self._entries: Mapping[str, Entry] = base
        self._base = base
        self._now = now
        self._checks: list[Callable[[str], int]] = []
        self._junctions: dict[str, str] = {}

    @property
    def entries(self) -> Mapping[str, Entry]:
        """All files and folders by lower-case path."""
        return self._entries

    def get(self, path: str) -> Entry | None:
        """The file or folder, or None."""
        return self._entries.get(self._real(path).lower())

    def is_file(self, path: str) -> bool:
        """True for a file."""
        entry = self.get(path)
        return entry is not None and entry.content is not None

    def is_folder(self, path: str) -> bool:
        """True for a folder."""
        entry = self.get(path)
        return entry is not None and entry.content is None

    def refuse(self, check: Callable[[str], int]) -> None:
        """Have a check asked before anything is renamed or deleted: with the path, lower case; it answers 0 or a Win32 code."""
        self._checks.append(check)

    def write(self, path: str, content: bytes, size: int | None = None) -> bool:
        """Create or replace a file; False where its folder does not exist or the path is a folder."""
        path = self._real(path)
        if not self.is_folder(parent(path)) or self.is_folder(path):
            return False
        self._put(Entry(path, content, self._now(), size))
        return True

    def create_folder(self, path: str) -> bool:
        """Create a folder with its parents; False where something of that name exists."""
        path = self._real(path)
        if self.get(path) is not None:
            return False
        if parent(path) != path and self.get(parent(path)) is None:
            self.create_folder(parent(path))
        self._put(Entry(path, None, self._now()))
        return True

    def create_junction(self, path: str, target: str) -> bool:
        """Create a folder that leads to another one, which need not exist; False where something of that name exists."""
        path = self._real(path)
        if self.get(path) is not None or not self.is_folder(parent(path)):
            return False
        self._put(Entry(path, None, self._now(), target=_normal(target)))
        self._find_junctions()
        return True

    def delete(self, path: str) -> bool:
        """Delete a file, or a folder with all in it; False where there is none or it is refused."""
        return self.delete_error(path) == 0

    def delete_error(self, path: str) -> int:
        """Delete a file, a junction, or a folder with all in it; the Win32 code that refuses it."""
        lowered = self._real(path).lower()
        if lowered not in self._entries:
            return FILE_NOT_FOUND
        if error := self._refused(lowered):
            return error
        self.remove(path)
        return 0

    def remove(self, path: str) -> None:
        """Let what is there be gone, whoever holds it."""
        lowered = self._real(path).lower()
        self._entries = {p: e for p, e in self._entries.items() if p != lowered and not p.startswith(f"{lowered}\\")}
        self._find_junctions()

    def rename(self, path: str, name: str) -> bool:
        """Give a file or folder a new name in its folder; False where there is none, the name is taken, or it is refused."""
        return self.rename_error(path, name) == 0

    def rename_error(self, path: str, name: str) -> int:
        """Give a file or folder a new name in its folder; the Win32 code that refuses it."""
        old = self._real(path)
        new = f"{parent(old)}\\{name}"
        if self.get(old) is None:
            return FILE_NOT_FOUND if self.get(parent(old)) else PATH_NOT_FOUND
        if self.get(new) is not None:
            return EXISTS
        if error := self._refused(old.lower()):
            return error
        moved = {}
        for lowered, entry in self._entries.items():
            if lowered == old.lower() or lowered.startswith(f"{old.lower()}\\"):
                entry = replace(entry, path=new + entry.path[len(old) :])
            moved[entry.path.lower()] = entry
        self._entries = moved
        self._find_junctions()
        return 0

    def children(self, path: str) -> list[Entry]:
        """What lies directly in a folder, in order of names."""
        entry = self.get(path)
        folder = entry.target if entry and entry.target else self._real(path)
        prefix = f"{self._real(folder).lower()}\\"
        return [e for p, e in sorted(self._entries.items()) if p.startswith(prefix) and "\\" not in p[len(prefix) :]]

    def state(self) -> dict[str, Any]:
        """What differs from the machine's original files, as JSON data: content in base64, None for gone, ``{}`` for a folder."""
        if self._entries is self._base:
            return {}
        changed: dict[str, Any] = {e.path: None for p, e in self._base.items() if p not in self._entries}
        for lowered, entry in self._entries.items():
            if self._base.get(lowered) != entry:
                changed[entry.path] = _data(entry)
        return dict(sorted(changed.items()))

    def _put(self, entry: Entry) -> None:
        self._entries = {**self._entries, entry.path.lower(): entry}

    def _refused(self, lowered: str) -> int:
        return next((error for check in self._checks if (error := check(lowered))), 0)

    def _find_junctions(self) -> None:
        self._junctions = {path: entry.target for path, entry in self._entries.items() if entry.target}

    def _real(self, path: str) -> str:
        """The path with the junctions on its way, not at its end, replaced by where they lead to."""
        path = _normal(path)
        for junction, target in self._junctions.items():
            if path.lower().startswith(f"{junction}\\"):
                return self._real(target + path[len(junction) :])
        return path


def _data(entry: Entry) -> Any:
    if entry.content is None:
        return {"junction": entry.target} if entry.target else {}
    return base64.b64encode(entry.content).decode()


def parent(path: str) -> str:
    """The folder that holds a path; a drive's root is its own."""
    return path.rsplit("\\", 1)[0]


def _normal(path: str) -> str:
    return path.replace("/", "\\").rstrip("\\")
