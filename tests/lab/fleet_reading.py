"""Strict reading of fleet files: every surprise is an error that says where it lies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class FleetError(ValueError):
    """A fleet file is wrong; the message names the file, the machine and the key."""


def seconds(age: Any, where: str) -> float:
    """An age such as ``90s``, ``2h`` or ``3d`` in seconds."""
    match = _AGE.fullmatch(age) if isinstance(age, str) else None
    if match is None:
        raise FleetError(f"{where}: expected an age such as 2h or 3d, not {age!r}")
    return float(match[1]) * _SECONDS[match[2]]


def wait(data: Any, where: str) -> float:
    """A time to wait, in seconds."""
    if not isinstance(data, int | float) or isinstance(data, bool) or data < 0:
        raise FleetError(f"{where}: expected a number of seconds, not {data!r}")
    return float(data)


def flag(data: Any, where: str) -> bool:
    """True or false."""
    if not isinstance(data, bool):
        raise FleetError(f"{where}: expected true or false, not {data!r}")
    return data


def mapping(data: Any, where: str, known: set[str] | None = None) -> dict[str, Any]:
    """A mapping with texts for keys, none of them unknown."""
    if not isinstance(data, dict):
        raise FleetError(f"{where}: expected keys with values, not {data!r}")
    strange = [key for key in data if not isinstance(key, str) or (known is not None and key not in known)]
    if strange:
        expected = f"; expected one of {', '.join(sorted(known))}" if known else ""
        raise FleetError(f"{where}: unknown key {strange[0]!r}{expected}")
    return data


def item_list(item: Mapping[str, Any], key: str, where: str) -> list[Any]:
    """A list; a missing key means an empty one."""
    data = item.get(key) or []
    if not isinstance(data, list):
        raise FleetError(f"{where}: {key}: expected a list, not {data!r}")
    return data


def text(data: Any, where: str) -> str:
    """A text that is not empty."""
    if not isinstance(data, str) or not data:
        raise FleetError(f"{where}: expected a text, not {data!r}")
    return data
