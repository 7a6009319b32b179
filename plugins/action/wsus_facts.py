# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_facts."""

from __future__ import annotations

from ..plugin_utils._action import MachineAction
from ..plugin_utils._operations import audit


class ActionModule(MachineAction):
    """Audit the WSUS client of one machine."""

    OPERATION = audit.FACTS
