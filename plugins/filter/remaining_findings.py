# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter remaining_findings: what remains after a repair."""

from __future__ import annotations

DOCUMENTATION = r"""
name: remaining_findings
short_description: List the findings that remain after a repair
version_added: 0.9.0
author:
  - the wsus.client authors (@wsus-client)
description:
  - Returns the findings of a machine that its audit after a repair still has although the role that is their remedy ran, and errors that a role of
    the repair resolves and that were not there before.
  - Warnings about the policy are not returned, because a refresh of Group Policy resolves errors only. Neither is a missing scan if none is expected.
options:
  _input:
    description:
      - The variables of the machine, from C(hostvars).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what remains
  ansible.builtin.debug:
    msg: "{{ hostvars[inventory_hostname] | wsus.client.remaining_findings }}"
"""

RETURN = r"""
_value:
  description: The findings, each with the name of its role.
  type: list
  elements: str
  sample: ["bits: BITS is disabled"]
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..plugin_utils._filter import filter_errors
from ..plugin_utils._fleet import selection


def remaining_findings(variables: object) -> list[str]:
    """The findings of a machine that remain after the role that is their remedy ran, each with the role's name."""
    with filter_errors("remaining_findings", variables):
        if not isinstance(variables, Mapping):
            raise ValueError(f"expected the variables of a machine, not {type(variables).__name__}")
        return selection.remaining(variables)


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"remaining_findings": remaining_findings}
