# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BITS, the Background Intelligent Transfer Service: can it start, is it defined as it should be, why do its jobs fail?"""

from __future__ import annotations

from ._facts import Bits, follow_up, probe, read
from ._findings import findings

__all__ = ["Bits", "findings", "follow_up", "probe", "read"]
