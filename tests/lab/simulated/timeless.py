"""A machine's state without the times that its programs keep: two machines made at different times are the same."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from .policy_state import STATE
from .update_agent import RESULTS
from .update_log import REPORTS, TRACE

_TIMES: Mapping[str, frozenset[str]] = {
    "\\".join((*STATE, "Extension-List")).lower(): frozenset({"StartTimeLo", "StartTimeHi", "EndTimeLo", "EndTimeHi"}),
    "\\".join(RESULTS).lower(): frozenset({"LastSuccessTime"}),
}
_ENCODINGS = {TRACE.lower(): "utf-8", REPORTS.lower(): "utf-16-le"}
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[ \t]\d\d:\d\d:\d\d:\d{3}")


def registry_without_times(state: Mapping[str, Any]) -> dict[str, Any]:
    """The registry's state; when group policy ran and when a detection succeeded is left out."""
    return {
        key: {
            name: data
            for name, data in values.items()
            if not any(key.lower().startswith(prefix) and name in names for prefix, names in _TIMES.items())
        }
        for key, values in state.items()
    }


def files_without_times(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state of the files; the lines of the agent's logs begin without their times."""
    return {path: _without_times(path, content) for path, content in state.items()}


def _without_times(path: str, content: Any) -> Any:
    encoding = _ENCODINGS.get(path.lower())
    if encoding is None or not isinstance(content, str):
        return content
    text = _STAMP.sub("", base64.b64decode(content).decode(encoding, "replace"))
    return base64.b64encode(text.encode(encoding)).decode()
