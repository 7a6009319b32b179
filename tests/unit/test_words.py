"""The words of CONTRIBUTING.md: none that it replaces is left in what a user reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
CONTRIBUTING = "CONTRIBUTING.md"
PAGES = (
    "*.md",
    ".github/**/*.yml",
    "docs/**/*.rst",
    "docs/*.yml",
    "extensions/**/*",
    "playbooks/**/*",
    "roles/**/*",
    "tests/**/*.md",
)
SUFFIXES = {".csv", ".md", ".rst", ".yml", ".yaml", ".json", ".py"}
_CODE = re.compile(r"``.+?``|`[^`\n]+`|\b[CVOPMR]V?\([^)]*\)", re.DOTALL)
_SECTION = re.compile(r"^## Words\n.*?(?=^## )", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| [^|]+ \| ([^|]+) \|", re.MULTILINE)


def section(text: str) -> str:
    found = _SECTION.search(text)
    assert found, f"{CONTRIBUTING} has no section Words"
    return found[0]


WORDS = [
    word
    for row in _ROW.findall(section((TOP / CONTRIBUTING).read_text(encoding="utf-8")))
    for word in re.findall(r"`([^`]+)`", row)
]
_FORMS = [form for word in WORDS for form in (word, word[0].upper() + word[1:])]
PATTERN = re.compile(rf"(?<![\w./\\-])(?:{'|'.join(map(re.escape, _FORMS))})(?![\w-])")


def prose(text: str) -> str:
    """The text without code, which has the names of others; lines keep their numbers."""
    return _CODE.sub(lambda code: "\n" * code[0].count("\n"), text)


def sentences(source: str) -> Iterator[tuple[int, str]]:
    """The strings of a module that may be sentences, docstrings included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def found(text: str) -> list[str]:
    """The words in this text, with their lines."""
    plain = prose(text)
    return [f"{plain.count(chr(10), 0, match.start()) + 1}: {match[0]}" for match in PATTERN.finditer(plain)]


def pages() -> list[Path]:
    files = {path for pattern in PAGES for path in TOP.glob(pattern)}
    return sorted(
        path for path in files if path.suffix in SUFFIXES and "_ja." not in path.name and ".ja." not in path.name
    )


def test_the_list_has_its_words() -> None:
    assert {"put right", "shall", "anew", "whoever", "mend", "gravest", "please", "e.g."} <= set(WORDS)


@pytest.mark.parametrize("page", pages(), ids=lambda path: str(path.relative_to(TOP)))
def test_a_page_uses_the_words_of_the_list(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page == TOP / CONTRIBUTING:
        text = text.replace(section(text), "\n" * section(text).count("\n"))
    assert found(text) == []


def test_the_plugins_use_the_words_of_the_list() -> None:
    files = sorted((TOP / "plugins").rglob("*.py"))
    assert len(files) > 150
    assert [
        f"{path.relative_to(TOP)}:{line}: {word}"
        for path in files
        for line, text in sentences(path.read_text(encoding="utf-8"))
        for word in found(text)
    ] == []


def test_a_word_is_seen_in_prose_and_not_in_code() -> None:
    assert found("Please\nput right what `e.g.` is wrong, e.g. this.") == ["1: Please", "2: put right", "2: e.g."]
    assert found(r"C:\Windows\System32\drivers\etc\hosts, ``just``, V(sick), retold, /etc.d, the client ID") == []
    assert [text for _line, text in sentences('"""One sentence."""\nword = "word"')] == ["One sentence."]
