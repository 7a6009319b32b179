# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The update agent: can it start, does it detect and report, does its machine let it work?"""

from __future__ import annotations

from .. import Component
from ..service.component import ServiceComponent
from .facts import Agent, follow_up, probe, probe_for_change, probe_for_detections, read, read_detections
from .findings import FINDINGS, findings
from .helpers import SERVICE
from .history import Detection, detections, failures
from .options import PROFILES, AgentOptions
from .plan import desired, neighbours_to_start, plan
from .triggers import detect, report

COMPONENT = Component(probe, read, findings, FINDINGS, follow_up)

SERVICE_COMPONENT = ServiceComponent(SERVICE, probe_for_change, follow_up, read, desired, plan, neighbours_to_start)
"""The agent's service, wuauserv, which can be repaired."""

__all__ = [
    "COMPONENT",
    "FINDINGS",
    "PROFILES",
    "SERVICE",
    "SERVICE_COMPONENT",
    "Agent",
    "AgentOptions",
    "Detection",
    "desired",
    "detect",
    "detections",
    "failures",
    "findings",
    "follow_up",
    "neighbours_to_start",
    "plan",
    "probe",
    "probe_for_change",
    "probe_for_detections",
    "read",
    "read_detections",
    "report",
]
