# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal records of the client ID: a run that was started, with the previous values, and the last completed one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..._windows import registry, timestamps
from ..._windows.command import Command, command, is_quotable
from ..._windows.registry import Key, Tree, Value
from ..shared import journal
from ..shared.registry_keys import UPDATE
from .formats import is_id, normalize_id

ID = "SusClientId"
NAMES = ("SusClientIdValidation", "PingID", "AccountDomainSid", ID)
"""The values of the identity, in the order of deletion: as long as the ID exists, nothing is lost."""

_KEY = rf"{journal.KEY}\ClientId"
_VALUES = rf"{_KEY}\Values"
_UNFINISHED, _LAST = "Unfinished", "ClientIdLast"


# The services that a regeneration stops; a record can name no other.
_STOPPED = frozenset({"UsoSvc", "wuauserv"})


def values_of(key: Key | None) -> tuple[Value, ...]:
    """The values of the identity in a key. Raises BrokenOff if they are not known."""
    return tuple(key.values[name.lower()] for name in NAMES if key and key.get(name) is not None)


def id_of(values: Iterable[Value]) -> str:
    """The ID among the values, unchanged; empty if there is none."""
    return next(
        (value.data for value in values if value.name.lower() == ID.lower() and isinstance(value.data, str)), ""
    )


@dataclass(frozen=True)
class PendingRun:
    """A regeneration that was started: the previous values, and the services that were running.

    ``place`` is the key of the journal that contains the values.
    """

    begun: datetime
    values: tuple[Value, ...]
    were_running: tuple[str, ...]
    place: str = field(default=_VALUES, compare=False)

    @property
    def id(self) -> str:
        """The previous ID, for comparison; empty if there was none."""
        return normalize_id(id_of(self.values))

    def is_gone(self, raw_id: str) -> bool:
        """Whether the previous ID is no longer written, or there was none; ``raw_id`` is the text in the registry now.

        What is written counts: a malformed ID is no ID, although it is still there.
        """
        return not id_of(self.values) or normalize_id(raw_id) != self.id

    def as_fact(self) -> dict[str, Any]:
        """The run as published."""
        return {"begun": timestamps.iso(self.begun), "id": self.id or None, "services": list(self.were_running)}

    def write(self, others: Iterable[str]) -> tuple[Command, ...]:
        """Write it to the journal: the values first, so that a record never lacks them.

        The machine copies them, because text that cannot be quoted on a command line would not arrive unchanged; ``others`` are the
        names in the key that are not of the identity. Values of a run that was interrupted before it wrote its record are deleted first.
        """
        fields = {"begun": timestamps.stamp(self.begun), "ran": ",".join(self.were_running)}
        copied = (
            registry.copy(UPDATE, _VALUES),
            *(registry.delete_value(_VALUES, name) for name in others if is_quotable(name)),
        )
        return (
            CLEAR_PENDING,
            *(copied if self.values else ()),
            journal.write(_UNFINISHED, fields, _KEY),
        )

    def restore(self) -> tuple[Command, ...]:
        """Write the previous values back."""
        if not self.values:
            return ()
        # In earlier versions the values were beside the record.
        beside = () if self.place == _VALUES else (registry.delete_value(UPDATE, _UNFINISHED),)
        return (registry.copy(self.place, UPDATE), *beside)


CLEAR_PENDING = command("reg.exe", "delete", _KEY, "/f")
"""Remove the run and its values from the journal."""


@dataclass(frozen=True)
class LastRun:
    """When this collection last regenerated the ID, and the previous ID; empty if there was none, or a malformed one."""

    time: datetime
    previous: str

    def write(self) -> Command:
        """Write it to the journal."""
        previous = self.previous if is_id(self.previous) else ""
        return journal.write(_LAST, {"time": timestamps.stamp(self.time), "previous": previous})


def read_unfinished(tree: Tree) -> PendingRun | None:
    """The run that was started; None if there is none, or if its record was not written: then nothing was changed.

    Raises JournalDamaged for a record that this collection cannot have written.
    """
    key = tree.key(_KEY)
    if key is None or key.get(_UNFINISHED) is None:
        return None
    fields = journal.record(tree, _UNFINISHED, _KEY)
    begun = timestamps.from_stamp(fields.get("begun", ""))
    were_running = tuple(name for name in fields.get("ran", "").split(",") if name)
    if begun is None or not _STOPPED.issuperset(were_running):
        raise journal.JournalDamaged(
            rf"the value {_UNFINISHED} of {_KEY} on the machine is not as wsus.client wrote it. The other values of the key are those of the "
            "client ID before a run that was interrupted: check whether the services UsoSvc and wuauserv run, then delete the key"
        )
    place = _VALUES if tree.key(_VALUES) else _KEY
    return PendingRun(begun, values_of(tree.key(place)), were_running, place)


def read_last(tree: Tree) -> LastRun | None:
    """The last completed run; None if there is none."""
    fields = journal.record(tree, _LAST)
    time = timestamps.from_stamp(fields.get("time", ""))
    return LastRun(time, fields.get("previous", "")) if time else None
