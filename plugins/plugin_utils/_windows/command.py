# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command exactly as its program receives it, and its result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .._exceptions import UnquotableArgument
from .._text import lone_surrogate
from .urls import HIDDEN, servers_without_credentials, text_without_credentials

NOT_FOUND = 9009
"""The exit code for a program that does not exist: that of cmd.exe for "not recognized"."""

_LINE_END = re.compile("[\r\n\0]")
# What comes before data that a program writes.
_BEFORE_DATA: Mapping[str, str] = {"reg.exe": "/d", "sc.exe": "binPath="}
_OF_SERVERS = frozenset({"proxy-server", "bypass-list"})


@dataclass(frozen=True)
class Command:
    """A program and its arguments, exactly as the program receives them.

    Raises UnquotableArgument if Windows PowerShell 5.1 or 7 would change an argument: one that is empty, contains a
    double quote, a line end or NUL, half of a surrogate pair, starts with a tilde, is ``--%``, or contains a space and ends in a backslash.
    ``win32_exit_codes``: whether the exit codes of the program are Win32 error codes, as with few programs.
    """

    program: str
    arguments: tuple[str, ...] = ()
    win32_exit_codes: bool = field(default=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        for number, argument in enumerate((self.program, *self.arguments)):
            if fault := _unquotable(argument):
                before = " ".join(tuple(_shown(self))[: max(number, 1)])
                raise UnquotableArgument(f"{before}: an argument cannot be passed safely: {fault}")

    @property
    def shown(self) -> str:
        """The command line for a message, without what the command writes: that may be a password."""
        return " ".join(_shown(self))

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


def _shown(command: Command) -> Iterator[str]:
    """The words of a command line without data that is written, and with texts as they may be shown."""
    yield command.program
    data, previous = _BEFORE_DATA.get(command.program), ""
    for argument in command.arguments:
        name, equals, value = argument.partition("=")
        if previous and previous == data:
            yield HIDDEN
        elif equals and name in _OF_SERVERS:
            yield f"{name}={servers_without_credentials(value)}"
        else:
            yield text_without_credentials(argument)
        previous = argument


def _unquotable(argument: str) -> str | None:
    if not argument:
        return "it is empty"
    if '"' in argument:
        return "it contains a double quote"
    if _LINE_END.search(argument):
        return "it contains a line end or NUL"
    if lone_surrogate(argument):
        return "it contains half of a surrogate pair, which is no character"
    if argument.startswith("~"):
        return "it starts with a tilde"
    if argument == "--%":
        return "PowerShell interprets it as its own token"
    if " " in argument and argument.endswith("\\"):
        return "it contains a space and ends in a backslash"
    return None
