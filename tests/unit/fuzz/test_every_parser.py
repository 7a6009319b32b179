"""No parser is left out: the code is read for those of queries, and for what is called read or parse."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FrameType

import pytest
from support.documentation import COLLECTION
from unit.fuzz.answers import QUERIES, name_of
from unit.fuzz.audits import audit
from unit.fuzz.parsers import parsers

UTILS = COLLECTION / "plugins" / "plugin_utils"
_PACKAGE = "ansible_collections.wsus.client.plugins.plugin_utils"
_READS = re.compile(r"_?(?:read|parse)(?:_.*)?")
_NO_ANSWERS = ("_operations", "_fleet/html")
"""Folders where what is called read asks components that are tested, or reads a file of this collection."""


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(UTILS.rglob("*.py"))}


def parsers_of_queries() -> Iterator[str]:
    """The names of the parsers that queries are made with."""
    for path, tree in trees().items():
        made = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and ast.unparse(each.func) == "Query"]
        for call in made:
            parse = call.args[1].func if isinstance(call.args[1], ast.Call) else call.args[1]
            module = importlib.import_module(".".join((_PACKAGE, *path.relative_to(UTILS).with_suffix("").parts)))
            yield name_of(getattr(module, ast.unparse(parse)))


def what_reads() -> set[tuple[str, str, int]]:
    """The functions and methods that are called read or parse: file, name and line."""
    return {
        (path.relative_to(UTILS).as_posix(), each.name, min(one.lineno for one in (each, *each.decorator_list)))
        for path, tree in trees().items()
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef) and _READS.fullmatch(each.name)
        if not path.relative_to(UTILS).as_posix().startswith(_NO_ANSWERS)
    }


def test_the_parser_of_every_query_is_attacked() -> None:
    assert sorted(set(parsers_of_queries())) == sorted(QUERIES)


@pytest.mark.slow
def test_every_parser_has_a_real_input_that_says_something() -> None:
    assert [name for name, each in parsers().items() if not any(each.seeds)] == []
    silent = [name for name in QUERIES if not any(result.text for _query, result in parsers()[name].seeds)]
    assert silent == [], "ask for it in tests/unit/fuzz/recordings.py"


@pytest.mark.slow
def test_what_is_called_read_or_parse_is_attacked() -> None:
    called: set[tuple[str, str, int]] = set()

    def see(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and _READS.fullmatch(code.co_name):
            called.add((code.co_filename.rpartition("plugin_utils/")[2], code.co_name, code.co_firstlineno))

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        for each in (*parsers().values(), audit()):
            for seed in each.seeds:
                with suppress(*each.own):
                    each.run(seed)
    finally:
        sys.setprofile(before)
    expected = what_reads()
    assert len(expected) > 35
    assert sorted(expected - called) == [], "add it to tests/unit/fuzz"
