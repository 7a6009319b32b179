# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The finding that events could not be read, for every component that reads an event log."""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Evidence, Finding, FindingType


def events_unreadable(component: str, subject: str) -> FindingType:
    """The finding type for a component; ``subject`` is what the events are about."""
    return FindingType(
        f"{component}.events_unreadable",
        ("info",),
        f"Some events of {subject} could not be read.",
        "Enable the event log named in the evidence, or check why it cannot be read.",
        ("none",),
    )


def unreadable(kind: FindingType, subject: str, logs: tuple[tuple[str, int], ...], damaged: int) -> Iterator[Finding]:
    """The finding, if a log could not be read or events were damaged."""
    if logs or damaged:
        yield kind.found(
            f"Some events of {subject} could not be read: failures may be missing",
            cause="The event log is disabled or missing, or its output was damaged in transfer.",
            evidence=(
                *(Evidence("value", {"what": channel, "error": code}) for channel, code in logs),
                Evidence.value("damaged events", damaged),
            ),
        )
