# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_proxy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ..plugin_utils._action import WsusAction
from ..plugin_utils._components import Context
from ..plugin_utils._components.proxy import STATES, check
from ..plugin_utils._operations.proxy import ProxyChange


class ActionModule(WsusAction):
    """Bring the machine's proxy (WinHTTP) to what is desired."""

    ARGUMENT_SPEC: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "state": {"type": "str", "choices": list(STATES), "required": True},
        "server": {"type": "str"},
        "bypass": {"type": "list", "elements": "str"},
        "backup_dir": {"type": "str"},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Plan, and outside check mode carry it out."""
        check(options)
        change = ProxyChange(self.host(), options, Context(now=datetime.now(UTC)))
        return change.run(check_mode=self._task.check_mode)
