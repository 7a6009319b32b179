# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two journal records of the store: a run that was started and not finished, and the last completed run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from ..._windows import timestamps
from ..._windows.command import Command
from ..._windows.dir_listing import Listing, beside, name_of, parent_of
from ..._windows.folders import is_plain, is_plain_name, is_protected
from ..._windows.registry import Tree
from ..shared import journal

State: TypeAlias = Literal["rebuilt", "restored"]

_UNFINISHED, _LAST = "UpdateStoreUnfinished", "UpdateStoreLast"
_STATES: Mapping[str, State] = {"rebuilt": "rebuilt", "restored": "restored"}
# The services that a rebuild stops; a record can name no other.
_STOPPED = frozenset({"UsoSvc", "wuauserv", "BITS", "DoSvc", "CryptSvc"})


@dataclass(frozen=True)
class FolderRename:
    """A rename of a folder within its parent folder: ``path`` becomes ``name``."""

    path: str
    name: str

    @property
    def parent(self) -> str:
        """The folder that both names are in."""
        return parent_of(self.path)

    @property
    def old_name(self) -> str:
        """The last part of the path."""
        return name_of(self.path)

    @property
    def result(self) -> str:
        """The path after the rename."""
        return beside(self.path, self.name)

    @property
    def back(self) -> FolderRename:
        """The rename that reverts it."""
        return FolderRename(self.result, self.old_name)

    @property
    def base(self) -> str:
        """The name of the folder without a stamp; the names of its copies begin with it."""
        return min(self.old_name, self.name, key=len)

    def is_made(self, listing: Listing) -> bool:
        """Whether it was done, by a listing of the folder and its copies: only the name of the copy is unambiguous."""
        if self.base == self.old_name:
            return listing.get(self.name) is not None
        return listing.get(self.old_name) is None

    def __str__(self) -> str:
        return f"{self.path}>{self.name}"


@dataclass(frozen=True)
class PendingRun:
    """A run that was started: ``renames`` in order, and the services that ``were_running`` and must run again.

    ``redirected``: the store's folder is the target of a junction, so it must always exist.
    """

    state: State
    begun: datetime
    renames: tuple[FolderRename, ...]
    were_running: tuple[str, ...]
    redirected: bool = False

    def as_fact(self) -> dict[str, Any]:
        """The run as published."""
        return {"state": self.state, "begun": timestamps.iso(self.begun), "services": list(self.were_running)}

    def write(self) -> Command:
        """Write it to the journal."""
        fields = {
            "state": self.state,
            "begun": timestamps.stamp(self.begun),
            "moves": "|".join(map(str, self.renames)),
            "ran": ",".join(self.were_running),
            "redirected": "yes" if self.redirected else "",
        }
        return journal.write(_UNFINISHED, fields)


CLEAR_PENDING = journal.erase(_UNFINISHED)
"""Remove the run from the journal: it is finished or reverted."""


@dataclass(frozen=True)
class LastRun:
    """The last completed run; ``copy`` is the name of the copy that it made or restored."""

    state: State
    time: datetime
    copy: str

    def as_fact(self) -> dict[str, Any]:
        """The run as published."""
        return {"state": self.state, "time": timestamps.iso(self.time), "name": self.copy or None}

    def write(self) -> Command:
        """Write it to the journal."""
        fields = {"state": self.state, "time": timestamps.stamp(self.time), "copy": self.copy}
        return journal.write(_LAST, fields)


def damaged_record() -> journal.JournalDamaged:
    """The error for a record that no run of this collection wrote."""
    return journal.JournalDamaged(
        rf"the value {_UNFINISHED} of {journal.KEY} on the machine is not as wsus.client wrote it. Check the folder "
        r"C:\Windows\SoftwareDistribution and the services UsoSvc, wuauserv, BITS and DoSvc, then delete the value"
    )


def read_unfinished(tree: Tree) -> PendingRun | None:
    """The unfinished run; None if there is none. Raises JournalDamaged for a record that this collection cannot have written."""
    fields = journal.record(tree, _UNFINISHED)
    key = tree.key(journal.KEY)
    if not fields and (key is None or key.get(_UNFINISHED) is None):
        return None
    state, begun = _STATES.get(fields.get("state", "")), timestamps.from_stamp(fields.get("begun", ""))
    renames = tuple(_move(text) for text in fields["moves"].split("|")) if "moves" in fields else ()
    were_running = tuple(name for name in fields.get("ran", "").split(",") if name)
    if state is None or begun is None or None in renames or not _STOPPED.issuperset(were_running):
        raise damaged_record()
    return PendingRun(state, begun, tuple(filter(None, renames)), were_running, fields.get("redirected") == "yes")


def read_last(tree: Tree) -> LastRun | None:
    """The last completed run; None if there is none, or if its record cannot be read: it only describes the past."""
    fields = journal.record(tree, _LAST)
    state, time = _STATES.get(fields.get("state", "")), timestamps.from_stamp(fields.get("time", ""))
    return LastRun(state, time, fields.get("copy", "")) if state and time else None


def _move(text: str) -> FolderRename | None:
    """A rename in a record; None if none of our runs can have planned it: one name is the other with a suffix."""
    path, arrow, name = text.partition(">")
    if not (arrow and is_plain(path) and is_plain_name(name)) or is_protected(path):
        return None
    renaming = FolderRename(path, name)
    stamped = max(renaming.old_name, name, key=len)
    prefix = f"{renaming.base}.".lower()
    copied = stamped.lower().startswith(prefix) and not is_protected(renaming.result)
    return renaming if copied else None
