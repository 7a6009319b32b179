# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_result: runs on the controller only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..plugin_utils._action import WsusAction
from ..plugin_utils._fleet.machine import first_failure, reason_of
from ..plugin_utils._fleet.selection import attempts
from ..plugin_utils._options import Options


class ActionModule(WsusAction):
    """Fail for a machine as the first of its tasks did that was ignored so that the report includes the machine."""

    OPTIONS: ClassVar[type[Options]] = Options
    _requires_connection = False

    def perform(self, options: Options, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Return the failure of the machine, or no change."""
        failure = first_failure(attempts(task_vars))
        if failure is None:
            return {"changed": False}
        message = reason_of(failure, 2000)
        kind = "unreachable" if failure.get("unreachable") else "failed"
        reason = {"reason": failure["reason"]} if isinstance(failure.get("reason"), str) else {}
        return {"changed": False, kind: True, "msg": message, **reason}
