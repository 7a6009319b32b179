# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_agent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ansible.utils.display import Display

from ..plugin_utils._action import WsusAction
from ..plugin_utils._components.agent import PROFILES
from ..plugin_utils._components.service.desired import argument_spec
from ..plugin_utils._operations.agent import check, run


class ActionModule(WsusAction):
    """Bring the update agent of one machine to what is desired, and have it work."""

    ARGUMENT_SPEC: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        **argument_spec(PROFILES),
        "reset_components": {"type": "bool", "default": False},
        "detect": {"type": "bool", "default": False},
        "report": {"type": "bool", "default": False},
        "wait_for_detection": {"type": "bool", "default": False},
        "detection_timeout": {"type": "int", "default": 600},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Plan, and outside check mode carry it out."""
        check(options)
        return run(self.host(), options, datetime.now(UTC), Display().v, check_mode=self._task.check_mode)
