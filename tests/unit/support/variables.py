"""The variables of the playbooks and roles of this collection, and whether values are of their types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from support.documentation import COLLECTION, ROLES, options_of_role

Specs = Mapping[str, Mapping[str, Any]]
OF_HOSTS = ("wsus_retries", "wsus_owner_timeout")
"""Read by every action, from the variables of a host or group."""
_INCLUDED = re.compile(r"import_(?:tasks|playbook): ([\w./]+\.yml)$", re.MULTILINE)
_ROLE = re.compile(r"^ +(?:- role|name): wsus\.client\.(\w+)$|\.\./roles/(\w+)/tasks/", re.MULTILINE)
_READ = re.compile(r"\b(wsus_\w+) \| default\(")
_SELECTING = "wsus.client.machines_to_repair"
_SELECTED_BY = "wsus_repair_roles"


@cache
def variables_of_playbook(name: str) -> Specs:
    """The variables that a playbook takes, with the specifications of those that are options of a role."""
    text = _text(COLLECTION / "playbooks" / f"{name}.yml")
    found: dict[str, Mapping[str, Any]] = {each: {} for each in (*OF_HOSTS, *_READ.findall(text))}
    if _SELECTING in text:
        found[_SELECTED_BY] = {}
    for names in _ROLE.findall(text):
        found |= options_of_role("".join(names))
    return found


@cache
def variables() -> Specs:
    """The variables of all playbooks and roles."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in (COLLECTION / "playbooks").glob("*.yml"):
        found |= variables_of_playbook(path.stem)
    for role in ROLES:
        found |= options_of_role(role.name)
    return found


def variable_faults(given: Mapping[str, Any], known: Specs) -> Iterator[str]:
    """Names of ours that are not known, and values that are not of the type or none of the choices."""
    for name, value in given.items():
        if name not in known:
            if name.startswith("wsus_"):
                yield f"{name}: no such variable"
        elif value != "" and not (isinstance(value, str) and "{{" in value):  # empty stands for the default
            yield from (f"{name}={value}: {fault}" for fault in _value_faults(value, known[name]))


def _value_faults(value: Any, spec: Mapping[str, Any]) -> Iterator[str]:
    kind = spec.get("type", "raw")
    if kind == "list":
        for each in value.split(",") if isinstance(value, str) else value:
            yield from _value_faults(each, {"choices": spec["choices"]} if "choices" in spec else {})
    elif "choices" in spec and value not in spec["choices"]:
        yield f"is none of {', '.join(map(str, spec['choices']))}"
    elif kind in _TYPES:
        try:
            _TYPES[kind](value)
        except (TypeError, ValueError):
            yield f"is no {kind}"


_TYPES: Mapping[str, Any] = {"bool": boolean, "int": int, "float": float, "dict": dict}


def _text(path: Path) -> str:
    """A playbook, with the files that it imports."""
    text = path.read_text(encoding="utf-8")
    return text + "".join(_text((path.parent / each).resolve()) for each in _INCLUDED.findall(text))
