# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on the fleet as one HTML page that needs nothing else: no network, no library, no other file."""

from __future__ import annotations

from .page import render
from .texts import LANGUAGES

__all__ = ("LANGUAGES", "render")
