# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of Windows services as sc.exe commands; ``_service`` reads, this writes.

In sc.exe's options the equals sign belongs to the name and the value is a word of its own (Microsoft "Windows Commands",
sc config). The service control manager keeps services in memory: what sc.exe can set is never written past it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ._command import Command, command
from ._service_definition import INTERACTIVE, FailureActions

ALREADY_RUNNING = 1056  # ERROR_SERVICE_ALREADY_RUNNING
NOT_ACTIVE = 1062  # ERROR_SERVICE_NOT_ACTIVE: it does not run

START_WORDS: Mapping[str, str] = {
    "auto": "auto",
    "delayed_auto": "delayed-auto",
    "demand": "demand",
    "disabled": "disabled",
}
"""sc.exe's words for the start types that a service of svchost.exe can have."""

_TYPE_WORDS: Mapping[int, str] = {0x10: "own", 0x20: "share"}
_ERROR_WORDS: Mapping[int, str] = {0: "ignore", 1: "normal", 2: "severe", 3: "critical"}
_SID_WORDS: Mapping[int, str] = {0: "none", 1: "unrestricted", 3: "restricted"}
_ACTION_WORDS: Mapping[str, str] = {"none": "", "restart": "restart", "reboot": "reboot", "run_command": "run"}


def config(
    name: str,
    *,
    image_path: str | None = None,
    kind: int | None = None,
    start: str | None = None,
    error_control: int | None = None,
    account: str | None = None,
    dependencies: Iterable[str] | None = None,
) -> Command:
    """Change what differs of a service in one call, which takes effect as a whole or not at all.

    ``kind`` is the number of the service type (0x10, 0x20, with 0x100 interactive), ``start`` a key of START_WORDS.
    """
    return command("sc.exe", "config", name, *_words(image_path, kind, start, error_control, account, dependencies))


def create(
    name: str,
    display_name: str,
    *,
    image_path: str,
    kind: int,
    start: str,
    error_control: int,
    account: str,
    dependencies: Iterable[str],
) -> Command:
    """Install a service; ``display_name`` may be an indirect string (``@library,-number``), which Windows shows translated."""
    words = _words(image_path, kind, start, error_control, account, dependencies)
    return command("sc.exe", "create", name, *words, "DisplayName=", display_name)


def delete(name: str) -> Command:
    """Remove a service."""
    return command("sc.exe", "delete", name)


def privileges(name: str, names: Iterable[str]) -> Command:
    """Set the privileges that a service requires."""
    return command("sc.exe", "privs", name, "/".join(names))


def sid_type(name: str, number: int) -> Command:
    """Set the type of a service's own SID: 0 none, 1 unrestricted, 3 restricted."""
    return command("sc.exe", "sidtype", name, _SID_WORDS[number])


def failure_actions(name: str, wanted: FailureActions) -> Command:
    """Set what happens when a service fails; an action "none" is an empty word between the slashes."""
    actions = "/".join(f"{_ACTION_WORDS[each.action]}/{each.delay_ms}" for each in wanted.actions)
    return command("sc.exe", "failure", name, "reset=", str(wanted.reset_period_s), "actions=", actions)


def start(name: str) -> Command:
    """Ask for a start; exit code 0 means only that it was accepted."""
    return command("sc.exe", "start", name)


def stop(name: str) -> Command:
    """Ask for a stop; exit code 0 means only that it was accepted."""
    return command("sc.exe", "stop", name)


def _words(
    image_path: str | None,
    kind: int | None,
    start_type: str | None,
    error_control: int | None,
    account: str | None,
    dependencies: Iterable[str] | None,
) -> list[str]:
    words: list[str] = []
    if kind is not None:
        words += ["type=", _TYPE_WORDS[kind & ~INTERACTIVE]]
        words += ["type=", "interact"] if kind & INTERACTIVE else []
    if start_type is not None:
        words += ["start=", START_WORDS[start_type]]
    if error_control is not None:
        words += ["error=", _ERROR_WORDS[error_control]]
    if image_path is not None:
        words += ["binPath=", image_path]
    if account is not None:
        words += ["obj=", account]
    if dependencies is not None:
        # A lone slash is how sc.exe takes "no dependencies"; an empty word cannot be passed.
        words += ["depend=", "/".join(dependencies) or "/"]
    return words
