# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client ID: by which ID does the server identify the client, and is it well-formed?"""

from __future__ import annotations

from .. import Component
from ..shared.journal import JOURNAL
from .facts import ClientId, probe, read
from .findings import FINDINGS, findings
from .formats import is_id, normalize_id
from .options import ClientIdOptions
from .plan import Decision, backup, changes_of_resuming, decide, delete, is_new
from .records import CLEAR_PENDING, LastRun, PendingRun, read_unfinished

COMPONENT = Component(probe, read, findings, FINDINGS)

__all__ = [
    "CLEAR_PENDING",
    "COMPONENT",
    "FINDINGS",
    "JOURNAL",
    "ClientId",
    "ClientIdOptions",
    "Decision",
    "LastRun",
    "PendingRun",
    "backup",
    "changes_of_resuming",
    "decide",
    "delete",
    "findings",
    "is_id",
    "is_new",
    "normalize_id",
    "probe",
    "read",
    "read_unfinished",
]
