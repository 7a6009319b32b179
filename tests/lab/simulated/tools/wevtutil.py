"""wevtutil.exe qe.

The XML has no root element and no line breaks. It is written in the ANSI code page whatever the console's code page is, or in
UTF-16LE with ``/uni:true``: read as UTF-8, text beyond ASCII arrives damaged either way, as it does from a real Windows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ...machine import Execution, User
from ..errors import NotImplementedInLab
from ..xpath import InvalidQuery, compile_query
from .output import Output

if TYPE_CHECKING:
    from ..machine import SimulatedMachine

INVALID_QUERY = 15001
CHANNEL_NOT_FOUND = 15007
ACCESS_DENIED = 5
INVALID_PARAMETER = 87

_NAMES = {
    "f": "format",
    "rd": "reversedirection",
    "c": "count",
    "q": "query",
    "uni": "unicode",
    "e": "element",
    "lf": "logfile",
    "sq": "structuredquery",
    "bm": "bookmark",
    "sbm": "savebookmark",
    "l": "locale",
    "r": "remote",
}
_IMPLEMENTED = frozenset({"format", "reversedirection", "count", "query", "unicode", "element"})
_ADMINISTRATORS_ONLY = frozenset({"security"})


class _Failed(Exception):
    """The query failed with a Win32 error."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _InvalidOption(Exception):
    """An option that wevtutil does not know, or with a value that it does not take."""


def main(machine: SimulatedMachine, arguments: Sequence[str], user: User) -> Execution:
    """Run wevtutil.exe with the arguments after its name; only ``qe`` (query-events) is there."""
    if len(arguments) < 2 or arguments[0].lower() not in ("qe", "query-events"):
        raise NotImplementedInLab(" ".join(arguments))
    output = Output()
    try:
        options = _options(arguments[2:])
        text = _query(machine, arguments[1], options, user)
    except _InvalidOption as error:
        output.error(machine.text.wevtutil["usage"].format(option=error))
        return output.result(INVALID_PARAMETER)
    except _Failed as error:
        output.error(f"{machine.text.wevtutil['failed']}\n{machine.text.error(error.code)}")
        return output.result(error.code)
    if root := options.get("element"):
        text = f"<{root}>{text}</{root}>"
    encoding = "utf-16-le" if options.get("unicode") == "true" else machine.text.ansi
    return Execution(text.encode(encoding, "replace"), b"", 0)


def _query(machine: SimulatedMachine, channel: str, options: Mapping[str, str], user: User) -> str:
    events = machine.events.events(channel)
    if events is None:
        raise _Failed(CHANNEL_NOT_FOUND)
    if channel.lower() in _ADMINISTRATORS_ONLY and not user.administrator:
        raise _Failed(ACCESS_DENIED)
    try:
        matches = compile_query(options.get("query", "*"))
    except InvalidQuery:
        raise _Failed(INVALID_QUERY) from None
    now = machine.now()
    ordered = reversed(events) if options.get("reversedirection") == "true" else iter(events)
    found = (event.xml for event in ordered if matches(event, now))
    return "".join(islice(found, int(options["count"]) if "count" in options else None))


def _options(arguments: Sequence[str]) -> Mapping[str, str]:
    options: dict[str, str] = {}
    for argument in arguments:
        name, colon, value = argument[1:].partition(":")
        name = _NAMES.get(name.lower(), name.lower())
        if argument[:1] not in ("/", "-") or name not in _NAMES.values() or not colon or name in options:
            raise _InvalidOption(argument)
        if name not in _IMPLEMENTED or (name == "format" and value.lower() in ("text", "renderedxml")):
            raise NotImplementedInLab(argument)
        if name in ("reversedirection", "unicode"):
            value = value.lower()
            if value not in ("true", "false"):
                raise _InvalidOption(argument)
        if (name == "format" and value.lower() != "xml") or (name == "count" and not (value.isdigit() and int(value))):
            raise _InvalidOption(argument)
        options[name] = value
    # Without /f wevtutil prints XML as well.
    return options
