"""What the modules and roles document, and the examples of their use."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from support.code_blocks import code_blocks

COLLECTION = Path(__file__).parents[3]
NAMES = sorted(path.stem for path in (COLLECTION / "plugins" / "action").glob("wsus_*.py"))
FILTERS = sorted(path.stem for path in (COLLECTION / "plugins" / "filter").glob("*.py"))
ROLES = sorted(path for path in (COLLECTION / "roles").iterdir() if path.is_dir())
PACKAGE = "ansible_collections.wsus.client.plugins"
_OURS = "wsus.client."
_ROLE_TASKS = ("ansible.builtin.import_role", "ansible.builtin.include_role")


def load(kind: str, name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.{kind}.{name}")


def documentation(name: str, kind: str = "modules") -> dict[str, Any]:
    """The documentation of a module, or of a plugin of another kind, with our fragments merged in."""
    document: dict[str, Any] = yaml.safe_load(load(kind, name).DOCUMENTATION)
    for fragment in document.get("extends_documentation_fragment", ()):
        file, _dot, part = fragment.removeprefix(_OURS).partition(".")
        text = getattr(load("doc_fragments", file).ModuleDocFragment, part.upper() or "DOCUMENTATION")
        for section, content in yaml.safe_load(text).items():
            if isinstance(content, dict):
                document[section] = {**content, **document.get(section, {})}
    return document


def options_of_role(role: str) -> dict[str, Any]:
    """What a role's argument_specs documents."""
    text = (COLLECTION / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    options: dict[str, Any] = yaml.safe_load(text)["argument_specs"]["main"]["options"]
    return options


@dataclass(frozen=True)
class Use:
    """A use of one of our modules or roles with its arguments or variables."""

    name: str
    arguments: Mapping[str, Any]


def uses_of_modules(data: Any) -> Iterator[Use]:
    """Every use of one of our modules in tasks or plays, however deep."""
    for mapping in mappings(data):
        for key, value in mapping.items():
            if isinstance(key, str) and key.startswith(f"{_OURS}wsus_"):
                yield Use(key.removeprefix(_OURS), value or {})


def uses_of_roles(data: Any) -> Iterator[Use]:
    """Every use of one of our roles, with the variables that it is given there."""
    for mapping in mappings(data):
        names = [mapping.get("role"), *((mapping.get(task) or {}).get("name") for task in _ROLE_TASKS)]
        for name in names:
            if isinstance(name, str) and name.startswith(_OURS):
                yield Use(name.removeprefix(_OURS), mapping.get("vars", {}))


def blocks_of(text: str) -> list[Any]:
    """The YAML of a page."""
    blocks = [each.text for each in code_blocks(text) if each.language in ("yaml", "yaml+jinja")]
    return [document for block in blocks for document in yaml.safe_load_all(block)]


def mappings(data: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping in a document, however deep."""
    if isinstance(data, dict):
        yield data
    if isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from mappings(each)
