# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a capture: its format, its bounds and its name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .._windows.command import Result

SCHEMA = 1
"""The version of the format. It grows when a reader of the earlier one would misread a file."""

MOST_CHARACTERS = 500_000
"""Of the output of one command. An audit reads less; the rest is cut."""

_LONGEST_NAME = 100
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]")


def bounded(answer: Result) -> Result:
    """The answer, its output cut where it is too long."""
    left = MOST_CHARACTERS
    lines: list[str] = []
    for line in answer.lines:
        if left <= 0:
            break
        lines.append(line[:left])
        left -= len(line) + 1
    return Result(answer.command, answer.exit_code, tuple(lines))


def document(
    answers: Iterable[Result],
    facts: Mapping[str, Any],
    *,
    captured: datetime,
    event_days: int,
    findings_before: Sequence[str],
) -> dict[str, Any]:
    """The contents of the file. ``findings_before`` are the ids of the findings before names were replaced."""
    return {
        "format": "wsus.client capture",
        "schema": SCHEMA,
        "captured": captured.isoformat(),
        "source": "",
        "consent": "",
        "event_days": event_days,
        "commands": [
            {
                "program": each.command.program,
                "arguments": list(each.command.arguments),
                "exit_code": each.exit_code,
                "output": list(each.lines),
            }
            for each in answers
        ],
        "facts": dict(facts),
        "findings_before_replacing": list(findings_before),
    }


def file_name(machine: str) -> str:
    """The name of the file of a machine, by its name in the inventory, which may be any text.

    Another name than the machine's gets a part that is computed from it, so that two machines never share a file.
    """
    plain = _NOT_IN_NAMES.sub("_", machine).lstrip(".")[:_LONGEST_NAME]
    if not plain or plain != machine:
        plain = f"{plain or 'machine'}-{hashlib.sha256(machine.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return f"{plain}.json"
