# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the packages: imports point down, and between components only where a table says so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
UTILS = ("plugin_utils",)

MAY_IMPORT = {
    "_exceptions": set(),
    "_text": set(),
    "_finding": {"_text"},
    "_windows": {"_exceptions", "_text"},
    "_error_codes": {"_exceptions", "_finding"},
    "_plan": {"_text", "_windows"},
    "_options": {"_exceptions", "_windows"},
    "_remote": {"_exceptions", "_text", "_windows", "_error_codes", "_plan"},
    "_components": {"_exceptions", "_text", "_finding", "_windows", "_error_codes", "_plan", "_options"},
    "_capture": {"_exceptions", "_windows"},
    "_operations": {
        "_exceptions",
        "_finding",
        "_windows",
        "_error_codes",
        "_plan",
        "_options",
        "_remote",
        "_components",
        "_capture",
        "_fleet",
    },
    "_fleet": {"_exceptions", "_text", "_finding", "_windows", "_error_codes", "_options", "_components"},
    "_action": {"_exceptions", "_text", "_options", "_remote", "_operations"},
    "action": {"_action", "_exceptions", "_operations", "_options", "_fleet"},
    "_filter": set(),
    "filter": {"_filter", "_error_codes", "_fleet"},
}
"""What each package or file may import beside itself."""

BETWEEN_COMPONENTS = {
    "management": {"agent", "policy"},
    "timeline": {"agent", "bits", "policy"},
    "update_store": {"agent"},
    "reachability": {"policy", "proxy", "agent", "bits"},
}
"""The components that read what another has read."""

SHARED = {"", "shared", "service", "system"}
"""What every component may import of its own package."""


def modules() -> Iterator[tuple[tuple[str, ...], Path]]:
    for path in sorted(
        [*PLUGINS.glob("action/*.py"), *PLUGINS.glob("filter/*.py"), *PLUGINS.rglob("plugin_utils/**/*.py")]
    ):
        parts = path.relative_to(PLUGINS).with_suffix("").parts
        yield parts, path


@cache
def import_nodes(path: Path) -> list[ast.ImportFrom]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def imports(parts: tuple[str, ...], path: Path) -> Iterator[tuple[str, ...]]:
    """The modules that a file imports from, with the names imported from them, from ``plugins`` on."""
    package = parts[:-1]
    for node in import_nodes(path):
        if node.level:
            base = package[: len(package) - node.level + 1] + tuple(
                (node.module or "").split(".") if node.module else ()
            )
            for alias in node.names:
                yield (*base, alias.name)


def room(parts: tuple[str, ...]) -> str:
    """The package or file of plugin_utils, or the kind of plugin, that a module belongs to."""
    return parts[1] if parts[:1] == UTILS else parts[0]


def component(parts: tuple[str, ...]) -> str:
    return parts[2] if len(parts) > 2 and parts[2] != "__init__" else ""


MODULES = [pytest.param(parts, path, id="/".join(parts)) for parts, path in modules() if parts != (*UTILS, "__init__")]


@pytest.mark.parametrize(("parts", "path"), MODULES)
def test_imports_point_down(parts: tuple[str, ...], path: Path) -> None:
    here = room(parts)
    upward = {".".join(each) for each in imports(parts, path) if room(each) not in MAY_IMPORT[here] | {here}}
    assert not upward


@pytest.mark.parametrize(("parts", "path"), MODULES)
def test_no_name_with_an_underscore_leaves_its_package(parts: tuple[str, ...], path: Path) -> None:
    taken = {".".join(each) for each in imports(parts, path) if each[-1].startswith("_") and each[:-1] != UTILS}
    assert not taken


def test_components_read_one_another_only_where_the_table_says_so() -> None:
    read: dict[str, set[str]] = {}
    known = {parts[2] for parts, _path in modules() if parts[:2] == (*UTILS, "_components") and len(parts) > 2}
    for parts, path in modules():
        if parts[:2] != (*UTILS, "_components") or component(parts) in SHARED:
            continue
        for each in imports(parts, path):
            other = component(each) if each[:2] == (*UTILS, "_components") else ""
            if other in known and other not in SHARED | {component(parts), "Component", "Context"}:
                read.setdefault(component(parts), set()).add(other)
    assert read == BETWEEN_COMPONENTS
