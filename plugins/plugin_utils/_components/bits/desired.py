# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What BITS shall be: the default of the machine's Windows, the article's definition, or single attributes only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..service import baseline as _baselines
from ..service import desired as service_desired
from ..service.desired import UNMANAGED, Desired
from ..system import System

PROFILES = ("windows_default", "kb10132", UNMANAGED)


def desired(options: Mapping[str, Any], system: System) -> Desired:
    """What the options of wsus_bits ask for on a machine's Windows."""
    of_article = options["definition"] == "kb10132"
    baseline = _baselines.kb10132() if of_article else _baselines.bits(system.build)
    return service_desired.desired(options, baseline, _baselines.bits_start_type(system.build))
