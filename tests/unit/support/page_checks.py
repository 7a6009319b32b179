"""What the code blocks of a page may be: commands, YAML and a few other languages are checked, the output of commands is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from support import command_lines, other_blocks, yaml_blocks
from support.code_blocks import CodeBlock, code_blocks

YAML = ("yaml", "yaml+jinja")
SHELL = ("shell", "sh", "bash")
CONSOLE = "console"
_NAMED = re.compile(r"^# (\S+\.yml)$")


def faults(path: Path) -> list[str]:
    """What is wrong with the code blocks of a page, by line. Plays and tasks are those of ``plays_and_tasks``."""
    blocks = code_blocks(path.read_text(encoding="utf-8"))
    files = [name for block in blocks for name in _names(block)]
    return [f"{path.name}:{block.line}: {fault}" for block in blocks for fault in _faults(block, files)]


def plays_and_tasks(path: Path) -> list[Any]:
    """The plays and lists of tasks of a page."""
    return [
        document
        for block in code_blocks(path.read_text(encoding="utf-8"))
        if block.language in YAML
        for document in yaml.safe_load_all(block.text)
        if yaml_blocks.kind(document) in ("plays", "tasks")
    ]


def _names(block: CodeBlock) -> Iterator[str]:
    """The name of the file that a block shows: in its first line, or the usual one of its content."""
    if found := _NAMED.match(block.text.partition("\n")[0]):
        yield found[1]
    elif block.language in YAML:
        yield from (
            "requirements.yml"
            for document in yaml.safe_load_all(block.text)
            if yaml_blocks.kind(document) == "requirements"
        )


def _faults(block: CodeBlock, files: list[str]) -> Iterator[str]:
    if block.language in YAML:
        for document in yaml.safe_load_all(block.text):
            yield from yaml_blocks.faults(document)
    elif block.language in (*SHELL, CONSOLE):
        text = command_lines.console_commands(block.text) if block.language == CONSOLE else block.text
        entered = list(command_lines.commands(text))
        if not entered:
            yield "no command"
        for command in entered:
            yield from command_lines.faults(command, files)
    elif block.language in other_blocks.CHECKS:
        yield from other_blocks.CHECKS[block.language](block.text)
    else:
        yield f"the language is {block.language or 'missing'}"
