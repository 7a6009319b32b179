# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of findings about the connection to the server, and which past failures its test explains or resolves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ... import _error_codes
from ..._finding import Finding, FindingType, LiveTest, Remedy, Severity

_CAUSES = ("network-", "server", "transient")
"""The classes of causes that a test of the connection to the server can confirm."""
_CONNECTION = "network-"
"""The classes of causes that affect every request to the server: if one succeeds, the cause has ended. A server that fails
under load, or for one file, answers other requests all the same."""


_DOWNLOADS = ("bits.", "agent.download_failed", "agent.install_failed")
"""How the IDs of findings about downloads begin. An installation fails with the code of its download."""


def _explains(finding: Finding) -> bool:
    codes = _explained(finding)
    return bool(codes) and all(each.cause.startswith(_CAUSES) for each in codes)


def _disproves(_server: Any, finding: Finding) -> bool:
    return finding.type.ends_with == "request" and all(
        each.cause.startswith(_CONNECTION) for each in _explained(finding)
    )


def _readdressed(finding: Finding) -> Remedy:
    """The agent, whose next scan shows whether a scan fails still; a network that the test did not find at fault is not to blame."""
    if finding.type.ends_with == "scan" and finding.remedy in _OF_THE_CONNECTION:
        return "agent"
    return "retry" if finding.remedy == "reachability" else finding.remedy


def _explained(finding: Finding) -> list[_error_codes.Explanation]:
    return [_error_codes.explain(int(code, 16), finding.type.context) for code in finding.codes]


_OF_THE_CONNECTION = frozenset({"network", "reachability", "retry"})


def _is_download(finding: Finding) -> bool:
    return finding.id.startswith(_DOWNLOADS)


def _tested(server: Any, finding: Finding) -> bool:
    """Whether the requests were made. If the content port fails, they do not show that downloads work."""
    return bool(server.tested) and not (_is_download(finding) and server.agent_route.content_works is False)


def _shares_a_code(fault: Finding, finding: Finding) -> bool:
    return not set(fault.codes).isdisjoint(finding.codes)


LIVE_TEST = LiveTest(
    component="reachability",
    explains=_explains,
    disproves=_disproves,
    resolved="the server is reachable now",
    context="Single requests to the server succeed now, which does not show that this works again.",
    readdressed=_readdressed,
    tested=_tested,
    fits=_shares_a_code,
    caused_by=("policy",),
)
CONTENT_TEST = replace(
    LIVE_TEST,
    explains=lambda finding: _is_download(finding) and _explains(finding),
    # Only its fault says something of its own: that downloads work, LIVE_TEST shows.
    tested=lambda _server, _finding: False,
)


def _fault(
    name: str,
    meaning: str,
    action: str,
    *remedies: Remedy,
    codes: str = "",
    severity: Severity = "error",
    test: LiveTest = LIVE_TEST,
) -> FindingType:
    return FindingType(
        f"reachability.{name}",
        (severity,),
        meaning,
        action,
        remedies,
        tuple(codes.split()),
        live_test=None if severity == "info" else test,
    )


# If the alternate route works, setting the machine's proxy is the remedy for any fault of the agent's route.
NAME_RESOLUTION = _fault(
    "name_resolution",
    "The host name of the server does not resolve.",
    "Correct the DNS record of the server, the DNS servers of the machine, or the name in the policy.",
    "network",
    "reachability",
    codes="0x80072ee7 0x8024402c",
)
CONNECT = _fault(
    "connect",
    "The server refuses the connection, or does not respond to it.",
    "Check that WSUS listens on that port (8530, 8531) and that firewalls and routes allow the connection.",
    "network",
    "reachability",
    codes="0x80072efd 0x8024402f 0x80072ee2 0x8024401c",
)
PROXY = _fault(
    "proxy",
    "The proxy requires authentication (network), cannot be reached, or does not reach the server (reachability).",
    "Correct the machine's proxy with the role wsus.client.reachability, or bypass it for the server.",
    "network",
    "reachability",
    codes="0x8024401b 0x80190197 0x80072f8c 0x80072ee7 0x80072efd 0x8024402c 0x80070057",
)
TLS = _fault(
    "tls",
    "The certificate or the TLS version of the server is not accepted.",
    "Renew or correct the server's certificate and its chain, and enable a TLS version that both sides support.",
    "server_side",
    "reachability",
    codes="0x80072f8f 0x80072f7d 0x80072f05 0x80072f0d 0x80072f06",
)
ANSWER = _fault(
    "answer",
    "The response is cut off or is not valid HTTP (network), or does not arrive in time (server_side).",
    "Check the scheme and port in the policy, and the proxies and firewalls between the machine and the server.",
    "network",
    "server_side",
    "reachability",
    codes="0x80072f78 0x80072efe 0x80072ee2 0x8024401c",
)
CAPTIVE = _fault(
    "captive",
    "A page arrives instead of a file: something else responds in place of the server.",
    "Exclude the WSUS server from the proxy or captive portal that responds in its place.",
    "network",
    "reachability",
    codes="0x80072f78 0x80244011",
)
FORBIDDEN = _fault(
    "forbidden",
    "The server or a proxy denies the request (HTTP 401 or 403).",
    "Allow anonymous access to the WSUS site in IIS, and check its TLS requirement and address restrictions.",
    "server_side",
    "reachability",
    codes="0x80244017 0x80190191 0x80244018 0x80190193",
)
NOT_WSUS = _fault(
    "not_wsus",
    "A web server responds, but it is not WSUS (HTTP 404).",
    "Correct the port in the policy, or restore the virtual directories of WSUS (wsusutil postinstall).",
    "server_side",
    "reachability",
    codes="0x80244019 0x80190194",
)
UNAVAILABLE = _fault(
    "unavailable",
    "The application pool of WSUS is stopped or overloaded (HTTP 503).",
    "Start the application pool WsusPool and raise its private memory limit and queue length.",
    "server_side",
    "reachability",
    codes="0x80244022 0x801901f7",
)
ERROR = _fault(
    "error",
    "The server responds with HTTP 500 or another status that WSUS does not send.",
    "Check the event log of the WSUS server and its database.",
    "server_side",
    "reachability",
    codes="0x8024401f 0x801901f4",
)
RANGE_SUPPORT = _fault(
    "range_support",
    "Range requests are ignored, by a proxy (network) or the server (server_side).",
    "Configure the proxy to forward the Range header, or bypass it for the WSUS server.",
    "network",
    "server_side",
    codes="0x80200013",
)
FILE_SIZE = _fault(
    "file_size",
    "The response to HEAD has no Content-Length, because of a proxy (network) or the server (server_side).",
    "Configure the proxy to forward Content-Length, or bypass it for the WSUS server.",
    "network",
    "server_side",
    codes="0x80200011",
)
CONTENT_PORT = _fault(
    "content_port",
    "The server has TLS, and its port for update files, which has none, does not respond as it should: scans succeed, downloads fail.",
    "Let the clients connect to the HTTP port of the WSUS site, and require TLS in IIS for neither Content nor SelfUpdate.",
    "network",
    "server_side",
    "reachability",
    codes="0x80072efd 0x80072ee2 0x80190193 0x80190194",
    severity="warning",
    test=CONTENT_TEST,
)
UNTESTED = _fault(
    "untested",
    "The connection could not be tested: no curl.exe in Constrained Language Mode, or curl.exe is missing, blocked or fails.",
    "Restore curl.exe in System32, or allow it if a policy blocks it; or audit over a connection that is not in Constrained Language Mode.",
    "administrator",
    severity="warning",
)
SLOW = _fault(
    "slow",
    "A response took 5 seconds or more.",
    "Check the load of the WSUS server: the application pool WsusPool and its database.",
    "server_side",
    codes="0x80072ee2 0x8024401c",
    severity="info",
)
ONLY_WAY = _fault(
    "only_way",
    "The agent's route to the server works, the alternate one does not.",
    "No action is required.",
    "none",
    severity="info",
)

FINDINGS: tuple[FindingType, ...] = (
    NAME_RESOLUTION,
    CONNECT,
    PROXY,
    TLS,
    ANSWER,
    CAPTIVE,
    FORBIDDEN,
    NOT_WSUS,
    UNAVAILABLE,
    ERROR,
    RANGE_SUPPORT,
    FILE_SIZE,
    CONTENT_PORT,
    UNTESTED,
    SLOW,
    ONLY_WAY,
)
