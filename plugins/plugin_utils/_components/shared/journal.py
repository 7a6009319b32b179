# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""The journal on a machine: operations that were started, so that the next run can complete them, and the last operation.

It is the registry key ``HKLM\SOFTWARE\wsus.client`` of this collection. Each record is one value, ``name=text; name=text``,
and is written or deleted by one command, so that a run that is interrupted at any point leaves it consistent.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..._exceptions import WsusClientError
from ..._windows import registry
from ..._windows.command import Command
from ..._windows.registry import Key, Tree, Value

KEY = r"HKLM\SOFTWARE\wsus.client"
JOURNAL = registry.tree(KEY)
"""The journal; an empty tree on a machine that this collection has not changed."""


class JournalFailed(WsusClientError):
    """The operation could not be written to the journal, so it was not started."""

    reason = "journal_failed"

    def __init__(self) -> None:
        super().__init__(
            f"the journal could not be written to {KEY} on the machine; nothing was changed. Check free disk space"
        )


class JournalDamaged(WsusClientError):
    """The journal on the machine was changed from outside, so that it does not show which operation was started."""

    reason = "journal_damaged"


def record(journal: Tree, name: str, key: str = KEY) -> Mapping[str, str]:
    """The fields of a record; empty if it does not exist."""
    found: Key | None = journal.key(key)
    text = found.text(name) if found else None
    pairs = (part.partition("=") for part in (text or "").split("; "))
    return {field: value for field, equals, value in pairs if equals}


def write(name: str, fields: Mapping[str, str], key: str = KEY) -> Command:
    """Write or replace a record; empty fields are omitted."""
    text = "; ".join(f"{field}={value}" for field, value in fields.items() if value)
    return registry.add(key, Value(name, "REG_SZ", text))


def erase(name: str, key: str = KEY) -> Command:
    """Delete a record."""
    return registry.delete_value(key, name)
