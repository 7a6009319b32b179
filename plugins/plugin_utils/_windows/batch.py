# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches: the wire format of the collection. Commands are rendered as one script, and its output is parsed into their results.

A batch is a PowerShell script that only calls programs. All logic is on the controller, so a batch runs in Constrained
Language Mode, on every version from Windows 7 to Server 2025, and without Windows in the lab. The one exception is ``web_request``.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence

from .._exceptions import CommandTooLong, OutputEndedEarly
from . import web_request
from .command import NOT_FOUND, Command, Result

LONGEST_ANSWER = 1_000_000
"""The most characters of an answer to one command that are read; two orders of magnitude above the answers of real machines."""
COMMAND_LINE_LIMIT = 8191
"""The maximum length of a command line of cmd.exe in characters (Microsoft KB 830473); WinRM runs commands with cmd.exe."""

_POWERSHELL = "PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand "
_PROLOGUE = 'function x($p){{$global:LASTEXITCODE={code};& $p @args;"{token} $LASTEXITCODE"}}'
# The functions that a batch can call in addition to programs; a batch defines only those that it calls.
_FUNCTIONS: Mapping[str, str] = {web_request.NAME: web_request.FUNCTION}
# WinRM and sshd prepend cmd.exe to the command line, and ssh of ansible-core before 2.18 prepends chcp.com.
_CMD_OVERHEAD = len(r'C:\Windows\system32\cmd.exe /C "chcp.com 65001 >nul 2>&1 && "')
# ASCII digits only, and at most as many as an exit code has: int() also accepts other digits, and thousands of them.
_EXIT_CODE = re.compile(r"-?[0-9]{1,10}")
# PowerShell accepts all five as the end of a single-quoted string.
_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")


def new_token() -> str:
    """A random boundary mark that no output can contain by chance or on purpose."""
    return secrets.token_hex(8)


def render(commands: Iterable[Command], token: str) -> str:
    """The PowerShell script of a batch: the fixed prologue, the functions that it calls, then one line per command."""
    listed = tuple(commands)
    lines = [_PROLOGUE.format(code=NOT_FOUND, token=token)]
    lines += [text for name, text in _FUNCTIONS.items() if any(each.program == name for each in listed)]
    lines += [_line(each) for each in listed]
    return "\n".join(lines)


def command_line(script: str) -> str:
    """The command line that runs a script through any of Ansible's connections to Windows (winrm, psrp, ssh)."""
    return _POWERSHELL + base64.b64encode(script.encode("utf-16-le")).decode("ascii")


def split(commands: Sequence[Command], token: str, before: Sequence[Command] = ()) -> list[tuple[Command, ...]]:
    """Split the commands, in order, into as few batches as the maximum length of a command line allows.

    ``before`` are programs that each batch runs first; they are not in the result. Raises CommandTooLong if a command does
    not fit into a batch of its own.
    """
    prologue = _length(_PROLOGUE.format(code=NOT_FOUND, token=token)) + sum(1 + _length(_line(each)) for each in before)
    functions = {name: 1 + _length(text) for name, text in _FUNCTIONS.items()}
    batches: list[tuple[Command, ...]] = []
    batch: list[Command] = []
    length, defined = prologue, set[str]()
    for each in commands:
        own, function = 1 + _length(_line(each)), functions.get(each.program, 0)
        if not _fits(prologue + function + own):
            raise CommandTooLong(
                f"{each.program} {' '.join(each.arguments[:2])}: the command is longer than cmd.exe accepts ({COMMAND_LINE_LIMIT} characters)"
            )
        added = own + (0 if each.program in defined else function)
        if batch and not _fits(length + added):
            batches.append(tuple(batch))
            batch, length, defined, added = [], prologue, set(), own + function
        batch.append(each)
        length += added
        defined.add(each.program)
    return [*batches, tuple(batch)] if batch else batches


def read(output: str, commands: Sequence[Command], token: str) -> tuple[Result, ...]:
    """The results in the output of a batch; of an answer that is longer than LONGEST_ANSWER, the first lines, marked as cut.

    Raises OutputEndedEarly if a boundary is missing; it contains the command and the results before it.
    """
    mark = f"{token} "
    results: list[Result] = []
    held: list[str] = []
    length = 0
    # Only complete lines are read: a boundary that is truncated within its number would have a different exit code.
    for line in output.split("\n")[:-1]:
        line = line.removesuffix("\r")
        is_boundary = line.startswith(mark) and _EXIT_CODE.fullmatch(line, len(mark))
        if is_boundary and len(results) < len(commands):
            cut = length > LONGEST_ANSWER
            results.append(Result(commands[len(results)], int(line[len(mark) :]), tuple(held), cut))
            held, length = [], 0
        else:
            length += len(line) + 1
            if length <= LONGEST_ANSWER:
                held.append(line)
    if len(results) < len(commands):
        missing = commands[len(results)]
        raise OutputEndedEarly(
            f"the machine's output ended early, in `{missing.shown}` (command {len(results) + 1} of {len(commands)}); the effect of that command is unknown",
            command=missing.shown,
            results=tuple(results),
        )
    return tuple(results)


def _line(each: Command) -> str:
    return " ".join(["x", *map(_quote, (each.program, *each.arguments))])


def _length(text: str) -> int:
    """The length in UTF-16 code units, the encoding of the encoded command."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fits(length: int) -> bool:
    """Whether a script of this many UTF-16 code units fits: base64 encodes three bytes as four characters, with padding."""
    encoded = 4 * ((2 * length + 2) // 3)
    return len(_POWERSHELL) + encoded + _CMD_OVERHEAD < COMMAND_LINE_LIMIT


def _quote(argument: str) -> str:
    return "'" + _QUOTES.sub(r"\1\1", argument) + "'"
