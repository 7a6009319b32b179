# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as text, both ways; a datetime has a time zone everywhere, text is UTC."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Literal

_STAMP = "%Y%m%dT%H%M%SZ"
_PLAIN = "%Y-%m-%d %H:%M:%S%z"


def iso(moment: datetime) -> str:
    """ISO 8601 with whole seconds, as facts and results publish times: ``2026-07-28T09:30:00Z``."""
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def event_time(moment: datetime, digits: Literal["milliseconds", "microseconds"]) -> str:
    """ISO 8601 with a fraction of the second, as event logs have it: such times are compared as text."""
    utc = moment.astimezone(timezone.utc)
    fraction = f"{utc:%f}"
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{fraction[:3] if digits == 'milliseconds' else fraction}Z"


def from_iso(text: str) -> datetime:
    """The time, in whole seconds, that an event or a fact names. Raises ValueError."""
    return datetime.fromisoformat(text[:19]).replace(tzinfo=timezone.utc)


def plain(moment: datetime) -> str:
    """A time for a person to read: ``2026-07-28 09:30:00 UTC``."""
    return f"{moment.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S} UTC"


def from_plain(text: str, offset: str = "+0000") -> datetime | None:
    """The time that Windows writes as ``2026-07-28 09:30:00`` in its registry and text logs; None for what is no time."""
    try:
        return datetime.strptime(text + offset, _PLAIN).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def stamp(moment: datetime) -> str:
    """A time as the journal writes it, and names of files and folders on the machine contain it: ``20260728T093000Z``."""
    return moment.astimezone(timezone.utc).strftime(_STAMP)


def from_stamp(text: str) -> datetime | None:
    """The time that a stamp stands for; None if the text is not one."""
    try:
        return datetime.strptime(text, _STAMP).replace(tzinfo=timezone.utc)
    except ValueError:
        return None
