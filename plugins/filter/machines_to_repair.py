# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter machines_to_repair: the machines that require a role."""

from __future__ import annotations

DOCUMENTATION = r"""
name: machines_to_repair
short_description: Select the machines that require a role
version_added: 0.9.0
author:
  - the wsus.client authors (@wsus-client)
description:
  - Returns the machines that require a role, by the audit that the playbook C(wsus.client.repair) registered, and by their variables
    C(wsus_repair_roles) and C(wsus_ROLE_mode).
  - A machine whose audit or repair failed requires none.
positional: _input, names, role
extends_documentation_fragment:
  - wsus.client.machines
options:
  role:
    description:
      - The name of the role. If omitted, machines that require any role are returned.
    type: str
    choices: [policy, bits, reachability, agent, update_store, client_id]
    required: false
"""

EXAMPLES = r"""
- name: Show the machines that require the role bits
  ansible.builtin.debug:
    msg: "{{ hostvars | wsus.client.machines_to_repair(groups['all'], 'bits') }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The names of the machines, in the order in which they are given.
  type: list
  elements: str
  sample: [pc-1, pc-2]
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter import filter_errors
from ..plugin_utils._fleet import selection


def machines_to_repair(hostvars: object, names: object, role: str | None = None) -> list[str]:
    """The machines among ``names`` that require a role, or any, by the audit of this run and their variables."""
    roles = {role} if role else set(selection.ROLES)
    with filter_errors("machines_to_repair"):
        return [
            name
            for name, variables in selection.machines(hostvars, names)
            if not roles.isdisjoint(selection.required(variables))
        ]


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"machines_to_repair": machines_to_repair}
