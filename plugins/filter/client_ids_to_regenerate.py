# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter client_ids_to_regenerate: the machines that get a new client ID."""

from __future__ import annotations

DOCUMENTATION = r"""
name: client_ids_to_regenerate
short_description: Select the machines that get a new client ID from those that share one
version_added: 0.9.0
author:
  - the wsus.client authors (@wsus-client)
description:
  - One of the machines that share an ID can keep it; all others get a new one.
positional: _input, keep
options:
  _input:
    description: The result of P(wsus.client.duplicate_client_ids#filter).
    type: dict
    required: true
  keep:
    description:
      - Which machine of a group keeps the ID. V(none), V(first) for the first by name, or a list of machines.
      - The filter fails if two machines in the list share an ID.
    type: raw
    default: none
seealso:
  - plugin: wsus.client.duplicate_client_ids
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the machines that get a new ID if the first one of each group keeps it
  ansible.builtin.debug:
    msg: "{{ hostvars | wsus.client.duplicate_client_ids | wsus.client.client_ids_to_regenerate('first') }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The names of the machines, sorted.
  type: list
  elements: str
  sample: [pc-berlin-2]
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..plugin_utils._filter import filter_errors
from ..plugin_utils._fleet import client_ids


def client_ids_to_regenerate(duplicates: object, keep: object = "none") -> list[str]:
    """The machines that get a new ID, selected from the result of duplicate_client_ids."""
    with filter_errors("client_ids_to_regenerate", duplicates, keep):
        if not isinstance(duplicates, Mapping):
            raise ValueError(
                f"expected the result of wsus.client.duplicate_client_ids, not {type(duplicates).__name__}"
            )
        if not isinstance(keep, str | list | tuple):
            raise ValueError("keep must be none, first, or a list of machines")
        return client_ids.to_regenerate(duplicates, keep)


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"client_ids_to_regenerate": client_ids_to_regenerate}
