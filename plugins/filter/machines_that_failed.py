# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter machines_that_failed: the machines whose audit or repair failed."""

from __future__ import annotations

DOCUMENTATION = r"""
name: machines_that_failed
short_description: Select the machines whose audit or repair failed
version_added: 0.9.0
author:
  - the wsus.client authors (@wsus-client)
description:
  - Returns the machines that an audit or a repair of this run did not reach, or on which it failed.
positional: _input, names
extends_documentation_fragment:
  - wsus.client.machines
"""

EXAMPLES = r"""
- name: Show the machines that failed
  ansible.builtin.debug:
    msg: "{{ hostvars | wsus.client.machines_that_failed(groups['all']) }}"
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
from ..plugin_utils._fleet.machine import first_failure


def machines_that_failed(hostvars: object, names: object) -> list[str]:
    """The machines among ``names`` that an audit or a repair of this run did not reach, or on which it failed."""
    with filter_errors("machines_that_failed"):
        return [
            name
            for name, variables in selection.machines(hostvars, names)
            if first_failure(selection.attempts(variables))
        ]


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"machines_that_failed": machines_that_failed}
