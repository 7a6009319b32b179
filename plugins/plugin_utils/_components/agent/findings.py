# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the agent: it cannot start, nothing has it detect, its machine does not let it work."""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Finding
from ..service import findings as service_findings
from ..service import start_failures
from ..shared import event_queries
from .facts import Agent
from .helpers import HELPERS
from .scan_findings import work_findings

MINIMUM_SPACE = 2 * 1024**3
"""Bytes: a cumulative update is about 1 GB, and Windows unpacks it."""
_REASONS = {
    "agent": "updates were installed",
    "servicing": "Windows components were changed",
    "servicing_in_progress": "Windows components are being changed",
    "packages": "packages wait to be installed",
    "pending_xml": "servicing work is left to be done at the start",
}


def findings(agent: Agent) -> tuple[Finding, ...]:
    """All that is wrong with the agent of a machine, or worth knowing."""
    live = (*service_findings.faults(agent.service), *_library(agent))
    last_worked = agent.newest.time if agent.newest else ""
    return (
        *start_failures.past_and_present(agent.service, live, last_worked),
        *_disabled_helpers(agent),
        *work_findings(agent, can_start=not live),
        *_conditions(agent),
        *service_findings.drift(agent.service, live),
        *event_queries.unreadable("agent", "the agent", agent.unreadable_logs, agent.damaged_events),
    )


def _library(agent: Agent) -> Iterator[Finding]:
    if not agent.conditions.library:
        yield Finding(
            "agent.library_missing",
            "error",
            r"System32\wuaueng.dll, the agent itself, is missing",
            "The file was deleted or renamed, or the disk is damaged.",
            "administrator",
            ({"what": r"%windir%\System32\wuaueng.dll", "value": None},),
            ("0x8007007e",),
        )


def _disabled_helpers(agent: Agent) -> Iterator[Finding]:
    for helper in agent.helpers:
        if helper.disabled:
            known = HELPERS[helper.name]
            yield Finding(
                "agent.helper_disabled",
                "error",
                f"{helper.name} is disabled: it {known.work}",
                "Somebody or some tool switched it off, often to keep Windows from updating by itself."
                + (
                    ""
                    if known.configurable
                    else " Windows protects it: its start type is set in the registry, then Windows restarted."
                ),
                "agent" if known.configurable else "administrator",
                (helper.as_fact(),),
                ("0x80070422",),
            )


def _conditions(agent: Agent) -> Iterator[Finding]:
    conditions = agent.conditions
    if conditions.reboot:
        yield Finding(
            "agent.reboot_pending",
            "warning",
            f"Windows waits for a restart: {'; '.join(_REASONS[reason] for reason in conditions.reboot)}",
            "Until then the agent may neither detect nor install; repairs of its store must wait too.",
            "administrator",
            tuple({"what": "restart wanted by", "value": reason} for reason in conditions.reboot),
        )
    if conditions.free_space is not None and conditions.free_space < MINIMUM_SPACE:
        yield Finding(
            "agent.disk_space",
            "warning",
            f"Only {conditions.free_space / 1024**3:.1f} GiB are free on the system drive",
            "Updates do not fit: downloads and installations fail, and in the end the agent's own store.",
            "administrator",
            ({"what": "free_space_bytes", "value": conditions.free_space, "expected": f"at least {MINIMUM_SPACE}"},),
            ("0x80070070",),
        )
