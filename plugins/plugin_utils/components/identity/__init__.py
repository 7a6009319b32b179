# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identity: by which id does the server know the client, and is it one?"""

from __future__ import annotations

from .._journal import QUERY_JOURNAL
from ._facts import Identity, follow_up, probe, read
from ._findings import findings
from ._plan import STATES, Decision, backup, changes_of_resumption, check, decide, delete, is_new, put_back
from ._records import ERASE, Last, Unfinished, read_unfinished
from ._values import is_id, normal

__all__ = [
    "ERASE",
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
