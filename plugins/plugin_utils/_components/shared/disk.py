# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a machine's disk. Several components read the answer, so that an audit asks once."""

from __future__ import annotations

from ..._windows import dir_listing

LIBRARY = "wuaueng.dll"
PENDING = "pending.xml"
STORE = "SoftwareDistribution"
DATABASE = "DataStore.edb"

DISK = dir_listing.query(
    rf"%windir%\System32\{LIBRARY}",
    rf"%windir%\{STORE}*",
    rf"%windir%\{STORE}\DataStore\{DATABASE}",
    then=("if", "exist", rf"%windir%\WinSxS\{PENDING}", "echo", PENDING),
)
"""The agent's library, its store with earlier copies, the store's database, and whether servicing work is left to be done."""
