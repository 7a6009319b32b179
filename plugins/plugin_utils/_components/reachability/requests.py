# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests that test the connection to a WSUS server, as one program call per route: direct, and through a proxy.

curl.exe is part of Windows since Windows 10 1803 and Server 2019; older machines use the .NET client of their PowerShell
(``web_request``). All options and variables used exist in curl 7.55.1, the first version on Windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from ..._windows import web_request
from ..._windows.command import Command, command
from ..._windows.urls import without_credentials

FIRST_WITH_CURL = 17134
CONNECT_TIMEOUT_S = 5
_MARK = "wsus"
# What curl prints for each request, whether it succeeds or fails; text from the server comes last.
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
_TLS_PORT, _HTTP_PORT = 443, 80


@dataclass(frozen=True)
class Endpoint:
    """A documented path of a WSUS server ([MS-WUSP] 2.1; Microsoft, "Troubleshoot software update scan failures").

    ``needed``: clients cannot work without it. ``old_only``: in the site's root, where only WSUS 3 serves it (see KB 10132).
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
"""In the order of the requests: the first one that gets no response ends a series, so those to the content port come last."""


class Proxies(NamedTuple):
    """The proxies of a route, as host:port; None for a direct connection.

    They differ if the settings name one proxy for http and another for https: then update files take another way than scans.
    """

    server: str | None
    content: str | None


DIRECT = Proxies(None, None)


def content_base(server: str) -> str:
    """The base of the URLs from which a server's update files are downloaded: that of the server, if it has no TLS.

    With TLS, WSUS encrypts metadata only and serves the files over HTTP: on port 80 if the TLS port is 443, otherwise on the port
    before the TLS port (Microsoft, "Step 2: Configure WSUS", 2.5, "Configure SSL on the WSUS server").
    """
    base = without_credentials(server).rstrip("/")
    parts = urlsplit(base)
    tls_port = parts.port or _TLS_PORT
    if parts.scheme != "https" or tls_port == 1:
        return base
    port = _HTTP_PORT if tls_port == _TLS_PORT else tls_port - 1
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}" if port == _HTTP_PORT else f"http://{shown}:{port}"


def request(server: str, proxies: Proxies, build: int, timeout: int) -> Command:
    """The program call that requests all paths of a server, then the length and the first bytes of its cab from the content port.

    BITS asks for both of the update files. The cab stands for them: TLS must be required neither for SelfUpdate nor for Content
    (the same document). ``timeout`` is in seconds, for each request.
    """
    base = without_credentials(server).rstrip("/")
    cab = f"{content_base(server)}/{CAB.path}"
    if build >= FIRST_WITH_CURL:
        return _curl(base, cab, proxies, timeout)
    paths = ",".join(path.path for path in ENDPOINTS)
    through = (f"http://{proxy}" if proxy else "-" for proxy in proxies)
    return command(web_request.NAME, base, paths, cab, *through, str(timeout))


def _curl(base: str, cab: str, proxies: Proxies, timeout: int) -> Command:
    # The agent ignores an unreachable revocation server ([MS-WUSP], note 67); curl with Schannel does not.
    limits = ("--connect-timeout", str(CONNECT_TIMEOUT_S), "-m", str(timeout))
    # Without -g, curl takes the brackets of an IPv6 address for a pattern.
    common = ("-sS", *(("-g",) if "[" in base else ()), "--ssl-no-revoke", *limits)
    of_server, of_content = ((*common, *route_options(proxy)) for proxy in proxies)
    return command(
        "curl.exe",
        "-q",
        "--fail-early",
        *(*of_server, "-w", rf"{FORMAT}\n", *_urls(base)),
        *("--next", *of_content, "-I", "-w", rf"\n{FORMAT}\n", cab),
        *("--next", *of_content, "-r", "0-3", "-w", rf"\n{FORMAT}\n", cab),
    )


def route_options(proxy: str | None) -> tuple[str, ...]:
    """The options of curl for a proxy, or for a direct connection."""
    return ("-x", f"http://{proxy}") if proxy else ("--noproxy", "*")


def _urls(base: str) -> Iterator[str]:
    """The URLs of all paths; their content is discarded. One pattern for curl to expand, or one by one with -g."""
    paths = [path.path for path in ENDPOINTS]
    for path in paths if "[" in base else [f"{{{','.join(paths)}}}"]:
        yield from ("-o", "NUL", f"{base}/{path}")
