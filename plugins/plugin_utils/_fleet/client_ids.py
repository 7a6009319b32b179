# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client ids that several machines have, seen by comparing what was learned of each; and which machines shall get a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._components.client_id import is_id, normalize_id
from .report import FORMAT

_FACT = "wsus_client_id"


def ids(facts: Mapping[str, Any]) -> dict[str, str]:
    """The ids of machines, by their names, from hostvars or from an audit file's content; machines without one are left out.

    Raises ValueError for an audit file of another form.
    """
    if "format" in facts and "machines" in facts:
        if facts["format"] != FORMAT:
            raise ValueError(f"an audit file has the form {facts['format']!r}; {FORMAT!r} is understood")
        known = {name: machine.get("client_id") for name, machine in facts["machines"].items()}
    else:
        known = {name: _of(variables) for name, variables in facts.items()}
    found = {
        name: (fact.get("id") or fact.get("written") or "") if isinstance(fact, Mapping) else ""
        for name, fact in known.items()
    }
    return {name: normalize_id(text) for name, text in found.items() if is_id(text)}


def duplicates(sources: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The ids that more than one machine has, with the machines in order of their names.

    Of a machine that stands in several sources the first one counts: what was just learned before what was stored. Raises
    ValueError as ``ids``.
    """
    machines: dict[str, str] = {}
    for source in sources:
        machines = ids(source) | machines
    groups: dict[str, list[str]] = {}
    for name, identifier in sorted(machines.items()):
        groups.setdefault(identifier, []).append(name)
    return {identifier: names for identifier, names in sorted(groups.items()) if len(names) > 1}


def to_regenerate(groups: Mapping[str, Iterable[str]], keep: str | Iterable[str]) -> list[str]:
    """The machines that shall get a new id: of each group all but the one that keeps it.

    ``keep`` is ``none``, ``first`` (by name), or the names of machines. Raises ValueError where two of these share an id, or for
    another word.
    """
    if isinstance(keep, str) and keep not in ("none", "first"):
        raise ValueError(f"keep is {keep!r}; it must be none, first, or a list of machines")
    chosen: list[str] = []
    for identifier, group in groups.items():
        names = sorted(group)
        keepers = set(names[:1] if keep == "first" else () if isinstance(keep, str) else set(keep) & set(names))
        if len(keepers) > 1:
            raise ValueError(
                f"{' and '.join(sorted(keepers))} cannot all keep the client id {identifier}: they share it"
            )
        chosen += [name for name in names if name not in keepers]
    return sorted(chosen)


def _of(variables: Any) -> Any:
    """The fact among a machine's variables: as Ansible keeps facts, or at the top."""
    if not isinstance(variables, Mapping):
        return None
    facts = variables.get("ansible_facts")
    found = facts.get(_FACT) if isinstance(facts, Mapping) else None
    return found if found is not None else variables.get(_FACT)
