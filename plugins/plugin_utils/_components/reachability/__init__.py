# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to the WSUS server, tested from the machine: where does it fail, and who is responsible?"""

from __future__ import annotations

from .. import Component
from .facts import Server, follow_up, probe, read
from .finding_types import CONTENT_PORT
from .findings import FINDINGS, findings

COMPONENT = Component(probe, read, findings, FINDINGS, follow_up)

__all__ = ["COMPONENT", "CONTENT_PORT", "FINDINGS", "Server", "findings", "follow_up", "probe", "read"]
