"""Two runs that must have the same result, but for the times."""

from __future__ import annotations

import re
from typing import Any

# How long an answer took, how long ago something was, and which run it was.
VARYING = ("time_s", "age_hours", "gathered", "started", "ended")
OF_A_REPORT = {"time": "", "run": ""}
_STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z(?:-[0-9a-f]{8})?")


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two structures differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = [name for name in sorted({*one, *other}) if not name.endswith(VARYING)]
        return [found for name in names for found in differences(one.get(name), other.get(name), f"{where}/{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            found
            for at, pair in enumerate(zip(one, other, strict=True))
            for found in differences(*pair, f"{where}/{at}")
        ]
    if isinstance(one, str) and isinstance(other, str):
        one, other = (_STAMP.sub("STAMP", text) for text in (one, other))
    return [] if one == other else [f"{where}: {one!r}, {other!r}"]
