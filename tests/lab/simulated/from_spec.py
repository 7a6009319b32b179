"""A simulated machine from its description in a fleet file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from ..fleet import FleetError, MachineSpec, ProxySpec
from ..machine import Faults
from .language import load_language
from .machine import MACHINE_SID, SimulatedMachine
from .past import live_through
from .profile import load_profile
from .registry import Registry, key_path
from .service_config import AUTO_START, DEMAND_START, RUNNING, STOPPED, SVCHOST_GROUPS, ServiceConfig, service_path
from .service_record import NEVER_STARTED, Behavior, Status
from .tools import netsh
from .values import BINARY, Value, from_yaml, number, string, strings

BOOTED = 86400.0
"""Seconds since the start of Windows when a machine is created."""

_BEHAVIOR = {item.name for item in fields(Behavior)}
_SERVICE_KEYS = _BEHAVIOR | {"deleted", "listed", "state", "exit_code", "values", "keys"}
_LOCALES = {
    "en": ("0409", "1252", "437"),
    "ja": ("0411", "932", "932"),
    "de": ("0407", "1252", "850"),
    "es": ("0c0a", "1252", "850"),
}


def simulated_machine(spec: MachineSpec, clock: Callable[[], float] = time.time) -> SimulatedMachine:
    """The machine, its Windows running for a day.

    :raises FleetError: a release, language, registry value, service or channel that the lab does not know
    """
    try:
        profile, language = load_profile(spec.windows), load_language(spec.language)
    except ValueError as error:
        raise FleetError(f"{spec.where}: {error}") from None
    _check_settings(spec)
    _locale, ansi, oem = _LOCALES[language.code]
    machine = SimulatedMachine(
        spec.name,
        profile,
        language,
        spec.users,
        groups=spec.groups,
        clock=clock,
        domain=spec.domain,
        policy=spec.group_policy,
        agent=spec.agent,
        store=spec.store,
        identity=spec.client_id,
        free_space=spec.free_space,
        constrained=spec.language_mode == "constrained",
        console=spec.console,
        code_pages=(int(ansi), int(oem)),
        subsystems=spec.subsystems,
    )
    if spec.network:
        machine.network = spec.network.join()
    _identify(machine, spec.domain)
    machine.identity.install()
    machine.policy.process_past(spec.group_policy.processed)
    _write_registry(machine.registry, spec)
    _set_proxies(machine, spec.proxy)
    behaviors = _configure_services(machine, spec)
    _write_files(machine, spec)
    with machine.ago(BOOTED):
        machine.services.boot(behaviors)
    for name, service in spec.services.items():
        _set_state(machine, name, service, spec)
    live_through(machine, spec)
    machine.store.install()
    _protect(machine.registry, spec)
    machine.faults = Faults(**spec.faults)
    return machine


def _protect(registry: Registry, spec: MachineSpec) -> None:
    for name in spec.read_only:
        try:
            path = key_path(name)
        except ValueError as error:
            raise FleetError(f"{spec.where}: read_only: {error}") from None
        if registry.get(path) is None:
            raise FleetError(f"{spec.where}: read_only: {name} does not exist")
        registry.protect(path)


def _check_settings(spec: MachineSpec) -> None:
    for each in spec.group_policy.objects or ():
        for key, values in each.settings.items():
            where = f"{spec.where}: group_policy: objects: {each.name}: {key}"
            try:
                _write_values(Registry(), key_path(key), values, where)
            except ValueError as error:
                raise error if isinstance(error, FleetError) else FleetError(f"{where}: {error}") from None


def _identify(machine: SimulatedMachine, domain: str | None) -> None:
    """What differs from machine to machine: names, domain, locale."""
    registry, name = machine.registry, machine.computer_name
    control = key_path(r"HKLM\SYSTEM\CurrentControlSet\Control")
    for key in ("ComputerName", "ActiveComputerName"):
        registry.set((*control, "ComputerName", key), string("ComputerName", name))
    parameters = key_path(r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters")
    registry.set(
        parameters,
        *(string(value, machine.name.lower()) for value in ("Hostname", "NV Hostname")),
        *(string(value, domain or "") for value in ("Domain", "NV Domain")),
    )
    registry.set(service_path("Netlogon"), number("Start", AUTO_START if domain else DEMAND_START))
    language, ansi, oem = _LOCALES[machine.text.code]
    registry.set((*control, "Nls", "Language"), string("InstallLanguage", language))
    registry.set((*control, "Nls", "CodePage"), string("ACP", ansi), string("OEMCP", oem))


def _write_registry(registry: Registry, spec: MachineSpec) -> None:
    for name, values in spec.registry.items():
        where = f"{spec.where}: registry: {name}"
        try:
            path = key_path(name)
        except ValueError as error:
            raise FleetError(f"{where}: {error}") from None
        if values is None:
            if not registry.delete_key(path):
                raise FleetError(f"{where}: there is no such key to delete")
        else:
            _write_values(registry, path, values, where)


def _set_proxies(machine: SimulatedMachine, proxy: ProxySpec) -> None:
    """The machine's proxy as netsh.exe would have set it, the administrator's as the Internet Options would."""
    if proxy.machine:
        settings = netsh.blob(proxy.machine, proxy.bypass, build=machine.profile.build)
        machine.registry.set(netsh.CONNECTIONS, Value(netsh.VALUE, BINARY, settings))
    if proxy.user:
        path = key_path(rf"HKU\{MACHINE_SID}-500\{netsh.SETTINGS.replace('SOFTWARE', 'Software', 1)}")
        machine.registry.set(path, number("ProxyEnable", 1))
        machine.registry.set(path, string("ProxyServer", proxy.user))


def _write_values(registry: Registry, path: tuple[str, ...], values: Mapping[str, Any], where: str) -> None:
    registry.create(path)
    for name, data in values.items():
        if data is None:
            if not registry.delete_value(path, name):
                raise FleetError(f"{where}: {name}: there is no such value to delete")
            continue
        try:
            registry.set(path, from_yaml(name, data))
        except (ValueError, OverflowError) as error:
            raise FleetError(f"{where}: {name}: {error}") from None


def _configure_services(machine: SimulatedMachine, spec: MachineSpec) -> Mapping[str, Behavior]:
    behaviors = dict(machine.profile.behaviors)
    for name, service in spec.services.items():
        where = f"{spec.where}: services: {name}"
        if strange := service.keys() - _SERVICE_KEYS:
            raise FleetError(
                f"{where}: unknown key {sorted(strange)[0]!r}; expected one of {', '.join(sorted(_SERVICE_KEYS))}"
            )
        path = service_path(name)
        if service.get("deleted"):
            if len(service) > 1 or not machine.registry.delete_key(path):
                raise FleetError(f"{where}: deleted: goes with no other key and needs a service of the release")
            continue
        if machine.registry.get(path) is None and "values" not in service:
            raise FleetError(f"{where}: the release has no such service; give its values to add it")
        _write_values(machine.registry, path, service.get("values") or {}, f"{where}: values")
        for key, values in (service.get("keys") or {}).items():
            subkey = (*path, *key.split("\\"))
            if values is None:
                machine.registry.delete_key(subkey)
            else:
                _write_values(machine.registry, subkey, values, f"{where}: keys: {key}")
        if service.get("listed") is False:
            _remove_from_group(machine, name, where)
        own = {key: value for key, value in service.items() if key in _BEHAVIOR}
        if own.get("hangs") not in (None, "starting", "stopping"):
            raise FleetError(f"{where}: hangs: expected starting or stopping")
        behaviors[name.lower()] = replace(behaviors.get(name.lower(), Behavior()), **own)
    return behaviors


def _remove_from_group(machine: SimulatedMachine, name: str, where: str) -> None:
    group = ServiceConfig(machine.registry, name).svchost_group or ""
    members = machine.registry.value(SVCHOST_GROUPS, group)
    if members is None:
        raise FleetError(f"{where}: listed: the service belongs to no svchost group")
    rest = [member for member in members.strings() if member.lower() != name.lower()]
    machine.registry.set(SVCHOST_GROUPS, strings(group, rest))


def _set_state(machine: SimulatedMachine, name: str, service: Mapping[str, Any], spec: MachineSpec) -> None:
    state = service.get("state")
    if state is None and "exit_code" in service:
        raise FleetError(f"{spec.where}: services: {name}: exit_code: needs state: stopped")
    if state == "running":
        machine.services.set_state(name, Status(RUNNING, 0))
    elif state == "stopped":
        machine.services.set_state(name, Status(STOPPED, service.get("exit_code", NEVER_STARTED)))
    elif state is not None:
        raise FleetError(f"{spec.where}: services: {name}: state: expected running or stopped")


def _write_files(machine: SimulatedMachine, spec: MachineSpec) -> None:
    for path, content in spec.files.items():
        if content is None:
            done = machine.files.delete(path)
        elif isinstance(content, str):
            done = machine.files.write(path, content.encode())
        elif content == {}:
            done = machine.files.create_folder(path)
        else:
            raise FleetError(f"{spec.where}: files: {path}: expected a text, {{}} for a folder, or null for nothing")
        if not done:
            raise FleetError(
                f"{spec.where}: files: {path}: "
                + ("not there" if content is None else "its folder is not there, or it is")
            )
