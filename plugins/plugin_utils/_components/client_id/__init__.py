# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identity: by which id does the server know the client, and is it one?"""

from __future__ import annotations

from ..shared.journal import QUERY_JOURNAL
from .facts import Identity, follow_up, probe, read
from .findings import FINDINGS, findings
from .formats import is_id, normal
from .plan import STATES, Decision, backup, changes_of_resumption, check, decide, delete, is_new, put_back
from .records import ERASE, Last, Unfinished, read_unfinished

__all__ = [
    "ERASE",
    "FINDINGS",
    "QUERY_JOURNAL",
    "STATES",
    "Decision",
    "Identity",
    "Last",
    "Unfinished",
    "backup",
    "changes_of_resumption",
    "check",
    "decide",
    "delete",
    "findings",
    "follow_up",
    "is_id",
    "is_new",
    "normal",
    "probe",
    "put_back",
    "read",
    "read_unfinished",
]
