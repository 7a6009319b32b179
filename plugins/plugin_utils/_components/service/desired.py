# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state of a service: a profile for the Windows version, single attributes that override it, and a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..._windows import service_key
from ..._windows.service_key import FailureAction, FailureActions, ServiceType
from .baseline import Baseline
from .options import UNMANAGED, ServiceOptions

# The options and the attributes that they set, with the names of the attributes as in drift.
_ATTRIBUTES: Mapping[str, str] = {
    "path": "image_path",
    "service_type": "service_type",
    "start_type": "start_type",
    "error_control": "error_control",
    "account": "account",
    "dependencies": "dependencies",
    "privileges": "privileges",
    "sid_type": "sid_type",
    "failure_actions": "failure_actions",
    "service_dll": "service_dll",
}


@dataclass(frozen=True)
class Desired:
    """The desired state of a service.

    Only the attributes in ``managed`` are changed; ``start_type`` is set if the current one is not correct.
    """

    definition: Baseline
    managed: frozenset[str]
    start_type: str
    state: str

    @property
    def whole(self) -> bool:
        """Whether a whole profile is desired, not only single attributes."""
        return "svchost_group" in self.managed

    @property
    def stopped(self) -> bool:
        """Whether the service must not run: then the services that it requires are not changed."""
        return self.state == "stopped"


def desired(options: ServiceOptions, baseline: Baseline, start_type: str) -> Desired:
    """The desired state: the given options override the baseline of their profile; ``start_type`` is the default start type."""
    values = ((attribute, getattr(options, option)) for option, attribute in _ATTRIBUTES.items())
    given = {attribute: value for attribute, value in values if value is not None}
    definition = replace(baseline, **_fields(given), unconfirmed=baseline.unconfirmed - set(given))
    managed = frozenset(given)
    if options.definition != UNMANAGED:
        managed = frozenset({*_ATTRIBUTES.values(), "svchost_group"})
        if definition.privileges is None:
            managed -= {"privileges"}
    return Desired(definition, managed, given.get("start_type") or start_type, options.state)


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The single attributes as fields of a baseline."""
    fields: dict[str, Any] = {}
    for attribute, value in given.items():
        if attribute == "image_path":
            fields |= {"image_path": value, "other_image_paths": ()}
        elif attribute == "service_type":
            fields["type"] = service_key.number(ServiceType, value)
        elif attribute == "start_type":
            fields["starts"] = frozenset({value})
        elif attribute in ("dependencies", "privileges"):
            fields[attribute] = tuple(value)
        elif attribute == "failure_actions":
            fields[attribute] = _failure_actions(value)
        else:
            fields[attribute] = value
    return fields


def _failure_actions(value: Mapping[str, Any]) -> FailureActions:
    actions = tuple(FailureAction(each["action"], each["delay_ms"]) for each in value["actions"])
    return FailureActions(value["reset_period_s"], actions)
