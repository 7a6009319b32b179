# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of findings about the connection to the server."""

from __future__ import annotations

from ..._finding import FindingType, LiveTest, Remedy, Severity
from .automatic_proxy import CODES
from .live_tests import AUTOMATIC_TEST, CONTENT_TEST, FILE_TEST, LIVE_TEST


def _fault(
    name: str,
    meaning: str,
    action: str,
    *remedies: Remedy,
    codes: str = "",
    severity: Severity | tuple[Severity, ...] = "error",
    test: LiveTest | None = LIVE_TEST,
) -> FindingType:
    return FindingType(
        f"reachability.{name}",
        severity if isinstance(severity, tuple) else (severity,),
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
    "The server uses TLS, but its HTTP port for update files does not respond as it should: scans succeed, and downloads fail.",
    "Allow the clients to connect to the HTTP port of the WSUS site, and do not require TLS in IIS for Content and SelfUpdate.",
    "network",
    "server_side",
    "reachability",
    codes="0x80072efd 0x80072ee2 0x80190193 0x80190194",
    severity="warning",
    test=CONTENT_TEST,
)
FILE = _fault(
    "file",
    "A file that WSUS downloads failed on still cannot be downloaded from the server.",
    "Look for the file in the content folder of the server, and check its MIME type and permissions in IIS.",
    "server_side",
    "network",
    codes="0x80190191 0x80190193 0x80190194 0x801901f4 0x801901f7 0x80244017 0x80244018 0x80244019 0x8024401f 0x80244022",
    severity=("warning", "info"),
    test=FILE_TEST,
)
AUTOMATIC_PROXY = _fault(
    "automatic_proxy",
    "A proxy that no setting of the machine names answered the agent, or requests of the audit through it succeed.",
    "Let the proxy script (wpad.dat, PAC) return DIRECT for the WSUS server, or correct the proxy that it names.",
    "administrator",
    "network",
    "reachability",
    codes=" ".join(CODES),
    severity=("error", "warning", "info"),
    test=AUTOMATIC_TEST,
)
HOSTS_FILE = _fault(
    "hosts_file",
    "The hosts file of the machine contains a static address for the server.",
    "Remove the entry from the hosts file, or correct its address.",
    "administrator",
    severity=("warning", "info"),
    test=None,
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
    "The agent's route to the server works; the alternate route does not.",
    "No action is required.",
    "none",
    severity="info",
)

FINDINGS: tuple[FindingType, ...] = (
    # The tests of the first two are specific to a file and to a way, so they come before that of the server.
    FILE,
    AUTOMATIC_PROXY,
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
    HOSTS_FILE,
    UNTESTED,
    SLOW,
    ONLY_WAY,
)
