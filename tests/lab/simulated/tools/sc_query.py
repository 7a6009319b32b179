"""sc.exe query and queryex, and the status block that start and stop print as well.

The number of TYPE is hexadecimal, that of STATE decimal. A stopped service has no line of accepted controls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import NotImplementedInLab
from ..service_config import DRIVERS, INTERACTIVE, RUNNING, STATE_NAMES, STOPPED, TYPE_NAMES
from ..service_record import Status
from .sc_session import BadCommandLine, Session, name_and_options

if TYPE_CHECKING:
    from ..service_record import ServiceRecord

_ENUM_OPTIONS = frozenset({"type=", "state=", "bufsize=", "ri=", "group="})


def query(session: Session, arguments: Sequence[str]) -> None:
    """``sc query [NAME] [type= ...] [state= ...]``"""
    _query(session, arguments, extended=False)


def queryex(session: Session, arguments: Sequence[str]) -> None:
    """``sc queryex [NAME] [type= ...] [state= ...]``"""
    _query(session, arguments, extended=True)


def _query(session: Session, arguments: Sequence[str], *, extended: bool) -> None:
    if arguments and arguments[0].lower() not in _ENUM_OPTIONS:
        if len(arguments) > 1:
            raise BadCommandLine
        record = session.open(arguments[0], "EnumQueryServicesStatus:OpenService")
        print_status(session, record, arguments[0], extended=extended)
        return
    _unused, options = name_and_options(["", *arguments], _ENUM_OPTIONS)
    if {"bufsize=", "ri=", "group="} & options.keys():
        raise NotImplementedInLab("sc query bufsize=, ri=, group=")
    types = [value.lower() for value in options.get("type=", ["service"])]
    states = options.get("state=", ["active"])[-1].lower()
    if states not in ("active", "inactive", "all") or not set(types) <= {"service", "driver", "all"}:
        raise BadCommandLine
    for record in session.machine.services.records():
        driver = bool(record.type & DRIVERS)
        wanted_type = "all" in types or ("driver" if driver else "service") in types
        wanted_state = states == "all" or (record.status.state == STOPPED) == (states == "inactive")
        if wanted_type and wanted_state:
            print_status(session, record, record.name, extended=extended, display=True)


def print_status(
    session: Session,
    record: ServiceRecord,
    name: str,
    *,
    extended: bool,
    display: bool = False,
    status: Status | None = None,
) -> None:
    """The status block; the name appears as the caller wrote it.

    :param status: in place of the present one
    """
    status = status or record.status
    session.output.line()
    session.heading("SERVICE_NAME", name)
    if display:
        session.heading("DISPLAY_NAME", session.machine.services.display_name(record.name))
    session.field("TYPE", type_text(session.machine.services.running_type(replace(record, status=status))) + "  ")
    session.field("STATE", f"{status.state}  {STATE_NAMES[status.state]} ")
    if status.state != STOPPED:
        controls = "NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN"
        if status.state == RUNNING and record.behavior.stoppable:
            controls = "STOPPABLE, NOT_PAUSABLE, " + (
                "IGNORES_SHUTDOWN" if record.type & DRIVERS else record.behavior.accepts
            )
        session.output.line(f"{'':32}({controls})")
    session.field("WIN32_EXIT_CODE", f"{status.exit_code}  (0x{status.exit_code:x})")
    session.field("SERVICE_EXIT_CODE", f"{status.service_exit_code}  (0x{status.service_exit_code:x})")
    session.field("CHECKPOINT", "0x0")
    session.field("WAIT_HINT", f"0x{status.wait_hint:x}")
    if extended:
        session.field("PID", str(status.pid))
        session.field("FLAGS")


def type_text(type_: int) -> str:
    """A service type as a hexadecimal number and its constant."""
    name = TYPE_NAMES.get(type_ & ~INTERACTIVE, "ERROR")
    return f"{type_:x}  {name}" + (" (interactive)" if type_ & INTERACTIVE else "")
