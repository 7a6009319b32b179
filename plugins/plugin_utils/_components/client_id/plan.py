# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the ID is regenerated, and the commands that delete its values and restore them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..._plan import Change
from ..._windows import registry, timestamps
from ..._windows.command import Command
from ..._windows.registry import Value
from ..shared.registry_keys import UPDATE
from .facts import ClientId
from .formats import normalize_id
from .options import ClientIdOptions
from .records import PendingRun


@dataclass(frozen=True)
class Decision:
    """The ``reason`` why the ID is regenerated: missing, malformed, duplicate or forced; or unique or resumed if it stays."""

    reason: str
    changes: tuple[Change, ...] = ()

    @property
    def changes_machine(self) -> bool:
        """Whether the ID is regenerated."""
        return self.reason in ("missing", "malformed", "duplicate", "forced")


def decide(options: ClientIdOptions, identity: ClientId) -> Decision:
    """The decision for a machine, from the options and its current ID."""
    shared = {normalize_id(entry) for entry in options.duplicates}
    if identity.state != "present":
        reason = identity.state
    elif identity.id in shared:
        reason = "duplicate"
    elif options.force:
        reason = "forced"
    else:
        return Decision("unique")
    return Decision(reason, (Change("client_id", identity.raw_id or None, "regenerated"),))


def is_new(identity: ClientId, unwanted: Iterable[str]) -> bool:
    """Whether the machine has a well-formed ID that is not one of the unwanted ones."""
    return identity.id is not None and identity.id not in unwanted


def changes_of_resuming(unfinished: PendingRun) -> tuple[Change, ...]:
    """The changes that finishing or reverting an earlier run makes, as published."""
    return (Change("unfinished", f"begun {timestamps.stamp(unfinished.begun)}", None),)


def delete(values: Iterable[Value]) -> tuple[Command, ...]:
    """Delete values of the identity, in their order: the ID last."""
    return tuple(registry.delete_value(UPDATE, value.name) for value in values)


def backup(file: str) -> Command:
    """Export the key that contains the identity to a .reg file on the machine."""
    return registry.export(UPDATE, file)
