# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides whether the store is rebuilt, restored from a copy or kept, and which earlier copies are deleted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from ..._exceptions import UnexpectedOutput, WsusClientError
from ..._plan import Change
from ..._windows import timestamps
from ..._windows.command import Command
from ..._windows.dir_listing import Listing, beside, parent_of
from ..._windows.folders import UnsupportedPath, delete_folder, is_plain, is_protected, rename_folder
from ..system import System
from .copies import Copy, name_of_copy, newest, surplus
from .facts import SPACE_UNKNOWN, Store
from .findings import REASONS
from .options import UpdateStoreOptions
from .records import FolderRename, PendingRun, damaged_record

CATROOT2 = "catroot2"


class Blocked(WsusClientError):
    """Windows is in a state in which the store must not be changed."""

    reason = "blocked"


class NoCopy(WsusClientError):
    """There is no copy of the store to restore."""

    reason = "no_copy"


@dataclass(frozen=True)
class Decision:
    """What to do, and the ``reason``: evidence, forced or requested; if nothing is done, no_evidence, too_recent or restored.

    ``copy`` is the name of the copy that is made (rebuilt) or restored; ``prune`` are those of our copies that are deleted.
    """

    reason: str
    renames: tuple[FolderRename, ...] = ()
    copy: str = ""
    prune: tuple[Copy, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def changes_machine(self) -> bool:
        """Whether the store itself is changed."""
        return self.reason in ("evidence", "forced", "requested")

    @property
    def backup(self) -> str | None:
        """The path where the current store is kept; None if there is none, or if nothing is done."""
        first = next(iter(self.renames), None)
        return first.result if first and first.base == first.old_name else None


def decide(options: UpdateStoreOptions, store: Store, system: System, catroot2: Listing | None) -> Decision:
    """The decision for a machine; ``catroot2`` is the listing of that folder and its copies if it is included, or None.

    Raises Blocked, NoCopy, UnsupportedPath and UnexpectedOutput.
    """
    decided = (
        _rebuild(options, store, system, catroot2)
        if options.state == "rebuilt"
        else _restore(options, store, system, catroot2)
    )
    if decided.changes_machine:
        ignored = frozenset() if options.state == "rebuilt" else frozenset({SPACE_UNKNOWN})
        _require_unblocked(store, ignored)
    return decided


def rename(renaming: FolderRename) -> Command:
    """Rename a folder, without copying its content."""
    return rename_folder(renaming.path, renaming.name)


def delete(store: Store, copy: Copy) -> tuple[Command, ...]:
    """Delete a copy with its content."""
    return delete_folder(beside(store.path, copy.name))


def catroot2_path(system: System) -> str:
    """The folder of the catalog database (signatures)."""
    return rf"{system.system_root}\System32\{CATROOT2}"


def require_own(unfinished: PendingRun, store: Store, system: System) -> None:
    """Raises JournalDamaged if a record names another folder than the store and that of the catalog database."""
    own = {store.path.lower(), catroot2_path(system).lower()}
    if not own.issuperset(beside(each.path, each.base).lower() for each in unfinished.renames):
        raise damaged_record()


def changes_of_resuming(unfinished: PendingRun) -> tuple[Change, ...]:
    """The changes that finishing or reverting an earlier run makes, as published."""
    return (Change("unfinished", f"{unfinished.state} begun {timestamps.stamp(unfinished.begun)}", None),)


def _rebuild(options: UpdateStoreOptions, store: Store, system: System, catroot2: Listing | None) -> Decision:
    reason = "forced" if options.force else "evidence" if store.evidence else "no_evidence"
    if reason != "no_evidence" and _is_recent(store, options.min_interval_hours):
        reason = "too_recent"
    if reason in ("no_evidence", "too_recent"):
        return _with_pruning(Decision(reason), options, store, ())
    copy = name_of_copy(store.name, store.now)
    renames = [FolderRename(store.path, copy)] if store.exists else []
    before = "missing" if not store.exists else "damaged" if store.evidence else "kept"
    changes = [Change("store", before, "rebuilt")]
    if catroot2 is not None and catroot2.get(CATROOT2):
        renames.append(FolderRename(catroot2_path(system), name_of_copy(CATROOT2, store.now)))
        changes.append(Change(CATROOT2, "kept", "rebuilt"))
    decided = Decision(reason, tuple(renames), copy if store.exists else "", changes=tuple(changes))
    return _with_pruning(decided, options, store, (Copy(copy, store.now),) if store.exists else ())


def _restore(options: UpdateStoreOptions, store: Store, system: System, catroot2: Listing | None) -> Decision:
    wanted, last = options.restore_from, store.last
    if last and last.state == "restored" and wanted in (None, "", last.copy):
        return Decision("restored")
    chosen = (
        next((copy for copy in store.copies if copy.name.lower() == wanted.lower()), None)
        if wanted
        else newest(store.copies)
    )
    if chosen is None:
        names = ", ".join(copy.name for copy in store.copies) or "none"
        raise NoCopy(
            f"{parent_of(store.path)} contains no copy of the update store {f'named {wanted}' if wanted else 'made by wsus.client'}; "
            f"copies there: {names}. Nothing was changed"
        )
    renames = [FolderRename(store.path, name_of_copy(store.name, store.now))] if store.exists else []
    renames.append(FolderRename(beside(store.path, chosen.name), store.name))
    changes = [Change("store", "kept" if store.exists else "missing", "restored")]
    if catroot2 is not None and chosen.time:
        name = name_of_copy(CATROOT2, chosen.time)
        if catroot2.get(name):
            path = catroot2_path(system)
            renames += [FolderRename(path, name_of_copy(CATROOT2, store.now))] if catroot2.get(CATROOT2) else []
            renames.append(FolderRename(beside(path, name), CATROOT2))
            changes.append(Change(CATROOT2, "kept", "restored"))
    return Decision("requested", tuple(renames), chosen.name, changes=tuple(changes))


def _with_pruning(decided: Decision, options: UpdateStoreOptions, store: Store, made: tuple[Copy, ...]) -> Decision:
    """The decision with the copies that are deleted afterward."""
    if options.keep_copies is None:
        return decided
    gone = surplus((*made, *store.copies), options.keep_copies)
    if not gone:
        return decided
    there = [copy.name for copy in store.copies if copy.ours]
    names = {copy.name for copy in gone}
    change = Change("copies", there, [name for name in there if name not in names])
    return replace(decided, prune=gone, changes=(*decided.changes, change))


def _is_recent(store: Store, hours: int) -> bool:
    """Whether the store was rebuilt in the last ``hours``; the stamp of the newest copy counts too, if the journal is lost.

    A restore is not a rebuild, although it makes a copy with a stamp.
    """
    if store.last and store.last.state == "restored":
        return False
    copy = newest(store.copies)
    times = (store.last.time if store.last else None, copy.time if copy else None)
    rebuilt = max((time for time in times if time), default=None)
    return rebuilt is not None and store.now - rebuilt < timedelta(hours=hours)


def _require_unblocked(store: Store, ignored: frozenset[str]) -> None:
    if not store.listed:
        raise UnexpectedOutput(
            "the file listing of the machine cannot be parsed, so it is not known whether the store exists. Nothing was changed"
        )
    if not is_plain(store.path):
        raise UnsupportedPath(
            f"the update store is in {store.path}, whose name contains characters that cmd.exe would change. Nothing was changed"
        )
    if is_protected(store.path) or not store.looks_like_one:
        raise UnsupportedPath(
            f"the update store is a link to {store.path}, which is not the folder of an update store. Correct the link. Nothing was changed"
        )
    if blocked := [reason for reason in store.blocked if reason not in ignored]:
        reasons = "; ".join(REASONS[reason] for reason in blocked)
        raise Blocked(
            f"the update store must not be changed now: {reasons}. Resolve this and run the task again. Nothing was changed",
            blocked_by=blocked,
        )
