# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Earlier copies of a folder beside it, and the names that ours have: ``NAME.<UTC stamp>``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..._windows import timestamps
from ..._windows.dir_listing import Listing


@dataclass(frozen=True)
class Copy:
    """An earlier copy of a folder. ``time`` is when we set it aside, None for a copy that somebody else made."""

    name: str
    time: datetime | None

    @property
    def ours(self) -> bool:
        """Whether we made it."""
        return self.time is not None

    def as_fact(self) -> dict[str, Any]:
        """The copy as published."""
        return {"name": self.name, "time": timestamps.iso(self.time) if self.time else None, "ours": self.ours}


def name_of_copy(folder: str, time: datetime) -> str:
    """What a folder of that name is called once it is set aside."""
    return f"{folder}.{timestamps.stamp(time)}"


def read_copies(listing: Listing, folder: str) -> tuple[Copy, ...]:
    """The copies of a folder among its neighbours: the newest of ours first, then those of others by name."""
    prefix = f"{folder.lower()}."
    names = (entry.name for key, entry in listing.entries.items() if entry.folder and key.startswith(prefix))
    copies = [Copy(name, timestamps.from_stamp(name[len(prefix) :])) for name in names]
    return tuple(sorted(copies, key=lambda copy: (-copy.time.timestamp() if copy.time else 0.0, copy.name)))


def newest(copies: Iterable[Copy]) -> Copy | None:
    """The newest copy of ours."""
    return next((copy for copy in copies if copy.ours), None)


def surplus(copies: Iterable[Copy], keep: int) -> tuple[Copy, ...]:
    """Those of our copies that go when so many stay: never the newest, never one of somebody else."""
    return tuple(copy for copy in copies if copy.ours)[max(keep, 1) :]
