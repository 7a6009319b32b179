# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a module that manages a service: a profile, single attributes that override it, and a state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._exceptions import WrongOption
from ..._options import BACKUP, Options, Range, Spec

STATES = ("startable", "started", "stopped", "restarted")

UNMANAGED = "unmanaged"
"""The profile that manages nothing except the single attributes."""

_ACTION = {
    "action": {"type": "str", "choices": ["none", "restart", "reboot", "run_command"], "required": True},
    "delay_ms": {"type": "int", "default": 0},
}
_FAILURE_ACTIONS = {
    "reset_period_s": {"type": "int", "required": True},
    "actions": {"type": "list", "elements": "dict", "required": True, "options": _ACTION},
}


def service_spec(profiles: Iterable[str]) -> Spec:
    """The argument spec of such a module, with the profiles that it supports."""
    own = Spec(
        {
            "definition": {"type": "str", "choices": list(profiles), "default": "windows_default"},
            "path": {"type": "str"},
            "service_type": {"type": "str", "choices": ["share_process", "own_process"]},
            "start_type": {"type": "str", "choices": ["auto", "delayed_auto", "demand", "disabled"]},
            "error_control": {"type": "str", "choices": ["ignore", "normal", "severe", "critical"]},
            "account": {"type": "str"},
            "dependencies": {"type": "list", "elements": "str"},
            "privileges": {"type": "list", "elements": "str"},
            "sid_type": {"type": "str", "choices": ["none", "unrestricted", "restricted"]},
            "failure_actions": {"type": "dict", "options": _FAILURE_ACTIONS},
            "service_dll": {"type": "str"},
            "state": {"type": "str", "choices": list(STATES), "default": "startable"},
            "timeout": {"type": "int", "default": 60},
        },
        {"timeout": Range("seconds")},
        frozenset({"path", "account", "service_dll", "dependencies", "privileges"}),
    )
    return own | BACKUP


@dataclass(frozen=True)
class ServiceOptions(Options):
    """The module options."""

    definition: str
    path: str | None
    service_type: str | None
    start_type: str | None
    error_control: str | None
    account: str | None
    dependencies: list[str] | None
    privileges: list[str] | None
    sid_type: str | None
    failure_actions: Mapping[str, Any] | None
    service_dll: str | None
    state: str
    backup_dir: str | None
    timeout: int

    def validate(self) -> None:
        """Raises WrongOption."""
        if self.start_type == "disabled" and self.state != "stopped":
            raise WrongOption(
                f"start_type is disabled and state is {self.state}: a disabled service cannot start; set state: stopped"
            )
        for option, names in (("dependencies", self.dependencies), ("privileges", self.privileges)):
            for name in names or ():
                if "/" in name:
                    raise WrongOption(
                        f"{option} contains {name!r}: names cannot contain a slash; use one list item per name"
                    )
        if self.privileges == []:
            raise WrongOption("privileges is an empty list; omit it to keep the current privileges")
        if self.failure_actions:
            _require_valid(self.failure_actions)


def _require_valid(failure_actions: Mapping[str, Any]) -> None:
    actions = failure_actions["actions"]
    if not actions:
        raise WrongOption("failure_actions contains no action; at least one is required, which may be none")
    if min(failure_actions["reset_period_s"], *(each["delay_ms"] for each in actions)) < 0:
        raise WrongOption("failure_actions contains a negative number of seconds or milliseconds")
