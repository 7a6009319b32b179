"""Fleets: the machines that a YAML file describes; its keys are explained in fleets/README.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import yaml

from .fleet_agent import AgentSpec, read_agent
from .fleet_identity import IdentitySpec, read_identity
from .fleet_jobs import JobSpec, files_on_servers, read_job
from .fleet_policy import DOMAIN, PolicySpec, read_domain, read_policy
from .fleet_programs import read_subsystems
from .fleet_proxy import ProxySpec, read_proxy
from .fleet_reading import FleetError, flag, item_list, mapping, seconds, text
from .fleet_store import StoreSpec, read_store
from .machine import Faults, Machine, User
from .network import MachineNetwork, Network
from .network.spec import read_endpoints, read_names

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

__all__ = [
    "AttemptSpec",
    "EventSpec",
    "FleetError",
    "JobSpec",
    "MachineSpec",
    "ProxySpec",
    "create_machine",
    "load_fleet",
    "read_fleet",
]

KINDS = ("simulated", "wine", "replay")
_OF_REPLAY = {"name", "kind", "replay", "users", "groups", "faults"}
LANGUAGE_MODES = ("full", "constrained")
CONSOLES = ("utf-8", "oem", "psrp")
FREE_SPACE = 64 << 30
"""Bytes free on drive C of a machine that says nothing of it."""


@dataclass(frozen=True)
class EventSpec:
    """An event that lies in a log already; ``age`` in seconds, ``binary`` as raw bytes."""

    channel: str
    provider: str
    id: int
    age: float
    data: tuple[tuple[str, str], ...] = ()
    level: int | None = None
    binary: bytes | None = None


@dataclass(frozen=True)
class AttemptSpec:
    """A start of a service that was tried, ``age`` seconds ago."""

    start: str
    age: float


@dataclass(frozen=True)
class MachineSpec:
    """One machine as its fleet file describes it; ``where`` is the beginning of messages about it."""

    name: str
    where: str
    kind: str = "simulated"
    windows: str = "windows-10-22h2"
    language: str = "en"
    users: tuple[User, ...] = ()
    groups: tuple[str, ...] = ()
    registry: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[str, str | Mapping[str, Any] | None] = field(default_factory=dict)
    events: tuple[EventSpec, ...] = ()
    jobs: tuple[JobSpec, ...] = ()
    attempts: tuple[AttemptSpec, ...] = ()
    faults: Mapping[str, Any] = field(default_factory=dict)
    domain: str | None = DOMAIN
    group_policy: PolicySpec = field(default_factory=PolicySpec)
    agent: AgentSpec = field(default_factory=AgentSpec)
    store: StoreSpec = field(default_factory=StoreSpec)
    client_id: IdentitySpec = field(default_factory=IdentitySpec)
    free_space: int = FREE_SPACE
    network: MachineNetwork | None = None
    language_mode: str = "full"
    console: str = "utf-8"
    proxy: ProxySpec = field(default_factory=ProxySpec)
    subsystems: Mapping[str, str] = field(default_factory=dict)
    read_only: tuple[str, ...] = ()
    replay: Path | None = None


_MACHINE_KEYS = {item.name for item in fields(MachineSpec)} - {"where"} | {"count", "first"}
_FAULT_KEYS = {item.name for item in fields(Faults)}


def load_fleet(path: Path) -> list[Machine]:
    """The machines of a fleet file, ready to be used.

    :raises FleetError: the file cannot be read, or something in it is wrong
    """
    return [create_machine(spec) for spec in read_fleet(path)]


def create_machine(spec: MachineSpec) -> Machine:
    """The machine that a description asks for: a simulated one, a Wine machine that starts as its likeness, or a replay.

    :raises FleetError: the description is wrong in a way that only the machine can tell
    """
    if spec.kind == "wine":
        from .wine.machine import WineMachine

        return WineMachine.from_spec(spec)
    if spec.replay is not None:
        from .replay.capture import read_capture
        from .replay.machine import ReplayMachine

        replay = ReplayMachine(spec.name, read_capture(spec.replay, spec.where), spec.users, spec.groups)
        replay.faults = Faults(**spec.faults)
        return replay
    from .simulated.from_spec import simulated_machine

    return simulated_machine(spec)


def read_fleet(path: Path) -> list[MachineSpec]:
    """The descriptions of the machines of a fleet file.

    :raises FleetError: the file cannot be read, or something in it is wrong
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise FleetError(f"{path}: {error}") from error
    where = str(path)
    data = mapping(data, where, {"defaults", "endpoints", "machines", "templates"})
    defaults = mapping(data.get("defaults") or {}, f"{where}: defaults", _MACHINE_KEYS - {"name", "count", "first"})
    machines = data.get("machines")
    if not isinstance(machines, list) or not machines:
        raise FleetError(f"{where}: machines: expected a list with at least one machine")
    network = Network(read_endpoints(data.get("endpoints"), f"{where}: endpoints"))
    specs = [
        spec for number, item in enumerate(machines, 1) for spec in _machines(item, defaults, where, number, network)
    ]
    network.files |= files_on_servers(job for spec in specs for job in spec.jobs)
    names = [spec.name.lower() for spec in specs]
    for name in names:
        if names.count(name) > 1:
            raise FleetError(f"{where}: machine {name}: the name occurs twice")
    return specs


def _machines(
    item: Any, defaults: Mapping[str, Any], path: str, number: int, network: Network
) -> Iterator[MachineSpec]:
    name = item.get("name") if isinstance(item, dict) else None
    where = f"{path}: machine {name or number}"
    own = mapping(item, where, _MACHINE_KEYS)
    if "replay" in own or own.get("kind") == "replay":
        yield _replay(own, defaults, path, where)
        return
    item = {**defaults, **own}
    if not isinstance(name, str) or not name:
        raise FleetError(f"{where}: name: expected a text")
    if "count" not in item:
        if "first" in item:
            raise FleetError(f"{where}: first: needs count")
        yield _machine(name, item, where, network)
        return
    count, first = item["count"], item.get("first", 1)
    if not isinstance(count, int) or count < 1 or not isinstance(first, int):
        raise FleetError(f"{where}: count: expected a number of machines")
    for n in range(first, first + count):
        try:
            numbered = name.format(n=n)
        except (KeyError, ValueError, IndexError) as error:
            raise FleetError(f"{where}: name: expected a pattern such as client-{{n:03d}}") from error
        if numbered == name:
            raise FleetError(f"{where}: name: with count it must hold {{n}}")
        yield _machine(numbered, item, f"{path}: machine {numbered}", network)


def _replay(own: Mapping[str, Any], defaults: Mapping[str, Any], path: str, where: str) -> MachineSpec:
    """A machine that a capture describes: of the defaults it has what is not of Windows."""
    mapping(own, where, _OF_REPLAY)
    if own.get("kind", "replay") != "replay":
        raise FleetError(f"{where}: replay: goes with no other kind")
    item = {**{key: value for key, value in defaults.items() if key in _OF_REPLAY}, **own, "kind": "simulated"}
    item.pop("replay", None)
    described = _machine(text(own.get("name"), f"{where}: name"), item, where, Network(read_endpoints(None, where)))
    capture = Path(path).parent / text(own.get("replay"), f"{where}: replay")
    return replace(described, kind="replay", network=None, replay=capture)


def _machine(name: str, item: Mapping[str, Any], where: str, network: Network) -> MachineSpec:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        raise FleetError(f"{where}: name: letters, digits, dots, hyphens and underscores only")
    if item.get("kind", "simulated") not in KINDS:
        raise FleetError(f"{where}: kind: expected one of {', '.join(KINDS)}")
    language_mode = item.get("language_mode", "full")
    if language_mode not in LANGUAGE_MODES:
        raise FleetError(f"{where}: language_mode: expected one of {', '.join(LANGUAGE_MODES)}")
    console = item.get("console", "utf-8")
    if console not in CONSOLES:
        raise FleetError(f"{where}: console: expected one of {', '.join(CONSOLES)}")
    free_space = item.get("free_space", FREE_SPACE)
    if not isinstance(free_space, int) or isinstance(free_space, bool) or free_space < 0:
        raise FleetError(f"{where}: free_space: expected a number of bytes")
    domain = read_domain(item, where)
    registry = mapping(item.get("registry") or {}, f"{where}: registry")
    services = mapping(item.get("services") or {}, f"{where}: services")
    return MachineSpec(
        name=name,
        where=where,
        kind=item.get("kind", "simulated"),
        windows=text(item.get("windows", "windows-10-22h2"), f"{where}: windows"),
        language=text(item.get("language", "en"), f"{where}: language"),
        users=tuple(_user(user, f"{where}: users") for user in item_list(item, "users", where)),
        groups=tuple(text(group, f"{where}: groups") for group in item_list(item, "groups", where)),
        registry={
            key: None if value is None else mapping(value, f"{where}: registry: {key}")
            for key, value in registry.items()
        },
        services={key: mapping(value, f"{where}: services: {key}") for key, value in services.items()},
        files=mapping(item.get("files") or {}, f"{where}: files"),
        events=tuple(
            _event(event, f"{where}: events: {n}") for n, event in enumerate(item_list(item, "events", where), 1)
        ),
        jobs=tuple(read_job(job, f"{where}: jobs: {n}") for n, job in enumerate(item_list(item, "jobs", where), 1)),
        attempts=tuple(
            _attempt(attempt, f"{where}: attempts: {n}")
            for n, attempt in enumerate(item_list(item, "attempts", where), 1)
        ),
        faults=mapping(item.get("faults") or {}, f"{where}: faults", _FAULT_KEYS),
        domain=domain,
        group_policy=read_policy(item.get("group_policy"), domain, where),
        agent=read_agent(item.get("agent"), where),
        store=read_store(item.get("store"), where),
        client_id=read_identity(item.get("client_id"), where),
        free_space=free_space,
        network=MachineNetwork(network, *read_names(item.get("network"), network.endpoints, f"{where}: network")),
        language_mode=language_mode,
        console=console,
        proxy=read_proxy(item.get("proxy"), where),
        subsystems=read_subsystems(item.get("subsystems"), where),
        read_only=tuple(text(key, f"{where}: read_only") for key in item_list(item, "read_only", where)),
    )


def _user(data: Any, where: str) -> User:
    data = mapping(data, where, {"name", "password", "administrator"})
    return User(
        text(data.get("name"), f"{where}: name"),
        text(data.get("password"), f"{where}: password"),
        flag(data.get("administrator", True), f"{where}: administrator"),
    )


def _event(data: Any, where: str) -> EventSpec:
    data = mapping(data, where, {"channel", "provider", "id", "age", "data", "level", "binary"})
    binary = data.get("binary")
    for key in ("id", "level"):
        if not isinstance(data.get(key, 0 if key == "level" else None), int):
            raise FleetError(f"{where}: {key}: expected a number")
    return EventSpec(
        channel=text(data.get("channel"), f"{where}: channel"),
        provider=text(data.get("provider"), f"{where}: provider"),
        id=data["id"],
        age=seconds(data.get("age"), f"{where}: age"),
        data=tuple(
            (str(name), _datum(value)) for name, value in mapping(data.get("data") or {}, f"{where}: data").items()
        ),
        level=data.get("level"),
        binary=None if binary is None else f"{text(binary, f'{where}: binary')}\0".encode("utf-16-le"),
    )


def _datum(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _attempt(data: Any, where: str) -> AttemptSpec:
    data = mapping(data, where, {"start", "age"})
    return AttemptSpec(text(data.get("start"), f"{where}: start"), seconds(data.get("age"), f"{where}: age"))
