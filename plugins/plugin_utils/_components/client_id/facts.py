# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of the client ID."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..._windows import registry, timestamps
from ..._windows.query import Answers, Query
from ..._windows.registry import Value
from .. import Context
from ..shared import journal
from ..shared.journal import JournalDamaged
from ..shared.registry_keys import UPDATE
from ..system import System
from .formats import Validation, is_id, normalize_id, read_sid, read_validation
from .records import LastRun, PendingRun, id_of, read_last, read_unfinished, values_of


@dataclass(frozen=True)
class ClientId:
    """The identity of the client.

    ``values`` are its registry values, ``other_names`` the names of the other values in the key, ``raw_id`` is the ID as it is in the registry.
    """

    values: tuple[Value, ...]
    other_names: tuple[str, ...]
    raw_id: str
    validation: Validation | None
    ping_id: str | None
    domain_sid: str | None
    unfinished: PendingRun | None
    journal_damage: JournalDamaged | None
    last: LastRun | None
    now: datetime

    @property
    def state(self) -> str:
        """The state of the ID: present, missing or malformed."""
        if not self.raw_id:
            return "missing"
        return "present" if is_id(self.raw_id) else "malformed"

    @property
    def id(self) -> str | None:
        """The ID in lower case and without braces, for comparison; None if it is missing or malformed."""
        return normalize_id(self.raw_id) if self.state == "present" else None

    def as_fact(self) -> dict[str, Any]:
        """The facts as published. The age is in hours; it is known if this collection regenerated the ID."""
        age = (self.now - self.last.time).total_seconds() / 3600 if self.last and self.id else None
        return {
            "id": self.id,
            "written": self.raw_id or None,
            "state": self.state,
            "validation": self.validation.as_fact() if self.validation else None,
            "ping_id": self.ping_id,
            "account_domain_sid": self.domain_sid,
            "regenerated": timestamps.iso(self.last.time) if self.last else None,
            "previous_id": self.last.previous or None if self.last else None,
            "age_hours": None if age is None else round(age, 1),
            "unfinished": self.unfinished.as_fact() if self.unfinished else None,
        }


def probe(context: Context) -> tuple[Query[Any], ...]:
    """The queries for all facts, in one remote execution."""
    return (registry.tree(UPDATE), journal.JOURNAL)


def read(answers: Answers, system: System, context: Context) -> ClientId:
    """The facts from the answers to the probe. Raises UnexpectedOutput if the output of reg.exe cannot be parsed."""
    key = answers[registry.tree(UPDATE)].key(UPDATE)
    records = answers[journal.JOURNAL]
    values = values_of(key)
    unfinished, damage = None, None
    try:
        unfinished = read_unfinished(records)
    except JournalDamaged as error:
        damage = error
    return ClientId(
        values=values,
        other_names=tuple(each.name for each in key.values.values() if each not in values) if key else (),
        raw_id=id_of(values),
        validation=read_validation(key.binary("SusClientIdValidation")) if key else None,
        ping_id=key.text("PingID") if key else None,
        domain_sid=read_sid(key.binary("AccountDomainSid")) if key else None,
        unfinished=unfinished,
        journal_damage=damage,
        last=read_last(records),
        now=context.now,
    )
