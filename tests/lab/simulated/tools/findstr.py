"""findstr.exe, as far as it looks for literal strings in one file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from .output import Output

if TYPE_CHECKING:
    from ..machine import SimulatedMachine


def main(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """``findstr /l [/i] /c:STRING... FILE``: the lines that hold one of the strings, byte for byte; exit code 1 without any."""
    options = [argument for argument in arguments if argument.startswith("/")]
    files = [argument for argument in arguments if not argument.startswith("/")]
    strings = [option[3:] for option in options if option[:3].lower() == "/c:"]
    others = {option.lower() for option in options if option[:3].lower() != "/c:"}
    if not {"/l"} <= others <= {"/l", "/i"} or len(files) != 1:
        raise NotImplementedInLab(" ".join(arguments))
    output = Output()
    if not all(strings) or not strings:
        output.error(machine.text.findstr["no_pattern"])
        return output.result(2)
    entry = machine.files.get(files[0])
    if entry is None or entry.content is None:
        output.error(machine.text.findstr["cannot_open"].format(path=files[0]))
        return output.result(1)
    fold = bytes.lower if "/i" in others else bytes
    wanted = [fold(string.encode()) for string in strings]
    found = [line for line in entry.content.splitlines() if any(string in fold(line) for string in wanted)]
    return Execution(b"".join(line + b"\r\n" for line in found), b"", 0 if found else 1)
