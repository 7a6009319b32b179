# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ansible.utils.display import Display

from ..plugin_utils._action import WsusAction
from ..plugin_utils._operations.audit import context_of
from ..plugin_utils._operations.policy import PolicyChange, check


class ActionModule(WsusAction):
    """Have the policy of the update client in order on one machine."""

    ARGUMENT_SPEC: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "refresh": {"type": "bool", "default": False},
        "settings": {"type": "dict"},
        "force": {"type": "bool", "default": False},
        "server_url": {"type": "str"},
        "timeout": {"type": "int", "default": 300},
        "backup_dir": {"type": "str"},
        "event_days": {"type": "int", "default": 14},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Plan, and outside check mode carry it out."""
        check(options)
        context = context_of(options, datetime.now(UTC))
        change = PolicyChange(self.host(), options, context, Display().v)
        return change.run(check_mode=self._task.check_mode)
