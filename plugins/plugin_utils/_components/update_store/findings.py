# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems with the store: it is damaged, or a rebuild or restore was interrupted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..._finding import Evidence, Finding, FindingType, LiveTest, Remedy
from ..._windows.timestamps import from_iso
from ..shared import event_findings, event_queries
from ..shared.prerequisites import RESTART_REASONS
from .facts import SPACE_UNKNOWN, Store

REASONS: Mapping[str, str] = {
    **{name: f"a restart of Windows is pending: {reason}" for name, reason in RESTART_REASONS.items()},
    "installation": "Windows is installing updates or components, and TrustedInstaller is running",
    "space": "there is not enough free space for a new store",
    SPACE_UNKNOWN: "how much space is free on the drive could not be read",
}
"""Why a store cannot be rebuilt now, for messages."""
_KINDS = {
    "scan": "a scan failed",
    "download": "a download failed",
    "install": "an installation failed",
    "self_update": "an update of the agent failed",
    "database": "its database engine reported damage",
}


_READDRESSED: Mapping[str, Remedy] = {"scan": "agent", "install": "administrator"}
"""Who is responsible for a failure with a code of a damaged store, if nothing else shows that it is damaged."""


def _disproves(store: Store, finding: Finding) -> bool:
    """Whether the store was rebuilt after all events of the finding."""
    times = [each.facts["time"] for each in finding.evidence if "time" in each.facts]
    return store.renewed is not None and bool(times) and all(from_iso(time) < store.renewed for time in times)


LIVE_TEST = LiveTest(
    component="update_store",
    explains=lambda finding: finding.remedy == "update_store",
    disproves=_disproves,
    resolved="the store was rebuilt since",
    context="Nothing else shows that the store is damaged.",
    readdressed=lambda finding: _READDRESSED.get(finding.type.context, "retry"),
)
UNFINISHED = FindingType(
    "update_store.unfinished",
    ("error",),
    "A rebuild or restore of the update store was started and not finished.",
    "Run the role wsus.client.update_store: it finishes or reverts the run.",
    ("update_store",),
)
JOURNAL_DAMAGED = FindingType(
    "update_store.journal_damaged",
    ("error",),
    r"The journal of the update store in HKLM\SOFTWARE\wsus.client cannot be read, so the store is not changed.",
    "Check the services and the folder SoftwareDistribution of the machine, then delete the record that the summary names.",
    ("administrator",),
)
DAMAGED = FindingType(
    "update_store.damaged",
    ("error",),
    "Scans, downloads or the database engine failed with a code of a damaged store since it was last rebuilt.",
    "Run the role wsus.client.update_store: it rebuilds the store and keeps the previous one.",
    ("update_store",),
    live_test=LIVE_TEST,
)
SUSPECTED = FindingType(
    "update_store.suspected",
    ("warning",),
    "A single failure, or failures that have another usual cause, have a code of a damaged store; that is not enough to rebuild it.",
    "Start a scan and a download again: with a damaged store, another update or the next scan fails as well.",
    ("retry",),
    live_test=LIVE_TEST,
)
MISSING = FindingType(
    "update_store.missing",
    ("info",),
    "The update store does not exist.",
    "No action is required: the agent creates a new store when it runs next.",
    ("none",),
)
EVENTS_UNREADABLE = event_findings.events_unreadable("update_store", "the update store")
FINDINGS: tuple[FindingType, ...] = (
    UNFINISHED,
    JOURNAL_DAMAGED,
    DAMAGED,
    SUSPECTED,
    MISSING,
    EVENTS_UNREADABLE,
)


def findings(store: Store) -> tuple[Finding, ...]:
    """All findings about the store of a machine."""
    application = tuple(log for log in store.unreadable_logs if log[0] == event_queries.APPLICATION_CHANNEL)
    return (
        *_unfinished(store),
        *_journal_damaged(store),
        *_damaged(store),
        *_suspected(store),
        *_missing(store),
        *event_findings.unreadable(EVENTS_UNREADABLE, "the update store", application, 0),
    )


def _unfinished(store: Store) -> Iterator[Finding]:
    if store.unfinished:
        word = "rebuild" if store.unfinished.state == "rebuilt" else "restore"
        yield UNFINISHED.found(
            f"A {word} of the update store was started and not finished",
            cause="The connection, the controller or the machine failed while the services were stopped.",
            evidence=(Evidence("value", store.unfinished.as_fact()),),
        )


def _journal_damaged(store: Store) -> Iterator[Finding]:
    if store.journal_damage:
        yield JOURNAL_DAMAGED.found(
            f"The journal of the update store cannot be read: {store.journal_damage.message}",
            cause="The record was changed, or written by another version. Whether a rebuild was interrupted is not known, so the store "
            "is not changed until the record is deleted.",
        )


def _damaged(store: Store) -> Iterator[Finding]:
    if not store.evidence:
        return
    newest = store.evidence[0]
    facts = [each.as_fact() for each in store.evidence]
    code = facts[0].get("code", "")
    yield DAMAGED.found(
        f"The update store is damaged: {_KINDS[newest.kind]} {code} {facts[0].get('name', '')}".rstrip(),
        cause="Files of the store (SoftwareDistribution) are inconsistent or unreadable."
        + "".join(f" Before it can be rebuilt: {REASONS[reason]}." for reason in store.blocked),
        action=f"Resolve what prevents the rebuild, then: {DAMAGED.action}" if store.blocked else None,
        evidence=map(Evidence.event, facts[:3]),
        codes=dict.fromkeys(fact["code"] for fact in facts if "code" in fact),
    )


def _suspected(store: Store) -> Iterator[Finding]:
    if not store.suspicions:
        return
    newest = store.suspicions[0]
    facts = [each.as_fact() for each in store.suspicions]
    code = facts[0].get("code", "")
    yield SUSPECTED.found(
        f"The update store may be damaged: {_KINDS[newest.kind]} {code} {facts[0].get('name', '')}".rstrip(),
        cause="Other causes are as likely: data that do not exist, the package of one update, or Windows itself. Evidence would be two failed "
        "scans, or failed downloads of two updates, with no success afterward.",
        evidence=map(Evidence.event, facts[:3]),
        codes=dict.fromkeys(fact["code"] for fact in facts if "code" in fact),
    )


def _missing(store: Store) -> Iterator[Finding]:
    if store.listed and not store.exists and not store.unfinished:
        yield MISSING.found(
            f"The update store {store.path} does not exist",
            cause="It was deleted or renamed, or the agent never ran.",
            evidence=(Evidence.value(store.path, None),),
        )
