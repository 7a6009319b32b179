# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests that prove the way to a WSUS server, as one program call for each way: directly, and through a proxy.

curl.exe comes with Windows from 10 1803 and Server 2019 on; older machines are asked through the .NET client of their
PowerShell (``web_request``). Only options and variables that curl 7.55.1, the first on Windows, has are used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..._windows import web_request
from ..._windows.command import Command, command
from ..._windows.urls import without_credentials

FIRST_WITH_CURL = 17134
_CONNECT_TIMEOUT_S = 5
_MARK = "wsus"
# What is printed of each request, whether it succeeds or not; text that a server gives comes last.
_VARIABLES = (
    "url_effective",
    "http_code",
    "http_connect",
    "remote_ip",
    "size_download",
    "time_namelookup",
    "time_connect",
    "time_appconnect",
    "time_total",
    "content_type",
)
FORMAT = "|".join([_MARK, *(f"%{{{name}}}" for name in _VARIABLES)])
FIELDS = len(_VARIABLES)


@dataclass(frozen=True)
class Endpoint:
    """A documented path of a WSUS server ([MS-WUSP] 2.1; Microsoft, "Troubleshoot software update scan failures").

    ``needed``: no client can do without it. ``old_only``: in the site's root, where only WSUS 3 serves it (KB 10132 names it).
    """

    path: str
    content: str
    needed: bool = False
    old_only: bool = False


CLIENT = Endpoint("ClientWebService/client.asmx", "page", needed=True)
CAB = Endpoint("selfupdate/wuident.cab", "cab")
ENDPOINTS = (
    CLIENT,
    Endpoint("ClientWebService/wusserverversion.xml", "xml"),
    Endpoint("SimpleAuthWebService/SimpleAuth.asmx", "page", needed=True),
    CAB,
    Endpoint("iuident.cab", "cab", old_only=True),
)
"""In the order in which they are asked: the first that cannot be reached at all ends a series."""


def request(server: str, proxy: str | None, build: int, timeout: int) -> Command:
    """The call that asks all paths of a server, and its cab once more for its length and once for its first bytes.

    ``proxy`` is host:port, None for the direct way; ``timeout`` in seconds is for each request.
    """
    base = without_credentials(server).rstrip("/")
    if build >= FIRST_WITH_CURL:
        return _curl(base, proxy, timeout)
    paths = ",".join(path.path for path in ENDPOINTS)
    return command(web_request.NAME, base, paths, CAB.path, f"http://{proxy}" if proxy else "-", str(timeout))


def _curl(base: str, proxy: str | None, timeout: int) -> Command:
    # The agent ignores a revocation server that it cannot reach ([MS-WUSP], note 67): Schannel's curl would not.
    limits = ("--connect-timeout", str(_CONNECT_TIMEOUT_S), "-m", str(timeout))
    # The brackets of an IPv6 address would be taken for a pattern.
    common = ("-sS", *(("-g",) if "[" in base else ()), "--ssl-no-revoke", *limits, *_route(proxy))
    cab = f"{base}/{CAB.path}"
    return command(
        "curl.exe",
        "-q",
        "--fail-early",
        *(*common, "-w", rf"{FORMAT}\n", *_urls(base)),
        *("--next", *common, "-I", "-w", rf"\n{FORMAT}\n", cab),
        *("--next", *common, "-r", "0-3", "-w", rf"\n{FORMAT}\n", cab),
    )


def _route(proxy: str | None) -> tuple[str, ...]:
    return ("-x", f"http://{proxy}") if proxy else ("--noproxy", "*")


def _urls(base: str) -> Iterator[str]:
    """All paths, what they give thrown away: as one pattern, which curl expands, or where it may not (-g) one by one."""
    paths = [path.path for path in ENDPOINTS]
    for path in paths if "[" in base else [f"{{{','.join(paths)}}}"]:
        yield from ("-o", "NUL", f"{base}/{path}")
