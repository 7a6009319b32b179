# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy: is the client told which server to use, by whom, and do its settings make sense together?"""

from __future__ import annotations

from .facts import Policy, follow_up, probe, read
from .findings import FINDINGS, findings
from .group_policy import processing_failures
from .plan import backup, plan
from .server_url import fault
from .settings import check

__all__ = [
    "FINDINGS",
    "Policy",
    "backup",
    "check",
    "fault",
    "findings",
    "follow_up",
    "plan",
    "probe",
    "processing_failures",
    "read",
]
