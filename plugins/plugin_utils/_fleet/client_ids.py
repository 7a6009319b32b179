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


def is_audit(document: Mapping[str, Any]) -> bool:
    """Whether it is the content of an audit file, not hostvars."""
    return "format" in document and "machines" in document


def of_audit(document: Mapping[str, Any]) -> dict[str, str]:
    """The client IDs of the machines in an audit file, by name; omits machines without an ID.

    Raises ValueError if the file has another format.
    """
    machines = document["machines"]
    if document["format"] != FORMAT:
        raise ValueError(f"an audit file has the format {document['format']!r}; it must be {FORMAT!r}")
    if not isinstance(machines, Mapping) or not all(isinstance(machine, Mapping) for machine in machines.values()):
        raise ValueError("the machines of the audit file are not as wsus_report writes them")
    return _ids((name, machine.get("client_id")) for name, machine in machines.items())


def of_hostvars(hostvars: Mapping[str, Any]) -> dict[str, str]:
    """The client IDs of machines, by name, from the facts among their variables; omits machines without an ID."""
    return _ids((name, _of(variables)) for name, variables in hostvars.items())


def duplicates(sources: Iterable[Mapping[str, str]]) -> dict[str, list[str]]:
    """The IDs that more than one machine has, with the machines sorted by name.

    If several sources contain a machine, the first one counts: pass current facts before stored audits.
    """
    machines: dict[str, str] = {}
    for ids in sources:
        machines = {**ids, **machines}
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


def _ids(facts: Iterable[tuple[str, Any]]) -> dict[str, str]:
    found = {name: fact.get("id") if isinstance(fact, Mapping) else None for name, fact in facts}
    return {name: normalize_id(text) for name, text in found.items() if isinstance(text, str) and is_id(text)}


def _of(variables: Any) -> Any:
    """The fact from a machine's variables: from ansible_facts, or from the top level."""
    if not isinstance(variables, Mapping):
        return None
    facts = variables.get("ansible_facts")
    found = facts.get(_FACT) if isinstance(facts, Mapping) else None
    return found if found is not None else variables.get(_FACT)
