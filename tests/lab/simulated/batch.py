"""Strict reader of the batches that the collection sends: one fixed prologue, then one program call per line.

Nothing else of PowerShell is understood, on purpose: a script that is not a batch is refused, whatever it would do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PROLOGUE = re.compile(
    r"""function x\(\$p\)\{\$global:LASTEXITCODE=9009;& \$p @args;"(?P<token>[0-9a-zA-Z-]{8,64}) \$LASTEXITCODE"\}"""
)

QUOTES = "'\u2018\u2019\u201a\u201b"
"""PowerShell takes all five for a single quote; inside a string each of them is written twice."""

_ARGUMENT = re.compile(rf"'((?:[^{QUOTES}]|([{QUOTES}])\2)*)'")
_DOUBLED = re.compile(rf"([{QUOTES}])\1")
_LINE_END = re.compile(r"\r\n|\n|\r")


class NotABatch(ValueError):
    """The script is not a batch; the message says where and why."""


@dataclass(frozen=True)
class Batch:
    """The boundary token and the argument lists of a batch, program first."""

    token: str
    commands: tuple[tuple[str, ...], ...]


def read_batch(script: str) -> Batch:
    """Read a batch.

    :raises NotABatch: for anything that does not have the exact form, or holds an argument that Windows PowerShell 5.1
        or PowerShell 7 would pass on changed (empty, double quote, line end, NUL, leading ``~``, ``--%``, or a blank
        together with a backslash at the end).
    """
    lines = _LINE_END.split(script)
    while lines and not lines[-1]:
        lines.pop()
    prologue = PROLOGUE.fullmatch(lines[0]) if lines else None
    if prologue is None:
        raise NotABatch("line 1 is not the prologue of a batch")
    if len(lines) == 1:
        raise NotABatch("the batch calls no program")
    return Batch(prologue["token"], tuple(_read_call(line, number) for number, line in enumerate(lines[1:], 2)))


def _read_call(line: str, number: int) -> tuple[str, ...]:
    if not line.startswith("x '"):
        raise NotABatch(f"line {number} is not a program call: {line[:60]!r}")
    arguments: list[str] = []
    position = 1
    while position < len(line):
        match = _ARGUMENT.match(line, position + 1) if line[position] == " " else None
        if match is None:
            raise NotABatch(f"line {number}, column {position + 1}: expected a blank and a single-quoted argument")
        # The match may have ended at the first half of a doubled quote: then the string is not closed where it seems.
        if match.end() < len(line) and line[match.end()] != " ":
            raise NotABatch(f"line {number}, column {match.end() + 1}: text after the closing quote")
        arguments.append(_check(_DOUBLED.sub(r"\1", match[1]), number))
        position = match.end()
    return tuple(arguments)


def _check(argument: str, number: int) -> str:
    reason = ""
    if not argument:
        reason = "is empty"
    elif '"' in argument:
        reason = "holds a double quote"
    elif "\0" in argument:
        reason = "holds a NUL"
    elif argument.startswith("~"):
        reason = "starts with a tilde"
    elif argument == "--%":
        reason = "is the stop-parsing token"
    elif " " in argument and argument.endswith("\\"):
        reason = "holds a blank and ends in a backslash"
    if reason:
        raise NotABatch(f"line {number}: the argument {argument!r} {reason}")
    return argument
