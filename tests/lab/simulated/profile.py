"""Windows releases as data: what a machine of each has before anyone changes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .files import Entry, FileSystem
from .registry import Key, Registry, key_path
from .service_config import service_path
from .service_record import Behavior
from .values import from_yaml

_FOLDER = Path(__file__).parent / "windows"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

CHANNELS = (
    "Application",
    "Security",
    "Setup",
    "System",
    "Microsoft-Windows-Bits-Client/Operational",
    "Microsoft-Windows-GroupPolicy/Operational",
    "Microsoft-Windows-WindowsUpdateClient/Operational",
)
# What Microsoft gives as the default of BITS; Windows gives most services of this kind the same.
SERVICE_SECURITY = "D:(A;CI;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWLOCRRC;;;IU)(A;;CCLCSWLOCRRC;;;SU)"
_BUILD_OF_WINDOWS_8 = 9200
_ENVIRONMENT = {
    "systemdrive": "C:",
    "systemroot": "C:\\Windows",
    "windir": "C:\\Windows",
    "comspec": "C:\\Windows\\System32\\cmd.exe",
    "temp": "C:\\Windows\\Temp",
    "tmp": "C:\\Windows\\Temp",
    "programdata": "C:\\ProgramData",
    "allusersprofile": "C:\\ProgramData",
    "programfiles": "C:\\Program Files",
    "processor_architecture": "AMD64",
}


@dataclass(frozen=True)
class Profile:
    """A Windows release; registry and files are shared by all its machines and never changed."""

    name: str
    build: int
    revision: int
    registry: Key
    files: Mapping[str, Entry]
    behaviors: Mapping[str, Behavior]
    gui_programs: frozenset[str]
    """File names, in lower case, of programs of the GUI subsystem."""
    channels: tuple[str, ...] = CHANNELS
    service_security: str = SERVICE_SECURITY

    @property
    def environment(self) -> Mapping[str, str]:
        """The system's environment variables by lower-case name."""
        return _ENVIRONMENT

    @property
    def version(self) -> str:
        """The version as ``ver`` prints it; before Windows 10 1507 its third part is the last."""
        kernel = {7601: "6.1", 9600: "6.3"}.get(self.build, "10.0")
        return f"{kernel}.{self.build}" + (f".{self.revision}" if self.build >= 10240 else "")


def profile_names() -> list[str]:
    """The names of all releases."""
    return list(_data("releases"))


@lru_cache
def load_profile(name: str) -> Profile:
    """A release by name.

    :raises ValueError: there is none of that name
    """
    release = _data("releases").get(name)
    if release is None:
        raise ValueError(f"unknown Windows {name!r}, expected one of {', '.join(profile_names())}")
    build = release["build"]
    registry = Registry()
    for part in ("registry", *(("registry_before_8",) if build < _BUILD_OF_WINDOWS_8 else ())):
        for key, values in _data(part).items():
            _write(registry, key_path(key), values)
    _write(registry, key_path(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"), release["version"])
    behaviors = {}
    for service, definition in _data("services")["services"].items():
        if build >= definition.get("since", 0):
            for subkey, values in _service(definition, build):
                _write(registry, (*service_path(service), *subkey), values)
            behaviors[service.lower()] = _behavior(definition, build)
    # The name under which everyone knows ControlSet001; following it is the registry's business.
    system = registry.get(("HKEY_LOCAL_MACHINE", "SYSTEM"))
    assert system is not None
    linked = Key(system.name, system.values, {**system.keys, "currentcontrolset": Key("CurrentControlSet")})
    machine = registry.root.keys["hkey_local_machine"]
    machine = Key(machine.name, machine.values, {**machine.keys, "system": linked})
    root = Key("", {}, {**registry.root.keys, "hkey_local_machine": machine})
    return Profile(name, build, release["version"].get("UBR", 0), root, _files(build), behaviors, _gui_programs(build))


def _service(definition: Mapping[str, Any], build: int) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The keys of a service in that build: the path below its key, and the values."""
    values = dict(definition["values"])
    keys = {name: dict(content) for name, content in definition.get("keys", {}).items()}
    for change in definition.get("changes", []):
        if build >= change["from"]:
            values |= change.get("values", {})
            for name, content in change.get("keys", {}).items():
                keys[name] = keys.get(name, {}) | content
    yield (), values
    for name, content in keys.items():
        yield tuple(name.split("\\")), content


def _behavior(definition: Mapping[str, Any], build: int) -> Behavior:
    behavior = dict(definition.get("behavior", {}))
    for change in definition.get("changes", []):
        if build >= change["from"]:
            behavior |= change.get("behavior", {})
    return Behavior(**behavior)


def _write(registry: Registry, path: tuple[str, ...], values: Mapping[str, Any]) -> None:
    registry.create(path)
    for name, data in values.items():
        if data is not None:
            registry.set(path, from_yaml(name, data))


def _files(build: int) -> Mapping[str, Entry]:
    files = FileSystem({"c:": Entry("C:")})
    data = _data("files")
    for folder in data["folders"]:
        files.create_folder(folder["path"])
    for group in data["files"]:
        if group.get("since", 0) <= build < group.get("until", build + 1):
            for name in group["names"]:
                files.write(f"{group['path']}\\{name}", group.get("content", "").replace("\n", "\r\n").encode())
    return files.entries


def _gui_programs(build: int) -> frozenset[str]:
    return frozenset(
        program["name"].lower()
        for program in _data("programs")["gui"]
        if program.get("since", 0) <= build < program.get("until", build + 1)
    )


@lru_cache
def _data(name: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = yaml.load((_FOLDER / f"{name}.yml").read_text(encoding="utf-8"), Loader=_LOADER)
    return data
