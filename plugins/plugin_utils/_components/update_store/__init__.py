# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The update store: is it damaged, what prevents a rebuild, and when was it last rebuilt or restored?"""

from __future__ import annotations

from .. import Component
from ..shared.disk import DISK
from ..shared.journal import JOURNAL
from .facts import INSTALLER, Store, follow_up, has_database, probe, read
from .findings import FINDINGS, findings
from .options import UpdateStoreOptions
from .plan import (
    Decision,
    catroot2_path,
    changes_of_resuming,
    decide,
    delete,
    rename,
    require_own,
)
from .records import CLEAR_PENDING, FolderRename, LastRun, PendingRun, read_unfinished

COMPONENT = Component(probe, read, findings, FINDINGS, follow_up)

__all__ = [
    "CLEAR_PENDING",
    "COMPONENT",
    "DISK",
    "FINDINGS",
    "INSTALLER",
    "JOURNAL",
    "Decision",
    "FolderRename",
    "LastRun",
    "PendingRun",
    "Store",
    "UpdateStoreOptions",
    "catroot2_path",
    "changes_of_resuming",
    "decide",
    "delete",
    "findings",
    "follow_up",
    "has_database",
    "probe",
    "read",
    "read_unfinished",
    "rename",
    "require_own",
]
