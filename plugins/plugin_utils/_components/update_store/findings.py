# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the store: it is damaged, or a run that was to mend it was cut."""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Finding
from ..shared import event_queries
from .facts import Store

REASONS = {
    "agent": "Windows waits for a restart: updates were installed",
    "servicing": "Windows waits for a restart: its components were changed",
    "servicing_in_progress": "Windows components are being changed",
    "packages": "packages wait to be installed",
    "pending_xml": "servicing work is left to be done at the next start of Windows",
    "installation": "Windows is installing something (TrustedInstaller runs)",
    "space": "there is too little free space for a new store",
}
"""Why a store cannot be rebuilt now, in words."""
_KINDS = {
    "detection": "a detection failed",
    "download": "a download failed",
    "install": "an installation failed",
    "self_update": "an update of the agent failed",
    "database": "the engine of its database reported damage",
}


def findings(store: Store) -> tuple[Finding, ...]:
    """All that is wrong with the store of a machine, or worth knowing."""
    application = tuple(log for log in store.unreadable_logs if log[0] == event_queries.APPLICATION_CHANNEL)
    return (
        *_unfinished(store),
        *_journal_damaged(store),
        *_damaged(store),
        *_missing(store),
        *event_queries.unreadable("update_store", "the update store", application, 0),
    )


def _unfinished(store: Store) -> Iterator[Finding]:
    if store.unfinished:
        word = "rebuild" if store.unfinished.state == "rebuilt" else "restoration"
        yield Finding(
            "update_store.unfinished",
            "error",
            f"A {word} of the update store was begun and not finished",
            "The connection, the controller or the machine went away while the services were stopped.",
            "update_store",
            (store.unfinished.as_fact(),),
        )


def _journal_damaged(store: Store) -> Iterator[Finding]:
    if store.journal_damage:
        yield Finding(
            "update_store.journal_damaged",
            "error",
            f"The journal of the update store cannot be read: {store.journal_damage.message}",
            "Somebody changed the record, or it was written by another version. Whether a rebuild was cut is not known, so the store "
            "is not changed until the record is deleted.",
            "administrator",
        )


def _damaged(store: Store) -> Iterator[Finding]:
    if not store.evidence:
        return
    newest = store.evidence[0]
    facts = [each.as_fact() for each in store.evidence]
    code = facts[0].get("code", "")
    yield Finding(
        "update_store.damaged",
        "error",
        f"The update store is damaged: {_KINDS[newest.kind]} {code} {facts[0].get('name', '')}".rstrip(),
        "Files of the agent's store (SoftwareDistribution) contradict each other or cannot be read."
        + "".join(f" Before it can be rebuilt: {REASONS[reason]}." for reason in store.blocked),
        "update_store",
        tuple(facts[:3]),
        tuple(dict.fromkeys(fact["code"] for fact in facts if "code" in fact)),
    )


def _missing(store: Store) -> Iterator[Finding]:
    if store.listed and not store.exists and not store.unfinished:
        yield Finding(
            "update_store.missing",
            "info",
            "There is no update store",
            "Somebody deleted or renamed it, or the agent never ran. It makes a new one when it runs next.",
            "none",
            ({"what": store.path, "value": None},),
        )
