"""YAML on pages: plays, tasks, inventories, variables and requirements that Ansible accepts."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from ansible import constants
from lab.fleet import FleetError, load_fleet
from winrm.protocol import Protocol

from support.command_lines import version_faults
from support.variables import variable_faults, variables

_OF_PLAYS = {"hosts", "import_playbook", "ansible.builtin.import_playbook"}
_OF_GROUPS = {"hosts", "vars", "children"}
_EXTRA = "ansible_winrm_"
"""The plugin winrm hands variables with this prefix to pywinrm, under their rest."""


def kind(document: Any) -> str:
    """What a document is: plays, tasks, an inventory, variables, requirements, a fleet of the lab, or other."""
    if isinstance(document, list) and document and all(isinstance(each, dict) for each in document):
        return "plays" if any(_OF_PLAYS & set(each) for each in document) else "tasks"
    if not isinstance(document, dict) or not document:
        return "other"
    if set(document) <= {"collections", "roles"}:
        return "requirements"
    if "machines" in document:
        return "fleet"
    if all(_is_group(each) for each in document.values()):
        return "inventory"
    if all(str(name).startswith(("wsus_", "ansible_")) for name in document):
        return "variables"
    return "inventory source" if "plugin" in document else "other"


def faults(document: Any) -> Iterator[str]:
    """What is wrong with a document that is no play and no task; for these see ``syntax_faults``."""
    match kind(document):
        case "inventory":
            yield from _group_faults(document.items(), {})
        case "variables":
            yield from _variable_faults(document)
        case "requirements":
            for each in document.get("collections", ()):
                yield from (f"collections: unknown key {key}" for key in set(each) - _OF_REQUIREMENTS)
                yield from version_faults(each.get("version", ">=0"))
        case "fleet":
            yield from _fleet_faults(document)
        case "other":
            yield "is nothing that Ansible reads"


_OF_REQUIREMENTS = {"name", "version", "source", "type", "signatures"}


def syntax_faults(folder: Path, documents: Sequence[Any], collections: Path | None = None) -> str:
    """What ``ansible-playbook --syntax-check`` says of plays and tasks, with the collections there. Empty: it accepts all of them."""
    files = []
    for number, document in enumerate(documents):
        plays = document if kind(document) == "plays" else [{"hosts": "all", "gather_facts": False, "tasks": document}]
        files.append(folder / f"{number}.yml")
        files[-1].write_text(yaml.safe_dump(plays, sort_keys=False, allow_unicode=True), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible-playbook", "--syntax-check", "-i", "localhost,", *files],
        env={
            **kept,
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_COLLECTIONS_PATH": str(collections or folder),
            "ANSIBLE_NOCOLOR": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr if done.returncode else ""


def _fleet_faults(document: Any) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.yml"
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        try:
            machines = load_fleet(path)
        except FleetError as error:
            yield str(error)
            return
    for machine in machines:
        machine.close()


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and set(value) <= _OF_GROUPS


def _group_faults(groups: Any, inherited: Mapping[str, Any]) -> Iterator[str]:
    for name, group in groups:
        if not _is_group(group):
            yield f"{name}: is no group"
            continue
        given = {**inherited, **group.get("vars", {})}
        of_group = list(_variable_faults(given))
        yield from (f"{name}: {fault}" for fault in of_group)
        for host, own in (group.get("hosts") or {}).items():
            of_host = _variable_faults({**given, **(own or {})})
            yield from (f"{host}: {fault}" for fault in of_host if fault not in of_group)
        yield from _group_faults((group.get("children") or {}).items(), given)


def _variable_faults(given: Mapping[str, Any]) -> Iterator[str]:
    yield from variable_faults(given, variables())
    connection = str(given.get("ansible_connection", "ssh")).removeprefix("ansible.builtin.")
    try:
        known = _connection_variables(connection)
    except ImportError:
        yield f"ansible_connection={connection}: no such plugin"
        return
    unknown = {name for name in given if name.startswith("ansible_")} - known
    yield from (f"{name}: the plugin {connection} has no such variable" for name in sorted(unknown))


@cache
def _connection_variables(name: str) -> frozenset[str]:
    """The variables of a connection plugin of ansible-core."""
    plugin = importlib.import_module(f"ansible.plugins.connection.{name}")
    options = yaml.safe_load(plugin.DOCUMENTATION)["options"].values()
    found = {each["name"] for option in options for each in option.get("vars", ())}
    if name == "winrm":
        found |= {f"{_EXTRA}{each}" for each in inspect.signature(Protocol).parameters}
    return frozenset(found) | constants.COMMON_CONNECTION_VARS
