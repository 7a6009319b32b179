# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service shall be: a profile for the machine's Windows, single attributes over it, and a state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..._exceptions import WrongOption
from ..._windows.command import command
from ..._windows.service_key import FailureAction, FailureActions
from .baseline import Baseline

STATES = ("startable", "started", "stopped", "restarted")

UNMANAGED = "unmanaged"
"""The profile that asks for nothing beside the single attributes."""

# The option of each attribute that it can set, as drift names the attribute.
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
_TYPES: Mapping[str, int] = {"own_process": 0x10, "share_process": 0x20}


@dataclass(frozen=True)
class Desired:
    """What a service shall be.

    Only the attributes in ``managed`` are asked for; ``start_type`` is what is set where the present one is not right.
    """

    definition: Baseline
    managed: frozenset[str]
    start_type: str
    state: str

    @property
    def whole(self) -> bool:
        """Whether a whole profile is asked for, not only single attributes."""
        return "svchost_group" in self.managed

    @property
    def stopped(self) -> bool:
        """Whether the service shall not run: then what it needs to start is left alone."""
        return self.state == "stopped"


def argument_spec(profiles: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The options of a module that makes a service what it shall be."""
    return {
        "definition": {"type": "str", "choices": list(profiles), "default": "windows_default"},
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


def check(options: Mapping[str, Any]) -> None:
    """Look at such options before anything is sent.

    Raises WrongOption for options that exclude each other or are out of range, UnquotableArgument for text that no command
    line can carry.
    """
    if options.get("start_type") == "disabled" and options["state"] != "stopped":
        raise WrongOption(
            f"start_type is disabled and state is {options['state']}: a disabled service cannot start; ask for state: stopped"
        )
    if options["timeout"] < 1:
        raise WrongOption(f"timeout is {options['timeout']}; it must be a number of seconds from 1 on")
    for option in ("path", "account", "service_dll", "backup_dir"):
        if options.get(option) is not None:
            command(f"option {option}", options[option])
    for option in ("dependencies", "privileges"):
        for name in options.get(option) or ():
            command(f"option {option}", name)
            if "/" in name:
                raise WrongOption(f"{option} holds {name!r}: a name has no slash; give each one as an item of the list")
    if options.get("privileges") == []:
        raise WrongOption("privileges is an empty list; leave it out where they shall stay as they are")
    if options.get("failure_actions"):
        _check_failure_actions(options["failure_actions"])


def desired(options: Mapping[str, Any], baseline: Baseline, start_type: str) -> Desired:
    """What such options ask for, over the baseline of their profile; ``start_type`` is what that sets where none is given."""
    given = {attribute: options[option] for option, attribute in _ATTRIBUTES.items() if options.get(option) is not None}
    definition = replace(baseline, **_fields(given))
    managed = frozenset(given)
    if options["definition"] != UNMANAGED:
        managed = frozenset({*_ATTRIBUTES.values(), "svchost_group"})
        if definition.privileges is None:
            managed -= {"privileges"}
    return Desired(definition, managed, given.get("start_type") or start_type, options["state"])


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The single attributes as fields of a baseline."""
    fields: dict[str, Any] = {}
    for attribute, value in given.items():
        if attribute == "image_path":
            fields |= {"image_path": value, "other_image_paths": ()}
        elif attribute == "service_type":
            fields["type"] = _TYPES[value]
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


def _check_failure_actions(wanted: Mapping[str, Any]) -> None:
    if not wanted["actions"]:
        raise WrongOption("failure_actions names no action; at least one is needed, which may be none")
    if min(wanted["reset_period_s"], *(each["delay_ms"] for each in wanted["actions"])) < 0:
        raise WrongOption("failure_actions holds a negative number of seconds or milliseconds")
