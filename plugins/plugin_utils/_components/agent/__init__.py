# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The update agent: can it start, does it scan and report, are its prerequisites met?"""

from __future__ import annotations

from .. import Component
from ..service.component import ServiceComponent
from .definition import SERVICE, desired
from .facts import Agent, follow_up, probe, probe_for_change, probe_for_scans, read, read_scans
from .findings import FINDINGS, findings
from .history import Failure, Scan, failures, scans, successes
from .options import PROFILES, AgentOptions
from .plan import plan, services_to_start
from .scan_services import ScanServices, read_services
from .triggers import Trigger, drop_authorization, failure, send_report, start_scan
from .unexpected_scan import WITHOUT_TRIGGER, NotExpected, not_expected, probe_for_expectation
from .windowsupdate_log import query as text_log

COMPONENT = Component(probe, read, findings, FINDINGS, follow_up)

SERVICE_COMPONENT = ServiceComponent(SERVICE, probe_for_change, follow_up, read, desired, plan, services_to_start)
"""The service of the agent, wuauserv, which can be repaired."""

__all__ = [
    "COMPONENT",
    "FINDINGS",
    "PROFILES",
    "SERVICE",
    "SERVICE_COMPONENT",
    "WITHOUT_TRIGGER",
    "Agent",
    "AgentOptions",
    "Failure",
    "NotExpected",
    "Scan",
    "ScanServices",
    "Trigger",
    "desired",
    "drop_authorization",
    "failure",
    "failures",
    "findings",
    "follow_up",
    "not_expected",
    "plan",
    "probe",
    "probe_for_change",
    "probe_for_expectation",
    "probe_for_scans",
    "read",
    "read_scans",
    "read_services",
    "scans",
    "send_report",
    "services_to_start",
    "start_scan",
    "successes",
    "text_log",
]
