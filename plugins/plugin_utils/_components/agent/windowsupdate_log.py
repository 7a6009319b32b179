# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text log WindowsUpdate.log, which Windows writes up to Windows 8.1 and Server 2012 R2.

Lines are separated by tabs; a scan is reported as ``REPORT EVENT: {id}``, local time with offset, 1, event number,
category, update, revision, result in hexadecimal, caller, outcome (samples of Windows 7; Microsoft, "Windows Update log
files"). From Windows 10 on, the file contains only the location of the trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..._windows import timestamps
from ..._windows.command import Result, command
from ..._windows.query import Query
from .history import Scan

_REPORT = "REPORT EVENT:"
_BUILD = "(build: "
_EVENT = re.compile(
    r"REPORT EVENT: \{[^{}]{0,64}\}\t(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d):\d{3}([+-]\d{4})\t\d+\t(\d+)[^\t]*\t\d+\t\{[^{}]{0,64}\}\t\d+\t([0-9a-fA-F]{1,8})\t"
)
_VERSION = re.compile(r"\(build: (\d+(?:\.\d+)+)")
_FINISHED, _FAILED = "147", "148"


@dataclass(frozen=True)
class UpdateLog:
    """The content of the log: the version of the agent, and its scans, newest first."""

    version: str | None = None
    scans: tuple[Scan, ...] = ()


def query(system_root: str) -> Query[UpdateLog]:
    """The relevant lines of a log of up to 2 MB; an empty UpdateLog if the file does not exist or contains no such line."""
    log = rf"{system_root}\WindowsUpdate.log"
    return Query(command("findstr.exe", "/l", f"/c:{_REPORT}", f"/c:{_BUILD}", log), _update_log)


def _update_log(result: Result) -> UpdateLog:
    if not result.ok:
        return UpdateLog()
    versions = [match[1] for line in result.lines if (match := _VERSION.search(line))]
    found = sorted(_scans(result.lines), key=lambda scan: scan.time, reverse=True)
    return UpdateLog(versions[-1] if versions else None, tuple(found))


def _scans(lines: Iterable[str]) -> Iterator[Scan]:
    for line in lines:
        match = _EVENT.search(line)
        if match and match[3] in (_FINISHED, _FAILED) and (moment := timestamps.from_plain(match[1], match[2])):
            code = int(match[4], 16) if match[3] == _FAILED else None
            yield Scan(timestamps.event_time(moment, "milliseconds"), "WindowsUpdate.log", code)
