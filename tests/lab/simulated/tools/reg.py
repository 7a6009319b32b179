"""reg.exe: which operation, and what all of them share.

Everything reg.exe complains about goes to standard error with exit code 1, which does not tell "not there" from "denied".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from ..registry import AccessDenied, RegistryView
from . import reg_change, reg_files, reg_query
from .output import Output
from .reg_options import InvalidSyntax, Session

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

_OPERATIONS: Mapping[str, Callable[[Session, Sequence[str]], int]] = {
    "query": reg_query.query,
    "add": reg_change.add,
    "delete": reg_change.delete,
    "copy": reg_change.copy,
    "export": reg_files.export,
    "import": reg_files.import_,
}
_WINDOWS_ONLY = frozenset({"save", "restore", "load", "unload", "compare", "flags"})


def main(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """Run reg.exe with the arguments after its name."""
    output = Output()
    operation = arguments[0].lower() if arguments else ""
    if operation in _WINDOWS_ONLY or "/?" in arguments:
        raise NotImplementedInLab(" ".join(arguments))
    session = Session(machine, RegistryView(machine.registry, user, machine.sid(user)), output)
    texts = machine.text.reg
    try:
        if operation not in _OPERATIONS:
            raise InvalidSyntax(texts["invalid_syntax"])
        return output.result(_OPERATIONS[operation](session, arguments[1:]))
    except InvalidSyntax as error:
        output.error(f"{error}\n{texts['usage'].format(operation=operation.upper() or 'REG')}")
    except AccessDenied:
        output.error(texts["access_denied"])
    return output.result(1)
