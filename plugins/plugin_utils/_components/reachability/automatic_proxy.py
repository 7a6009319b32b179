# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy that the agent finds automatically, and that no setting of the machine names.

The agent connects through the proxy that is set for the machine or, if none is set, through one that WinHTTP finds by WPAD, with DHCP
option 252 or the DNS name wpad (Microsoft, "How the Windows Update client determines which proxy server to use to connect to the Windows
Update website"). curl.exe and .NET do not find it: their direct requests need not take the way of the agent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..._windows import values, web_request
from ..._windows.command import Result, command
from ..._windows.query import Query
from ..agent import Failure, Scan
from ..bits import JobFailure
from .past import Past
from .requests import CONNECT_TIMEOUT_S, FIELDS, FIRST_WITH_CURL, FORMAT, route_options

PROXY_CODES = frozenset({0x8024401B, 0x80244021, 0x80244023, 0x80190197, 0x801901F6, 0x801901F8})
"""HTTP 407, 502 and 504, which a proxy or gateway sends and no WSUS server: as the agent and as BITS report them."""
SCRIPT_CODES = frozenset({0x80072F86, 0x80072F87})
"""The proxy script has an error, or could not be downloaded: WinHTTP was to run one."""
CODES = tuple(f"0x{code:08x}" for code in sorted(PROXY_CODES | SCRIPT_CODES))
WPAD = "http://wpad/wpad.dat"
_MOST_TEXT = 65_535
_NAMED = re.compile(r"\b(?:PROXY|HTTPS?)\s+([A-Za-z0-9.\[\]-]{1,255}(?::\d{1,5})?)(?=\s*[;\"'])")
_SHOWN = 3


@dataclass(frozen=True)
class Script:
    """The response to the request for wpad.dat. ``proxies`` are those that its text names, if the text was returned."""

    status: int | None
    proxies: tuple[str, ...] = ()

    @property
    def there(self) -> bool:
        """Whether the network has a script under the DNS name wpad."""
        return self.status == 200


@dataclass(frozen=True)
class Answered:
    """The failures by which a proxy shows itself: their codes and evidence. ``scan``: whether the newest scan is one of them."""

    codes: tuple[int, ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    proxies: tuple[str, ...] = ()
    scan: bool = False


def answered(past: Past) -> Answered:
    """The failures with codes that only a proxy causes: the newest scan, and downloads and jobs of the last three days."""
    scan = past.failed_scan
    scans = [scan] if scan and scan.code in PROXY_CODES | SCRIPT_CODES else []
    failures: tuple[Failure | JobFailure, ...] = (*past.downloads, *past.jobs)
    later = [each for each in failures if each.code in PROXY_CODES | SCRIPT_CODES and past.recent(each.time)]
    found: list[Scan | Failure | JobFailure] = [*scans, *later]
    proxies = (job.proxy for job in past.jobs if job in later and job.proxy)
    return Answered(
        codes=tuple(dict.fromkeys(each.code or 0 for each in found)),
        events=tuple(each.as_fact() for each in found[:_SHOWN]),
        proxies=tuple(dict.fromkeys(proxies)),
        scan=bool(scans),
    )


def query(build: int, timeout: int) -> Query[Script]:
    """The request for the script under the DNS name wpad; ``timeout`` is in seconds."""
    if build < FIRST_WITH_CURL:
        return Query(command(web_request.NAME, "http://wpad", "wpad.dat", WPAD, "-", "-", str(timeout)), _script)
    limits = ("--connect-timeout", str(CONNECT_TIMEOUT_S), "-m", str(timeout), "-r", f"0-{_MOST_TEXT}")
    return Query(command("curl.exe", "-q", "-sS", *limits, *route_options(None), "-w", rf"\n{FORMAT}\n", WPAD), _script)


def _script(result: Result) -> Script:
    lines = [line.split("|", FIELDS) for line in result.lines if line.startswith("wsus|")]
    read = (values.integer_or_none(line[2], 999) for line in lines if len(line) > FIELDS)
    statuses = [status for status in read if status is not None]
    status = 200 if statuses[:1] == [206] else next(iter(statuses), 0)
    text = "\n".join(line for line in result.lines if not line.startswith("wsus|"))
    # A page in its place, as of a captive portal, is not a script.
    is_page = any("html" in line[FIELDS].lower() for line in lines if len(line) > FIELDS)
    if status != 200 or is_page:
        return Script(status if status not in (0, 200) else None)
    return Script(200, tuple(dict.fromkeys(_NAMED.findall(text))))
