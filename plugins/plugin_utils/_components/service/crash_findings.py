# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The finding that a running service terminated unexpectedly. It is no failed start, so its definition is not the cause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ... import _error_codes
from ..._finding import Evidence, Finding, FindingType
from ..._windows.sc import State
from .crashes import ABORTED, CODE, Crashes


def crashed(
    kind: FindingType, subject: str, state: State, crashes: Crashes, last_worked: str = ""
) -> Iterator[Finding]:
    """The finding of the type, if the service terminated unexpectedly; ``last_worked`` is when it is known to have worked."""
    down = state.failed_with == ABORTED
    if not crashes.ends and not down:
        return
    ended = "" if down else crashes.disproved(state, last_worked)
    yield kind.found(
        f"{subject} terminated unexpectedly{_how_often(crashes)}{f' (resolved: {ended})' if ended else ''}",
        cause=_cause(crashes),
        severity="error" if down else "warning",
        evidence=_evidence(state, crashes, down=down),
        codes=(_error_codes.hexadecimal(CODE),),
        resolved=bool(ended),
    )


def _how_often(crashes: Crashes) -> str:
    times = len(crashes.ends)
    if not times:
        return ""
    last = f"{crashes.last[:16].replace('T', ' ')} UTC"
    return (
        f" at {last}" if times == 1 else f" {times} times since {crashes.ends[-1].time[:10]}, the last time at {last}"
    )


def _cause(crashes: Crashes) -> str:
    cause = "Its process was terminated by a fault of its own or of a module in it, or by another program."
    fault = next(iter(crashes.faults), None)
    return f"{cause} The last fault was in {fault.module} (exception {fault.exception})." if fault else cause


def _evidence(state: State, crashes: Crashes, *, down: bool) -> Iterator[Evidence]:
    ends: list[dict[str, Any]] = [each.as_fact() for each in crashes.ends[:3]]
    yield from map(Evidence.event, ends)
    yield from (Evidence.event(each.as_fact()) for each in crashes.faults[:1])
    if down:
        yield Evidence.value("exit code of the service", state.failed_with, code=_error_codes.hexadecimal(CODE))
