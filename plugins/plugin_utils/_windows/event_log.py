# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event logs through wevtutil.exe: the queries, and the parser of the XML output.

``wevtutil qe /f:xml`` prints the events without a root element and without line breaks (captured on Windows 11 25H2). Redirected,
it writes in the ANSI code page regardless of the console, and pads some fields with NULs (programs that read it: stored files
70806830425, 59107074535, 71304613873, 70105487003). So text that is not ASCII may be damaged; markup, numbers and key names are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from . import values
from .command import Result, command
from .query import Query

_NAMESPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"
_BEGIN = re.compile(r"(?=<Event[\s>])")
_END = "</Event>"
# What stands around a number where a field was padded, or a character of the padding arrived damaged.
_PADDING = "\0\ufffd \t\r\n"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MILLISECONDS_A_DAY = 86_400_000


@dataclass(frozen=True)
class Selection:
    """A selection of events of a channel: those of ``provider``, if given, with one of ``numbers`` in ``field``.

    ``field`` is EventID or Level (2 is error). Windows refuses a query with more than 22 comparisons.
    """

    numbers: tuple[int, ...]
    provider: str | None = None
    field: str = "EventID"

    def __str__(self) -> str:
        any_number = " or ".join(f"{self.field}={number}" for number in self.numbers)
        return f"(Provider[@Name='{self.provider}'] and ({any_number}))" if self.provider else any_number


@dataclass(frozen=True)
class Datum:
    """Required data of an event: one of the texts, in the field ``name`` or, if it is None, in any field.

    The comparison is exact and case-sensitive. ``*[System[...] and EventData[Data[@Name='x']='y']]`` is the documented and common form
    (learn.microsoft.com, "Consuming Events"; [MS-EVEN6] 2.2.16, the subset of XPath: child and attribute axes, or, and, =, !=).
    ``EventData[Data='y']`` for data without names is used with ``wevtutil qe`` in independent programs (stored files 69776759103,
    56411364582, 40343465056). An event without the field does not match, not even with ``!=``: a query therefore cannot exclude
    events by a field that older Windows versions do not write.
    """

    texts: tuple[str, ...]
    name: str | None = None

    def __str__(self) -> str:
        field = f"Data[@Name='{self.name}']" if self.name else "Data"
        return "EventData[" + " or ".join(f"{field}='{text}'" for text in self.texts) + "]"


@dataclass(frozen=True)
class Event:
    """One event. ``time`` is UTC in ISO 8601, as Windows wrote it; ``data`` are the named fields in their order.

    ``user`` is the SID of the account that wrote the event, S-1-5-18 for the system.
    """

    id: int
    provider: str
    channel: str
    level: int
    record_id: int
    time: str
    data: Mapping[str, str]
    binary: bytes = b""
    user: str = ""

    @property
    def service(self) -> str | None:
        """The key name of the service in an event of the Service Control Manager.

        Windows 10 and later write it to Binary, as UTF-16LE (in 7036 followed by a slash and the state).
        """
        text = self.binary.decode("utf-16-le", errors="ignore").partition("\0")[0]
        return text.partition("/")[0] or None

    def first(self, names: Iterable[str]) -> str | None:
        """The first of the fields that exists and is not empty."""
        return next((self.data[name] for name in names if self.data.get(name)), None)


@dataclass(frozen=True)
class Log:
    """The events of a channel, newest first; ``damaged`` is the number of events that could not be parsed.

    ``error`` is the exit code of wevtutil if the channel could not be read. ``cut_at`` is the maximum number of events that
    were queried if it was reached, so that older ones may be missing; None if all were returned.
    """

    channel: str
    events: tuple[Event, ...] = ()
    damaged: int = 0
    error: int | None = None
    cut_at: int | None = None


def query(
    channel: str, selections: Sequence[Selection], days: int, count: int, datum: Datum | None = None
) -> Query[Log]:
    """The newest events that match one of the selections, at most ``days`` days old, at most ``count``.

    With a ``datum``, only those that contain it. If a channel cannot be read, the Log has an ``error``; no exception is raised.
    """
    chosen = " or ".join(map(str, selections))
    age = f"TimeCreated[timediff(@SystemTime)<={days * _MILLISECONDS_A_DAY}]"
    carries = f" and {datum}" if datum else ""
    words = ("qe", channel, "/f:xml", "/rd:true", f"/c:{count}", f"/q:*[System[({chosen}) and {age}]{carries}]")
    return Query(command("wevtutil.exe", *words), _log)


def _log(result: Result) -> Log:
    channel = result.command.arguments[1]
    if not result.ok:
        return Log(channel, error=result.exit_code)
    events: list[Event] = []
    damaged = 0
    # Each event begins with its tag: one that was cut ends where the next one begins.
    for text in _BEGIN.split(result.text.replace("\0", "")):
        event, end, rest = text.partition(_END)
        if not text.strip(_PADDING):
            continue
        damaged += bool(rest.strip(_PADDING))  # what is left of an event whose beginning is missing
        try:
            events.append(_event(ElementTree.fromstring(_NOT_XML.sub("\ufffd", event + end))))
        except (ElementTree.ParseError, LookupError, ValueError):
            damaged += 1
    count = next(int(word[3:]) for word in result.command.arguments if word.startswith("/c:"))
    return Log(channel, tuple(events), damaged, cut_at=count if len(events) + damaged >= count else None)


def code_of(text: str | None) -> int | None:
    """The HRESULT in the field of an event, as an unsigned number.

    ``%%1058`` is a Win32 error code, ``%%-2147023838`` and plain decimals are HRESULTs (Bits-Client writes unsigned ones),
    0x is hexadecimal. None if the field contains no number.
    """
    match = re.fullmatch(r"(%%)?(0x[0-9a-fA-F]{1,16}|-?[0-9]{1,20})", (text or "").strip(_PADDING))
    if not match:
        return None
    number = int(match[2], 16 if match[2].startswith("0x") else 10)
    if match[1] and 0 < number <= 0xFFFF:
        number |= 0x80070000
    return number & 0xFFFFFFFF


def _event(root: ElementTree.Element) -> Event:
    system = _child(root, "System")
    security = system.find(f"{_NAMESPACE}Security")
    data: dict[str, str] = {}
    binary = b""
    for part in root:
        if part.tag in (f"{_NAMESPACE}EventData", f"{_NAMESPACE}UserData"):
            for position, item in enumerate(part):
                if item.tag == f"{_NAMESPACE}Binary":
                    binary = bytes.fromhex((item.text or "").strip(_PADDING))
                else:
                    data[item.get("Name") or f"param{position + 1}"] = item.text or ""
    return Event(
        id=_number(_child(system, "EventID").text),
        provider=_child(system, "Provider").attrib["Name"],
        channel=_child(system, "Channel").text or "",
        level=_number(_child(system, "Level").text or "0"),
        record_id=_number(_child(system, "EventRecordID").text or "0"),
        time=values.time_text(_child(system, "TimeCreated").attrib["SystemTime"]),
        data=data,
        binary=binary,
        user="" if security is None else security.get("UserID", ""),
    )


def _number(text: str | None) -> int:
    """A number with its padding. Raises ValueError."""
    return values.integer((text or "").strip(_PADDING))


def _child(element: ElementTree.Element, name: str) -> ElementTree.Element:
    child = element.find(_NAMESPACE + name)
    if child is None:
        raise LookupError(name)
    return child
