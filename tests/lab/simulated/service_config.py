"""What the registry says about a service, and the constants of the service control manager."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .registry import KeyPath, Registry, key_path
from .values import Value

SERVICES = key_path(r"HKLM\SYSTEM\CurrentControlSet\Services")
SVCHOST_GROUPS = key_path(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost")

STOPPED, START_PENDING, STOP_PENDING, RUNNING = 1, 2, 3, 4
STATE_NAMES = {
    1: "STOPPED",
    2: "START_PENDING",
    3: "STOP_PENDING",
    4: "RUNNING",
    5: "CONTINUE_PENDING",
    6: "PAUSE_PENDING",
    7: "PAUSED",
}

BOOT_START, SYSTEM_START, AUTO_START, DEMAND_START, DISABLED = range(5)
START_NAMES = {0: "BOOT_START", 1: "SYSTEM_START", 2: "AUTO_START", 3: "DEMAND_START", 4: "DISABLED"}
ERROR_CONTROL_NAMES = {0: "IGNORE", 1: "NORMAL", 2: "SEVERE", 3: "CRITICAL"}

DRIVERS = 0x0F
OWN_PROCESS, SHARE_PROCESS, INTERACTIVE = 0x10, 0x20, 0x100
TYPE_NAMES = {
    0x01: "KERNEL_DRIVER",
    0x02: "FILE_SYSTEM_DRIVER",
    0x10: "WIN32_OWN_PROCESS",
    0x20: "WIN32_SHARE_PROCESS",
    0x30: "WIN32",
    0x50: "USER_OWN_PROCESS",
    0x60: "USER_SHARE_PROCESS",
    0xD0: "USER_OWN_PROCESS INSTANCE",
    0xE0: "USER_SHARE_PROCESS INSTANCE",
}

# The names that Windows knows (winnt.h, SE_*_NAME): LookupPrivilegeValue fails with 1313 for any other.
PRIVILEGES = frozenset(
    f"se{name.lower()}privilege"
    for name in (
        "AssignPrimaryToken Audit Backup ChangeNotify CreateGlobal CreatePagefile CreatePermanent CreateSymbolicLink CreateToken "
        "Debug DelegateSessionUserImpersonate EnableDelegation Impersonate IncreaseBasePriority IncreaseQuota IncreaseWorkingSet "
        "LoadDriver LockMemory MachineAccount ManageVolume ProfileSingleProcess Relabel RemoteShutdown Restore Security Shutdown "
        "SyncAgent SystemEnvironment SystemProfile Systemtime TakeOwnership Tcb TimeZone TrustedCredManAccess Undock "
        "UnsolicitedInput"
    ).split()
)
# What LocalService and NetworkService hold; LocalSystem holds all.
SERVICE_ACCOUNT_PRIVILEGES = frozenset(
    f"se{name.lower()}privilege"
    for name in "AssignPrimaryToken Audit ChangeNotify CreateGlobal Impersonate IncreaseQuota IncreaseWorkingSet Shutdown Systemtime "
    "TimeZone Undock".split()
)

_ACCOUNTS = {
    "localsystem": "LocalSystem",
    ".\\localsystem": "LocalSystem",
    "nt authority\\system": "LocalSystem",
    "nt authority\\localservice": "LocalService",
    "nt authority\\local service": "LocalService",
    "nt authority\\networkservice": "NetworkService",
    "nt authority\\network service": "NetworkService",
}


def built_in_account(name: str) -> str | None:
    """Which of the three service accounts a name means; None for any other, whose password the lab does not know."""
    return _ACCOUNTS.get(name.lower())


def service_path(name: str) -> KeyPath:
    """The registry key of a service."""
    return (*SERVICES, name)


@dataclass(frozen=True)
class ServiceConfig:
    """The configuration values of a service as its key holds them now."""

    registry: Registry
    name: str

    def value(self, name: str, subkey: str = "") -> Value | None:
        """A value of the service's key, or of a key below it."""
        path = service_path(self.name)
        return self.registry.value((*path, subkey) if subkey else path, name)

    def number(self, name: str, default: int = 0) -> int:
        """A number; the default stands in for a missing value."""
        value = self.value(name)
        return value.number() if value else default

    def string(self, name: str, subkey: str = "") -> str | None:
        """A text, or None where the value is missing."""
        value = self.value(name, subkey)
        return value.string() if value else None

    def strings(self, name: str) -> list[str]:
        """A list of texts, empty where the value is missing."""
        value = self.value(name)
        return value.strings() if value else []

    @property
    def image_path(self) -> str:
        """The command line of the service's process, or a driver's file."""
        return self.string("ImagePath") or ""

    @property
    def account(self) -> str:
        """The account it runs as; a missing name means LocalSystem."""
        return self.string("ObjectName") or "LocalSystem"

    @property
    def service_dll(self) -> str | None:
        """The library that svchost.exe loads: below Parameters, or in the service's own key."""
        return self.string("ServiceDll", "Parameters") or self.string("ServiceDll")

    @property
    def shares_svchost(self) -> bool:
        """True for a service inside svchost.exe."""
        return _svchost(self.image_path)[0]

    @property
    def svchost_group(self) -> str | None:
        """What follows svchost's ``-k``; None where it has no such switch, as when a dash stands in for the hyphen."""
        return _svchost(self.image_path)[1]


@lru_cache(maxsize=1024)
def _svchost(image_path: str) -> tuple[bool, str | None]:
    """Whether a command line runs svchost.exe, and the group that it names."""
    program = re.search(r"\\svchost(\.exe)?\"?(\s|$)", image_path, re.IGNORECASE)
    group = re.search(r"\s[-/]k\s+(\S+)", image_path, re.IGNORECASE)
    return program is not None, group[1] if group else None
