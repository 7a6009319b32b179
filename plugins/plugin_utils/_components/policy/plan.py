# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that write settings to the local policy: only those that differ, each with its undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._exceptions import UnquotableArgument
from ..._plan import Change, Step
from ..._windows import registry
from ..._windows.command import Command
from ..._windows.urls import without_credentials
from ..shared.registry_keys import POLICY
from .facts import Policy
from .settings import BY_NAME, URLS, Data, Setting


def plan(policy: Policy, wanted: Mapping[str, Data | None]) -> tuple[Step, ...]:
    """The steps that set the wanted values (None: remove the setting); empty if all are set already.

    Raises UnquotableArgument if a text cannot be quoted on a command line.
    """
    steps = (_step(BY_NAME[name], policy, data) for name, data in wanted.items())
    return tuple(step for step in steps if step)


def backup(file: str) -> Command:
    """Export the policy key to a .reg file on the machine."""
    return registry.export(POLICY, file)


def _step(setting: Setting, policy: Policy, wanted: Data | None) -> Step | None:
    present = setting.name in policy.settings.values or setting.name in policy.settings.mistyped
    before = policy.settings.values.get(setting.name)
    if before == wanted and (wanted is not None or not present):
        return None
    change = Change(setting.name, _published(before, policy, setting), wanted)
    gone = registry.delete_value(setting.key, setting.value)
    do = gone if wanted is None else registry.add(setting.key, setting.as_value(wanted))
    return Step((change,), do, _undo(setting, before, present=present))


def _undo(setting: Setting, before: Data | None, *, present: bool) -> tuple[Command, ...]:
    if not present:
        return (registry.delete_value(setting.key, setting.value),)
    # A value of a wrong type, or one that cannot be quoted on a command line, is only in the backup.
    try:
        return () if before is None else (registry.add(setting.key, setting.as_value(before)),)
    except UnquotableArgument:
        return ()


def _published(before: Data | None, policy: Policy, setting: Setting) -> Any:
    mistyped = policy.settings.mistyped.get(setting.name)
    if mistyped:
        return f"of type {mistyped}"
    return without_credentials(before) if isinstance(before, str) and setting.name in URLS else before
