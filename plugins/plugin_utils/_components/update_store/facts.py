# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of the update store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..._windows import dir_listing, registry, sc, timestamps
from ..._windows.dir_listing import Listing, name_of
from ..._windows.event_log import Log
from ..._windows.folders import is_plain
from ..._windows.query import Answers, Query
from ..._windows.sc import State
from .. import Context, agent
from ..agent import ScanServices
from ..agent.facts import FIRST_WITH_ORCHESTRATOR
from ..shared import disk, event_queries, journal, prerequisites
from ..shared.journal import JournalDamaged
from ..shared.registry_keys import POLICY, UPDATE
from ..system import System
from .copies import Copy, newest, read_copies
from .evidence import Evidence, assess, made
from .records import LastRun, PendingRun, read_last, read_unfinished

MINIMUM_SPACE = 1024**3
"""The free space that a rebuild needs, in bytes: for a new database and its logs, while the earlier store is kept."""
INSTALLER = sc.state("TrustedInstaller")
"""It runs while Windows installs, and for some minutes after each scan that has queried the installed components."""
SPACE_UNKNOWN = "space_unknown"
"""Why a store is not rebuilt. It does not prevent a restore, which only renames folders."""
_IN_WORK = frozenset({"servicing_in_progress", "packages"})
_LARGE, _MEDIUM = 1024**3, 256 * 1024**2


@dataclass(frozen=True)
class Store:
    """The store of the agent.

    ``path`` is the folder with its files; ``redirected``: the folder in Windows is a junction to it. ``listed``: whether
    any file listing could be parsed. ``database`` is the size of its database in bytes, None if there is none. ``made`` is
    when it was created, None if unknown; ``renewed`` when it last replaced another one. ``suspicions`` are events that are
    not sufficient as ``evidence``; ``further`` are the log queries that the assessment still requires. ``installing``:
    TrustedInstaller runs. ``blocked`` are the reasons why the store cannot be rebuilt now. ``journal_damage`` is why the
    journal does not show whether a run was interrupted, None if it does.
    """

    path: str
    redirected: bool
    listed: bool
    exists: bool
    database: int | None
    made: datetime | None
    renewed: datetime | None
    copies: tuple[Copy, ...]
    evidence: tuple[Evidence, ...]
    suspicions: tuple[Evidence, ...]
    further: tuple[Query[Log], ...]
    installing: bool
    blocked: tuple[str, ...]
    free_space: int | None
    unfinished: PendingRun | None
    journal_damage: JournalDamaged | None
    last: LastRun | None
    unreadable_logs: tuple[tuple[str, int], ...]
    damaged_events: int
    now: datetime

    @property
    def name(self) -> str:
        """The last part of the path."""
        return name_of(self.path)

    @property
    def looks_like_one(self) -> bool:
        """Whether the folder is a store: it is in Windows, it has the database, or its name says so."""
        return not self.redirected or self.database is not None or self.name.lower().startswith(disk.STORE.lower())

    @property
    def size_class(self) -> str:
        """The size of the database as a word: none, small, medium (from 256 MiB), large (from 1 GiB)."""
        if self.database is None:
            return "none"
        return "large" if self.database >= _LARGE else "medium" if self.database >= _MEDIUM else "small"

    def as_fact(self) -> dict[str, Any]:
        """The facts as published; the age is in hours."""
        age = (self.now - self.made).total_seconds() / 3600 if self.made else None
        return {
            "path": self.path,
            "redirected": self.redirected,
            "exists": self.exists,
            "database_bytes": self.database,
            "size_class": self.size_class,
            "made": timestamps.iso(self.made) if self.made else None,
            "age_hours": None if age is None else round(age, 1),
            "copies": [copy.as_fact() for copy in self.copies],
            "evidence": [each.as_fact() for each in self.evidence],
            "suspicions": [each.as_fact() for each in self.suspicions],
            "installing": self.installing,
            "blocked_by": list(self.blocked),
            "free_space_bytes": self.free_space,
            "unfinished": self.unfinished.as_fact() if self.unfinished else None,
            "last": self.last.as_fact() if self.last else None,
            "unreadable_logs": dict(self.unreadable_logs),
            "damaged_events": self.damaged_events,
        }


def probe(context: Context) -> tuple[Query[Any], ...]:
    """The queries for all facts of an undamaged store in its default folder, in one remote execution."""
    return (
        *prerequisites.probe(),
        registry.tree(UPDATE),
        registry.tree(POLICY),
        journal.JOURNAL,
        *_logs_of(context),
    )


def follow_up(store: Store) -> tuple[Query[Any], ...]:
    """The copies of a redirected store; if it may need a rebuild, whether Windows is installing; the further log queries."""
    elsewhere = (_beside(store.path),) if store.redirected and is_plain(store.path) else ()
    return (*elsewhere, *((INSTALLER,) if store.evidence or store.unfinished or store.further else ()), *store.further)


def read(answers: Answers, system: System, context: Context) -> Store:
    """The facts from the answers to the probe and, if it was sent, the follow-up.

    Raises UnexpectedOutput if the output of reg.exe or sc.exe cannot be parsed.
    """
    listing, records = answers[disk.DISK], answers[journal.JOURNAL]
    services = agent.read_services(answers, system.build)
    scans_only = event_queries.scans_of(services.ids(), context.event_days)
    successes = event_queries.successes(context.event_days)
    logs = event_queries.read(answers, (*_logs_of(context), *successes, scans_only))
    target = _target(listing)
    path = target or rf"{system.system_root}\{disk.STORE}"
    name = name_of(path)
    listed = answers.get(_beside(target), None) if target and is_plain(target) else None
    beside = listing if listed is None else listed
    there = listing.get(disk.STORE) if listed is None else listed.get(name)
    # A folder beside the default folder is not a copy of a redirected store.
    copies, last = read_copies(beside, name) if listed is not None or not target else (), read_last(records)
    engine_made = made(logs.events)
    database = listing.get(disk.DATABASE)
    machine = prerequisites.read_prerequisites(answers)
    renewed = _renewed(last, copies, engine_made)
    assessed = assess(logs.events, renewed, services, context.now)
    hidden = _scans_are_hidden(answers, services, system, context)
    further = (*(successes if assessed.asks_for_successes else ()), *((scans_only,) if hidden else ()))
    installs = answers.get(INSTALLER, State()).active
    free = beside.free_space
    unfinished, damage = None, None
    try:
        unfinished = read_unfinished(records)
    except JournalDamaged as error:
        damage = error
    blockers = (
        *machine.reboot,
        *(("installation",) if installs and not _IN_WORK.isdisjoint(machine.reboot) else ()),
        *(("space",) if free is not None and free < MINIMUM_SPACE else ()),
        *((SPACE_UNKNOWN,) if free is None and beside.entries else ()),
    )
    return Store(
        path=path,
        redirected=target is not None,
        listed=bool(listing.entries),
        exists=there is not None,
        database=database.size if database else None,
        made=engine_made or (last.time if last and last.state == "rebuilt" else None),
        renewed=renewed,
        copies=copies,
        evidence=assessed.evidence,
        suspicions=assessed.suspicions,
        further=further,
        installing=installs,
        blocked=blockers,
        free_space=free,
        unfinished=unfinished,
        journal_damage=damage,
        last=last,
        unreadable_logs=logs.unreadable,
        damaged_events=logs.damaged,
        now=context.now,
    )


def has_database(answers: Answers) -> bool:
    """Whether the agent's store has a database, by the answer to DISK."""
    return answers[disk.DISK].get(disk.DATABASE) is not None


def _renewed(last: LastRun | None, copies: tuple[Copy, ...], made: datetime | None) -> datetime | None:
    """When the store was last rebuilt or restored, in any way; None if unknown. Only later evidence counts."""
    copy = newest(copies)
    times = (last.time if last else None, copy.time if copy else None, made)
    return max((time for time in times if time), default=None)


def _scans_are_hidden(answers: Answers, services: ScanServices, system: System, context: Context) -> bool:
    """Whether a successful scan of the agent's own services may be missing because scans of other services fill the answer."""
    log = answers.get(event_queries.update(context.event_days), Log(event_queries.UPDATE_CHANNEL))
    seen = any(scan.succeeded and services.judges(scan.service) for scan in agent.scans(log.events))
    return system.build >= FIRST_WITH_ORCHESTRATOR and log.cut_at is not None and not seen


def _target(listing: Listing) -> str | None:
    """The target of the folder in Windows if it is a junction; None if it is the store itself."""
    entry = listing.get(disk.STORE)
    return entry.target.rstrip("\\") if entry and entry.target else None


def _beside(target: str) -> Query[Listing]:
    return dir_listing.query(f"{target}*")


def _logs_of(context: Context) -> tuple[Query[Log], ...]:
    days = context.event_days
    return (event_queries.update(days), event_queries.system(days), event_queries.application(days))
