# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command as its program shall receive it, and what it answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .._exceptions import UnquotableArgument

NOT_FOUND = 9009
"""What a program that does not exist leaves behind: the shell's own code for "not recognized"."""

_LINE_END = re.compile("[\r\n\0]")


@dataclass(frozen=True)
class Command:
    """A program and its arguments, exactly as the program shall receive them.

    Raises UnquotableArgument for what Windows PowerShell 5.1 or 7 would pass on changed: an argument that is empty,
    holds a double quote, a line end or NUL, starts with a tilde, is ``--%``, or holds a space and ends in a backslash.
    ``win32_exit_codes``: whether its exit codes are Windows errors, which few programs do.
    """

    program: str
    arguments: tuple[str, ...] = ()
    win32_exit_codes: bool = field(default=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        for argument in (self.program, *self.arguments):
            if fault := _unquotable(argument):
                raise UnquotableArgument(f"{self.program}: the argument {argument!r} cannot be passed safely: {fault}")

    def __str__(self) -> str:
        return " ".join((self.program, *self.arguments))


def command(program: str, *arguments: str) -> Command:
    """A Command from separate words: ``command("sc.exe", "queryex", "bits")``."""
    return Command(program, arguments)


@dataclass(frozen=True)
class Result:
    """What one command of a batch answered.

    ``lines`` are the lines of its standard output without line ends. WinRM does not tell whose standard error was whose,
    so it is not here; the exit code decides.
    """

    command: Command
    exit_code: int
    lines: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the exit code is 0."""
        return self.exit_code == 0

    @property
    def text(self) -> str:
        """The output with plain line feeds."""
        return "\n".join(self.lines)


def _unquotable(argument: str) -> str | None:
    if not argument:
        return "it is empty"
    if '"' in argument:
        return "it holds a double quote"
    if _LINE_END.search(argument):
        return "it holds a line end or NUL"
    if argument.startswith("~"):
        return "it starts with a tilde"
    if argument == "--%":
        return "PowerShell reads it as its own token"
    if " " in argument and argument.endswith("\\"):
        return "it holds a space and ends in a backslash"
    return None
