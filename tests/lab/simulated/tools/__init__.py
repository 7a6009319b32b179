"""The native programs of a simulated machine, by file name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from . import cmd, hostname, reg, sc, wevtutil

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

Tool = Callable[["SimulatedMachine", Sequence[str], User], Execution]

TOOLS: Mapping[str, Tool] = {
    "cmd.exe": cmd.main,
    "hostname.exe": hostname.main,
    "reg.exe": reg.main,
    "sc.exe": sc.main,
    "wevtutil.exe": wevtutil.main,
}


def run(machine: SimulatedMachine, path: str, arguments: Sequence[str], user: User) -> Execution:
    """Run the program at a path that exists on the machine.

    :raises NotImplementedInLab: Windows has the program, the lab does not
    """
    tool = TOOLS.get(path.rsplit("\\", 1)[-1].lower())
    if tool is None:
        raise NotImplementedInLab("the lab has no such program")
    return tool(machine, arguments, user)
