# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of wsus_agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..._exceptions import WrongOption
from ..._options import Range, Spec
from ..service.options import UNMANAGED, ServiceOptions, service_spec

PROFILES = ("windows_default", UNMANAGED)

_WORK = Spec(
    {
        "reset_components": {"type": "bool", "default": False},
        "scan": {"type": "bool", "default": False},
        "report": {"type": "bool", "default": False},
        "wait_for_scan": {"type": "bool", "default": False},
        "scan_timeout": {"type": "int", "default": 600},
    },
    {"scan_timeout": Range("seconds")},
)


@dataclass(frozen=True)
class AgentOptions(ServiceOptions):
    """The module options."""

    SPEC: ClassVar[Spec] = service_spec(PROFILES) | _WORK

    reset_components: bool
    scan: bool
    report: bool
    wait_for_scan: bool
    scan_timeout: int

    @property
    def asks_for_scan(self) -> bool:
        """Whether the agent is to scan or report, or a scan is to be awaited."""
        return self.scan or self.report or self.wait_for_scan

    def validate(self) -> None:
        """Raises WrongOption."""
        super().validate()
        if self.state == "stopped" and (self.asks_for_scan or self.reset_components):
            raise WrongOption(
                "state=stopped cannot be combined with scan, report, wait_for_scan or reset_components: "
                "a stopped agent does none of them"
            )
