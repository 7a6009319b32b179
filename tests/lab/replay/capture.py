"""Reads the file of a capture. Its format is documented in docs/docsite/rst/guide_captures.rst."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..fleet_reading import FleetError

FORMAT = "wsus.client capture"
SCHEMA = 1


@dataclass(frozen=True)
class Answer:
    """What a program printed, line by line, and its exit code."""

    exit_code: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Capture:
    """The answers by program and arguments, and when they were captured, in seconds since 1970."""

    captured: float
    answers: Mapping[tuple[str, ...], Answer]


def read_capture(path: Path, where: str) -> Capture:
    """The capture in a file.

    :raises FleetError: the file cannot be read, or is no capture of this schema
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FleetError(f"{where}: {path}: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT or data.get("schema") != SCHEMA:
        raise FleetError(f"{where}: {path}: expected the format {FORMAT!r} with schema {SCHEMA}")
    try:
        captured = datetime.fromisoformat(data["captured"])
        answers = dict(map(_answer, data["commands"]))
    except (KeyError, TypeError, ValueError) as error:
        raise FleetError(f"{where}: {path}: {type(error).__name__}: {error}") from error
    if captured.tzinfo is None:
        captured = captured.replace(tzinfo=timezone.utc)
    return Capture(captured.timestamp(), answers)


def _answer(item: Any) -> tuple[tuple[str, ...], Answer]:
    argv = (item["program"], *item["arguments"])
    lines = item["output"]
    if not all(isinstance(each, str) for each in (*argv, *lines)) or not isinstance(item["exit_code"], int):
        raise TypeError(f"not an answer: {item!r:.200}")
    return argv, Answer(item["exit_code"], tuple(lines))
