r"""What group policy keeps in the registry: the settings, and its own records of the last processing.

The records lie below ``HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy``. ``State\Machine`` has every object the
computer saw and when which extension ran, ``History`` the objects that the registry extension applied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..fleet_policy import LOCAL, ObjectSpec
from .registry import KeyPath, key_path
from .values import from_yaml, number, string

if TYPE_CHECKING:
    from .machine import SimulatedMachine

_ROOT = key_path(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy")
STATE = (*_ROOT, "State", "Machine")
HISTORY = (*_ROOT, "History")
ENGINE = "{00000000-0000-0000-0000-000000000000}"
"""The extension that stands for the processing as a whole."""
REGISTRY_EXTENSION = "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"

_DEFAULT_DOMAIN_POLICY = "{31B2F340-016D-11D2-945F-00C04FB984F9}"
_EXTENSIONS = "[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{0F6B957D-509E-11D1-A7CC-0000F87571E3}]"
_VERSION = 65537
_GPO_FLAG_DISABLE = 1
_EPOCH_AS_FILETIME = 11_644_473_600


@dataclass(frozen=True)
class PolicyTimes:
    """Begin and end of a processing, in seconds since 1970."""

    started: float
    ended: float


class PolicyState:
    """Writes the records of one machine, in a domain or a workgroup."""

    def __init__(self, machine: SimulatedMachine, domain: str | None) -> None:
        self._machine = machine
        self._domain = domain
        self._dn = "" if domain is None else ",".join(f"DC={part}" for part in domain.split("."))

    def exists(self) -> bool:
        """Whether group policy was ever processed."""
        return self._machine.registry.get((*STATE, "GPO-List")) is not None

    def write(self, objects: Sequence[ObjectSpec], times: PolicyTimes, *, extension: bool) -> None:
        """Record a processing that saw these objects; where the registry extension ran, write their settings first."""
        applied = [each for each in objects if each.state == "applied" and each.settings]
        if extension:
            self._apply(applied)
        registry = self._machine.registry
        registry.delete_key((*STATE, "GPO-List"))
        registry.create((*STATE, "GPO-List"))
        if self._domain:
            registry.set(STATE, string("Distinguished-Name", f"CN={self._machine.computer_name},OU=Clients,{self._dn}"))
            registry.set(STATE, string("Site-Name", "Default-First-Site-Name"))
            registry.set(HISTORY, string("MachineDomain", self._domain))
            registry.set(HISTORY, string("DCName", f"\\\\dc1.{self._domain}"))
        for index, each in enumerate(objects):
            self._seen((*STATE, "GPO-List", f"{index:x}"), each)
        self._ran(ENGINE, times)
        if extension:
            self._ran(REGISTRY_EXTENSION, times)
            registry.delete_key((*HISTORY, REGISTRY_EXTENSION))
            for index, each in enumerate(applied):
                self._applied((*HISTORY, REGISTRY_EXTENSION, f"{index:x}"), each)

    def _apply(self, objects: Sequence[ObjectSpec]) -> None:
        for each in objects:
            for key, values in each.settings.items():
                path = key_path(key)
                self._machine.registry.create(path)
                self._machine.registry.set(path, *(from_yaml(name, data) for name, data in values.items()))

    def _seen(self, path: KeyPath, each: ObjectSpec) -> None:
        disabled = each.state == "disabled"
        numbers = {
            "Version": _VERSION if each.settings else 0,
            "WQLFilterPass": int(each.state != "wmi_filtered"),
            "AccessDenied": int(each.state == "denied"),
            "GPO-Disabled": int(disabled),
            "Options": _GPO_FLAG_DISABLE if disabled else 0,
        }
        texts = {"GPOID": each.id, "SOM": self._link(each), "DisplayName": each.name, "WQL-Id": self._filter(each)}
        self._set(path, numbers, texts)

    def _applied(self, path: KeyPath, each: ObjectSpec) -> None:
        if each.id == LOCAL:
            place, files, link = LOCAL, r"C:\Windows\System32\GroupPolicy\Machine", "Local"
        else:
            place = f"LDAP://CN=Machine,cn={each.id},cn=policies,cn=system,{self._dn}"
            files = rf"\\{self._domain}\SysVol\{self._domain}\Policies\{each.id}\Machine"
            link = f"LDAP://{self._link(each)}"
        texts = {
            "DSPath": place,
            "FileSysPath": files,
            "DisplayName": each.name,
            "Extensions": _EXTENSIONS,
            "Link": link,
        }
        numbers = {"Options": 0, "Version": _VERSION, "GPOLink": 1 if each.id == LOCAL else 3}
        self._set(path, numbers, {**texts, "GPOName": each.id})

    def _set(self, path: KeyPath, numbers: Mapping[str, int], texts: Mapping[str, str]) -> None:
        values = [number(name, value) for name, value in numbers.items()]
        self._machine.registry.set(path, *values, *(string(name, text) for name, text in texts.items()))

    def _link(self, each: ObjectSpec) -> str:
        """The domain or organizational unit that the object is linked to."""
        if each.id == LOCAL:
            return "Local"
        return self._dn if each.id.upper() == _DEFAULT_DOMAIN_POLICY else f"OU=Clients,{self._dn}"

    def _filter(self, each: ObjectSpec) -> str:
        if each.state != "wmi_filtered":
            return ""
        return f"[{self._domain};{{7E2A0B1C-2F64-4C4E-9B61-0E6E5D1B7A33}};0]"

    def _ran(self, extension: str, times: PolicyTimes) -> None:
        path = (*STATE, "Extension-List", extension)
        numbers = {"Status": 0, "LoggingStatus": 0}
        for name, moment in (("StartTime", times.started), ("EndTime", times.ended)):
            filetime = round((moment + _EPOCH_AS_FILETIME) * 10_000_000)
            numbers |= {f"{name}Lo": filetime & 0xFFFFFFFF, f"{name}Hi": filetime >> 32}
        self._set(path, numbers, {})
