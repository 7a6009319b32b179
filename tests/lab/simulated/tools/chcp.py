"""chcp.com"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from .output import Output

if TYPE_CHECKING:
    from ..machine import SimulatedMachine


def main(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """``chcp [PAGE]``: the code page of the console, after it was changed where one is named."""
    if len(arguments) > 1 or not all(each.isdigit() for each in arguments):
        raise NotImplementedInLab(" ".join(arguments))
    output = Output()
    if arguments and not machine.console.change(int(arguments[0])):
        output.line(machine.text.cmd["no_code_page"])
        return output.result(1)
    output.line(machine.text.cmd["code_page"].format(page=machine.console.page))
    return output.result()
