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
from ..plugin_utils._components import bits
from ..plugin_utils._components.service.desired import argument_spec, check
from ..plugin_utils._operations.service_repair import ServiceRepair
from ..plugin_utils._remote.service_control import ServiceControl


class ActionModule(WsusAction):
    """Bring BITS on one machine to what is desired."""

    ARGUMENT_SPEC: ClassVar[Mapping[str, Mapping[str, Any]]] = argument_spec(bits.PROFILES)

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Plan, and outside check mode carry it out."""
        check(options)
        host = self.host()
        control = ServiceControl(host, options["timeout"], Display().v)
        return ServiceRepair(host, control, bits, options, datetime.now(UTC)).run(check_mode=self._task.check_mode)
