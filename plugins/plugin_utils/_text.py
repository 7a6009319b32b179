# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of machines as people see it: bounded, and with everything visible that a terminal would act on or would not show.

Facts are data and stay as they are. Whatever is printed or written for people goes through one of these functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Controls (C0 but tab and line feed, DEL, C1), separators of lines, marks of direction, invisible characters and tags, halves of
# surrogate pairs, private use, and what is no character.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufeff\ufff9-\ufffc\ufffe\uffff"
    "\U000e0000-\U0010ffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST = 300


def visible(text: str) -> str:
    """The text with each hidden character as ``\\uXXXX``. Line feeds and tabs remain."""
    return _HIDDEN.sub(_escaped, text)


def one_line(value: Any, longest: int = _LONGEST) -> str:
    """A value as one visible line of at most ``longest`` characters; three dots mark what is left out."""
    text = str(value)
    kept = visible(" ".join(text[: longest * 4].split()))
    return kept if len(kept) <= longest and len(text) <= longest * 4 else f"{kept[:longest]}..."


def json_text(value: Any, indent: int | None = 2) -> str:
    """Strict JSON: the same data, its hidden characters as escapes of JSON. Raises ValueError for a number that JSON lacks."""
    return _HIDDEN.sub(_escaped_in_json, json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False))


def shown(value: Any) -> Any:
    """Data for people: the same structure with every text visible."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {shown(key): shown(each) for key, each in value.items()}
    return [shown(each) for each in value] if isinstance(value, (list, tuple)) else value


def has_hidden(value: Any) -> bool:
    """Whether a text in the data has a character that JSON, as Ansible prints it, would not escape."""
    if isinstance(value, str):
        return _HIDDEN.search(value) is not None
    if isinstance(value, Mapping):
        return any(has_hidden(key) or has_hidden(each) for key, each in value.items())
    return isinstance(value, (list, tuple)) and any(map(has_hidden, value))


def lone_surrogate(value: Any) -> bool:
    """Whether a text in the data has half of a surrogate pair, which is no character and cannot be sent or written."""
    if isinstance(value, str):
        return _SURROGATE.search(value) is not None
    if isinstance(value, Mapping):
        return any(lone_surrogate(key) or lone_surrogate(each) for key, each in value.items())
    return isinstance(value, (list, tuple)) and any(map(lone_surrogate, value))


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escaped_in_json(match: re.Match[str]) -> str:
    """JSON has no escape for characters beyond U+FFFF but that of their surrogate pair."""
    return _escaped(match) if match[0] <= "\uffff" else json.dumps(match[0])[1:-1]
