# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Earlier copies of a folder in the same parent folder, and the names of those of this collection: ``NAME.<UTC stamp>``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..._windows import timestamps
from ..._windows.dir_listing import Listing


@dataclass(frozen=True)
class Copy:
    """An earlier copy of a folder. ``time`` is when this collection renamed it; None for a copy of another origin."""

    name: str
    time: datetime | None

    @property
    def ours(self) -> bool:
        """Whether this collection made it."""
        return self.time is not None

    def as_fact(self) -> dict[str, Any]:
        """The copy as published."""
        return {"name": self.name, "time": timestamps.iso(self.time) if self.time else None, "ours": self.ours}


def name_of_copy(folder: str, time: datetime) -> str:
    """The name of a copy of a folder that is renamed at that time."""
    return f"{folder}.{timestamps.stamp(time)}"


def read_copies(listing: Listing, folder: str) -> tuple[Copy, ...]:
    """The copies of a folder, from a listing of its parent folder: ours first, newest first, then others by name."""
    prefix = f"{folder.lower()}."
    names = (entry.name for key, entry in listing.entries.items() if entry.folder and key.startswith(prefix))
    copies = [Copy(name, timestamps.from_stamp(name[len(prefix) :])) for name in names]
    return tuple(sorted(copies, key=lambda copy: (-copy.time.timestamp() if copy.time else 0.0, copy.name)))


def newest(copies: Iterable[Copy]) -> Copy | None:
    """The newest copy that this collection made; None if there is none."""
    return next((copy for copy in copies if copy.ours), None)


def surplus(copies: Iterable[Copy], keep: int) -> tuple[Copy, ...]:
    """The copies to delete if ``keep`` are kept: never the newest, and never one of another origin."""
    return tuple(copy for copy in copies if copy.ours)[max(keep, 1) :]
