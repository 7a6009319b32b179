# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wsus_bits: bring BITS to its desired state."""

from __future__ import annotations

from .._components import bits
from .._components.bits import BitsOptions
from .._remote.session import Session
from .operation import Operation, Outcome
from .service_repair import ServiceRepair


def run(session: Session, options: BitsOptions, *, check_mode: bool) -> Outcome:
    """Plan, and apply the plan except in check mode. Raises the errors of ServiceRepair."""
    return ServiceRepair(session, bits.SERVICE_COMPONENT, options).run(check_mode=check_mode)


OPERATION = Operation(BitsOptions, run)
