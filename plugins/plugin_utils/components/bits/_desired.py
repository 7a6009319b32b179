# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What BITS shall be: a profile for the machine's Windows, single attributes over it, and a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ... import _baselines
from ..._baselines import Baseline
from ..._command import command
from ..._exceptions import WrongOption
from ..._service_definition import FailureAction, FailureActions
from ..system import System

PROFILES = ("windows_default", "kb10132", "unmanaged")
STATES = ("startable", "started", "stopped", "restarted")

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
    """What BITS shall be.

    Only the attributes in ``managed`` are asked for; ``start_type`` is what is set where the present one is not right.
    """

    definition: Baseline
    managed: frozenset[str]
    start_type: str
    state: str


def check(options: Mapping[str, Any]) -> None:
    """Look at the options of wsus_bits before anything is sent.

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


def desired(options: Mapping[str, Any], system: System) -> Desired:
    """What the options of wsus_bits ask for on a machine's Windows."""
    given = {attribute: options[option] for option, attribute in _ATTRIBUTES.items() if options.get(option) is not None}
    profile = options["definition"]
    baseline = _baselines.kb10132() if profile == "kb10132" else _baselines.bits(system.build)
    managed = frozenset(given) if profile == "unmanaged" else frozenset({*_ATTRIBUTES.values(), "svchost_group"})
    start_type = given.get("start_type") or _baselines.bits_start_type(system.build)
    return Desired(replace(baseline, **_fields(given)), managed, start_type, options["state"])


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The single attributes as fields of a baseline."""
    fields: dict[str, Any] = {}
    for attribute, value in given.items():
        if attribute == "service_type":
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
