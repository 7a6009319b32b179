# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The computers that the WSUS console shows, compared with the machines of the inventory.

The export has one row for each computer target, with properties of IComputerTarget (Microsoft, "IComputerTarget Interface"): FullDomainName,
Id (the client's identifier since its first contact), LastReportedStatusTime (UTC, as Microsoft says of its siblings).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from .._components.client_id import is_id, normalize_id
from .._text import one_line
from .files import NotReadable, read_text
from .fleet_finding import FleetFinding
from .machine import Machine, moment

_HELP = "export the computers as the guide about the audit describes it"
_JSON_DATE = re.compile(r"/Date\((-?[0-9]{1,14})\)/", re.ASCII)
"""A date as ConvertTo-Json of Windows PowerShell 5.1 writes it: milliseconds since 1970."""


_NEVER = 1753
"""The year of times that stand for never: 1 in .NET, 1753 in the database of WSUS (MS-WSUSSS, ComputerRollupInfo)."""


@dataclass(frozen=True)
class Computer:
    """A computer in the console. ``reported`` is None for one that never reported."""

    name: str
    id: str
    reported: datetime | None

    @property
    def short(self) -> str:
        """The host name without the domain, in lower case."""
        return short(self.name)


def read_computers(path: str) -> tuple[Computer, ...]:
    """The computers in an export of the console, CSV or JSON. Raises NotReadable and says how to export."""
    text = read_text(path)
    try:
        rows = _json_rows(text) if text.lstrip()[:1] in ("[", "{") else _csv_rows(text)
        return tuple(_computer(number, row) for number, row in enumerate(rows, 1))
    except (ValueError, OverflowError, csv.Error, RecursionError) as error:
        raise NotReadable(f"{path} is not an export of the console's computers: {error}; {_HELP}") from error


def compare_with_console(
    machines: Sequence[Machine], computers: Sequence[Computer], now: datetime, days: int
) -> Iterator[FleetFinding]:
    """The differences between the inventory and the console. A report that is older than ``days`` days is overdue."""
    by_name, by_id = _by(computers, lambda each: each.short), _by(computers, lambda each: each.id)
    identifiers = {each.name: _client_id(each) for each in machines}
    found = {
        each.name: [*by_name.get(short(each.name), ()), *by_id.get(identifiers[each.name], ())] for each in machines
    }
    yield from _finding(
        "fleet.not_in_console",
        "{} of the inventory are not in the WSUS console",
        "Check their policy and their client ID: a machine that shares its ID with another one takes turns with it in the console.",
        (name for name, entries in found.items() if not entries),
    )
    ours = {entry.name for entries in found.values() for entry in entries}
    yield from _finding(
        "fleet.not_in_inventory",
        "{} of the WSUS console are not in the inventory",
        "Add them to the inventory, or delete them in the console if they no longer exist.",
        (each.name for each in computers if each.name not in ours),
    )
    yield from _finding(
        "fleet.report_overdue",
        f"{{}} of the inventory did not report to WSUS for {days} days",
        "Audit and repair these machines; if they are healthy, check whether the server accepts their reports.",
        (
            name
            for name, entries in found.items()
            if entries and all(each.reported is None or now - each.reported > timedelta(days=days) for each in entries)
        ),
    )
    for entry in computers:
        behind = sorted(name for name, identifier in identifiers.items() if entry.id and identifier == entry.id)
        if len(behind) > 1:
            yield FleetFinding(
                "fleet.shared_entry",
                f"{len(behind)} machines are behind the entry {one_line(entry.name, 80)} of the WSUS console",
                "Run the playbook wsus.client.regenerate_client_ids: these machines share a client ID.",
                tuple(behind),
            )


def short(name: str) -> str:
    """A machine's name without its domain, in lower case."""
    return name.partition(".")[0].lower()


def _finding(identifier: str, summary: str, action: str, names: Iterable[str]) -> Iterator[FleetFinding]:
    chosen = tuple(sorted(set(names)))
    if chosen:
        number = f"{len(chosen)} {'machine' if len(chosen) == 1 else 'machines'}"
        yield FleetFinding(identifier, summary.format(number), action, chosen)


def _by(computers: Iterable[Computer], key: Any) -> Mapping[str, Sequence[Computer]]:
    found: dict[str, list[Computer]] = {}
    for each in computers:
        if name := key(each):
            found.setdefault(name, []).append(each)
    return found


def _client_id(machine: Machine) -> str:
    text = str(machine.fact("client_id").get("id") or "")
    return normalize_id(text) if is_id(text) else ""


def _json_rows(text: str) -> list[Mapping[str, Any]]:
    content = json.loads(text)
    rows = content if isinstance(content, list) else [content]
    if not all(isinstance(row, Mapping) for row in rows):
        raise ValueError("it must be a list of objects")
    return rows


def _csv_rows(text: str) -> list[Mapping[str, Any]]:
    lines = text.splitlines()
    if lines and lines[0].startswith("#TYPE"):  # Export-Csv of Windows PowerShell without -NoTypeInformation
        lines = lines[1:]
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    return list(csv.DictReader(io.StringIO("\n".join(lines)), delimiter=separator))


def _computer(number: int, row: Mapping[str, Any]) -> Computer:
    fields = {str(key).lower(): value for key, value in row.items()}
    name = str(fields.get("fulldomainname") or fields.get("name") or "").strip()
    if not name:
        raise ValueError(f"row {number} has no FullDomainName")
    identifier = str(fields.get("id") or "").strip()
    return Computer(
        name, normalize_id(identifier) if is_id(identifier) else "", _time(number, fields.get("lastreportedstatustime"))
    )


def _time(number: int, value: Any) -> datetime | None:
    text = str(value or "").strip()
    if not text:
        return None
    if match := _JSON_DATE.fullmatch(text):
        time = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=int(match[1]))
    elif (found := moment(_iso(text))) is not None:
        time = found
    else:
        raise ValueError(f"row {number}: LastReportedStatusTime is {one_line(text, 40)}; it must be a time in ISO 8601")
    return time if time.year > _NEVER else None


def _iso(text: str) -> str:
    """A time of .NET's format "o"; without a zone it is UTC."""
    return text if re.search(r"(?:Z|[+-][0-9:]{5})$", text[:40]) else f"{text}Z"
