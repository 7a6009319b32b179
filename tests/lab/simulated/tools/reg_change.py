"""reg.exe add, delete and copy. Without ``/f`` reg.exe asks before it replaces or deletes: nobody could answer it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..errors import WouldWaitForInput
from ..registry import AccessDenied
from ..values import (
    BINARY,
    DWORD,
    DWORD_BIG_ENDIAN,
    EXPAND_SZ,
    MULTI_SZ,
    NONE,
    QWORD,
    SZ,
    TYPE_NUMBERS,
    Value,
    number,
    string,
    strings,
)
from .reg_options import InvalidSyntax, Session, parse_options, value_name

_ADDABLE = frozenset({SZ, MULTI_SZ, EXPAND_SZ, DWORD, QWORD, BINARY, NONE, DWORD_BIG_ENDIAN})


def add(session: Session, arguments: Sequence[str]) -> int:
    """``reg add KEY [/v NAME | /ve] [/t TYPE] [/s SEPARATOR] [/d DATA] [/f] [/reg:32|/reg:64]``"""
    if not arguments:
        raise InvalidSyntax(session.text("invalid_syntax"))
    options = parse_options(session, arguments[1:], "/ve /f", "/v /t /s /d")
    path = session.view.writable(session.key(arguments[0], options))
    name = value_name(options)
    if name is None:
        if {"/t", "/d", "/s"} & options.keys():
            raise InvalidSyntax(session.text("invalid_syntax"))
        _create(session, path)
        return session.success()
    if {"/v", "/ve"} <= options.keys():
        raise InvalidSyntax(session.text("invalid_syntax"))
    value = _value(session, name, options.get("/t") or "REG_SZ", options.get("/d") or "", options.get("/s"))
    registry = session.machine.registry
    if registry.value(path, name) is not None and "/f" not in options:
        raise WouldWaitForInput(f"the value {name!r} exists, and /f is missing")
    _create(session, path)
    registry.set(path, value)
    return session.success()


def _create(session: Session, path: tuple[str, ...]) -> None:
    if len(path) < 2 or session.machine.registry.get(path[:1]) is None:
        raise AccessDenied("\\".join(path))
    session.machine.registry.create(path)


def _value(session: Session, name: str, type_name: str, data: str, separator: str | None) -> Value:
    type_ = TYPE_NUMBERS.get(type_name.upper())
    if type_ not in _ADDABLE or (separator is not None and (type_ != MULTI_SZ or len(separator) != 1)):
        raise InvalidSyntax(session.text("invalid_syntax"))
    if type_ in (SZ, EXPAND_SZ):
        return string(name, data, type_)
    if type_ == MULTI_SZ:
        items = data.split(separator or "\\0")
        if items and not items[-1]:
            items.pop()
        if not all(items):
            # An empty element would end the list: reg.exe refuses it.
            raise InvalidSyntax(session.text("invalid_syntax"))
        return strings(name, items)
    if type_ in (DWORD, QWORD, DWORD_BIG_ENDIAN):
        if not re.fullmatch("0[xX][0-9a-fA-F]+|[0-9]+", data or "0"):
            raise InvalidSyntax(session.text("invalid_syntax"))
        try:
            return number(name, int(data or "0", 16 if data[:2].lower() == "0x" else 10), type_)
        except OverflowError:
            raise InvalidSyntax(session.text("invalid_syntax")) from None
    if not re.fullmatch("([0-9a-fA-F]{2})*", data):
        raise InvalidSyntax(session.text("invalid_syntax"))
    return Value(name, type_ or NONE, bytes.fromhex(data))


def delete(session: Session, arguments: Sequence[str]) -> int:
    """``reg delete KEY [/v NAME | /ve | /va] [/f] [/reg:32|/reg:64]``"""
    if not arguments:
        raise InvalidSyntax(session.text("invalid_syntax"))
    options = parse_options(session, arguments[1:], "/ve /va /f", "/v")
    if len({"/v", "/ve", "/va"} & options.keys()) > 1:
        raise InvalidSyntax(session.text("invalid_syntax"))
    path = session.view.writable(session.key(arguments[0], options))
    registry = session.machine.registry
    key = registry.get(path)
    name = value_name(options)
    if key is None or (name is not None and name.lower() not in key.values):
        return session.not_found()
    if "/f" not in options:
        raise WouldWaitForInput("/f is missing")
    if "/va" in options:
        for value in key.values.values():
            registry.delete_value(path, value.name)
    elif name is not None:
        registry.delete_value(path, name)
    elif len(path) < 2 or (path[0] == "HKEY_LOCAL_MACHINE" and len(path) == 2):
        # The hives of HKEY_LOCAL_MACHINE are files of their own and cannot be deleted.
        raise AccessDenied("\\".join(path))
    else:
        registry.delete_key(path)
    return session.success()


def copy(session: Session, arguments: Sequence[str]) -> int:
    """``reg copy FROM TO [/s] [/f] [/reg:32|/reg:64]``"""
    if len(arguments) < 2:
        raise InvalidSyntax(session.text("invalid_syntax"))
    options = parse_options(session, arguments[2:], "/s /f", "")
    source = session.view.readable(session.key(arguments[0], options))
    target = session.view.writable(session.key(arguments[1], options))
    registry = session.machine.registry
    if registry.get(source) is None:
        return session.not_found()
    if target[: len(source)] == source:
        raise InvalidSyntax(session.text("invalid_syntax"))
    for path, key in list(registry.walk(source)):
        if path != source and "/s" not in options:
            break
        copied = (*target, *path[len(source) :])
        taken = registry.get(copied)
        if taken and taken.values.keys() & key.values.keys() and "/f" not in options:
            raise WouldWaitForInput("a value exists, and /f is missing")
        _create(session, copied)
        for value in key.values.values():
            registry.set(copied, value)
    return session.success()
