"""Event logs: events, and their XML as wevtutil.exe prints it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from .machine import SimulatedMachine

Data = Sequence[tuple[str, str]]
"""Name and text of each datum, in order; a datum may be nameless."""

NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
_PROVIDERS_FILE = Path(__file__).with_name("providers.yml")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FIRST_RECORD = 1001


class Event:
    """One event; nothing of it changes but its record number, once, before anyone has read it."""

    def __init__(
        self,
        channel: str,
        provider: str,
        event_id: int,
        time: float,
        data: Data,
        binary: bytes | None,
        computer: str,
        level: int | None,
        version: int | None,
    ) -> None:
        self.channel, self.provider, self.id, self.time = channel, provider, event_id, time
        self.data, self.binary, self.computer = tuple(data), binary, computer
        self.record = 0
        self._facts = _provider(provider)
        own = self._facts["events"].get(event_id, {})
        self.level = level or own.get("level", 4)
        self._opcode, self._version = own.get("opcode", 0), own.get("version", 0) if version is None else version
        self._user = own.get("user", self._facts.get("user"))

    @cached_property
    def xml(self) -> str:
        """The event as ``wevtutil qe /f:xml`` prints it: one line, single quotes."""
        facts = self._facts
        source = f" EventSourceName='{_escaped(facts['source'])}'" if "source" in facts else ""
        qualifiers = f" Qualifiers='{facts['qualifiers'].get(self.level, 0)}'" if "qualifiers" in facts else ""
        guid = f" Guid='{facts['guid']}'" if "guid" in facts else ""
        security = f"<Security UserID='{self._user}'/>" if self._user else "<Security/>"
        return (
            f"<Event xmlns='{NAMESPACE}'><System><Provider Name='{_escaped(self.provider)}'{guid}{source}/>"
            f"<EventID{qualifiers}>{self.id}</EventID><Version>{self._version}</Version><Level>{self.level}</Level><Task>0</Task>"
            f"<Opcode>{self._opcode}</Opcode><Keywords>{facts['keywords']}</Keywords><TimeCreated SystemTime='{self.system_time}'/>"
            f"<EventRecordID>{self.record}</EventRecordID><Correlation/><Execution ProcessID='{facts['process']}' ThreadID='1284'/>"
            f"<Channel>{_escaped(self.channel)}</Channel><Computer>{_escaped(self.computer)}</Computer>{security}</System>"
            f"<EventData>{self._data_xml()}</EventData></Event>"
        )

    @property
    def system_time(self) -> str:
        """The time in UTC with the seven decimals that Windows keeps."""
        ticks = round(self.time * 10_000_000)
        moment = datetime.fromtimestamp(ticks // 10_000_000, timezone.utc)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{ticks % 10_000_000:07d}Z"

    @cached_property
    def tree(self) -> ET.Element:
        """The event without its namespace, for queries."""
        return ET.fromstring(self.xml.replace(f" xmlns='{NAMESPACE}'", "", 1))

    def _data_xml(self) -> str:
        parts = [
            f"<Data Name='{_escaped(name)}'>{_escaped(text)}</Data>" if name else f"<Data>{_escaped(text)}</Data>"
            for name, text in self.data
        ]
        if self.binary is not None:
            parts.append(f"<Binary>{self.binary.hex().upper()}</Binary>")
        return "".join(parts)


class EventLogs:
    """The logs of a machine by channel name, whose case does not matter."""

    def __init__(self, channels: Iterable[str], machine: SimulatedMachine) -> None:
        self._machine = machine
        self._names = {name.lower(): name for name in channels}
        self._events: dict[str, list[Event]] = {lowered: [] for lowered in self._names}

    def write(
        self,
        channel: str,
        provider: str,
        event_id: int,
        data: Data,
        *,
        binary: bytes | None = None,
        level: int | None = None,
        version: int | None = None,
    ) -> None:
        """Write an event at the machine's present time; level and version are the provider's unless given.

        :raises KeyError: the machine has no such channel, or the lab knows nothing of the provider
        """
        lowered = channel.lower()
        log = self._events[lowered]
        event = Event(
            self._names[lowered],
            provider,
            event_id,
            self._machine.now(),
            data,
            binary,
            self._machine.computer_name,
            level,
            version,
        )
        event.record = log[-1].record + 1 if log else _FIRST_RECORD
        log.append(event)

    def settle(self) -> None:
        """Put what was written out of turn into order of time and number it anew; before the first query only."""
        for log in self._events.values():
            log.sort(key=lambda event: event.time)
            for record, event in enumerate(log, _FIRST_RECORD):
                event.record = record

    def events(self, channel: str) -> Sequence[Event] | None:
        """The events of a channel, oldest first; None where the machine has no such channel."""
        return self._events.get(channel.lower())

    def state(self) -> dict[str, Any]:
        """All events without their times, as JSON data."""
        return {
            self._names[lowered]: [
                {
                    "record": event.record,
                    "provider": event.provider,
                    "id": event.id,
                    "level": event.level,
                    "data": [list(datum) for datum in event.data],
                    "binary": event.binary.hex() if event.binary is not None else None,
                }
                for event in log
            ]
            for lowered, log in sorted(self._events.items())
        }


@lru_cache(maxsize=1)
def _providers() -> Mapping[str, Mapping[str, Any]]:
    data: Mapping[str, Mapping[str, Any]] = yaml.load(_PROVIDERS_FILE.read_text(encoding="utf-8"), Loader=_LOADER)
    return data


def _provider(name: str) -> Mapping[str, Any]:
    return _providers()[name]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&apos;")
