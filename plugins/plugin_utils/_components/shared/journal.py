# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Our journal on a machine: what a run has begun, so that the next one can finish it, and what was done last.

It is one registry key of ours, ``HKLM\SOFTWARE\wsus.client``. Each record is one value, ``name=text; name=text``: it is written
or deleted by one command, so that a run cut anywhere leaves it whole.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..._exceptions import WsusClientError
from ..._windows import registry
from ..._windows.command import Command
from ..._windows.registry import Key, Tree, Value

KEY = r"HKLM\SOFTWARE\wsus.client"
JOURNAL = registry.tree(KEY)
"""The journal, an empty tree on a machine that we have not changed."""


class JournalFailed(WsusClientError):
    """What is about to be done could not be written to the journal, so it was not begun."""

    reason = "journal_failed"

    def __init__(self) -> None:
        super().__init__(
            f"what is about to be done could not be written to {KEY} on the machine, so nothing was changed: look whether its disk is full"
        )


class JournalDamaged(WsusClientError):
    """Our journal on the machine was changed by somebody, so that it does not say what a run had begun."""

    reason = "journal_damaged"


def record(journal: Tree, name: str, key: str = KEY) -> Mapping[str, str]:
    """One record as its fields; empty where there is none."""
    found: Key | None = journal.key(key)
    text = found.text(name) if found else None
    pairs = (part.partition("=") for part in (text or "").split("; "))
    return {field: value for field, equals, value in pairs if equals}


def write(name: str, fields: Mapping[str, str], key: str = KEY) -> Command:
    """Write a record, replacing it; fields that are empty are left out."""
    text = "; ".join(f"{field}={value}" for field, value in fields.items() if value)
    return registry.add(key, Value(name, "REG_SZ", text))


def erase(name: str, key: str = KEY) -> Command:
    """Delete a record."""
    return registry.delete_value(key, name)
