"""Strict reader of the batches that the collection sends: one fixed prologue, then one program call per line.

In the second form, for Windows without curl.exe, the function ``w`` stands between them, word for word as in ``web_request.ps1``, and
lines may call it in place of a program. Nothing else of PowerShell is understood, on purpose: a script that is not a batch is refused,
whatever it would do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROLOGUE = re.compile(
    r"""function x\(\$p\)\{\$global:LASTEXITCODE=9009;& \$p @args;"(?P<token>[0-9a-zA-Z-]{8,64}) \$LASTEXITCODE"\}"""
)

QUOTES = "'\u2018\u2019\u201a\u201b"
"""PowerShell takes all five for a single quote; inside a string each of them is written twice."""

WEB_REQUEST = Path(__file__).with_name("web_request.ps1").read_text(encoding="utf-8").rstrip("\n")
"""The function that the second form defines."""
WEB_REQUEST_NAME = "w"

_WEB_REQUEST_LINES = WEB_REQUEST.split("\n")
# BASE PATHS CAB PROXY OTHER SECONDS; a path with a blank is a verb and a URL to the function.
_PATH = r"(HEAD https?://[^\s/@?#,]+/[^\s?#,]+|[^\s,]+)"
_PROXY = r"-|http://[^\s/@?#]+"
_CALL_OF_FUNCTION = tuple(
    re.compile(form)
    for form in (
        r"https?://[^\s/@?#]+(/[^\s?#]*)?",
        rf"{_PATH}(,{_PATH})*",
        r"https?://[^\s/@?#]+/[^\s?#]+",
        _PROXY,
        _PROXY,
        r"[1-9]\d{0,3}",
    )
)
_ARGUMENT = re.compile(rf"'((?:[^{QUOTES}]|([{QUOTES}])\2)*)'")
_DOUBLED = re.compile(rf"([{QUOTES}])\1")
_LINE_END = re.compile(r"\r\n|\n|\r")


class NotABatch(ValueError):
    """The script is not a batch; the message says where and why."""


@dataclass(frozen=True)
class Batch:
    """The boundary token and the argument lists of a batch, program first; ``web_request``: it has the second form."""

    token: str
    commands: tuple[tuple[str, ...], ...]
    web_request: bool = False

    def asks_itself(self, argv: Sequence[str]) -> bool:
        """Whether a call is one of its function and not of a program."""
        return self.web_request and argv[0] == WEB_REQUEST_NAME


def read_batch(script: str) -> Batch:
    """Read a batch.

    :raises NotABatch: for anything that does not have the exact form, or holds an argument that Windows PowerShell 5.1
        or PowerShell 7 would pass on changed (empty, double quote, line end, NUL, leading ``~``, ``--%``, or a blank
        together with a backslash at the end). So is a function that is not called, or called otherwise than documented.
    """
    lines = _LINE_END.split(script)
    while lines and not lines[-1]:
        lines.pop()
    prologue = PROLOGUE.fullmatch(lines[0]) if lines else None
    if prologue is None:
        raise NotABatch("line 1 is not the prologue of a batch")
    calls = 1
    web_request = len(lines) > 1 and lines[1].startswith("function ")
    if web_request:
        calls += len(_WEB_REQUEST_LINES)
        if lines[1:calls] != _WEB_REQUEST_LINES:
            raise NotABatch("line 2 begins a function that is not the one of the second form")
    if len(lines) == calls:
        raise NotABatch("the batch calls no program")
    batch = Batch(
        prologue["token"],
        tuple(_read_call(line, number) for number, line in enumerate(lines[calls:], calls + 1)),
        web_request,
    )
    if web_request:
        _check_function_calls(batch)
    return batch


def _check_function_calls(batch: Batch) -> None:
    own = [argv for argv in batch.commands if argv[0].lower() == WEB_REQUEST_NAME]
    if not own:
        raise NotABatch("the batch defines a function that it does not call")
    for name, *arguments in own:
        if (
            name != WEB_REQUEST_NAME
            or len(arguments) != len(_CALL_OF_FUNCTION)
            or not all(form.fullmatch(argument) for form, argument in zip(_CALL_OF_FUNCTION, arguments, strict=True))
        ):
            raise NotABatch(f"not a call of the function {WEB_REQUEST_NAME}: {[name, *arguments]}")


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
