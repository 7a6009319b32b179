# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems with the client ID of one machine. Duplicate IDs can only be found by comparing machines."""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Evidence, Finding, FindingType
from .facts import ClientId

UNFINISHED = FindingType(
    "client_id.unfinished",
    ("error",),
    "A regeneration of the client ID was started and not finished.",
    "Run the role wsus.client.client_id: it finishes the regeneration.",
    ("client_id",),
)
JOURNAL_DAMAGED = FindingType(
    "client_id.journal_damaged",
    ("error",),
    r"The journal of the client ID in HKLM\SOFTWARE\wsus.client cannot be read, so the ID is not changed.",
    "Check the services and the client ID of the machine, then delete the record that the summary names.",
    ("administrator",),
)
MISSING = FindingType(
    "client_id.missing",
    ("warning",),
    "The machine has no client ID (SusClientId).",
    "Run the role wsus.client.client_id: it makes the agent create one.",
    ("client_id",),
)
MALFORMED = FindingType(
    "client_id.malformed",
    ("error",),
    "The client ID is malformed.",
    "Run the role wsus.client.client_id: it regenerates the client ID.",
    ("client_id",),
)
FINDINGS: tuple[FindingType, ...] = (UNFINISHED, JOURNAL_DAMAGED, MISSING, MALFORMED)


def findings(identity: ClientId) -> tuple[Finding, ...]:
    """All findings about the client ID of a machine."""
    return tuple(_findings(identity))


def _findings(identity: ClientId) -> Iterator[Finding]:
    evidence = Evidence.value("SusClientId", identity.raw_id or None)
    if identity.unfinished:
        yield UNFINISHED.found(
            "A regeneration of the client ID was started and not finished",
            cause="The connection, the controller or the machine failed while the services were stopped.",
            evidence=(Evidence("value", identity.unfinished.as_fact()), evidence),
        )
    elif identity.journal_damage:
        yield JOURNAL_DAMAGED.found(
            f"The journal of the client ID cannot be read: {identity.journal_damage.message}",
            cause="The record was changed, or written by another version. Whether a regeneration was interrupted is not known, so the "
            "client ID is not changed until the record is deleted.",
            evidence=(evidence,),
        )
    elif identity.state == "missing":
        yield MISSING.found(
            "The machine has no client ID (SusClientId)",
            cause="It was deleted, or the agent never scanned. The next scan creates one; until then no server knows the machine.",
            evidence=(evidence,),
        )
    elif identity.state == "malformed":
        yield MALFORMED.found(
            f"The client ID is malformed: {identity.raw_id[:60]!r}",
            cause="It was written manually or by a tool. The server cannot identify the machine by it.",
            evidence=(evidence,),
        )
