# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an agent needs of its machine beside its service: no restart that is waited for, space on the disk, its library."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ... import _registry
from ..._command import Command, Results, command
from .._keys import UPDATE

SERVICING = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
QUERY_SERVICING = _registry.query_key(SERVICING)
_LIBRARY = "wuaueng.dll"
_PENDING = "pending.xml"
# dir ends with the free space of the drive, whatever its words; of a file that is not there it tells nothing.
_LIST = ("dir", "/-c", rf"%windir%\System32\{_LIBRARY}")
_SAY = ("if", "exist", rf"%windir%\WinSxS\{_PENDING}", "echo", _PENDING)
QUERY_FILES = command("cmd.exe", "/d", "/c", *_LIST, "&", *_SAY)
_FREE = re.compile(r"^\s*(?:\d+\s+\D+?\s+)?(\d+)\s+\D+$")


@dataclass(frozen=True)
class Conditions:
    """The machine around the agent. ``reboot`` are the reasons why Windows waits for a restart.

    ``free_space`` is in bytes, of the system drive; None where it could not be read.
    """

    reboot: tuple[str, ...]
    library: bool
    free_space: int | None

    def as_fact(self) -> dict[str, Any]:
        """The conditions as published."""
        return {
            "reboot_pending": bool(self.reboot),
            "reboot_reasons": list(self.reboot),
            "free_space_bytes": self.free_space,
        }


def probe() -> tuple[Command, ...]:
    """The commands that tell them."""
    return (QUERY_SERVICING, QUERY_FILES)


def read_conditions(results: Results, update: _registry.Tree) -> Conditions:
    """The conditions from the answers to the probe and the registry key of the agent."""
    # Names of subkeys: reg.exe lists them as keys without values.
    servicing = _registry.read_tree(results[QUERY_SERVICING])
    lines = results[QUERY_FILES].lines
    names = {line.split()[-1].lower() for line in lines if line.split()}
    present = (
        ("agent", update.key(rf"{UPDATE}\Auto Update\RebootRequired") is not None),
        ("servicing", servicing.key(rf"{SERVICING}\RebootPending") is not None),
        ("servicing_in_progress", servicing.key(rf"{SERVICING}\RebootInProgress") is not None),
        ("packages", servicing.key(rf"{SERVICING}\PackagesPending") is not None),
        ("pending_xml", _PENDING in names),
    )
    # The size of the file comes first.
    totals = [int(match[1]) for line in lines if (match := _FREE.match(line))]
    return Conditions(
        reboot=tuple(name for name, holds in present if holds),
        library=_LIBRARY in names,
        free_space=totals[-1] if _LIBRARY in names and len(totals) > 1 else None,
    )
