"""hostname.exe"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from .output import Output

if TYPE_CHECKING:
    from ..machine import SimulatedMachine


def main(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """Print the computer's name."""
    if arguments:
        raise NotImplementedInLab("arguments")
    output = Output()
    output.line(machine.computer_name)
    return output.result()
