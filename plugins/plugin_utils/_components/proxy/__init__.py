# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxies: which one does the machine have, which one the user, and which one does a scan use?"""

from __future__ import annotations

from .. import Component
from .facts import Proxy, probe, read
from .findings import FINDINGS, findings
from .options import ProxyOptions, require_proxy
from .plan import Desired, backup, desired, plan, restore
from .selection import proxy_for

COMPONENT = Component(probe, read, findings, FINDINGS)

__all__ = [
    "COMPONENT",
    "FINDINGS",
    "Desired",
    "Proxy",
    "ProxyOptions",
    "backup",
    "desired",
    "findings",
    "plan",
    "probe",
    "proxy_for",
    "read",
    "require_proxy",
    "restore",
]
