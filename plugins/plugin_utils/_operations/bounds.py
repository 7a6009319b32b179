# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The upper size of a result: what a machine says must not fill the memory of a controller or the report of a fleet."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
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
        attempt = _Attempt(entries, longest, LARGEST if entries > 1 else math.inf)
        try:
            kept: dict[str, Any] = attempt.kept(values, "")
            if entries == 1 or len(json.dumps(kept)) <= LARGEST:
                return kept, attempt.left_out
        except _TooLarge:
            pass
        entries, longest = max(entries // 2, 1), max(longest // 2, 64)


class _TooLarge(Exception):
    """An attempt that is given up: its result has no room, whatever comes."""


@dataclass
class _Attempt:
    """One attempt with these lengths, given up where the least that JSON needs has no room."""

    entries: int
    longest: int
    room: float
    left_out: dict[str, int] = field(default_factory=dict)

    def kept(self, value: Any, path: str) -> Any:
        """What is kept of a value, below that path of names."""
        self._take(1)
        if isinstance(value, str):
            self._take(min(len(value), self.longest))
            return value if len(value) <= self.longest else f"{value[: self.longest]}..."
        if not isinstance(value, (Mapping, list, tuple)):
            return value
        most = max(self.entries, _MOST_FIELDS) if isinstance(value, Mapping) else self.entries
        if len(value) > most:
            self.left_out[path] = self.left_out.get(path, 0) + len(value) - most
        if isinstance(value, Mapping):
            return {name: self.kept(value[name], f"{path}.{name}".lstrip(".")) for name in islice(value, most)}
        return [self.kept(each, path) for each in islice(value, most)]

    def _take(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise _TooLarge
