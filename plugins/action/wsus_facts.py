# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of the module wsus_facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ansible.utils.display import Display

from ..plugin_utils._action import WsusAction
from ..plugin_utils._operations.audit import SUBSETS, context_of, gather


class ActionModule(WsusAction):
    """Audit the WSUS client of one machine."""

    ARGUMENT_SPEC: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "gather_subset": {"type": "list", "elements": "str", "choices": list(SUBSETS), "default": ["all"]},
        "server_url": {"type": "str"},
        "event_days": {"type": "int", "default": 14},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Gather what was asked for."""
        context = context_of(options, datetime.now(UTC))
        return gather(self.host(), options["gather_subset"], context, Display().vvv).as_result()
