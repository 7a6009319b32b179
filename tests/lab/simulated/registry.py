"""The registry of a simulated machine: a persistent tree, so that machines share what they do not change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..machine import User
from .values import Value

KeyPath = tuple[str, ...]
"""The parts of a key's full name, the long name of the hive first."""

HIVES = {
    "hklm": "HKEY_LOCAL_MACHINE",
    "hku": "HKEY_USERS",
    "hkcu": "HKEY_CURRENT_USER",
    "hkcr": "HKEY_CLASSES_ROOT",
    "hkcc": "HKEY_CURRENT_CONFIG",
}
_HIVES = HIVES | {name.lower(): name for name in HIVES.values()}

# Aliases inside the registry itself: each name on the left is a link to the key on the right.
_LINKS: tuple[tuple[KeyPath, KeyPath], ...] = (
    (("hkey_local_machine", "system", "currentcontrolset"), ("HKEY_LOCAL_MACHINE", "SYSTEM", "ControlSet001")),
    (("hkey_classes_root",), ("HKEY_LOCAL_MACHINE", "SOFTWARE", "Classes")),
    (("hkey_current_config",), ("HKEY_LOCAL_MACHINE", "SYSTEM", "ControlSet001", "Hardware Profiles", "0001")),
)


class AccessDenied(Exception):
    """ERROR_ACCESS_DENIED: the user may not do that with this key."""


@lru_cache(maxsize=4096)
def key_path(name: str) -> KeyPath:
    """Split a key's name; the hive may be short or long.

    :raises ValueError: the name does not begin with a hive of this machine, or has an empty part
    """
    parts = name.removesuffix("\\").split("\\")
    hive = _HIVES.get(parts[0].lower())
    if hive is None or not all(parts):
        raise ValueError(f"{name!r} is not the name of a registry key")
    return (hive, *parts[1:])


@lru_cache(maxsize=4096)
def resolve(path: KeyPath) -> KeyPath:
    """Follow the links that lead from one part of the registry to another."""
    lowered = tuple(part.lower() for part in path[:3])
    for link, target in _LINKS:
        if lowered[: len(link)] == link:
            return target + path[len(link) :]
    return path


@lru_cache(maxsize=4096)
def _way(path: KeyPath) -> KeyPath:
    """The names under which the keys on the way to a path are found, links followed."""
    return tuple(part.lower() for part in resolve(path))


@dataclass(frozen=True, slots=True)
class Key:
    """A key with its values and subkeys, both under their lower-case names; never changed in place."""

    name: str
    values: Mapping[str, Value] = field(default_factory=dict)
    keys: Mapping[str, Key] = field(default_factory=dict)


@dataclass
class Journal:
    """What was done to a registry: keys removed first, then values written by key; a value deleted alone is not noted."""

    removed: list[KeyPath] = field(default_factory=list)
    written: dict[KeyPath, dict[str, Value]] = field(default_factory=dict)

    def remove(self, path: KeyPath) -> None:
        """A key was removed with all below it."""
        self.removed.append(path)
        self.written = {other: values for other, values in self.written.items() if other[: len(path)] != path}


class Registry:
    """A registry that starts from a shared tree and replaces only the keys on the way to a change."""

    def __init__(self, root: Key | None = None) -> None:
        self.root = root or Key("")
        self.read_only: frozenset[KeyPath] = frozenset()
        """Keys whose permissions let no administrator write to them or to a key below them."""
        self._journal: Journal | None = None

    @contextmanager
    def recorded(self) -> Iterator[Journal]:
        """Keep a journal of what is changed inside."""
        self._journal = journal = Journal()
        try:
            yield journal
        finally:
            self._journal = None

    def protect(self, path: KeyPath) -> None:
        """Make a key read-only."""
        self.read_only |= {_way(path)}

    def get(self, path: KeyPath) -> Key | None:
        """The key, or None where there is none."""
        key: Key | None = self.root
        for part in _way(path):
            key = key.keys.get(part) if key else None
        return key

    def value(self, path: KeyPath, name: str = "") -> Value | None:
        """The value, or None where the key or the value does not exist."""
        key = self.get(path)
        return key.values.get(name.lower()) if key else None

    def subkeys(self, path: KeyPath) -> list[str]:
        """The names of a key's subkeys in the order in which Windows stores them."""
        key = self.get(path)
        return [subkey.name for _unused, subkey in sorted(key.keys.items())] if key else []

    def create(self, path: KeyPath) -> None:
        """Create a key and its parents; nothing happens where it exists."""
        if self.get(path) is None:
            if self._journal:
                self._journal.written.setdefault(path, {})
            self.root = _changed(self.root, resolve(path), lambda key: key)

    def set(self, path: KeyPath, *values: Value) -> None:
        """Set values of a key, creating it; an existing value keeps its place and the case of its name."""

        def change(key: Key) -> Key:
            now = dict(key.values)
            for value in values:
                old = now.get(value.name.lower(), value)
                now[value.name.lower()] = Value(old.name, value.type, value.data)
            return Key(key.name, now, key.keys)

        if self._journal:
            self._journal.written.setdefault(path, {}).update({value.name.lower(): value for value in values})
        self.root = _changed(self.root, resolve(path), change)

    def delete_value(self, path: KeyPath, name: str) -> bool:
        """Delete a value; False where there was none."""
        if self.value(path, name) is None:
            return False
        self.root = _changed(
            self.root,
            resolve(path),
            lambda key: Key(key.name, {n: v for n, v in key.values.items() if n != name.lower()}, key.keys),
        )
        return True

    def delete_key(self, path: KeyPath) -> bool:
        """Delete a key with all below it; False where there was none."""
        if self.get(path) is None:
            return False
        if self._journal:
            self._journal.remove(path)
        *parents, last = resolve(path)
        self.root = _changed(
            self.root,
            tuple(parents),
            lambda key: Key(key.name, key.values, {n: k for n, k in key.keys.items() if n != last.lower()}),
        )
        return True

    def walk(self, path: KeyPath) -> Iterator[tuple[KeyPath, Key]]:
        """A key and all below it, parents first, in Windows' order of names."""
        key = self.get(path)
        if key is not None:
            yield path, key
            for name in self.subkeys(path):
                yield from self.walk((*path, name))

    def state(self) -> dict[str, Any]:
        """All keys and values as JSON data; the hives that are only links are left out."""
        return dict(_state(self.root, ""))


def _state(key: Key, prefix: str) -> Iterator[tuple[str, Any]]:
    for lowered in sorted(key.keys):
        subkey = key.keys[lowered]
        name = f"{prefix}{subkey.name}"
        yield (
            name,
            {
                v.name: [v.type_name, v.text() if v.type != 0 else v.data.hex()]
                for _unused, v in sorted(subkey.values.items())
            },
        )
        yield from _state(subkey, f"{name}\\")


def _changed(key: Key, path: KeyPath, change: Callable[[Key], Key]) -> Key:
    """The tree with one key replaced; missing keys on the way are created."""
    if not path:
        return change(key)
    lowered = path[0].lower()
    child = key.keys.get(lowered) or Key(path[0])
    return Key(key.name, key.values, {**key.keys, lowered: _changed(child, path[1:], change)})


_LM = "hkey_local_machine"
_ADMINISTRATORS_ONLY: tuple[KeyPath, ...] = (
    ("hkey_users", "s-1-5-19"),
    ("hkey_users", "s-1-5-20"),
    (_LM, "sam", "sam"),
    (_LM, "security"),
)


class RegistryView:
    """The registry as one user sees it: names that depend on the user, and access rules."""

    def __init__(self, registry: Registry, user: User, sid: str) -> None:
        self.registry = registry
        self._user = user
        self._sid = sid

    def locate(self, path: KeyPath) -> KeyPath:
        """Where a key really lies: HKEY_CURRENT_USER is the user's own hive below HKEY_USERS."""
        if path[0] == "HKEY_CURRENT_USER":
            return ("HKEY_USERS", self._sid, *path[1:])
        return path

    def readable(self, path: KeyPath) -> KeyPath:
        """The path, made sure that the user may read it.

        :raises AccessDenied: the key is for administrators only
        """
        path = self.locate(path)
        if not self._user.administrator:
            lowered = tuple(part.lower() for part in resolve(path))
            service_security = (
                lowered[1:2] == ("system",) and lowered[3:4] == ("services",) and lowered[5:6] == ("security",)
            )
            if service_security or any(lowered[: len(rule)] == rule for rule in _ADMINISTRATORS_ONLY):
                raise AccessDenied("\\".join(path))
        return path

    def writable(self, path: KeyPath) -> KeyPath:
        """The path, made sure that the user may change it: others than administrators only below their own hive.

        :raises AccessDenied: they may not, or the key is read-only
        """
        path = self.readable(path)
        if not self._user.administrator and path[:2] != ("HKEY_USERS", self._sid):
            raise AccessDenied("\\".join(path))
        way = _way(path)
        if any(way[: len(key)] == key for key in self.registry.read_only):
            raise AccessDenied("\\".join(path))
        return path
