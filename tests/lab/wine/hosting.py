"""How the services that a machine declares run under Wine.

Wine's service control manager reads the definitions once, when the prefix starts. So a prefix first starts with programs
that Wine has, and the declared registry is laid over afterwards: ``reg.exe`` then shows what a Windows machine shows,
while Wine starts and stops real processes.

BITS and wuauserv are Wine's own. Services that Wine lacks (EventSystem, SENS, CryptSvc and so on) are run by Wine's print
spooler: a service process that does nothing, accepts to be stopped, and answers to whatever name it is started under.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..simulated.machine import MACHINE_SID
from ..simulated.registry import Key, Registry, key_path
from ..simulated.tools import netsh
from ..simulated.values import Value, number, string, strings

SERVICES = key_path(r"HKLM\SYSTEM\CurrentControlSet\Services")
SERVICES_NAME = "\\".join(SERVICES)
USERS_SETTINGS = key_path(rf"HKU\{MACHINE_SID}-500\{netsh.SETTINGS.replace('SOFTWARE', 'Software', 1)}")
"""The administrator's Internet Settings on the declared machine; in Wine they are the one user's."""
_SVCHOST = key_path(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost")
_SYSTEM32 = "C:\\windows\\system32\\"
_WIN32 = 0x30  # SERVICE_WIN32: own or shared process, as opposed to drivers
_AUTO, _DEMAND, _DISABLED = 2, 3, 4

# Wine's svchost.exe starts no service of a group when one of the group cannot be loaded; so BITS gets a group of its own.
BITS_GROUP = "wine-bits"
_PROGRAMS: Mapping[str, str] = {
    "bits": f"svchost.exe -k {BITS_GROUP}",
    "rpcss": "rpcss.exe",
    "wuauserv": "wuauserv.exe",
}
# What a prefix brings and Windows declares, so that a machine that does not declare it has none.
_WINES_OWN = ("BITS", "wuauserv")


def program(registry: Registry, service: str) -> str:
    """The command line by which Wine runs a declared service."""
    if service.lower() == "bits":
        group = registry.value(_SVCHOST, "netsvcs")
        if not group or "bits" not in map(str.lower, group.strings()):
            return f"{_SYSTEM32}svchost.exe -k netsvcs"  # must fail as on Windows: not in its group
    return _SYSTEM32 + _PROGRAMS.get(service.lower(), f"spoolsv.exe {service}")


def services(registry: Registry) -> Iterator[tuple[str, Key]]:
    """The declared Win32 services; drivers, and keys that define nothing, are none."""
    for name in registry.subkeys(SERVICES):
        key = registry.get((*SERVICES, name))
        if key and "imagepath" in key.values and (kind := key.values.get("type")) and kind.number() & _WIN32:
            yield name, key


def boot_keys(registry: Registry, running: Iterable[str]) -> dict[str, list[Value]]:
    """The keys that the prefix starts with; services in ``running`` start with it."""
    starts = {name.lower() for name in running}
    keys = {"\\".join(_SVCHOST): [strings(BITS_GROUP, ["BITS"])]}
    for name, key in services(registry):
        start = key.values.get("start")
        disabled = start is not None and start.number() == _DISABLED
        keys[f"{SERVICES_NAME}\\{name}"] = [
            string("ImagePath", program(registry, name)),
            key.values["type"],
            number("Start", _AUTO if name.lower() in starts else _DISABLED if disabled else _DEMAND),
            number("ErrorControl", 1),
            string("ObjectName", "LocalSystem"),
        ]
    return keys


def absent_keys(registry: Registry) -> list[str]:
    """The services of a fresh prefix that the machine does not have."""
    declared = {name.lower() for name in registry.subkeys(SERVICES)}
    return [f"{SERVICES_NAME}\\{name}" for name in _WINES_OWN if name.lower() not in declared]


def declared_keys(registry: Registry) -> dict[str, list[Value]]:
    """The whole declared registry by full key name, under the names that Wine knows.

    Wine keeps its control set below CurrentControlSet, where Windows has a link to ControlSet001. The administrator is the one
    user that a prefix has, whatever his number there.
    """
    keys = {}
    administrator = tuple(map(str.lower, USERS_SETTINGS[:2]))
    for hive in registry.subkeys(()):
        for path, key in registry.walk((hive,)):
            if len(path) > 2 and path[2].lower() == "controlset001":
                path = (*path[:2], "CurrentControlSet", *path[3:])
            if tuple(map(str.lower, path[:2])) == administrator:
                path = ("HKEY_CURRENT_USER", *path[2:])
            if len(path) > 1:
                keys["\\".join(path)] = list(key.values.values())
    return keys
