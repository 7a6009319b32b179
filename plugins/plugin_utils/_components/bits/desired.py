# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state of BITS: the default of the machine's Windows version, the article's definition, or single attributes only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..._options import Spec
from ..service import baseline
from ..service.desired import Desired
from ..service.desired import desired as over_baseline
from ..service.options import UNMANAGED, ServiceOptions, service_spec
from ..system import System

PROFILES = ("windows_default", "kb10132", UNMANAGED)


@dataclass(frozen=True)
class BitsOptions(ServiceOptions):
    """The options of wsus_bits."""

    SPEC: ClassVar[Spec] = service_spec(PROFILES)


def desired(options: ServiceOptions, system: System) -> Desired:
    """The desired state of BITS on a machine's Windows version."""
    of_article = options.definition == "kb10132"
    definition = baseline.kb10132() if of_article else baseline.bits(system.build)
    return over_baseline(options, definition, baseline.bits_start_type(system.build))
