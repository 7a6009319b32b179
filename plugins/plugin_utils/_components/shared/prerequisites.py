# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prerequisites of the agent and its store: no pending restart, free disk space, the library of the agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..._windows import registry
from ..._windows.query import Answers, Query
from . import disk
from .registry_keys import UPDATE

SERVICING = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"

RESTART_REASONS: Mapping[str, str] = {
    "agent": "updates were installed",
    "servicing": "Windows components were changed",
    "servicing_in_progress": "Windows components are being changed",
    "packages": "packages are waiting to be installed",
    "pending_xml": "servicing operations are pending for the next boot",
}
"""The reasons for a pending restart of Windows, as text."""


@dataclass(frozen=True)
class Prerequisites:
    """The prerequisites on one machine. ``reboot`` are the reasons for a pending restart.

    ``dll_present``: whether the library of the agent exists. ``free_space`` is that of the system drive in bytes, None if
    it could not be read.
    """

    reboot: tuple[str, ...]
    dll_present: bool
    free_space: int | None

    def as_fact(self) -> dict[str, Any]:
        """The prerequisites as published."""
        return {
            "reboot_pending": bool(self.reboot),
            "reboot_reasons": list(self.reboot),
            "free_space_bytes": self.free_space,
        }


def probe() -> tuple[Query[Any], ...]:
    """The queries; the registry key of the agent (UPDATE) is required in addition."""
    return (registry.level(SERVICING), disk.DISK)


def read_prerequisites(answers: Answers) -> Prerequisites:
    """The prerequisites from the answers to the probe and the registry key of the agent."""
    servicing, update = answers[registry.level(SERVICING)], answers[registry.tree(UPDATE)]
    listing = answers[disk.DISK]
    present = (
        ("agent", update.key(rf"{UPDATE}\Auto Update\RebootRequired") is not None),
        ("servicing", servicing.key(rf"{SERVICING}\RebootPending") is not None),
        ("servicing_in_progress", servicing.key(rf"{SERVICING}\RebootInProgress") is not None),
        ("packages", servicing.key(rf"{SERVICING}\PackagesPending") is not None),
        ("pending_xml", disk.PENDING in listing.said),
    )
    return Prerequisites(
        reboot=tuple(name for name, pending in present if pending),
        dll_present=listing.get(disk.LIBRARY) is not None,
        free_space=listing.free_space,
    )
