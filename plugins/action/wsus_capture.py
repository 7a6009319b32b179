# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_capture."""

from __future__ import annotations

from ..plugin_utils._action import MachineAction
from ..plugin_utils._operations import capture


class ActionModule(MachineAction):
    """Write a machine's answers to an audit, with what identifies it replaced, to a file on the controller."""

    OPERATION = capture.CAPTURE
