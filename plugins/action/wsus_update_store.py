# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_update_store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ansible.utils.display import Display

from ..plugin_utils._action import WsusAction
from ..plugin_utils._components.update_store import STATES, check
from ..plugin_utils._operations.audit import context_of
from ..plugin_utils._operations.update_store import StoreChange


class ActionModule(WsusAction):
    """Rebuild the update store of one machine, or put an earlier one back."""

    ARGUMENT_SPEC: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "state": {"type": "str", "choices": list(STATES), "default": "rebuilt"},
        "when": {"type": "str", "choices": ["evidence", "always"], "default": "evidence"},
        "min_interval": {"type": "int", "default": 24},
        "copy": {"type": "str"},
        "keep": {"type": "int"},
        "catroot2": {"type": "bool", "default": False},
        "timeout": {"type": "int", "default": 600},
        "service_timeout": {"type": "int", "default": 120},
        "event_days": {"type": "int", "default": 14},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Plan, and outside check mode carry it out."""
        check(options)
        context = context_of(options, datetime.now(UTC))
        return StoreChange(self.host(), options, context, Display().v).run(check_mode=self._task.check_mode)
