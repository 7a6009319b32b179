# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters that select the machines for the plays of a playbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible import context
from ansible.errors import AnsibleFilterError

from ..plugin_utils._fleet import selection
from ..plugin_utils._fleet.machine import first_failure


def windows_machines(hostvars: object, names: object) -> list[str]:
    """The machines among ``names`` whose connection reaches Windows."""
    given = context.CLIARGS.get("connection") or "ssh"
    return [
        name for name, variables in _of("windows_machines", hostvars, names) if selection.is_windows(variables, given)
    ]


def machines_to_repair(hostvars: object, names: object, role: str | None = None) -> list[str]:
    """The machines among ``names`` that require a role, or any, by the audit of this run and their variables."""
    roles = {role} if role else set(selection.ROLES)
    try:
        return [
            name
            for name, variables in _of("machines_to_repair", hostvars, names)
            if not roles.isdisjoint(selection.required(variables))
        ]
    except ValueError as error:
        raise AnsibleFilterError(f"wsus.client.machines_to_repair: {error}") from None


def machines_repaired(hostvars: object, names: object) -> list[str]:
    """The machines among ``names`` on which a role ran in this run, or began to."""
    return [name for name, variables in _of("machines_repaired", hostvars, names) if selection.was_repaired(variables)]


def machines_that_failed(hostvars: object, names: object) -> list[str]:
    """The machines among ``names`` that an audit or a repair of this run did not reach, or on which it failed."""
    return [
        name
        for name, variables in _of("machines_that_failed", hostvars, names)
        if first_failure(selection.attempts(variables))
    ]


def remaining_findings(variables: object) -> list[str]:
    """The findings of a machine that remain after the role that is their remedy ran, each with the role's name."""
    if not isinstance(variables, Mapping):
        raise AnsibleFilterError(
            f"wsus.client.remaining_findings: expected the variables of a machine, not {type(variables).__name__}"
        )
    return selection.remaining(variables)


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {
            "windows_machines": windows_machines,
            "machines_to_repair": machines_to_repair,
            "machines_repaired": machines_repaired,
            "machines_that_failed": machines_that_failed,
            "remaining_findings": remaining_findings,
        }


def _of(filter_name: str, hostvars: object, names: object) -> list[tuple[str, Mapping[str, Any]]]:
    if not isinstance(hostvars, Mapping) or not isinstance(names, (list, tuple)):
        raise AnsibleFilterError(f"wsus.client.{filter_name}: expected hostvars and a list of machines")
    return [(name, hostvars[name]) for name in names if name in hostvars]
