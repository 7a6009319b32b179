# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about management: changes that a restart reverts, and managers that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Evidence, Finding, FindingType
from .facts import Management
from .volatility import IN_WORDS

VOLATILE = FindingType(
    "management.volatile",
    ("warning", "info"),
    "The machine loses changes at the next restart or logoff: it has a write filter, or is a pooled desktop.",
    "Correct the image of the machine, or the machine while the write filter is off; with wsus_repair_volatile, roles repair it until the next restart.",
    ("administrator",),
)
DEFERRALS = FindingType(
    "management.mdm_deferrals",
    ("warning", "info"),
    "Device management (MDM) defers or pauses updates on a machine with a WSUS server.",
    "Remove the deferrals from device management, or the WSUS server from the policy: both select the source of updates.",
    ("administrator",),
)
FINDINGS: tuple[FindingType, ...] = (VOLATILE, DEFERRALS)


def findings(management: Management) -> tuple[Finding, ...]:
    """All findings about the management of a machine."""
    return (*_volatile(management), *_deferrals(management))


def _volatile(management: Management) -> Iterator[Finding]:
    reasons = management.volatility.reasons if management.volatility else ()
    if reasons:
        yield VOLATILE.found(
            f"The machine loses changes at the next restart: {'; '.join(IN_WORDS[each] for each in reasons)}",
            cause="Make updates and repairs in its image, or in the servicing mode of the write filter. "
            + (
                "This audit treats it like other machines (repair_volatile): a repair lasts until the next restart only."
                if management.repair_volatile
                else "No role repairs it unless wsus_repair_volatile is true."
            ),
            severity="warning" if management.repair_volatile else "info",
            evidence=(Evidence.value("volatile because", each) for each in reasons),
        )


def _deferrals(management: Management) -> Iterator[Finding]:
    if management.deferrals and management.policy and management.policy.uses_server:
        names = ", ".join(name for name, _data in management.deferrals)
        yield DEFERRALS.found(
            f"Device management (MDM) defers updates beside the WSUS server: {names}",
            cause="Deferrals select Windows Update as the source of updates (dual scan up to Windows 10; reported for Windows 11). "
            "Where policy blocks its addresses, scans fail with 0x8024500C.",
            severity="warning",
            evidence=(
                *(Evidence.value(name, data) for name, data in management.deferrals),
                Evidence.value(
                    "internet_locations_disabled", management.policy.settings.flag("internet_locations_disabled")
                ),
            ),
        )
