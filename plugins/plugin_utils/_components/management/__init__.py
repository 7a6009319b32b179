# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Management: what manages the updates of the machine, and whether it keeps changes over a restart."""

from __future__ import annotations

from .. import Component
from .deliberate import judge
from .facts import Management, follow_up, probe, probe_for_judgment, read
from .findings import FINDINGS, findings

COMPONENT = Component(probe, read, findings, FINDINGS)
"""``follow_up`` is sent only if a component has a problem: whether it does is known to the audit, not to this component."""

__all__ = [
    "COMPONENT",
    "FINDINGS",
    "Management",
    "findings",
    "follow_up",
    "judge",
    "probe",
    "probe_for_judgment",
    "read",
]
