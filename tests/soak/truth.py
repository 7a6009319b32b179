"""What the lab says a machine really is, independent of the collection."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .fleet import PROXY

State = Mapping[str, Any]

_SERVICES = r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services"
_SOFTWARE = r"HKEY_LOCAL_MACHINE\SOFTWARE"
_SVCHOST = rf"{_SOFTWARE}\Microsoft\Windows NT\CurrentVersion\Svchost"
_AGENT = rf"{_SOFTWARE}\Microsoft\Windows\CurrentVersion\WindowsUpdate"
_POLICY = rf"{_SOFTWARE}\Policies\Microsoft\Windows\WindowsUpdate"
_CONNECTIONS = rf"{_SOFTWARE}\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
_JOURNAL = rf"{_SOFTWARE}\wsus.client"
_STORE = r"C:\Windows\SoftwareDistribution"
_GUID = re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
_ZEROS = re.compile(r"[{}0-]+")
_PROGRAM = re.compile(r"(%systemroot%|c:\\windows)\\system32\\svchost\.exe -k \w+( -p)?", re.IGNORECASE)
_NEEDED = ("BITS", "wuauserv")
_KEPT = frozenset({"UpdateStoreLast", "ClientIdLast"})
_DISABLED = 4
_AUTO_START = 2


@dataclass(frozen=True)
class Truth:
    """One machine. ``sick``: what is wrong with it; ``services`` has the start type of each, ``running`` those that run.

    ``journal``: what a change that is not finished has left in its record.
    """

    sick: frozenset[str]
    store: str | None
    client_id: str | None
    services: Mapping[str, int]
    running: frozenset[str]
    journal: frozenset[str]

    @property
    def has_own_id(self) -> bool:
        """Whether it has a client ID that is well-formed, so that no other machine should have it."""
        return bool(self.client_id and _GUID.fullmatch(self.client_id) and not _ZEROS.fullmatch(self.client_id))

    def started_with_windows(self) -> frozenset[str]:
        """The running services that Windows starts; others stop by themselves when they are idle."""
        return frozenset(name for name in self.running if self.services[name] == _AUTO_START)


def of(state: State) -> Truth:
    """The truth in a machine's state."""
    store, client_id = _store(state), _text(state, _AGENT, "SusClientId")
    services = {name: int(service["start"]) for name, service in state["services"].items()}
    journal = {
        name
        for key, values in state["registry"].items()
        if key.startswith(_JOURNAL)
        for name in values
        if name not in _KEPT
    }
    return Truth(
        frozenset(_sick(state, store, client_id)),
        store,
        client_id,
        services,
        frozenset(name for name, service in state["services"].items() if service["state"] == "RUNNING"),
        frozenset(journal),
    )


def _sick(state: State, store: str | None, client_id: str | None) -> list[str]:
    found = [] if store == "" else ["the store is missing" if store is None else f"the store is {store}"]
    if client_id is None or not _GUID.fullmatch(client_id) or _ZEROS.fullmatch(client_id):
        found.append("the client ID is missing or malformed")
    for name in _NEEDED:
        found += [f"{name}: {what}" for what in _service(state, name)]
    if _number(state, rf"{_SERVICES}\UsoSvc", "Start") == _DISABLED:
        found.append("UsoSvc: disabled")
    if not _text(state, _POLICY, "WUServer") or _number(state, rf"{_POLICY}\AU", "UseWUServer") != 1:
        found.append("policy names no server")
    if PROXY.encode().hex().upper() in (_text(state, _CONNECTIONS, "WinHttpSettings") or ""):
        found.append("the proxy is wrong")
    return found


def _service(state: State, name: str) -> list[str]:
    key = rf"{_SERVICES}\{name}"
    if key not in state["registry"] or name not in state["services"]:
        return ["not installed"]
    wrong = {
        "disabled": _number(state, key, "Start") == _DISABLED,
        "wrong account": _text(state, key, "ObjectName") != "LocalSystem",
        "wrong program": not _PROGRAM.fullmatch(_text(state, key, "ImagePath") or ""),
        "no DLL": not _text(state, rf"{key}\Parameters", "ServiceDll"),
        "not in its group": name.lower() not in (_text(state, _SVCHOST, "netsvcs") or "").lower().split("\\0"),
    }
    return [what for what, is_so in wrong.items() if is_so]


def _store(state: State) -> str | None:
    """What is wrong with the database of the store, empty for nothing; None without one.

    The state has only what differs from the files of the release, which has a store in the folder of Windows; None is deleted.
    """
    files = state["files"]
    place = files.get(_STORE)
    folder = place["junction"] if isinstance(place, dict) and place else _STORE
    database = files.get(rf"{folder}\DataStore\DataStore.edb", "" if folder == _STORE else None)
    return None if database is None else b64decode(database).decode("ascii", "replace")


def _text(state: State, key: str, name: str) -> str | None:
    value = state["registry"].get(key, {}).get(name)
    return None if value is None else str(value[-1])


def _number(state: State, key: str, name: str) -> int | None:
    text = _text(state, key, name)
    return None if text is None else int(text, 16)
