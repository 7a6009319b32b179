# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_client_id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ansible.utils.display import Display

from ..plugin_utils._action import WsusAction
from ..plugin_utils._components import Context
from ..plugin_utils._components.client_id import STATES, check
from ..plugin_utils._operations.client_id import ClientIdChange


class ActionModule(WsusAction):
    """Give one machine a client id of its own."""

    ARGUMENT_SPEC: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "state": {"type": "str", "choices": list(STATES), "default": "unique"},
        "duplicates": {"type": "list", "elements": "str", "default": []},
        "regenerate": {"type": "bool", "default": False},
        "restore_on_failure": {"type": "bool", "default": True},
        "backup_dir": {"type": "str"},
        "timeout": {"type": "int", "default": 600},
        "service_timeout": {"type": "int", "default": 120},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Plan, and outside check mode carry it out."""
        check(options)
        change = ClientIdChange(self.host(), options, Context(now=datetime.now(UTC)), Display().v)
        return change.run(check_mode=self._task.check_mode)
