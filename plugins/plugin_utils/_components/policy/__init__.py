# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy: which WSUS server is the client configured to use, by whom, and are its settings consistent?"""

from __future__ import annotations

from .. import Component
from .facts import Policy, probe, read
from .findings import FINDINGS, findings
from .follow_up import follow_up, probe_with_group_policy
from .options import PolicyOptions
from .plan import backup, plan, require_verifiable, restore
from .processing import ProcessingFailure, processing_failures
from .processing_findings import action_of, cause_of, in_words
from .server_url import SERVER, require_server, url_error
from .settings import TEXTS, Settings

COMPONENT = Component(probe, read, findings, FINDINGS, follow_up)

__all__ = [
    "COMPONENT",
    "FINDINGS",
    "SERVER",
    "TEXTS",
    "Policy",
    "PolicyOptions",
    "ProcessingFailure",
    "Settings",
    "action_of",
    "backup",
    "cause_of",
    "findings",
    "follow_up",
    "in_words",
    "plan",
    "probe",
    "probe_with_group_policy",
    "processing_failures",
    "read",
    "require_server",
    "require_verifiable",
    "restore",
    "url_error",
]
