# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the client id of one machine. That others have the same one is seen by comparing machines only."""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Finding
from .facts import Identity


def findings(identity: Identity) -> tuple[Finding, ...]:
    """All that is wrong with it."""
    return tuple(_findings(identity))


def _findings(identity: Identity) -> Iterator[Finding]:
    evidence = ({"what": "SusClientId", "value": identity.written or None},)
    if identity.unfinished:
        yield Finding(
            "client_id.unfinished",
            "error",
            "A regeneration of the client id was begun and not finished",
            "The connection, the controller or the machine went away while the services were stopped.",
            "client_id",
            (identity.unfinished.as_fact(), *evidence),
        )
    elif identity.journal_damage:
        yield Finding(
            "client_id.journal_damaged",
            "error",
            f"The journal of the client ID cannot be read: {identity.journal_damage.message}",
            "Somebody changed the record, or it was written by another version. Whether a regeneration was cut is not known, so the "
            "client ID is not changed until the record is deleted.",
            "administrator",
            evidence,
        )
    elif identity.state == "missing":
        yield Finding(
            "client_id.missing",
            "warning",
            "The machine has no client id (SusClientId)",
            "Somebody deleted it, or the agent never detected. It makes one when it detects next; until then no server knows the machine.",
            "client_id",
            evidence,
        )
    elif identity.state == "malformed":
        yield Finding(
            "client_id.malformed",
            "error",
            f"The client id is no id: {identity.written[:60]!r}",
            "Somebody wrote it by hand or a tool did. The server cannot tell the machine from others by it.",
            "client_id",
            evidence,
        )
