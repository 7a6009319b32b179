# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry keys that several components read. Each is asked for in one way, so that an audit asks once."""

from __future__ import annotations

from ..._windows import registry
from ..._windows.command import Results

POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
QUERY_POLICY = registry.query_tree(POLICY)

UPDATE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
QUERY_UPDATE = registry.query_tree(UPDATE)


def servers(results: Results) -> tuple[str, ...]:
    """The URLs of the servers that policy sets, as they stand there; none where policy was not asked for."""
    if QUERY_POLICY not in results:
        return ()
    key = registry.read_tree(results[QUERY_POLICY]).key(POLICY)
    return tuple(url for name in ("WUServer", "UpdateServiceUrlAlternate") if key and (url := key.text(name)))
