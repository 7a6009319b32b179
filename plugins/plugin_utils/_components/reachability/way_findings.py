# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about what changes the way of the agent: a proxy that is in no setting, and an entry of the hosts file."""

from __future__ import annotations

from collections.abc import Iterator

from ... import _error_codes
from ..._finding import Evidence, Finding, Severity
from . import finding_types
from .automatic_proxy import SCRIPT_CODES, WPAD, Script
from .facts import Server
from .files import host_of


def automatic_proxy(server: Server) -> Iterator[Finding]:
    """The finding, if the agent received responses that only a proxy sends, or if it finds its proxy by a script."""
    if server.answered.codes:
        yield _answered(server)
    elif server.found_automatically and not server.agent_route.works and server.past.scans_regularly:
        yield finding_types.AUTOMATIC_PROXY.found(
            "The server is not reachable directly; the agent finds a proxy by a script, and its scans succeed",
            cause=f"The machine's proxy settings (WinHTTP) contain {_modes(server)}: the requests of the audit do not use it.",
            action="No action is required.",
            severity="info",
            remedy="administrator",
            evidence=(Evidence.value("modes of the machine's proxy", list(server.modes)), *_failed(server)),
        )


def _answered(server: Server) -> Finding:
    answered = server.answered
    codes = tuple(map(_error_codes.hexadecimal, answered.codes))
    shown = ", ".join(codes)
    proxy = server.agent_route.proxy
    severity: Severity = "error" if answered.scan and not server.past.scans_regularly else "warning"
    evidence = (*map(Evidence.event, answered.events), *_settings(server))
    if proxy is not None:
        works = (
            "a request of the audit through it succeeds"
            if server.agent_route.works
            else "it does not lead to the server now either"
        )
        return finding_types.AUTOMATIC_PROXY.found(
            f"The proxy {proxy} answered the agent with {shown}; {works}",
            cause="The proxy requires authentication, did not reach the server, or waited too long for its response: "
            "HTTP 407, 502 and 504 come from a proxy.",
            action=f"Check the log of the proxy {proxy} for the machine, or add the WSUS server to the bypass list of the machine's proxy.",
            severity=severity,
            remedy="network",
            evidence=evidence,
            codes=codes,
        )
    named = answered.proxies or (server.script.proxies if server.script else ())
    which = f"the proxy {', '.join(named)}" if named else "a proxy"
    if set(answered.codes) <= SCRIPT_CODES:
        summary = f"A proxy script of the agent failed: {shown}"
    else:
        summary = f"The agent received responses from {which}, which no setting of the machine names: {shown}"
    if server.found_automatically:
        summary = f"The agent finds {which} by a script, and it failed: {shown}"
    return finding_types.AUTOMATIC_PROXY.found(
        summary,
        cause="HTTP 407, 502 and 504 come from a proxy or gateway, and no proxy is set for the server. "
        f"{_where_from(server)} The direct requests of the audit do not use this route, so they show nothing about it.",
        action="Run the role wsus.client.reachability with wsus_proxy_state: it replaces the script or WPAD by the state that is set."
        if server.found_automatically
        else None,
        severity=severity,
        remedy="reachability" if server.found_automatically else "administrator",
        evidence=evidence,
        codes=codes,
    )


def _where_from(server: Server) -> str:
    if server.found_automatically:
        return f"The machine's proxy settings (WinHTTP) contain {_modes(server)}."
    script = server.script
    if script and script.there:
        return f"The network has a proxy script for Web Proxy Auto-Discovery (WPAD), {WPAD}, which the agent uses{_names(script)}."
    return (
        f"The agent uses Web Proxy Auto-Discovery (WPAD): {WPAD} does not respond, but DHCP option 252 can name another script. "
        "Or a gateway in front of the server answers."
    )


def _names(script: Script) -> str:
    return f": it names {', '.join(script.proxies)}" if script.proxies else ""


def _settings(server: Server) -> Iterator[Evidence]:
    yield Evidence.value("machine's proxy", server.agent_route.proxy)
    if server.modes:
        yield Evidence.value("modes of the machine's proxy", list(server.modes))
    if server.script is not None:
        yield Evidence.value(WPAD, server.script.status)


def _modes(server: Server) -> str:
    words = {"script": "a proxy script", "detect": "Web Proxy Auto-Discovery (WPAD)"}
    return " and ".join(words[mode] for mode in server.modes if mode in words)


def _failed(server: Server) -> Iterator[Evidence]:
    failed = server.agent_route.failed
    if failed is not None:
        yield Evidence.request(failed.as_fact())


def hosts_file(server: Server) -> Iterator[Finding]:
    """The finding, if the hosts file has an entry for the server: a warning if the server does not respond as it should."""
    if server.hosts_entry is None:
        return
    works = server.agent_route.works
    name = host_of(server.url or "") or ""
    yield finding_types.HOSTS_FILE.found(
        f"The hosts file gives {name} the address {server.hosts_entry}",
        cause="Windows uses the hosts file before DNS: if the server moved, the machine still connects to the old address."
        if not works
        else "Windows uses the hosts file before DNS. The server responds at this address.",
        severity="info" if works else "warning",
        evidence=(Evidence.value(r"%windir%\System32\drivers\etc\hosts", f"{server.hosts_entry} {name}"),),
    )
