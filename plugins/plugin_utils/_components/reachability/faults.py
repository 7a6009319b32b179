# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a request did not give what a WSUS server gives: one fault for each, with who must act and the codes that the agent meets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..._finding import Remedy
from .responses import TIMEOUT, Answer


@dataclass(frozen=True)
class Fault:
    """A fault of the way to the server. ``codes`` are those with which the agent and its BITS jobs fail for it."""

    id: str
    summary: str
    cause: str
    remedy: Remedy
    codes: tuple[str, ...] = ()


_NAME = Fault(
    "reachability.name_resolution",
    "The name of the server does not resolve",
    "DNS does not know the name, or the machine asks the wrong DNS server; the name may be mistyped in the policy.",
    "network",
    ("0x80072ee7", "0x8024402c"),
)
_REFUSED = Fault(
    "reachability.connect",
    "The server refuses the connection",
    "Nothing listens on that port: the port is wrong in the policy (8530, 8531), the site is stopped, or a firewall rejects it.",
    "network",
    ("0x80072efd", "0x8024402f"),
)
_DROPPED = Fault(
    "reachability.connect",
    "The server does not answer a connection",
    "A firewall on the way drops it, the route is missing, or the server is down.",
    "network",
    ("0x80072ee2", "0x80072efd", "0x8024401c"),
)
_PROXY_LOGON = Fault(
    "reachability.proxy",
    "The proxy demands a logon",
    "The agent runs as LocalSystem and has no user to log on with: let the machines through without, or put the server on the bypass list.",
    "network",
    ("0x8024401b", "0x80190197", "0x80072f8c"),
)
_PROXY = Fault(
    "reachability.proxy",
    "The proxy cannot be reached, or does not reach the server",
    "The proxy's name or port is wrong in the machine's settings (WinHTTP), the proxy is down, or it may not connect there.",
    "reachability",
    ("0x80072ee7", "0x80072efd", "0x8024402c", "0x80070057"),
)
_TLS = Fault(
    "reachability.tls",
    "The connection cannot be secured: the server's certificate or protocol is not accepted",
    "The certificate is expired, of an unknown authority or for another name, or the machine and the server have no protocol version in common.",
    "server_side",
    ("0x80072f8f", "0x80072f7d", "0x80072f05", "0x80072f0d", "0x80072f06"),
)
_BROKEN_OFF = Fault(
    "reachability.answer",
    "The server's answer breaks off or makes no sense",
    "Something on the way closes the connection, or what listens on that port is no web server (http asked of a port that speaks https?).",
    "network",
    ("0x80072f78", "0x80072efe", "0x80072ee2"),
)
_SLOW = Fault(
    "reachability.answer",
    "The server takes the request and does not answer in time",
    "The server is overloaded (application pool WsusPool, database), or something on the way holds the answer back.",
    "server_side",
    ("0x80072ee2", "0x8024401c", "0x80072f78"),
)
_CAPTIVE = Fault(
    "reachability.captive",
    "Something else answers in the server's place: a page where a file must come",
    "A proxy, a captive portal or another web site answers every request with a page of its own.",
    "network",
    ("0x80072f78", "0x80244011"),
)
_STATUSES: Mapping[int, Fault] = {
    407: _PROXY_LOGON,
    401: Fault(
        "reachability.forbidden",
        "The server demands a logon (HTTP 401)",
        "Anonymous access is switched off for WSUS in IIS, where clients come without a user.",
        "server_side",
        ("0x80244017", "0x80190191"),
    ),
    403: Fault(
        "reachability.forbidden",
        "The server forbids the request (HTTP 403)",
        "IIS demands TLS for that path, denies the address, or rights are missing; or a proxy forbids it.",
        "server_side",
        ("0x80244018", "0x80190193"),
    ),
    404: Fault(
        "reachability.not_wsus",
        "A web server answers, but no WSUS (HTTP 404)",
        "The port is that of another site, or the virtual directories of WSUS are missing.",
        "server_side",
        ("0x80244019", "0x80190194"),
    ),
    500: Fault(
        "reachability.error",
        "The server fails inside (HTTP 500)",
        "The web service of WSUS has an error: its event log and its database tell more.",
        "server_side",
        ("0x8024401f", "0x801901f4"),
    ),
    502: _PROXY,
    503: Fault(
        "reachability.unavailable",
        "The server is out of service (HTTP 503)",
        "The application pool WsusPool is stopped, often because it reached its limit of memory, or its queue is full.",
        "server_side",
        ("0x80244022", "0x801901f7"),
    ),
    504: _PROXY,
}


def fault_of(answer: Answer) -> Fault:
    """The fault that an answer shows which is not good enough."""
    if answer.stage == "proxy":
        return _PROXY_LOGON if 407 in (answer.status, answer.connect_status) else _PROXY
    if answer.stage == "dns":
        return _NAME
    if answer.stage == "connect":
        return _DROPPED if answer.code == TIMEOUT else _REFUSED
    if answer.stage == "tls":
        return _TLS
    if not answer.answered:
        return _SLOW if answer.code == TIMEOUT else _BROKEN_OFF
    status = answer.status or 0
    if status < 400:
        return _CAPTIVE
    other = Fault(
        "reachability.error",
        f"The server answers with HTTP {status}",
        "Neither WSUS nor IIS gives this of itself: something on the way may.",
        "server_side",
    )
    return _STATUSES.get(status, other)
