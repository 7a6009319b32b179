"""The code blocks of a page, in Markdown or reStructuredText."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent

_BLOCK = re.compile(
    r"^```(?P<fenced>[\w+-]*)\n(?P<within>.*?)^```$"
    r"|^(?P<indent> *)\.\. code-block::(?: (?P<named>\S+))?\n(?:(?P=indent) +:\w[^\n]*\n)*\n(?P<below>(?:(?P=indent) +[^\n]*\n|\n)+)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class CodeBlock:
    """A block with its language, empty if it has none, and the line of the page on which it starts."""

    language: str
    text: str
    line: int


def code_blocks(text: str) -> list[CodeBlock]:
    """The blocks of a page in their order."""
    return [
        CodeBlock(
            (found["fenced"] if found["within"] is not None else found["named"]) or "",
            found["within"] if found["within"] is not None else f"{dedent(found['below']).strip()}\n",
            text.count("\n", 0, found.start()) + 1,
        )
        for found in _BLOCK.finditer(text)
    ]
