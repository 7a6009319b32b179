"""sc.exe config and create."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..errors import NotImplementedInLab
from ..service_config import AUTO_START, DRIVERS, built_in_account, service_path
from ..service_events import ServiceEvents
from ..service_record import Behavior
from ..values import EXPAND_SZ, SZ, number, string, strings
from .sc_session import BadCommandLine, CallFailed, Session, name_and_options

if TYPE_CHECKING:
    from ..service_record import ServiceRecord

_OPTIONS = frozenset(
    {"type=", "start=", "error=", "binpath=", "group=", "tag=", "depend=", "obj=", "displayname=", "password="}
)
_TYPES = {
    "own": 0x10,
    "share": 0x20,
    "interact": 0x100,
    "kernel": 0x1,
    "filesys": 0x2,
    "rec": 0x8,
    "userown": 0x50,
    "usershare": 0x60,
}
_STARTS = {"boot": 0, "system": 1, "auto": 2, "demand": 3, "disabled": 4, "delayed-auto": 2}
_TEXTS = {
    "binpath=": ("ImagePath", EXPAND_SZ),
    "obj=": ("ObjectName", SZ),
    "displayname=": ("DisplayName", SZ),
    "group=": ("Group", SZ),
}
_ERRORS = {"ignore": 0, "normal": 1, "severe": 2, "critical": 3}


def config(session: Session, arguments: Sequence[str]) -> None:
    """``sc config NAME [type= ...] [start= ...] [error= ...] [binPath= ...] [depend= A/B] [obj= ...] [DisplayName= ...]``"""
    name, options = name_and_options(arguments, _OPTIONS)
    if not options:
        raise BadCommandLine
    record = session.open_to_change(name)
    _check(session, record, options, "ChangeServiceConfig")
    old_start = record.start
    _apply(session, record.name, options)
    session.machine.services.reload(record)
    if record.start != old_start:
        ServiceEvents(session.machine).start_type_changed(record.name, old_start, record.start)
    session.success("ChangeServiceConfig")


def create(session: Session, arguments: Sequence[str]) -> None:
    """``sc create NAME binPath= ... [the options of config]``"""
    name, options = name_and_options(arguments, _OPTIONS)
    if "binpath=" not in options:
        raise BadCommandLine
    existing = session.machine.services.find(name)
    if existing is not None:
        raise CallFailed("CreateService", 1072 if existing.deleted else 1073)
    defaults = {"type=": ["own"], "start=": ["demand"], "error=": ["normal"], "obj=": ["LocalSystem"]}
    complete = {**defaults, **options}
    _check(session, None, complete, "CreateService")
    _apply(session, name, complete)
    # A service of this name belongs to Windows' own definitions where there is one: it behaves like that.
    session.machine.services.register(name, session.machine.profile.behaviors.get(name.lower(), Behavior()))
    record = session.open(name)
    if not record.type & DRIVERS:
        ServiceEvents(session.machine).installed(name, options["binpath="][-1], record.start, complete["obj="][-1])
    session.success("CreateService")


def _check(session: Session, record: ServiceRecord | None, options: Mapping[str, list[str]], call: str) -> None:
    """Refuse what ChangeServiceConfig or CreateService refuses, before anything is written."""
    _type(options)
    for option, words in (("start=", _STARTS), ("error=", _ERRORS)):
        if any(value.lower() not in words for value in options.get(option, [])):
            raise BadCommandLine
    if {"tag=", "password="} & options.keys():
        raise NotImplementedInLab("tag= and password=")
    account = options.get("obj=", ["LocalSystem"])[-1]
    if built_in_account(account) is None:
        local = account.removeprefix(".\\").lower()
        if local not in session.machine.users:
            raise CallFailed(call, 1057)
    if record is None:
        return
    # An own process may be interactive, but only as LocalSystem.
    new_type = _type(options)
    if (
        new_type
        and new_type & 0x100
        and built_in_account(options.get("obj=", [session.config(record).account])[-1]) != "LocalSystem"
    ):
        raise CallFailed(call, 87)


def _type(options: Mapping[str, list[str]]) -> int | None:
    words = [value.lower() for value in options.get("type=", [])]
    if not words:
        return None
    if any(word not in _TYPES for word in words):
        raise BadCommandLine
    type_ = 0
    for word in words:
        type_ |= _TYPES[word]
    if type_ == _TYPES["interact"]:
        raise BadCommandLine  # Interactive is an addition to own or share.
    return type_


def _apply(session: Session, name: str, options: Mapping[str, list[str]]) -> None:
    registry, path = session.machine.registry, service_path(name)
    type_ = _type(options)
    if type_ is not None:
        registry.set(path, number("Type", type_))
    for option, value in ((option, values[-1]) for option, values in options.items()):
        if option in _TEXTS:
            value_name, value_type = _TEXTS[option]
            registry.set(path, string(value_name, value, value_type))
        elif option == "start=":
            registry.set(path, number("Start", _STARTS[value.lower()]))
            if _STARTS[value.lower()] == AUTO_START:
                registry.set(path, number("DelayedAutostart", int(value.lower() == "delayed-auto")))
        elif option == "error=":
            registry.set(path, number("ErrorControl", _ERRORS[value.lower()]))
        elif option == "depend=":
            _set_dependencies(session, name, [part for part in value.split("/") if part])


def _set_dependencies(session: Session, name: str, dependencies: Sequence[str]) -> None:
    registry, path = session.machine.registry, service_path(name)
    if dependencies:
        registry.set(path, strings("DependOnService", dependencies))
    else:
        registry.delete_value(path, "DependOnService")
