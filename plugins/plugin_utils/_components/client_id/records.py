# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of the client id in our journal: what a run has begun, with the values as they were, and what was done last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..._windows import registry, timestamps
from ..._windows.command import Command, command
from ..._windows.registry import Key, Tree, Value
from ..shared import journal
from .formats import normalize_id

ID = "SusClientId"
NAMES = ("SusClientIdValidation", "PingID", "AccountDomainSid", ID)
"""The values of the identity, in the order in which they are deleted: as long as the id is there, nothing is lost."""

_KEY = rf"{journal.KEY}\ClientId"
_UNFINISHED, _LAST = "Unfinished", "ClientIdLast"


def values_of(key: Key | None) -> tuple[Value, ...]:
    """The values of the identity that a key holds. Raises BrokenOff where that is not known."""
    return tuple(key.values[name.lower()] for name in NAMES if key and key.get(name) is not None)


def id_of(values: Iterable[Value]) -> str:
    """The id among them as it is written, empty where there is none."""
    return next(
        (value.data for value in values if value.name.lower() == ID.lower() and isinstance(value.data, str)), ""
    )


@dataclass(frozen=True)
class PendingRun:
    """A regeneration that was begun: the values as they were, and the services that ran before."""

    begun: datetime
    values: tuple[Value, ...]
    were_running: tuple[str, ...]

    @property
    def id(self) -> str:
        """The id that was there, as it is compared; empty where there was none."""
        return normalize_id(id_of(self.values))

    def as_fact(self) -> dict[str, Any]:
        """It as published."""
        return {"begun": timestamps.iso(self.begun), "id": self.id or None, "services": list(self.were_running)}

    def write(self) -> tuple[Command, ...]:
        """Write it to the journal: the values first, so that a record is never without them.

        What a run left there that was cut before its record is erased before.
        """
        fields = {"begun": timestamps.stamp(self.begun), "ran": ",".join(self.were_running)}
        return (
            CLEAR_PENDING,
            *(registry.add(_KEY, value) for value in self.values),
            journal.write(_UNFINISHED, fields, _KEY),
        )


CLEAR_PENDING = command("reg.exe", "delete", _KEY, "/f")
"""Take what was begun from the journal, with the values in it."""


@dataclass(frozen=True)
class LastRun:
    """When we last regenerated the id, and which it was before."""

    time: datetime
    previous: str

    def write(self) -> Command:
        """Write it to the journal."""
        return journal.write(_LAST, {"time": timestamps.stamp(self.time), "previous": self.previous})


def read_unfinished(tree: Tree) -> PendingRun | None:
    """What was begun; None where nothing is, or where not even the record was written: then nothing was changed.

    Raises JournalDamaged for a record that cannot be ours.
    """
    key = tree.key(_KEY)
    if key is None or key.get(_UNFINISHED) is None:
        return None
    fields = journal.record(tree, _UNFINISHED, _KEY)
    begun = timestamps.from_stamp(fields.get("begun", ""))
    if begun is None:
        raise journal.JournalDamaged(
            rf"the value {_UNFINISHED} of {_KEY} on the machine is not as wsus.client wrote it. The values beside it are those of the client "
            "id before a run that was cut: check whether the services UsoSvc and wuauserv run, then delete the key"
        )
    were_running = tuple(name for name in fields.get("ran", "").split(",") if name)
    return PendingRun(begun, values_of(tree.key(_KEY)), were_running)


def read_last(tree: Tree) -> LastRun | None:
    """What was done last; None where nothing was."""
    fields = journal.record(tree, _LAST)
    time = timestamps.from_stamp(fields.get("time", ""))
    return LastRun(time, fields.get("previous", "")) if time else None
