"""Moves the times in recorded answers, so that what happened two hours before the capture happened two hours ago.

An audit counts ages from the clock of the controller. So the times in UTC that Windows writes in a form of its own are moved:
of events, of Group Policy (FILETIME in two halves), in the agent's registry and log, and in the stamps of wsus.client.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

_EVENT = re.compile(r"(SystemTime=['\"])(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")
_PLAIN = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)([ \t]+)(\d\d:\d\d:\d\d)")
_STAMP = re.compile(r"(?<!\d)(\d{8}T\d{6})Z")
_HALF = re.compile(r"( {4}(\w+Time)(Lo|Hi) {4}REG_DWORD {4}0x)([0-9A-Fa-f]{1,8})")
_TICKS = 10_000_000


def moved(program: str, lines: Sequence[str], seconds: float) -> list[str]:
    """The lines with their times so many whole seconds later."""
    by = timedelta(seconds=round(seconds))
    if program == "wevtutil.exe":
        return [
            _EVENT.sub(lambda match: f"{match[1]}{_later(match[2], '%Y-%m-%dT%H:%M:%S', by)}", line) for line in lines
        ]
    if program == "reg.exe":
        lines = _filetimes(lines, by)
    elif program != "findstr.exe":
        return [_STAMP.sub(lambda match: f"{_later(match[1], '%Y%m%dT%H%M%S', by)}Z", line) for line in lines]
    return [
        _STAMP.sub(
            lambda match: f"{_later(match[1], '%Y%m%dT%H%M%S', by)}Z", _PLAIN.sub(lambda match: _plain(match, by), line)
        )
        for line in lines
    ]


def _later(text: str, form: str, by: timedelta) -> str:
    try:
        return (datetime.strptime(text, form) + by).strftime(form)
    except (ValueError, OverflowError):
        return text


def _plain(match: re.Match[str], by: timedelta) -> str:
    date, clock = _later(f"{match[1]} {match[3]}", "%Y-%m-%d %H:%M:%S", by).split(" ")
    return f"{date}{match[2]}{clock}"


def _filetimes(lines: Sequence[str], by: timedelta) -> list[str]:
    """The halves of a FILETIME follow each other, the low one first or the high one."""
    moved_lines = list(lines)
    for number in range(len(lines) - 1):
        first, second = _HALF.fullmatch(lines[number]), _HALF.fullmatch(lines[number + 1])
        if not first or not second or first[2] != second[2] or first[3] == second[3]:
            continue
        low, high = (first, second) if first[3] == "Lo" else (second, first)
        time = (int(high[4], 16) << 32 | int(low[4], 16)) + int(by.total_seconds()) * _TICKS
        halves = {"Lo": time & 0xFFFFFFFF, "Hi": time >> 32 & 0xFFFFFFFF}
        moved_lines[number : number + 2] = [f"{each[1]}{halves[each[3]]:x}" for each in (first, second)]
    return moved_lines
