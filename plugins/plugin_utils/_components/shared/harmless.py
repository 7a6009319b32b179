# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which data of a registry value may be shown if nothing is known of who wrote it, and why: it may be a password."""

from __future__ import annotations

from typing import Any

from ..._windows.registry import Value

TEXTS = frozenset(
    {
        "branchreadinesslevel",
        "pausefeatureupdatesendtime",
        "pausefeatureupdatesstarttime",
        "pausequalityupdatesendtime",
        "pausequalityupdatesstarttime",
        "productversion",
        "targetreleaseversion",
        "targetreleaseversioninfo",
    }
)
"""Texts of policy and of device management that are versions and times (WindowsUpdate.admx; Microsoft, "Update Policy CSP")."""


def harmless(value: Value) -> Any:
    """The data of a number, and of a text with a known name; of any other value the name of its type."""
    is_known = isinstance(value.data, str) and value.name.lower() in TEXTS
    return value.data if is_known or isinstance(value.data, int) else value.type
