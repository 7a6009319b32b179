# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The update agent: can it start, does it detect and report, does its machine let it work?"""

from __future__ import annotations

from .facts import Agent, follow_up, probe, probe_for_change, probe_for_detections, read, read_detections
from .findings import FINDINGS, findings
from .helpers import SERVICE
from .history import Detection, detections, failures
from .plan import PROFILES, desired, neighbours_to_start, plan
from .triggers import detect, report

__all__ = [
    "FINDINGS",
    "PROFILES",
    "SERVICE",
    "Agent",
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
