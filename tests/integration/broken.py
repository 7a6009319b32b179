"""Ways in which BITS is broken on a machine: what differs there, the finding that tells it, and the changes that heal it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PRIVILEGES = [
    "SeCreateGlobalPrivilege",
    "SeImpersonatePrivilege",
    "SeTcbPrivilege",
    "SeAssignPrimaryTokenPrivilege",
    "SeIncreaseQuotaPrivilege",
    "SeDebugPrivilege",
]
FAILURE_ACTIONS = {
    "reset_period_s": 86400,
    "actions": [
        {"action": "restart", "delay_ms": 60000},
        {"action": "restart", "delay_ms": 120000},
        {"action": "none", "delay_ms": 0},
    ],
}
IMAGE_PATH = r"%SystemRoot%\System32\svchost.exe -k netsvcs -p"
SERVICE_DLL = r"%SystemRoot%\System32\qmgr.dll"
STARTED = ("state", "stopped", "running")
CREATED = (
    ("installed", False, True),
    ("privileges", None, PRIVILEGES),
    ("sid_type", None, "unrestricted"),
    ("failure_actions", None, FAILURE_ACTIONS),
    ("service_dll", None, SERVICE_DLL),
    ("state", "not_installed", "running"),
)

Changes = tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True)
class Way:
    """``machine`` is what a fleet says of it; ``changes`` as (attribute, before, after)."""

    finding: str
    machine: Mapping[str, Any]
    changes: Changes


def values(**values: Any) -> dict[str, Any]:
    """A machine whose BITS has these values in its key, and was started in vain."""
    return {"services": {"BITS": {"values": values}}, "attempts": [{"start": "BITS", "age": "2h"}]}


def _path(image_path: str) -> Way:
    change = ("image_path", image_path, IMAGE_PATH)
    return Way("bits.path", values(ImagePath={"expand": image_path}), (change, STARTED))


def _dependency(name: str, machine: Mapping[str, Any]) -> Way:
    change = ("dependencies", ["RpcSs", name], ["RpcSs"])
    return Way("bits.dependency_missing", machine, (change, STARTED))


WAYS: Mapping[str, Way] = {
    "missing": Way("bits.missing", {"services": {"BITS": {"deleted": True}}}, CREATED),
    "disabled": Way("bits.disabled", values(Start=4), (("start_type", "disabled", "demand"), STARTED)),
    "account": Way(
        "bits.account",
        values(ObjectName="NT AUTHORITY\\LocalService"),
        (("account", "NT AUTHORITY\\LocalService", "LocalSystem"), STARTED),
    ),
    "account-of-a-person": Way(
        "bits.account",
        values(ObjectName="CONTOSO\\Jürgen"),
        (("account", "CONTOSO\\Jürgen", "LocalSystem"), STARTED),
    ),
    # As it comes from a copy of the article: a dash (U+2013) in place of the hyphen.
    "path-with-a-dash": _path("%SystemRoot%\\System32\\svchost.exe \u2013k netsvcs"),
    "path-of-another-program": _path("C:\\Windows\\System32\\notepad.exe"),
    "path-with-quotes": _path('"C:\\Windows\\System32\\svchost.exe"'),
    "privileges": Way(
        "bits.privileges",
        values(RequiredPrivileges=[*PRIVILEGES[:4], "SeIncreaseQuotaPrivileges", "SeDebugPrivilege"]),
        (("privileges", [*PRIVILEGES[:4], "SeIncreaseQuotaPrivileges", "SeDebugPrivilege"], PRIVILEGES), STARTED),
    ),
    "type": Way(
        "bits.service_type",
        {"services": {"BITS": {"values": {"Type": 0x50}}}},
        (("service_type", "unknown (0x50)", "share_process"), STARTED),
    ),
    "service-dll": Way(
        "bits.service_dll",
        {
            "services": {"BITS": {"keys": {"Parameters": {"ServiceDll": None}}}},
            "attempts": [{"start": "BITS", "age": "2h"}],
        },
        (("service_dll", None, SERVICE_DLL), STARTED),
    ),
    "group": Way(
        "bits.svchost_group",
        {"services": {"BITS": {"listed": False}}, "attempts": [{"start": "BITS", "age": "2h"}]},
        (("svchost_group", False, True), STARTED),
    ),
    "dependency-that-does-not-exist": _dependency("Väinö", values(DependOnService=["RpcSs", "Väinö"])),
}
"""Every way in which the definition can be broken, on Windows 10 22H2."""

# fleets/bits_tables.yml: what heals each row of the article's tables that the client can heal.
ROWS: Mapping[str, Changes] = {
    "start-80070424-service-missing": CREATED,
    "start-8007043b-not-in-group": (("svchost_group", False, True), STARTED),
    "start-80070422-disabled": (("start_type", "disabled", "demand"), STARTED),
    "start-8007042c-dependency-fail": (
        ("EventSystem.start_type", "disabled", "auto"),
        ("EventSystem.state", "stopped", "running"),
        ("SENS.state", "stopped", "running"),
        STARTED,
    ),
    "start-80070003-path-not-found": (("job_folder", "missing", "present"), STARTED),
    "start-80070002-parameters-missing": (("service_dll", None, SERVICE_DLL), STARTED),
    "job-800704dd-not-logged-on": (
        ("SENS.start_type", "disabled", "auto"),
        ("SENS.state", "stopped", "running"),
        STARTED,
    ),
}
# Nothing of ours makes EventSystem anew; COM, the network, a proxy or the server are others' to mend.
LEFT_ALONE = (
    "start-80070433-dependency-deleted",
    "start-80040154-class-not-registered",
    "start-80040206-event-system-error",
    "job-80070057-invalid-argument",
    "job-80072ee7-name-not-resolved",
    "job-80072f78-invalid-server-response",
    "job-80200013-insufficient-range-support",
    "job-80200011-missing-file-size",
    "job-80190193-http-403",
)
