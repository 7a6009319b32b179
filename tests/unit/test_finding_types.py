"""Every kind of finding is declared, and no finding is made in another way."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest
from ansible_collections.wsus.client.plugins import plugin_utils
from ansible_collections.wsus.client.plugins.plugin_utils import _error_codes
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.spec import ServiceSpec
from ansible_collections.wsus.client.plugins.plugin_utils._finding import FindingType, Remedy, Severity
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import (
    COMPONENTS,
    FINDINGS,
    SUBSETS,
    UNREADABLE,
)

TOP = Path(__file__).parents[2]
UTILS = TOP / "plugins" / "plugin_utils"
DECLARING = {"declare", "start_fault", "fault", "events_unreadable", "crash_type", "_kind", "_fault", "_job", "_update"}
"""Functions in which a kind may be made: they are called where modules are loaded, or for a service."""


def calls(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where something of that name is called: the file, and the functions around it."""
    for path in sorted(UTILS.rglob("*.py")):
        around: list[str] = []

        def visit(
            node: ast.AST, path: Path = path, kept: tuple[list[str], ...] = (around,)
        ) -> Iterator[tuple[str, tuple[str, ...]]]:
            (around,) = kept
            inside = isinstance(node, ast.FunctionDef)
            if isinstance(node, ast.FunctionDef):
                around.append(node.name)
            if isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
                yield str(path.relative_to(UTILS)), tuple(around)
            for child in ast.iter_child_nodes(node):
                yield from visit(child)
            if inside:
                around.pop()

        yield from visit(ast.parse(path.read_text(encoding="utf-8")))


def modules() -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(plugin_utils.__path__, f"{plugin_utils.__name__}."):
        yield importlib.import_module(module.name)


def test_a_finding_is_made_of_its_kind_only() -> None:
    assert list(calls("Finding")) == [("_finding.py", ("found",))]


def test_kinds_are_made_where_modules_are_loaded() -> None:
    made = list(calls("FindingType"))
    assert len(made) > 20
    assert [(path, around) for path, around in made if not set(around) <= DECLARING] == []


def test_every_kind_that_a_module_has_is_declared() -> None:
    made = {
        kind.id
        for module in modules()
        for value in vars(module).values()
        for kind in (
            (value,) if isinstance(value, FindingType) else value.findings if isinstance(value, ServiceSpec) else ()
        )
    }
    assert len(made) > 80
    assert made <= {kind.id for kind in FINDINGS}


def test_each_is_declared_once_by_its_own_component() -> None:
    assert len({kind.id for kind in FINDINGS}) == len(FINDINGS)
    for name, component in COMPONENTS.items():
        assert {kind.component for kind in component.finding_types} <= {name}
        assert UNREADABLE[name].id == f"{name}.unreadable"
    names = {kind.live_test.component for kind in FINDINGS if kind.live_test}
    assert {name for kind in FINDINGS for name in kind.explained_by} == names


@pytest.mark.parametrize("kind", FINDINGS, ids=lambda kind: kind.id)
def test_what_is_declared_is_whole(kind: FindingType) -> None:
    assert kind.severities
    assert set(kind.severities) <= set(get_args(Severity))
    assert kind.remedies
    assert set(kind.remedies) <= set(get_args(Remedy))
    for sentence in (kind.meaning, kind.action):
        assert re.fullmatch(r"[A-Z].*[A-Za-z0-9)]\.", sentence)
        assert ". " not in sentence
    for code in kind.codes:
        assert _error_codes.hexadecimal(int(code, 16)) == code
        assert _error_codes.explain(int(code, 16)).name


@pytest.mark.parametrize(
    "kind", [each for each in FINDINGS if each not in UNREADABLE.values()], ids=lambda kind: kind.id
)
def test_each_is_found_in_a_test_of_its_component(kind: FindingType) -> None:
    name = kind.id.removeprefix(f"{kind.component}.")
    own = "\n".join(
        path.read_text(encoding="utf-8") for path in (TOP / "tests/unit/_components" / kind.component).glob("test_*.py")
    )
    shared = "\n".join(
        path.read_text(encoding="utf-8") for path in (TOP / "tests/unit/_components/service").glob("test_*.py")
    )
    assert f'"{kind.id}"' in own + shared or f'"{name}"' in own


PRIVATE_WORDS = re.compile(
    r"\b(put right|shall|tells?|told|mend\w*|anew|gravest|whoever|heeds?|heeded|dated|detections?|detects?|switched off)\b"
)


def sentences() -> Iterator[tuple[str, str]]:
    """The texts of the files that declare and make findings; documentation strings are of our own."""
    files = {
        UTILS / path for path, _function in (*calls("FindingType"), *calls("found")) if path.startswith("_components")
    }
    files |= {*UTILS.glob("_components/**/*find*.py"), UTILS / "_components/reachability/faults.py"}
    for path in sorted(files):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        own = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in own
                and " " in node.value
            ):
                yield path.name, node.value


def test_the_language_is_that_of_the_field() -> None:
    assert len(list(sentences())) > 200
    assert [(name, text) for name, text in sentences() if PRIVATE_WORDS.search(text.lower())] == []


def tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", TOP / "tools" / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_documentation_is_what_is_declared() -> None:
    assert [path.name for path, _text in tables().differing()] == []


def test_tables_are_written_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = tables()
    for name in module.FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        text = (TOP / name).read_text(encoding="utf-8")
        stale = text.replace(f"{SUBSETS[-2]}, {SUBSETS[-1]}]", f"{SUBSETS[-1]}]")
        stale = stale.replace("Do not edit it.", "Edit it.")
        stale = stale.replace('"bits.disabled"', '"bits.off"')
        (tmp_path / name).write_text(stale.replace("`client_id`, `events`", "`events`"))
    monkeypatch.setattr(module, "TOP", tmp_path)
    assert module.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert all(f"{name} differs" in said for name in module.FILES)
    assert module.main([]) == 0
    assert module.main(["--check"]) == 0
    for name in module.FILES:
        assert (tmp_path / name).read_text(encoding="utf-8") == (TOP / name).read_text(encoding="utf-8"), name
