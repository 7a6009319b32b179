# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxies: which one does the machine have, the user, and which would a scan use?"""

from __future__ import annotations

from .facts import Proxy, follow_up, probe, read
from .findings import FINDINGS, findings
from .plan import STATES, Desired, backup, check, check_server, desired, plan
from .selection import hidden, proxy_for

__all__ = [
    "FINDINGS",
    "STATES",
    "Desired",
    "Proxy",
    "backup",
    "check",
    "check_server",
    "desired",
    "findings",
    "follow_up",
    "hidden",
    "plan",
    "probe",
    "proxy_for",
    "read",
]
