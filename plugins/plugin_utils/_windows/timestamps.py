# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversion between times and text; every datetime has a time zone, and text is in UTC."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Literal

_STAMP = "%Y%m%dT%H%M%SZ"
_PLAIN = "%Y-%m-%d %H:%M:%S%z"


def iso(moment: datetime) -> str:
    """ISO 8601 with whole seconds, the format in facts and results: ``2026-07-28T09:30:00Z``."""
    return f"{_utc(moment).isoformat(timespec='seconds')}Z"


def event_time(moment: datetime, digits: Literal["milliseconds", "microseconds"]) -> str:
    """ISO 8601 with a fraction of a second, the format in event logs, which can be compared as text."""
    return f"{_utc(moment).isoformat(timespec=digits)}Z"


def from_iso(text: str) -> datetime:
    """The time of an event or fact, in whole seconds. Raises ValueError."""
    return datetime.fromisoformat(text[:19]).replace(tzinfo=timezone.utc)


def plain(moment: datetime) -> str:
    """A time for messages: ``2026-07-28 09:30:00 UTC``."""
    return f"{_utc(moment).isoformat(' ', 'seconds')} UTC"


def from_plain(text: str, offset: str = "+0000") -> datetime | None:
    """A time in the format of the registry and text logs, ``2026-07-28 09:30:00``; None if the text is not a time."""
    try:
        return datetime.strptime(text + offset, _PLAIN).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def stamp(moment: datetime) -> str:
    """A time for the journal and for names of files and folders on the machine: ``20260728T093000Z``."""
    return iso(moment).replace("-", "").replace(":", "")


def from_stamp(text: str) -> datetime | None:
    """The time of a stamp; None if the text is not a stamp."""
    try:
        return datetime.strptime(text, _STAMP).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def _utc(moment: datetime) -> datetime:
    """The time in UTC, without the zone. ``strftime`` would write a year before 1000 with fewer than four digits on Linux."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
