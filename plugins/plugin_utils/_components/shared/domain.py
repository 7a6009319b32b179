# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the machine is a member of a domain."""

from __future__ import annotations

from collections.abc import Mapping

from ..._windows import service_key
from ..._windows.query import Answers
from ..._windows.service_key import StartType

MEMBERSHIP = service_key.start("Netlogon")
# Joining a domain sets the start type of the service Netlogon to automatic; leaving it sets it to demand.
_JOINED: Mapping[int, bool] = {StartType.AUTO: True, StartType.DEMAND: False}


def joined(answers: Answers) -> bool | None:
    """Whether it is, from the answer to MEMBERSHIP; None if that is unknown or was not queried."""
    start = answers.get(MEMBERSHIP, None)
    return None if start is None else _JOINED.get(start)
