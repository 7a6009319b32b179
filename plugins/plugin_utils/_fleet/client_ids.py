# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds client IDs that several machines share, and selects the machines that get a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._components.client_id import is_id, normalize_id
from .report import FORMAT

_FACT = "wsus_client_id"


def ids(facts: Mapping[str, Any]) -> dict[str, str]:
    """The client IDs of machines by name, from hostvars or the content of an audit file; omits machines without an ID.

    Raises ValueError if an audit file has another format.
    """
    if "format" in facts and "machines" in facts:
        if facts["format"] != FORMAT:
            raise ValueError(f"an audit file has the format {facts['format']!r}; it must be {FORMAT!r}")
        known = {name: machine.get("client_id") for name, machine in facts["machines"].items()}
    else:
        known = {name: _of(variables) for name, variables in facts.items()}
    found = {
        name: (fact.get("id") or fact.get("written") or "") if isinstance(fact, Mapping) else ""
        for name, fact in known.items()
    }
    return {name: normalize_id(text) for name, text in found.items() if is_id(text)}


def duplicates(sources: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The IDs that more than one machine has, with the machines sorted by name.

    If several sources contain a machine, the first one counts: pass current facts before stored audits. Raises the
    errors of ``ids``.
    """
    machines: dict[str, str] = {}
    for source in sources:
        machines = ids(source) | machines
    groups: dict[str, list[str]] = {}
    for name, identifier in sorted(machines.items()):
        groups.setdefault(identifier, []).append(name)
    return {identifier: names for identifier, names in sorted(groups.items()) if len(names) > 1}


def to_regenerate(groups: Mapping[str, Iterable[str]], keep: str | Iterable[str]) -> list[str]:
    """The machines that get a new ID: all of each group except the one that keeps it.

    ``keep`` is ``none``, ``first`` (by name), or the names of machines. Raises ValueError if two of these share an ID,
    or for another word.
    """
    if isinstance(keep, str) and keep not in ("none", "first"):
        raise ValueError(f"keep is {keep!r}; it must be none, first, or a list of machines")
    chosen: list[str] = []
    for identifier, group in groups.items():
        names = sorted(group)
        keepers = set(names[:1] if keep == "first" else () if isinstance(keep, str) else set(keep) & set(names))
        if len(keepers) > 1:
            raise ValueError(
                f"{' and '.join(sorted(keepers))} cannot all keep the client ID {identifier} that they share"
            )
        chosen += [name for name in names if name not in keepers]
    return sorted(chosen)


def _of(variables: Any) -> Any:
    """The fact from a machine's variables: from ansible_facts, or from the top level."""
    if not isinstance(variables, Mapping):
        return None
    facts = variables.get("ansible_facts")
    found = facts.get(_FACT) if isinstance(facts, Mapping) else None
    return found if found is not None else variables.get(_FACT)
