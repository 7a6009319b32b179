# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The upper size of a result: what a machine says must not fill the memory of a controller or the report of a fleet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LARGEST = 256 * 1024
"""The most bytes of a result, as JSON."""

_MOST_ENTRIES = 500
_LONGEST_TEXT = 8192
# No mapping of ours has more names; where there are more, they are those of the machine, such as names of registry values.
_MOST_FIELDS = 50


def bounded(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
    """The values with shorter lists and texts if they are too large, and the number of entries left out of each list.

    Lists keep their first entries: findings are ranked, and events are newest first.
    """
    entries, longest = _MOST_ENTRIES, _LONGEST_TEXT
    while True:
        left_out: dict[str, int] = {}
        kept: dict[str, Any] = _bounded(values, "", entries, longest, left_out)
        if entries == 1 or len(json.dumps(kept)) <= LARGEST:
            return kept, left_out
        entries, longest = max(entries // 2, 1), max(longest // 2, 64)


def _bounded(value: Any, path: str, entries: int, longest: int, left_out: dict[str, int]) -> Any:
    if isinstance(value, str):
        return value if len(value) <= longest else f"{value[:longest]}..."
    if not isinstance(value, (Mapping, list, tuple)):
        return value
    most = entries
    if isinstance(value, Mapping):
        most = max(entries, _MOST_FIELDS)
    if len(value) > most:
        left_out[path] = left_out.get(path, 0) + len(value) - most
    first = list(value)[:most]
    if isinstance(value, Mapping):
        return {name: _bounded(value[name], f"{path}.{name}".lstrip("."), entries, longest, left_out) for name in first}
    return [_bounded(each, path, entries, longest, left_out) for each in first]
