# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_update_store."""

from __future__ import annotations

from ..plugin_utils._action import MachineAction
from ..plugin_utils._operations import update_store


class ActionModule(MachineAction):
    """Rebuild the update store of one machine, or restore an earlier copy."""

    OPERATION = update_store.OPERATION
