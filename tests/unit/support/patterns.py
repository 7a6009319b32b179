"""All regular expressions of the plugins, and texts that make a pattern slow that goes back over what it has read."""

from __future__ import annotations

import ast
import collections
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.wsus.client.plugins import plugin_utils

from support.documentation import COLLECTION

SHAPES = (
    *(
        " ",
        "a",
        "0",
        "\\",
        '"',
        "<",
        "{",
        "(",
        "\n",
        ";",
        "=",
        ".",
        ":",
        "\t",
        "-",
        "*",
        "[",
        "]",
        "@",
        "/",
        "%",
        "$",
        ",",
        "'",
        "\xa0",
    ),
    *(
        "<a",
        "{a",
        "0.",
        "0,",
        "a ",
        " a",
        "a\n",
        "\na",
        "0:0",
        " <",
        "a=",
        "a;",
        "; ",
        "a.",
        "a\\",
        "0 ",
        " 0",
        "0x",
        "=a ",
        "<a>",
        "a]",
        "[a",
    ),
    *(
        ".exe ",
        " exe",
        "C:\\a ",
        "http=",
        ";http=",
        "http://",
        "-k ",
        "\n    ",
        "    a    REG_SZ    ",
        "HKEY_LOCAL_MACHINE\\a\n",
        "<Event ",
        "<Data>",
    ),
    *(
        '<S S="Error">',
        "#< CLIXML\n",
        "REPORT EVENT: {",
        "{a}\t",
        "\t0\t",
        "2026-11-23 04:15:00",
        "HTTP/1.1 200\r\n",
        "(build: 0.",
        "x@",
        "u:p@",
    ),
)


@dataclass(frozen=True)
class Pattern:
    """A pattern and where it is; ``methods`` are those that it is called with, if that is known."""

    where: str
    pattern: re.Pattern[str]
    methods: tuple[str, ...]

    def run(self, text: str) -> None:
        """Call what the code calls, on one text."""
        for method in self.methods:
            if method in ("match", "fullmatch", "search"):
                getattr(self.pattern, method)(text)
            else:
                collections.deque(self.pattern.finditer(text), maxlen=0)

    def __str__(self) -> str:
        return f"{self.where}: {self.pattern.pattern[:60]}"


def patterns() -> list[Pattern]:
    """The patterns that modules hold, and the literal ones in their code, with the methods that the code calls."""
    return [
        Pattern(where, pattern, tuple(sorted(methods)))
        for where, pattern, methods in (*_held(), *_literal())
        if methods
    ]


def _held() -> Iterator[tuple[str, Any, set[str]]]:
    sources = {path: path.read_text("utf-8") for path in (COLLECTION / "plugins").rglob("*.py")}
    for info in pkgutil.walk_packages(plugin_utils.__path__, f"{plugin_utils.__name__}."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                called = re.compile(rf"\b{name}\.(\w+)\(")
                methods = {method for text in sources.values() for method in called.findall(text)}
                yield f"{info.name.rpartition('plugin_utils.')[2]}.{name}", value, methods


def _literal() -> Iterator[tuple[str, Any, set[str]]]:
    for path in sorted((COLLECTION / "plugins").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr != "compile"
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                words = (*node.args, *(word.value for word in node.keywords))
                ignore = any("IGNORECASE" in ast.unparse(each) for each in words)
                pattern = re.compile(node.args[0].value, re.IGNORECASE if ignore else 0)
                yield f"{path.relative_to(COLLECTION / 'plugins')}:{node.lineno}", pattern, {node.func.attr}
