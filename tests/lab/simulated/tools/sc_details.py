"""The commands of sc.exe that show one thing of a service's configuration."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from ..service_config import AUTO_START, ERROR_CONTROL_NAMES, START_NAMES
from .sc_query import type_text
from .sc_session import BadCommandLine, CallFailed, Session

SID_TYPES = {0: "NONE", 1: "UNRESTRICTED", 3: "RESTRICTED"}
FAILURE_ACTIONS = {0: "NONE", 1: "RESTART", 2: "REBOOT", 3: "RUN_COMMAND"}


def _name(arguments: Sequence[str]) -> str:
    """The one service that a command takes; the size of sc's buffer may follow and changes nothing."""
    if not arguments or len(arguments) > 2 or not all(argument.isdigit() for argument in arguments[1:]):
        raise BadCommandLine
    return arguments[0]


def qc(session: Session, arguments: Sequence[str]) -> None:
    """``sc qc NAME``"""
    name = _name(arguments)
    record = session.open(name)
    config = session.config(record)
    if config.value("ImagePath") is None and config.value("Type") is None:
        raise CallFailed("QueryServiceConfig", 2)
    delayed = record.start == AUTO_START and config.number("DelayedAutostart") != 0
    session.success("QueryServiceConfig")
    session.output.line()
    session.heading("SERVICE_NAME", name)
    session.field("TYPE", f"{type_text(record.type)} ")
    session.field(
        "START_TYPE", f"{record.start}   {START_NAMES.get(record.start, '')}" + ("  (DELAYED)" if delayed else "")
    )
    error_control = config.number("ErrorControl", 1)
    session.field("ERROR_CONTROL", f"{error_control}   {ERROR_CONTROL_NAMES.get(error_control, '')}")
    session.field("BINARY_PATH_NAME", session.machine.expand(config.image_path))
    session.field("LOAD_ORDER_GROUP", config.string("Group") or "")
    session.field("TAG", str(config.number("Tag")))
    session.field("DISPLAY_NAME", session.machine.services.display_name(record.name))
    _list(session, "DEPENDENCIES", record.dependencies)
    session.field("SERVICE_START_NAME", config.string("ObjectName") or "")


def qprivs(session: Session, arguments: Sequence[str]) -> None:
    """``sc qprivs NAME``"""
    name = _name(arguments)
    privileges = session.config(session.open(name)).strings("RequiredPrivileges")
    session.success("QueryServiceConfig2")
    session.output.line()
    session.heading("SERVICE_NAME", name)
    _list(session, "PRIVILEGES", privileges, width=17)


def qsidtype(session: Session, arguments: Sequence[str]) -> None:
    """``sc qsidtype NAME``"""
    name = _name(arguments)
    sid_type = session.config(session.open(name)).number("ServiceSidType")
    session.success("QueryServiceConfig2")
    session.output.line()
    session.heading("SERVICE_NAME", name)
    session.heading("SERVICE_SID_TYPE", f" {SID_TYPES.get(sid_type, sid_type)}")


def qfailure(session: Session, arguments: Sequence[str]) -> None:
    """``sc qfailure NAME``: actions that do nothing are not shown."""
    name = _name(arguments)
    config = session.config(session.open(name))
    value = config.value("FailureActions")
    reset, actions = read_failure_actions(value.data) if value else (0, [])
    session.success("QueryServiceConfig2")
    session.output.line()
    session.heading("SERVICE_NAME", name)
    session.field("RESET_PERIOD (in seconds)", "INFINITE" if reset == 0xFFFFFFFF else str(reset), width=29)
    session.field("REBOOT_MESSAGE", config.string("RebootMessage") or "", width=29)
    session.field("COMMAND_LINE", config.string("FailureCommand") or "", width=29)
    lines = [f"{FAILURE_ACTIONS.get(kind, kind)} -- Delay = {delay} milliseconds." for kind, delay in actions if kind]
    for number, line in enumerate(lines):
        if number:
            session.output.line(f"{'':39}{line}")
        else:
            session.field("FAILURE_ACTIONS", line, width=29)


def read_failure_actions(data: bytes) -> tuple[int, list[tuple[int, int]]]:
    """Reset period in seconds and (kind, delay in milliseconds) of each action of a FailureActions value.

    Always the 32-bit layout: reset period, two unused words, number of actions, offset of the actions (20).
    """
    if len(data) < 20:
        return 0, []
    reset, _unused, _unused, count, _unused = struct.unpack_from("<5I", data)
    count = min(count, (len(data) - 20) // 8)
    return reset, [struct.unpack_from("<2I", data, 20 + 8 * number) for number in range(count)]


def get_display_name(session: Session, arguments: Sequence[str]) -> None:
    """``sc GetDisplayName NAME``"""
    record = session.open(_name(arguments), "GetServiceDisplayName")
    session.success("GetServiceDisplayName")
    session.output.line(f"{session.machine.text.sc['name']} = {session.machine.services.display_name(record.name)}")


def get_key_name(session: Session, arguments: Sequence[str]) -> None:
    """``sc GetKeyName DISPLAY_NAME``"""
    wanted = _name(arguments).lower()
    for record in session.machine.services.records():
        if session.machine.services.display_name(record.name).lower() == wanted:
            session.success("GetServiceKeyName")
            session.output.line(f"{session.machine.text.sc['name']} = {record.name}")
            return
    raise CallFailed("GetServiceKeyName", 1060)


def sdshow(session: Session, arguments: Sequence[str]) -> None:
    """``sc sdshow NAME``"""
    record = session.open(_name(arguments))
    session.output.line()
    session.output.line(record.security)


def _list(session: Session, label: str, items: Sequence[str], *, width: int = 19) -> None:
    session.field(label, items[0] if items else "", width=width)
    for item in items[1:]:
        session.field("", item, width=width)
