# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter duplicate_client_ids: the client IDs that several machines share."""

from __future__ import annotations

DOCUMENTATION = r"""
name: duplicate_client_ids
short_description: Find client IDs that several machines share
version_added: 0.9.0
author:
  - the wsus.client authors (@wsus-client)
description:
  - Returns the IDs (C(SusClientId)) that more than one machine has, and the names of these machines.
  - Case and braces are ignored. Machines whose ID is missing or malformed are omitted; an audit reports these as findings.
  - List each machine under one name only. A machine with two names in the inventory looks like two that share an ID.
positional: _input, _audits
options:
  _input:
    description:
      - C(hostvars), with the facts that M(wsus.client.wsus_facts) gathers, or the content of an audit file, or a list of these.
    type: raw
    required: true
  _audits:
    description:
      - The contents of more audit files, such as those of other job slices. If several arguments contain a machine, the first one is used.
    type: list
    elements: raw
    required: false
seealso:
  - module: wsus.client.wsus_client_id
  - plugin: wsus.client.client_ids_to_regenerate
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the IDs that several machines share
  ansible.builtin.debug:
    msg: "{{ hostvars | wsus.client.duplicate_client_ids }}"
  run_once: true

- name: Compare the audits of three job slices
  ansible.builtin.debug:
    msg: "{{ audits | wsus.client.duplicate_client_ids }}"
  vars:
    audits: "{{ query('ansible.builtin.file', 'slice1.json', 'slice2.json', 'slice3.json') | map('ansible.builtin.from_json') }}"
"""

RETURN = r"""
_value:
  description: The sorted names of the machines by the ID that they share, in lower case without braces.
  type: dict
  sample:
    3b4e28ba-2fa1-41d2-883f-0016d3cca427: [pc-berlin-1, pc-berlin-2]
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..plugin_utils._filter import filter_errors
from ..plugin_utils._fleet import client_ids


def duplicate_client_ids(facts: object, *audits: object) -> dict[str, list[str]]:
    """The IDs that more than one machine has, with the machines; from hostvars and the content of audit files."""
    sources: list[Mapping[str, Any]] = []
    with filter_errors("duplicate_client_ids", facts, *audits):
        for source in (facts, *audits):
            for each in source if isinstance(source, list | tuple) else [source]:
                if not isinstance(each, Mapping):
                    raise ValueError(
                        f"expected hostvars or the content of an audit file, not {type(each).__name__}; "
                        "read a file with lookup('ansible.builtin.file', ...) | ansible.builtin.from_json"
                    )
                sources.append(each)
        return client_ids.duplicates(
            client_ids.of_audit(each) if client_ids.is_audit(each) else client_ids.of_hostvars(each) for each in sources
        )


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"duplicate_client_ids": duplicate_client_ids}
