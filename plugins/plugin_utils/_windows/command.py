# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command exactly as its program receives it, and its result."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .._exceptions import UnquotableArgument

NOT_FOUND = 9009
"""The exit code for a program that does not exist: that of cmd.exe for "not recognized"."""

_LINE_END = re.compile("[\r\n\0]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Command:
    """A program and its arguments, exactly as the program receives them.

    Raises UnquotableArgument if Windows PowerShell 5.1 or 7 would change an argument: one that is empty, contains a
    double quote, a line end or NUL, starts with a tilde, is ``--%``, or contains a space and ends in a backslash. Half of a
    surrogate pair, which JSON can contain, cannot be encoded at all.
    ``win32_exit_codes``: whether the exit codes of the program are Win32 error codes, as with few programs.
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
    """The result of one command of a batch.

    ``lines`` are the lines of its standard output without line ends; ``cut`` is whether more followed. Standard error is not included, because WinRM does
    not separate it by command; the exit code shows whether the command succeeded.
    """

    command: Command
    exit_code: int
    lines: tuple[str, ...] = ()
    cut: bool = False

    @property
    def ok(self) -> bool:
        """Whether the exit code is 0."""
        return self.exit_code == 0

    @property
    def text(self) -> str:
        """The output with plain line feeds."""
        return "\n".join(self.lines)


def is_quotable(argument: str) -> bool:
    """Whether a command can contain the argument."""
    return _unquotable(argument) is None


def _unquotable(argument: str) -> str | None:
    if not argument:
        return "it is empty"
    if '"' in argument:
        return "it contains a double quote"
    if _LINE_END.search(argument):
        return "it contains a line end or NUL"
    if _SURROGATE.search(argument):
        return "it contains half of a surrogate pair"
    if argument.startswith("~"):
        return "it starts with a tilde"
    if argument == "--%":
        return "PowerShell interprets it as its own token"
    if " " in argument and argument.endswith("\\"):
        return "it contains a space and ends in a backslash"
    return None
