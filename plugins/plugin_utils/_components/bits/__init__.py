# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BITS, the Background Intelligent Transfer Service: can it start, is its definition correct, why do its jobs fail?"""

from __future__ import annotations

from .. import Component
from ..service.component import ServiceComponent
from .definition import PROFILES, SERVICE, BitsOptions, desired
from .facts import Bits, follow_up, probe, probe_for_change, read
from .findings import FINDINGS, findings
from .log_events import JobFailure, job_failures, start_failures
from .plan import plan, services_to_start

COMPONENT = Component(probe, read, findings, FINDINGS, follow_up)

SERVICE_COMPONENT = ServiceComponent(SERVICE, probe_for_change, follow_up, read, desired, plan, services_to_start)
"""BITS as a service that can be repaired."""

__all__ = [
    "COMPONENT",
    "FINDINGS",
    "PROFILES",
    "SERVICE",
    "SERVICE_COMPONENT",
    "Bits",
    "BitsOptions",
    "JobFailure",
    "desired",
    "findings",
    "follow_up",
    "job_failures",
    "plan",
    "probe",
    "probe_for_change",
    "read",
    "services_to_start",
    "start_failures",
]
