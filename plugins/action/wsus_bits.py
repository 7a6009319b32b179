# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_bits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ansible.utils.display import Display

from ..plugin_utils._action import WsusAction
from ..plugin_utils._bits_change import BitsChange, result_of
from ..plugin_utils._control import ServiceControl
from ..plugin_utils.components.bits import PROFILES, STATES, check


class ActionModule(WsusAction):
    """Bring BITS on one machine to what is desired."""

    ARGUMENT_SPEC: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "definition": {"type": "str", "choices": list(PROFILES), "default": "windows_default"},
        "path": {"type": "str"},
        "service_type": {"type": "str", "choices": ["share_process", "own_process"]},
        "start_type": {"type": "str", "choices": ["auto", "delayed_auto", "demand", "disabled"]},
        "error_control": {"type": "str", "choices": ["ignore", "normal", "severe", "critical"]},
        "account": {"type": "str"},
        "dependencies": {"type": "list", "elements": "str"},
        "privileges": {"type": "list", "elements": "str"},
        "sid_type": {"type": "str", "choices": ["none", "unrestricted", "restricted"]},
        "failure_actions": {
            "type": "dict",
            "options": {
                "reset_period_s": {"type": "int", "required": True},
                "actions": {
                    "type": "list",
                    "elements": "dict",
                    "required": True,
                    "options": {
                        "action": {
                            "type": "str",
                            "choices": ["none", "restart", "reboot", "run_command"],
                            "required": True,
                        },
                        "delay_ms": {"type": "int", "default": 0},
                    },
                },
            },
        },
        "service_dll": {"type": "str"},
        "state": {"type": "str", "choices": list(STATES), "default": "startable"},
        "backup_dir": {"type": "str"},
        "timeout": {"type": "int", "default": 60},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Plan, and outside check mode carry it out."""
        check(options)
        host = self.host()
        control = ServiceControl(host, options["timeout"], Display().v)
        change = BitsChange(host, control, options, lambda: datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"))
        task = change.prepare(wait=not self._task.check_mode)
        outcome: Mapping[str, Any] = {"backup": None, "state": task.facts.state.name}
        if task.changes and not self._task.check_mode:
            outcome = change.carry_out(task)
        return result_of(task, outcome, host) | {"check_mode": self._task.check_mode}
