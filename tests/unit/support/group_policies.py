"""What the group policy client keeps in the registry, as it stands there on a healthy member of a domain."""

from __future__ import annotations

from datetime import datetime, timedelta

from support.windows_output import dword, text

MACHINE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine"
NOW = datetime(2026, 11, 23, 4, 15)
WHOLE = rf"{MACHINE}\Extension-List\{{00000000-0000-0000-0000-000000000000}}"
REGISTRY = rf"{MACHINE}\Extension-List\{{35378EAC-683F-11D2-A89A-00C04FBBCFA2}}"

LOCAL = {"GPOID": text("LocalGPO"), "DisplayName": text("Local Group Policy")}
DOMAIN = {"GPOID": text("{31B2F340-016D-11D2-945F-00C04FB984F9}"), "DisplayName": text("Default Domain Policy")}
WSUS = {"GPOID": text("{6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}"), "DisplayName": text("WSUS clients")}

State = dict[str, dict[str, tuple[str, str]]]


def filetime(moment: datetime) -> tuple[int, int]:
    """High and low half of a time in UTC as a FILETIME: 100 ns since 1601."""
    ticks = (moment.replace(tzinfo=None) - datetime(1601, 1, 1)) // timedelta(microseconds=1) * 10
    return ticks >> 32, ticks & 0xFFFFFFFF


def state(
    *objects: dict[str, tuple[str, str]],
    name: str | None = "CN=PC1,OU=Clients,DC=example,DC=com",
    age: timedelta | None = timedelta(minutes=40),
    status: int = 0,
    registry: bool = True,
) -> State:
    """The keys of a machine whose policy was processed that long ago, with these objects (none: the usual three)."""
    keys: State = {MACHINE: {"Distinguished-Name": text(name), "Site-Name": text("Main")} if name else {}}
    if age is not None:
        high, low = filetime(NOW - age)
        keys[WHOLE] = {"EndTimeLo": dword(low), "EndTimeHi": dword(high), "Status": dword(status)}
    if registry:
        keys[REGISTRY] = {"Status": dword(0)}
    keys[rf"{MACHINE}\GPO-List"] = {}
    passed = {"AccessDenied": dword(0), "GPO-Disabled": dword(0), "WQLFilterPass": dword(1)}
    for index, each in enumerate(objects or (LOCAL, DOMAIN, WSUS)):
        keys[rf"{MACHINE}\GPO-List\{index}"] = passed | each
    return keys


def workgroup(*, registry: bool = False) -> State:
    """The keys of a machine in no domain: its own policy, and nothing of a domain."""
    return state(LOCAL, name=None, registry=registry)
