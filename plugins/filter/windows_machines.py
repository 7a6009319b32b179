# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter windows_machines: the machines whose connection reaches Windows."""

from __future__ import annotations

DOCUMENTATION = r"""
name: windows_machines
short_description: Select the machines whose connection reaches Windows
version_added: 0.9.0
author:
  - the wsus.client authors (@wsus-client)
description:
  - Returns the machines whose connection is WinRM or PSRP, or SSH with the shell PowerShell or cmd.
  - A machine that names no connection has the one of the command line (C(-c)), or SSH.
positional: _input, names
extends_documentation_fragment:
  - wsus.client.machines
"""

EXAMPLES = r"""
- name: Show the Windows machines
  ansible.builtin.debug:
    msg: "{{ hostvars | wsus.client.windows_machines(groups['all']) }}"
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

from ansible import context

from ..plugin_utils._filter import filter_errors
from ..plugin_utils._fleet import selection


def windows_machines(hostvars: object, names: object) -> list[str]:
    """The machines among ``names`` whose connection reaches Windows."""
    given = context.CLIARGS.get("connection") or "ssh"
    with filter_errors("windows_machines"):
        return [
            name for name, variables in selection.machines(hostvars, names) if selection.is_windows(variables, given)
        ]


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"windows_machines": windows_machines}
