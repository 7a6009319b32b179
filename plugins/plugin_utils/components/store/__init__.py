# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The update store: is it damaged, what keeps it from being rebuilt, what was done with it?"""

from __future__ import annotations

from .._disk import QUERY_DISK
from .._journal import QUERY_JOURNAL
from ._copies import Copy
from ._evidence import shows_damage
from ._facts import Store, follow_up, has_database, probe, read
from ._findings import findings
from ._plan import (
    CATROOT2,
    STATES,
    Decision,
    catroot2_path,
    changes_of_resumption,
    check,
    decide,
    delete,
    make_folder,
    rename,
)
from ._records import ERASE, Last, Move, Unfinished, read_unfinished

__all__ = [
    "CATROOT2",
    "ERASE",
    "QUERY_DISK",
    "QUERY_JOURNAL",
    "STATES",
    "Copy",
    "Decision",
    "Last",
    "Move",
    "Store",
    "Unfinished",
    "catroot2_path",
    "changes_of_resumption",
    "check",
    "decide",
    "delete",
    "findings",
    "follow_up",
    "has_database",
    "make_folder",
    "probe",
    "read",
    "read_unfinished",
    "rename",
    "shows_damage",
]
