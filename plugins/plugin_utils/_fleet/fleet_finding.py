# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about several machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .._text import one_line

_NAMED = 10


@dataclass(frozen=True)
class FleetFinding:
    """A problem that concerns several machines. ``id`` is stable; ``action`` is a sentence; the machines are sorted by name."""

    id: str
    summary: str
    action: str
    machines: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """The finding as published."""
        return {"id": self.id, "summary": self.summary, "action": self.action, "machines": list(self.machines)}


def lines(findings: Iterable[FleetFinding]) -> Iterator[str]:
    """The findings as lines of a table."""
    for each in findings:
        more = f" and {len(each.machines) - _NAMED} more" if len(each.machines) > _NAMED else ""
        names = ", ".join(one_line(name, 80) for name in each.machines[:_NAMED])
        yield f"{one_line(each.id)}: {one_line(each.summary)}: {names}{more}"
        yield f"    {one_line(each.action, 600)}"
