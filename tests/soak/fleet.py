"""The fleet: healthy machines, and sick ones of many kinds that the repair can heal, each with marks of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ADMINISTRATOR = {"name": "lab", "password": "Lab-Passw0rd"}
PROXY = "proxy-gone.example.test:8080"
"""The proxy of the machines whose proxy is wrong: nobody knows its name."""
ROLES = ("policy", "bits", "reachability", "agent", "update_store", "client_id")
COHORT = "cohort_{}"
"""The inventory groups of sick machines, whose repair begins with one round after the other."""

Machine = Mapping[str, Any]

_CORRUPT = 0x80248007
_FAILED = {
    "detections": [{"age": "20h"}, {"age": "8h", "code": _CORRUPT}, {"age": "3h", "code": _CORRUPT}],
    "next": {"takes": 0.5},
}
_TRIED = [{"start": "BITS", "age": "2h"}]
_RUN = {"wuauserv": {"state": "running"}, "BITS": {"state": "running"}}
_SERVER = {"WUServer": "http://wsus.example.test:8530", "WUStatusServer": "http://wsus.example.test:8530"}
_AUTOMATIC = {"UseWUServer": 1, "NoAutoUpdate": 0, "AUOptions": 4}
_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
_RELEASES = (
    {"windows": "windows-10-22h2"},
    {"windows": "windows-11-24h2", "language": "de"},
    {"windows": "windows-7-sp1", "language": "ja"},
    {"windows": "server-2019"},
    {"windows": "windows-11-23h2", "language": "es"},
    {"windows": "server-2012-r2"},
    {"windows": "server-2025", "language": "ja"},
    {"windows": "windows-8.1", "language": "de"},
)


def _bits(**values: Any) -> dict[str, Any]:
    return {"services": {"BITS": {"values": values}}, "attempts": _TRIED}


def _store(**more: Any) -> dict[str, Any]:
    return {"agent": _FAILED, "store": {"damage": _CORRUPT, "made": {"takes": 0.2}, **more}}


@dataclass(frozen=True)
class Kind:
    """A kind of sick machine: the role that heals it, and what a fleet file says of it."""

    name: str
    role: str
    machine: Mapping[str, Any]


KINDS = (
    Kind("store", "update_store", {**_store(), "services": _RUN}),
    Kind("id-malformed", "client_id", {"client_id": {"value": "not-an-id", "made": {"takes": 0.2}}}),
    Kind("bits-off", "bits", _bits(Start=4)),
    Kind("store-moved", "update_store", {**_store(path="D:\\WU\\Store"), "services": {"UsoSvc": {"state": "running"}}}),
    Kind("bits-gone", "bits", {"windows": "windows-10-1809", "services": {"BITS": {"deleted": True}}}),
    Kind(
        "agent-off",
        "agent",
        {"services": {"wuauserv": {"values": {"Start": 4}}}, "attempts": [{"start": "wuauserv", "age": "5h"}]},
    ),
    Kind(
        "proxy",
        "reachability",
        {
            "windows": "windows-11-23h2",
            "proxy": {"machine": PROXY},
            "agent": {"detections": [{"age": "3d"}, {"age": "4h", "code": 0x8024402C}], "next": {"takes": 0.5}},
        },
    ),
    Kind("store-7", "update_store", {**_store(), "windows": "windows-7-sp1"}),
    Kind("bits-account", "bits", _bits(ObjectName="NT AUTHORITY\\LocalService")),
    Kind(
        "policy-waiting",
        "policy",
        {
            "group_policy": {
                "takes": 0.5,
                "objects": [
                    {
                        "name": "WSUS clients",
                        "state": "waiting",
                        "settings": {_POLICY: _SERVER, rf"{_POLICY}\AU": _AUTOMATIC},
                    }
                ],
            }
        },
    ),
    Kind(
        "id-zeros",
        "client_id",
        {
            "windows": "server-2016",
            "client_id": {"value": "00000000-0000-0000-0000-000000000000", "made": {"takes": 0.2}},
            "services": {"wuauserv": {"state": "running"}},
        },
    ),
    Kind("agent-gone", "agent", {"windows": "windows-11-24h2", "services": {"wuauserv": {"deleted": True}}}),
    Kind("id-missing", "client_id", {"client_id": {"value": None, "made": {"takes": 0.2}}}),
    Kind("bits-path", "bits", _bits(ImagePath={"expand": "%SystemRoot%\\System32\\svchost.exe \u2013k netsvcs"})),
    Kind("uso-off", "agent", {"services": {"UsoSvc": {"values": {"Start": 4}, "state": "stopped"}}}),
    Kind("bits-unlisted", "bits", {"services": {"BITS": {"listed": False}}, "attempts": _TRIED}),
)


DEFAULTS = {"windows": "windows-10-22h2", "users": [ADMINISTRATOR]}
"""What all machines have."""


def mark(name: str) -> str:
    """The group of computers at the server that only the policy of this machine names."""
    return f"computers-of-{name}"


def of_role(role: str) -> tuple[Kind, ...]:
    """The kinds that a role heals; all for no role."""
    return tuple(kind for kind in KINDS if not role or kind.role == role)


def sick(count: int, kinds: tuple[Kind, ...] = KINDS, first: int = 0, cohorts: int = 0) -> list[Machine]:
    """So many sick machines, of each kind in turn beginning with the kind of that number, in so many cohorts."""
    return [
        _machine(f"{kind.name}-{number:03d}", kind.machine, *((COHORT.format(number % cohorts),) if cohorts else ()))
        for number, kind in enumerate(kinds[(first + number) % len(kinds)] for number in range(count))
    ]


def healthy(count: int) -> list[Machine]:
    """So many healthy machines, of several releases and languages."""
    return [_machine(f"well-{number:03d}", _RELEASES[number % len(_RELEASES)]) for number in range(count)]


def sharing(pairs: int) -> list[Machine]:
    """So many pairs of machines, each with one client ID; nothing else is wrong with them."""
    return [
        _machine(
            f"{who}-{number:03d}",
            {"client_id": {"value": f"5b4e28ba-2fa1-41d2-883f-{number:012d}", "made": {"takes": 0.2}}},
        )
        for number in range(pairs)
        for who in ("original", "clone")
    ]


def _machine(name: str, machine: Machine, *groups: str) -> Machine:
    described = {"name": name, "groups": list(groups), **machine}
    if "group_policy" not in machine:
        described["registry"] = {_POLICY: {"TargetGroupEnabled": 1, "TargetGroup": mark(name)}}
    return described
