# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters that find client IDs shared by several machines, and select the machines that get a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._fleet import client_ids

_DUPLICATES = "wsus.client.duplicate_client_ids"
_TO_REGENERATE = "wsus.client.client_ids_to_regenerate"


def duplicate_client_ids(facts: object, *audits: object) -> dict[str, list[str]]:
    """The IDs that more than one machine has, with the machines; from hostvars and the content of audit files."""
    sources: list[Mapping[str, Any]] = []
    for source in (facts, *audits):
        for each in source if isinstance(source, list | tuple) else [source]:
            if not isinstance(each, Mapping):
                raise AnsibleFilterError(
                    f"{_DUPLICATES}: expected hostvars or the content of an audit file, not {type(each).__name__}; "
                    "read a file with lookup('ansible.builtin.file', ...) | ansible.builtin.from_json"
                )
            sources.append(each)
    try:
        return client_ids.duplicates(
            client_ids.of_audit(each) if client_ids.is_audit(each) else client_ids.of_hostvars(each) for each in sources
        )
    except ValueError as error:
        raise AnsibleFilterError(f"{_DUPLICATES}: {error}") from None


def client_ids_to_regenerate(duplicates: object, keep: object = "none") -> list[str]:
    """The machines that get a new ID, selected from the result of duplicate_client_ids."""
    if not isinstance(duplicates, Mapping):
        raise AnsibleFilterError(
            f"{_TO_REGENERATE}: expected the result of {_DUPLICATES}, not {type(duplicates).__name__}"
        )
    if not isinstance(keep, str | list | tuple):
        raise AnsibleFilterError(f"{_TO_REGENERATE}: keep must be none, first, or a list of machines")
    try:
        return client_ids.to_regenerate(duplicates, keep)
    except ValueError as error:
        raise AnsibleFilterError(f"{_TO_REGENERATE}: {error}") from None


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {
            "duplicate_client_ids": duplicate_client_ids,
            "client_ids_to_regenerate": client_ids_to_regenerate,
        }
