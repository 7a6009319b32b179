# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that write settings to the local policy: only those that differ, each with its undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..._exceptions import Unverifiable
from ..._plan import Change, Step
from ..._windows import registry
from ..._windows.command import Command
from ..._windows.readable import is_readable
from ..._windows.urls import without_credentials
from ..shared.registry_keys import POLICY
from .facts import Policy
from .settings import BY_NAME, URLS, Data, Setting


def require_verifiable(wanted: Mapping[str, Data | None], *, reads_unicode: bool) -> None:
    """Raises Unverifiable if a wanted text has characters that the connection does not read (``reads_unicode``: it reads all)."""
    texts = {name: data for name, data in wanted.items() if isinstance(data, str) and not data.isascii()}
    names = [name for name, data in texts.items() if not reads_unicode or not is_readable(data)]
    if names:
        raise _unverifiable(names)


def plan(policy: Policy, wanted: Mapping[str, Data | None]) -> tuple[Step, ...]:
    """The steps that set the wanted values (None: remove the setting); empty if all are set already.

    Raises UnquotableArgument if a text cannot be quoted on a command line, and Unverifiable if a text with characters that are
    not ASCII is wanted where the present one arrived damaged: then the new one would as well.
    """
    unreadable = policy.settings.unreadable
    names = [name for name in unreadable if isinstance(data := wanted.get(name), str) and not data.isascii()]
    if names:
        raise _unverifiable(names)
    steps = (_step(BY_NAME[name], policy, data) for name, data in wanted.items())
    return tuple(step for step in steps if step)


def _unverifiable(names: Iterable[str]) -> Unverifiable:
    listed = tuple(names)
    return Unverifiable(
        f"settings: {', '.join(listed)}: text that is not ASCII cannot be read over this connection, so whether it is right on the machine "
        "cannot be verified. Connect with winrm, or use a text of ASCII characters only.",
        settings=list(listed),
    )


def backup(file: str) -> Command:
    """Export the policy key to a .reg file on the machine."""
    return registry.export(POLICY, file)


def restore(file: str | None) -> tuple[Command, ...]:
    """What brings back the values that were there, from the backup: it has them as they were, whatever their type or text."""
    return (registry.import_file(file),) if file else ()


def _step(setting: Setting, policy: Policy, wanted: Data | None) -> Step | None:
    settings = policy.settings
    present = any(setting.name in each for each in (settings.values, settings.mistyped, settings.unreadable))
    before = settings.values.get(setting.name)
    if before == wanted and (wanted is not None or not present):
        return None
    change = Change(setting.name, _published(before, policy, setting), wanted)
    gone = registry.delete_value(setting.key, setting.value)
    do = gone if wanted is None else registry.add(setting.key, setting.as_value(wanted))
    # A value that is there is restored from the backup: the text that was read may not be the one on the machine.
    return Step((change,), do, () if present else (gone,))


def _published(before: Data | None, policy: Policy, setting: Setting) -> Any:
    if setting.name in policy.settings.unreadable:
        return "unreadable"
    mistyped = policy.settings.mistyped.get(setting.name)
    if mistyped:
        return f"of type {mistyped}"
    return without_credentials(before) if isinstance(before, str) and setting.name in URLS else before
