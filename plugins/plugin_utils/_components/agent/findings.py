# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems with the agent: it cannot start, nothing starts its scans, its prerequisites are not met."""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Evidence, Finding, FindingType
from ..service import findings as service_findings
from ..service import start_findings
from ..shared import event_findings
from ..shared.prerequisites import RESTART_REASONS
from .definition import SERVICE
from .facts import Agent
from .helper_findings import HELPER_FINDINGS, helper_findings
from .scan_findings import SCAN_FINDINGS, scan_findings
from .update_findings import UPDATE_FINDINGS, update_findings

MINIMUM_SPACE = 2 * 1024**3
"""Bytes: a cumulative update is about 1 GB, and Windows unpacks it."""

LIBRARY_MISSING = FindingType(
    "agent.library_missing",
    ("error",),
    r"The program file of the update agent, System32\wuaueng.dll, is missing.",
    "Check the disk, then restore the file with sfc /scannow.",
    ("administrator",),
    ("0x8007007e",),
)
REBOOT_PENDING = FindingType(
    "agent.reboot_pending",
    ("warning",),
    "A restart of Windows is pending.",
    "Restart the machine.",
    ("administrator",),
)
DISK_SPACE = FindingType(
    "agent.disk_space",
    ("warning",),
    "Less than 2 GiB is free on the system drive.",
    "Free space on the system drive.",
    ("administrator",),
    ("0x80070070",),
)
FINDINGS: tuple[FindingType, ...] = (
    *SERVICE.findings,
    LIBRARY_MISSING,
    *HELPER_FINDINGS,
    REBOOT_PENDING,
    DISK_SPACE,
    *SCAN_FINDINGS,
    *UPDATE_FINDINGS,
)


def findings(agent: Agent) -> tuple[Finding, ...]:
    """All findings about the agent of a machine."""
    live = (*service_findings.faults(agent.service), *_library(agent))
    last_worked = agent.newest.time if agent.newest else ""
    last_success = agent.last_good_scan.time if agent.last_good_scan else ""
    return (
        *start_findings.past_and_present(agent.service, live, last_worked, last_success),
        *helper_findings(agent),
        *scan_findings(agent, can_start=not live),
        *update_findings(agent),
        *_conditions(agent),
        *service_findings.drift(agent.service, live),
        *event_findings.unreadable(
            SERVICE.findings.events_unreadable, "the update agent", agent.unreadable_logs, agent.damaged_events
        ),
    )


def _library(agent: Agent) -> Iterator[Finding]:
    if not agent.prerequisites.dll_present:
        yield LIBRARY_MISSING.found(
            r"System32\wuaueng.dll, the program file of the update agent, is missing",
            cause="The file was deleted or renamed, or the disk is damaged.",
            evidence=(Evidence.value(r"%windir%\System32\wuaueng.dll", None),),
        )


def _conditions(agent: Agent) -> Iterator[Finding]:
    prerequisites = agent.prerequisites
    if prerequisites.reboot:
        reasons = "; ".join(RESTART_REASONS[reason] for reason in prerequisites.reboot)
        yield REBOOT_PENDING.found(
            f"A restart of Windows is pending: {reasons}",
            cause="Until the restart the agent may not be able to scan or install, and its store cannot be repaired.",
            evidence=(Evidence.value("restart required by", reason) for reason in prerequisites.reboot),
        )
    if prerequisites.free_space is not None and prerequisites.free_space < MINIMUM_SPACE:
        yield DISK_SPACE.found(
            f"Only {prerequisites.free_space / 1024**3:.1f} GiB is free on the system drive",
            cause="There is not enough space for updates: downloads and installations fail, and eventually the store of the agent is damaged.",
            evidence=(
                Evidence.value("free_space_bytes", prerequisites.free_space, expected=f"at least {MINIMUM_SPACE}"),
            ),
        )
