# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a request did not get the response of a WSUS server: the faults, with who is responsible and the codes that the agent reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..._finding import FindingType, Remedy
from . import finding_types
from .responses import TIMEOUT, Response, Stage


@dataclass(frozen=True)
class Fault:
    """A fault of the connection to the server. ``summary`` names the server as ``{server}`` and the proxy as ``{proxy}``.

    ``codes`` are the error codes of the agent and its BITS jobs for this fault. ``action`` is that of ``kind`` if omitted.
    """

    kind: FindingType
    summary: str
    cause: str
    remedy: Remedy
    codes: tuple[str, ...] = ()
    action: str | None = None


_NAME = Fault(
    finding_types.NAME_RESOLUTION,
    "The host name of {server} does not resolve",
    "DNS does not know the name, or the machine uses the wrong DNS server; the name may be mistyped in the policy.",
    "network",
    ("0x80072ee7", "0x8024402c"),
)
_REFUSED = Fault(
    finding_types.CONNECT,
    "{server} refuses the connection",
    "Nothing listens on that port: the port is wrong in the policy (8530, 8531), the site is stopped, or a firewall rejects it.",
    "network",
    ("0x80072efd", "0x8024402f"),
)
_DROPPED = Fault(
    finding_types.CONNECT,
    "{server} does not respond to a connection",
    "A firewall drops the connection, the route is missing, or the server is down.",
    "network",
    ("0x80072ee2", "0x80072efd", "0x8024401c"),
)
_PROXY_LOGON = Fault(
    finding_types.PROXY,
    "The {proxy} requires authentication for {server}",
    "The agent runs as LocalSystem and has no credentials for the proxy.",
    "network",
    ("0x8024401b", "0x80190197", "0x80072f8c"),
    "Allow the machines through the proxy without authentication, or add the server to the bypass list.",
)
_PROXY = Fault(
    finding_types.PROXY,
    "The {proxy} cannot be reached, or does not reach {server}",
    "The proxy's name or port is wrong in the machine's settings (WinHTTP), the proxy is down, or it is not allowed to connect to the server.",
    "reachability",
    ("0x80072ee7", "0x80072efd", "0x8024402c", "0x80070057"),
)
_TLS = Fault(
    finding_types.TLS,
    "The TLS connection to {server} fails: its certificate or protocol version is not accepted",
    "The certificate expired, is from an unknown authority or for another name, or the machine and the server have no protocol version in common.",
    "server_side",
    ("0x80072f8f", "0x80072f7d", "0x80072f05", "0x80072f0d", "0x80072f06"),
)
_BROKEN_OFF = Fault(
    finding_types.ANSWER,
    "The response of {server} is cut off or is not valid HTTP",
    "Something on the path closes the connection, or what listens on that port is not a web server (http used on an https port).",
    "network",
    ("0x80072f78", "0x80072efe", "0x80072ee2"),
)
_SLOW = Fault(
    finding_types.ANSWER,
    "{server} accepts the request but does not respond in time",
    "The server is overloaded (application pool WsusPool, database), or something on the path delays the response.",
    "server_side",
    ("0x80072ee2", "0x8024401c", "0x80072f78"),
    "Check the load of the WSUS server: the application pool WsusPool and its database.",
)
_CAPTIVE = Fault(
    finding_types.CAPTIVE,
    "Something else responds in place of {server}: a page instead of a file",
    "A proxy, a captive portal or another web site answers every request with a page of its own.",
    "network",
    ("0x80072f78", "0x80244011"),
)
_STATUSES: Mapping[int, Fault] = {
    407: _PROXY_LOGON,
    401: Fault(
        finding_types.FORBIDDEN,
        "{server} requires authentication (HTTP 401)",
        "Anonymous access is disabled for WSUS in IIS; clients connect without a user.",
        "server_side",
        ("0x80244017", "0x80190191"),
    ),
    403: Fault(
        finding_types.FORBIDDEN,
        "{server} denies the request (HTTP 403)",
        "IIS requires TLS for that path, denies the address, or permissions are missing; or a proxy denies it.",
        "server_side",
        ("0x80244018", "0x80190193"),
    ),
    404: Fault(
        finding_types.NOT_WSUS,
        "{server} is a web server, but not WSUS (HTTP 404)",
        "The port is that of another site, or the virtual directories of WSUS are missing.",
        "server_side",
        ("0x80244019", "0x80190194"),
    ),
    500: Fault(
        finding_types.ERROR,
        "{server} fails with an internal error (HTTP 500)",
        "The web service of WSUS has an error.",
        "server_side",
        ("0x8024401f", "0x801901f4"),
    ),
    502: _PROXY,
    503: Fault(
        finding_types.UNAVAILABLE,
        "{server} is out of service (HTTP 503)",
        "The application pool WsusPool is stopped, often because it reached its memory limit, or its queue is full.",
        "server_side",
        ("0x80244022", "0x801901f7"),
    ),
    504: _PROXY,
}


CONTENT_CAUSES: Mapping[Stage, str] = {
    "connect": "A firewall allows only the TLS port, or the site has no binding for the HTTP port.",
}
"""Why requests to the content port fail that got a response from the TLS port of the same server; otherwise the fault's own cause."""


def fault_of(response: Response) -> Fault:
    """The fault that an unusable response shows."""
    if response.stage == "proxy":
        return _PROXY_LOGON if 407 in (response.status, response.connect_status) else _PROXY
    if response.stage == "dns":
        return _NAME
    if response.stage == "connect":
        return _DROPPED if response.code == TIMEOUT else _REFUSED
    if response.stage == "tls":
        return _TLS
    if not response.answered:
        return _SLOW if response.code == TIMEOUT else _BROKEN_OFF
    status = response.status or 0
    if status < 400:
        return _CAPTIVE
    alternate_route = Fault(
        finding_types.ERROR,
        f"{{server}} responds with HTTP {status}",
        "Neither WSUS nor IIS sends this status by itself; something on the path may.",
        "server_side",
    )
    return _STATUSES.get(status, alternate_route)


def of_proxy(fault: Fault) -> Fault:
    """The fault as that of the proxy: the same server responds as it should without it."""
    if fault.kind is finding_types.PROXY:
        return fault
    return replace(
        fault,
        kind=finding_types.PROXY,
        summary=f"The {{proxy}} prevents the connection: {fault.summary[:1].lower()}{fault.summary[1:]}",
        cause="The proxy answers in place of the server, blocks it, or changes its response.",
        codes=tuple(dict.fromkeys((*fault.codes, *_PROXY.codes))),
    )
