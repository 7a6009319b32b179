# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk query. Several components share its answer, so that an audit sends it only once."""

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
"""The library of the agent, its store and earlier copies, the store's database, and whether servicing operations are pending."""
