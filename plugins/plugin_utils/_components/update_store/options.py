# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of wsus_update_store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from ..._exceptions import WrongOption
from ..._options import EVENTS, JOURNALED, Options, Range, Spec
from ..._windows.folders import is_plain_name

STATES = ("rebuilt", "restored")

_OWN = Spec(
    {
        "state": {"type": "str", "choices": list(STATES), "default": "rebuilt"},
        "force": {"type": "bool", "default": False},
        "min_interval_hours": {"type": "int", "default": 24},
        "restore_from": {"type": "str"},
        "keep_copies": {"type": "int"},
        "catroot2": {"type": "bool", "default": False},
    },
    {"min_interval_hours": Range("hours", 0), "keep_copies": Range("copies")},
)


@dataclass(frozen=True)
class UpdateStoreOptions(Options):
    """The module options."""

    SPEC: ClassVar[Spec] = _OWN | JOURNALED | EVENTS

    state: Literal["rebuilt", "restored"]
    force: bool
    min_interval_hours: int
    restore_from: str | None
    keep_copies: int | None
    catroot2: bool
    timeout: int
    service_timeout: int
    event_days: int

    def validate(self) -> None:
        """Raises WrongOption."""
        if self.restore_from and self.state != "restored":
            raise WrongOption("restore_from names the copy that state=restored restores; it requires state=restored")
        if self.restore_from and not is_plain_name(self.restore_from):
            raise WrongOption(
                f"restore_from is {self.restore_from!r}; it must be the name of a folder, without its path"
            )
