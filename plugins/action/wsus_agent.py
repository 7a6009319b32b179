# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_agent."""

from __future__ import annotations

from ..plugin_utils._action import MachineAction
from ..plugin_utils._operations import agent


class ActionModule(MachineAction):
    """Manage the Windows Update agent of one machine, and start scans and reports."""

    OPERATION = agent.OPERATION
