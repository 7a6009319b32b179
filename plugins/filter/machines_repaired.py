# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter machines_repaired: the machines on which a role ran."""

from __future__ import annotations

DOCUMENTATION = r"""
name: machines_repaired
short_description: Select the machines on which a role ran
version_added: 0.9.0
author:
  - the wsus.client authors (@wsus-client)
description:
  - Returns the machines on which a role of the playbook C(wsus.client.repair) ran, or began to.
positional: _input, names
extends_documentation_fragment:
  - wsus.client.machines
"""

EXAMPLES = r"""
- name: Show the machines on which a role ran
  ansible.builtin.debug:
    msg: "{{ hostvars | wsus.client.machines_repaired(groups['all']) }}"
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


def machines_repaired(hostvars: object, names: object) -> list[str]:
    """The machines among ``names`` on which a role ran in this run, or began to."""
    with filter_errors("machines_repaired"):
        return [name for name, variables in selection.machines(hostvars, names) if selection.was_repaired(variables)]


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"machines_repaired": machines_repaired}
