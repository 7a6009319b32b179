"""The native programs of a simulated machine, by file name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from . import agent_trigger, chcp, cmd, curl, findstr, gpupdate, hostname, netsh, reg, sc, wevtutil

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

Tool = Callable[["SimulatedMachine", Sequence[str], User], Execution]
ReadingTool = Callable[["SimulatedMachine", Sequence[str], User, bytes | None], Execution]

TOOLS: Mapping[str, Tool] = {
    "chcp.com": chcp.main,
    "curl.exe": curl.main,
    "findstr.exe": findstr.main,
    "hostname.exe": hostname.main,
    "netsh.exe": netsh.main,
    "reg.exe": reg.main,
    "sc.exe": sc.main,
    "usoclient.exe": agent_trigger.usoclient,
    "wevtutil.exe": wevtutil.main,
    "wuauclt.exe": agent_trigger.wuauclt,
}
READING_TOOLS: Mapping[str, ReadingTool] = {"cmd.exe": cmd.main, "gpupdate.exe": gpupdate.main}
"""Programs that read standard input."""


def run(
    machine: SimulatedMachine, path: str, arguments: Sequence[str], user: User, standard_input: bytes | None = None
) -> Execution:
    """Run the program at a path that exists on the machine; without standard input a question finds no answer.

    :raises NotImplementedInLab: Windows has the program, the lab does not
    """
    name = path.rsplit("\\", 1)[-1].lower()
    if name in READING_TOOLS:
        return READING_TOOLS[name](machine, arguments, user, standard_input)
    tool = TOOLS.get(name)
    if tool is None:
        raise NotImplementedInLab("the lab has no such program")
    return tool(machine, arguments, user)
