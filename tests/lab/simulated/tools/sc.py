"""sc.exe: which command, and what all of them share.

Everything goes to standard output, errors too; the exit code is the Win32 error of the call that failed. Labels and the words
for success and failure are translated, constants and numbers never are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from . import sc_change, sc_config, sc_control, sc_details, sc_query
from .output import Output
from .sc_session import BadCommandLine, CallFailed, Session

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

INVALID_COMMAND_LINE = 1639

_COMMANDS: Mapping[str, Callable[[Session, Sequence[str]], None]] = {
    "query": sc_query.query,
    "queryex": sc_query.queryex,
    "qc": sc_details.qc,
    "qprivs": sc_details.qprivs,
    "qsidtype": sc_details.qsidtype,
    "qfailure": sc_details.qfailure,
    "getdisplayname": sc_details.get_display_name,
    "getkeyname": sc_details.get_key_name,
    "sdshow": sc_details.sdshow,
    "start": sc_control.start,
    "stop": sc_control.stop,
    "delete": sc_control.delete,
    "config": sc_config.config,
    "create": sc_config.create,
    "privs": sc_change.privs,
    "sidtype": sc_change.sidtype,
    "failure": sc_change.failure,
    "description": sc_change.description,
    "sdset": sc_change.sdset,
}
_WINDOWS_ONLY = frozenset(
    "boot control continue enumdepend failureflag interrogate lock managedaccount pause preferrednode qdescription qfailureflag "
    "qmanagedaccount qpreferrednode qprotection qrunlevel qtriggerinfo querylock quserservice runlevel showsid triggerinfo".split()
)


def main(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """Run sc.exe with the arguments after its name."""
    output = Output()
    command = arguments[0].lower() if arguments else ""
    if command in _WINDOWS_ONLY or command.startswith("\\\\"):
        raise NotImplementedInLab(" ".join(arguments))
    session = Session(machine, user, output, command)
    try:
        if command not in _COMMANDS:
            output.lines(machine.text.sc["unknown_command"])
            raise BadCommandLine
        if not user.administrator:
            # Over the network only administrators may connect to the service control manager.
            raise CallFailed("OpenSCManager", 5)
        _COMMANDS[command](session, arguments[1:])
    except BadCommandLine:
        output.lines(machine.text.sc["usage"].format(operation=command))
        return output.result(INVALID_COMMAND_LINE)
    except CallFailed as failure:
        output.lines(
            f"[SC] {failure.call} {machine.text.sc['failed']} {failure.code}:\n\n{machine.text.error(failure.code)}\n"
        )
        return output.result(failure.code)
    return output.result()
