"""What had an agent do something, among the programs that a machine ran."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RUN_BY_CMD = re.compile(r"if exist (%SystemRoot%\\System32\\(\w+\.exe)) \(\1 ([^()]+)\) else exit 9009")


def triggered(argv: Sequence[str]) -> tuple[str, ...]:
    """The program of the agent that a call had cmd.exe run, with its arguments; nothing for any other call."""
    found = _RUN_BY_CMD.fullmatch(" ".join(argv[3:])) if tuple(argv[:3]) == ("cmd.exe", "/d", "/c") else None
    return (found[2], *found[3].split(" ")) if found else ()
