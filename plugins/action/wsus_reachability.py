# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_reachability."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ansible.utils.display import Display

from ..plugin_utils._action import WsusAction
from ..plugin_utils._operations.audit import gather
from ..plugin_utils._operations.reachability import check, context_of, require


class ActionModule(WsusAction):
    """Test the way from one machine to its WSUS server."""

    ARGUMENT_SPEC: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "url": {"type": "str"},
        "proxy": {"type": "str"},
        "timeout": {"type": "int", "default": 15},
        "required": {"type": "bool", "default": False},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the server from the machine."""
        check(options)
        context = context_of(options, datetime.now(UTC))
        audit = gather(self.host(), ["proxy", "reachability"], context, Display().vvv)
        if options["required"]:
            require(audit)
        return audit.as_result()
