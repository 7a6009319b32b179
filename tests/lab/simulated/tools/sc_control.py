"""sc.exe start, stop and delete. Success of start and stop means accepted: the state follows later."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import NotImplementedInLab
from .sc_query import print_status
from .sc_session import BadCommandLine, CallFailed, Session


def start(session: Session, arguments: Sequence[str]) -> None:
    """``sc start NAME``: the status right after the call, with the process id."""
    if not arguments:
        raise BadCommandLine
    if len(arguments) > 1:
        raise NotImplementedInLab("arguments of a service")
    record = session.open(arguments[0], "StartService: OpenService")
    if error := session.machine.services.start(record.name):
        raise CallFailed("StartService", error)
    print_status(session, record, arguments[0], extended=True)


def stop(session: Session, arguments: Sequence[str]) -> None:
    """``sc stop NAME [REASON [COMMENT]]``"""
    if not arguments:
        raise BadCommandLine
    record = session.open(arguments[0])
    if error := session.machine.services.stop(record.name):
        raise CallFailed("OpenService" if error == 5 else "ControlService", error)
    print_status(session, record, arguments[0], extended=False)


def delete(session: Session, arguments: Sequence[str]) -> None:
    """``sc delete NAME``"""
    if len(arguments) != 1:
        raise BadCommandLine
    record = session.open(arguments[0])
    if error := session.machine.services.delete(record.name):
        raise CallFailed("DeleteService", error)
    session.success("DeleteService")
