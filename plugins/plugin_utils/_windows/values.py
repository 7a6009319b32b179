# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the machine as values: ASCII digits only, within the range of the value. Anything else is unreadable, never a value.

``int`` and ``float`` accept more: other digits of Unicode, underscores, ``nan`` and ``inf``, and thousands of digits.
"""

from __future__ import annotations

import re
from datetime import datetime

MOST_32, MOST_64 = 2**32 - 1, 2**64 - 1

_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)
_HEXADECIMAL = re.compile(r"(?:0x)?0*([0-9a-fA-F]{1,16})", re.ASCII)
_DECIMAL = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,17})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_LARGEST_DECIMAL = 1e15
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z?", re.ASCII)


def integer(text: str, most: int = MOST_64) -> int:
    """A number of at most ``most``, without a sign. Raises ValueError."""
    if not _DIGITS.fullmatch(text) or (number := int(text)) > most:
        raise ValueError(f"{text[:40]!r} is not a number from 0 to {most}")
    return number


def integer_or_none(text: str, most: int = MOST_64) -> int | None:
    """The same, but None for what is not such a number."""
    try:
        return integer(text, most)
    except ValueError:
        return None


def hexadecimal(text: str, most: int = MOST_64) -> int:
    """A hexadecimal number of at most ``most``, with or without 0x. Raises ValueError."""
    match = _HEXADECIMAL.fullmatch(text)
    if not match or (number := int(match[1], 16)) > most:
        raise ValueError(f"{text[:40]!r} is not a hexadecimal number up to {most:#x}")
    return number


def decimal(text: str) -> float:
    """A finite number that is not negative, such as a number of seconds or bytes. Raises ValueError.

    .NET writes small ones with an exponent, such as 4.47E-05.
    """
    if not _DECIMAL.fullmatch(text) or (number := float(text)) > _LARGEST_DECIMAL:
        raise ValueError(f"{text[:40]!r} is not a decimal number")
    return number


def time_text(text: str) -> str:
    """The text itself if it is a time in ISO 8601 in UTC, as event logs have it. Raises ValueError."""
    if not _TIME.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a time")
    datetime.fromisoformat(text[:19])
    return text
