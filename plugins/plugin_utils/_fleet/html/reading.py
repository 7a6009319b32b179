# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a report document that may lack anything, and makes text of machines fit to show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..._text import visible

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_UTC = ("Z", "+00:00")


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """The items of a list; a single value is a list of one, and nothing an empty list."""
    if isinstance(value, (list, tuple)):
        return list(value)
    return [] if value is None or value == "" else [value]


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Those items of a list that are mappings."""
    return [each for each in sequence(value) if isinstance(each, Mapping)]


def texts(value: Any) -> list[str]:
    """The items of a list as text, without empty ones."""
    return [found for each in sequence(value) if (found := text(each))]


def text(value: Any, limit: int = 500) -> str:
    """A value as text to show. Invisible characters are escaped; what exceeds the limit is replaced by three dots."""
    if value is None:
        return ""
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, default=str)
    shown = value if len(value) <= limit else value[: max(limit - 3, 0)] + "..."
    return visible(shown)


def number(value: Any) -> float | None:
    """The value if it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < 1e15 else None


def moment(value: Any) -> str:
    """A time in ISO 8601 as people read it, to the minute; other text as it is."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return text(value, 60)
    day, time, zone = found.groups()
    return f"{day} {time}" + (" UTC" if zone in _UTC else f" {zone}" if zone else "")


def machine_time(value: Any) -> str:
    """The time for the attribute datetime; empty if it is not in ISO 8601."""
    return value if isinstance(value, str) and _MOMENT.fullmatch(value) else ""


def unique(values: Iterable[str]) -> list[str]:
    """The values without repetitions, in their order."""
    return list(dict.fromkeys(values))
