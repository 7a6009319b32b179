"""The commands of sc.exe that change one thing beside ChangeServiceConfig."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from ..service_config import service_path
from ..values import BINARY, Value, number, string, strings
from .sc_session import BadCommandLine, CallFailed, Session, name_and_options

_SID_TYPES = {"none": 0, "unrestricted": 1, "restricted": 3}
_ACTIONS = {"": 0, '""': 0, "restart": 1, "reboot": 2, "run": 3}


def privs(session: Session, arguments: Sequence[str]) -> None:
    """``sc privs NAME A/B/C``: names are not checked before the service starts."""
    if len(arguments) != 2:
        raise BadCommandLine
    record = session.open_to_change(arguments[0])
    path = service_path(record.name)
    names = [name for name in arguments[1].split("/") if name]
    if names:
        session.machine.registry.set(path, strings("RequiredPrivileges", names))
    else:
        session.machine.registry.delete_value(path, "RequiredPrivileges")
    session.success("ChangeServiceConfig2")


def sidtype(session: Session, arguments: Sequence[str]) -> None:
    """``sc sidtype NAME none|unrestricted|restricted``: counts from the next start of Windows."""
    if len(arguments) != 2 or arguments[1].lower() not in _SID_TYPES:
        raise BadCommandLine
    record = session.open_to_change(arguments[0])
    session.machine.registry.set(service_path(record.name), number("ServiceSidType", _SID_TYPES[arguments[1].lower()]))
    session.success("ChangeServiceConfig2")


def failure(session: Session, arguments: Sequence[str]) -> None:
    """``sc failure NAME [reset= SECONDS actions= KIND/DELAY/...] [reboot= MESSAGE] [command= LINE]``

    An action without a kind does nothing: ``restart/60000//0`` has two. Reset and actions go together.
    """
    name, options = name_and_options(arguments, frozenset({"reset=", "actions=", "reboot=", "command="}))
    if not options or ("reset=" in options) != ("actions=" in options):
        raise BadCommandLine
    record = session.open_to_change(name)
    path = service_path(record.name)
    if "actions=" in options:
        session.machine.registry.set(
            path, Value("FailureActions", BINARY, _failure_actions(options["reset="][-1], options["actions="][-1]))
        )
    for option, value_name in (("reboot=", "RebootMessage"), ("command=", "FailureCommand")):
        if option in options:
            session.machine.registry.set(path, string(value_name, options[option][-1]))
    session.success("ChangeServiceConfig2")


def _failure_actions(reset: str, actions: str) -> bytes:
    """The FailureActions value: reset period, two unused words, number and offset of the actions, the actions."""
    parts = actions.split("/") if actions else []
    if len(parts) % 2 and parts and not parts[-1]:
        parts.pop()  # A slash at the end.
    if len(parts) % 2:
        raise BadCommandLine
    seconds = 0xFFFFFFFF if reset.upper() == "INFINITE" else _number(reset)
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    data = struct.pack("<5I", seconds, 0, 0, len(pairs), 20)
    for kind, delay in pairs:
        if kind.lower() not in _ACTIONS:
            raise BadCommandLine
        data += struct.pack("<2I", _ACTIONS[kind.lower()], _number(delay or "0"))
    return data


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 0xFFFFFFFF:
        raise BadCommandLine
    return int(text)


def description(session: Session, arguments: Sequence[str]) -> None:
    """``sc description NAME [TEXT]``"""
    if not 1 <= len(arguments) <= 2:
        raise BadCommandLine
    record = session.open_to_change(arguments[0])
    path = service_path(record.name)
    if len(arguments) == 2:
        session.machine.registry.set(path, string("Description", arguments[1]))
    else:
        session.machine.registry.delete_value(path, "Description")
    session.success("ChangeServiceConfig2")


def sdset(session: Session, arguments: Sequence[str]) -> None:
    """``sc sdset NAME SDDL``: the text is kept as it is, after a look at its form."""
    if len(arguments) != 2:
        raise BadCommandLine
    record = session.open_to_change(arguments[0])
    if not arguments[1].upper().startswith(("D:", "O:", "G:", "S:")):
        raise CallFailed("SetServiceObjectSecurity", 87)
    record.security = arguments[1]
    session.success("SetServiceObjectSecurity")
