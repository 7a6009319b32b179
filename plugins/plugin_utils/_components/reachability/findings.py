# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems of the connection to the server: the stage at which the agent's route fails, and whether the alternate route works."""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Evidence, Finding
from ..._windows.urls import without_credentials
from . import file_findings, finding_types, way_findings
from .facts import Server
from .faults import CONTENT_CAUSES, Fault, fault_of, of_proxy
from .requests import content_base
from .responses import Response
from .route import Route

FINDINGS = finding_types.FINDINGS

_SLOW_S = 5.0


def findings(server: Server) -> tuple[Finding, ...]:
    """All findings about the connection to the server."""
    if server.url is None:
        return ()
    if server.untested:
        return (_untested(server),)
    failed = server.agent_route.failed
    if failed is not None:
        return (*_broken(server, failed), *way_findings.hosts_file(server))
    content = server.agent_route.content_failed
    downloads = (
        (_content_port(server, content),)
        if content
        else (*_ranges(server), *_lengths(server), *file_findings.file_findings(server))
    )
    way = (*way_findings.automatic_proxy(server), *way_findings.hosts_file(server))
    return (*downloads, *way, *_slow(server), *_only_this_route(server))


def _untested(server: Server) -> Finding:
    causes = {
        "language_mode": "This Windows version has no curl.exe, and its PowerShell runs in Constrained Language Mode, which prevents the request.",
        "no_program": "Windows did not start curl.exe: it is missing, or a policy blocks it (App Control for Business, AppLocker).",
        "no_answer": "The program that sends the requests ended without output: something stopped it, or it is not the one from Windows.",
    }
    shown = without_credentials(server.url or "")
    return finding_types.UNTESTED.found(
        f"The connection to {shown} could not be tested from this machine",
        cause=causes[server.untested],
        evidence=(Evidence.value("url", shown),),
    )


def _broken(server: Server, failed: Response) -> Iterator[Finding]:
    """The fault of the agent's route, unless scans succeed by a way that the audit does not use."""
    url_error = fault_of(failed)
    automatic = tuple(way_findings.automatic_proxy(server))
    if automatic and automatic[0].severity == "info":
        yield from automatic
        return
    if url_error.kind is not finding_types.PROXY:
        yield from automatic
    yield _fault(server, failed, url_error)


def _fault(server: Server, failed: Response, url_error: Fault) -> Finding:
    summary = f"{_in_words(url_error, _shown(server), failed)} ({_route_in_words(server.agent_route.proxy)})"
    cause, action, remedy = url_error.cause, url_error.action, url_error.remedy
    shown = list(_bad(server.agent_route))
    alternate_route = server.alternate_route
    if alternate_route is not None and not alternate_route.works:
        shown += _bad(alternate_route)
    elif alternate_route is not None:
        route = _route_in_words(alternate_route.proxy)
        if server.agent_route.proxy and alternate_route.proxy is None:
            url_error = of_proxy(url_error)
            summary = f"{_in_words(url_error, _shown(server), failed)} ({_route_in_words(server.agent_route.proxy)})"
            cause = url_error.cause
        summary = f"{summary}; it works {route}"
        cause = f"{cause} The server is reachable {route}."
        action, remedy = _set_proxy(route), "reachability"
        shown += alternate_route.answers[:1]
    return url_error.kind.found(
        summary, cause=cause, action=action, remedy=remedy, evidence=map(_evidence, shown), codes=url_error.codes
    )


def _content_port(server: Server, failed: Response) -> Finding:
    """Only a warning: files can be configured to come from elsewhere, which no request shows."""
    fault = fault_of(failed)
    base = content_base(server.url or "")
    summary = f"Update files cannot be downloaded from {base}: {_in_words(fault, base, failed)} ({_route_in_words(failed.proxy)})"
    cause = (
        "A server with TLS serves update files over HTTP, on port 80 if its TLS port is 443, otherwise on the port before it, unless it "
        f"is configured otherwise. {CONTENT_CAUSES.get(failed.stage, fault.cause)}"
    )
    action, remedy, shown = fault.action, fault.remedy, [failed]
    other = server.alternate_route
    if other is not None and other.works and other.content_works:
        route = _route_in_words(other.proxies.content)
        summary = f"{summary}; it works {route}"
        action, remedy = _set_proxy(route), "reachability"
        shown += [each for each in other.answers if each.content][:1]
    return finding_types.CONTENT_PORT.found(
        summary, cause=cause, action=action, remedy=remedy, evidence=map(_evidence, shown), codes=fault.codes
    )


def _ranges(server: Server) -> Iterator[Finding]:
    proxy = server.agent_route.proxies.content
    if server.agent_route.ranges is False:
        by_proxy = _is_the_proxys(server, "ranges")
        yield finding_types.RANGE_SUPPORT.found(
            f"{content_base(server.url or '')} does not support range requests ({_route_in_words(proxy)})",
            cause="BITS downloads in parts: "
            + (
                f"the proxy {proxy} removes the Range header."
                if by_proxy
                else "a proxy on the path or the server ignores the Range header."
            ),
            remedy="network" if by_proxy else "server_side",
            evidence=(_evidence(each) for each in server.agent_route.answers if each.first_bytes is not None),
        )


def _lengths(server: Server) -> Iterator[Finding]:
    proxy = server.agent_route.proxies.content
    if server.agent_route.lengths is False:
        by_proxy = _is_the_proxys(server, "lengths")
        yield finding_types.FILE_SIZE.found(
            f"{content_base(server.url or '')} responds to HEAD without Content-Length ({_route_in_words(proxy)})",
            cause="BITS must know the size of a file: "
            + (
                f"the proxy {proxy} removes Content-Length."
                if by_proxy
                else "a proxy on the path or the server omits Content-Length."
            ),
            remedy="network" if by_proxy else "server_side",
            evidence=(_evidence(each) for each in server.agent_route.answers if each.method == "HEAD"),
        )


def _slow(server: Server) -> Iterator[Finding]:
    slow = [each for each in server.agent_route.answers if each.time >= _SLOW_S]
    if slow:
        yield finding_types.SLOW.found(
            f"{_shown(server)} is slow: {max(each.time for each in slow):.0f} s for a response",
            cause="The server or the network is overloaded; clients time out when many connect at once.",
            evidence=map(_evidence, slow),
        )


def _only_this_route(server: Server) -> Iterator[Finding]:
    alternate_route = server.alternate_route
    if alternate_route is not None and not alternate_route.works and alternate_route.answers:
        (bad,) = _bad(alternate_route)
        yield finding_types.ONLY_WAY.found(
            f"{_shown(server)} is reachable {_route_in_words(server.agent_route.proxy)} only, as the agent connects",
            cause=f"{_route_in_words(alternate_route.proxy).capitalize()} it is not: {_in_words(fault_of(bad), _shown(server), bad)}.",
            evidence=(_evidence(bad),),
        )


def _set_proxy(route: str) -> str:
    return f"Set the machine's proxy (WinHTTP) so that the server is reached {route}: role wsus.client.reachability."


def _in_words(url_error: Fault, base: str, response: Response) -> str:
    proxy = f"proxy {response.proxy}" if response.proxy else "proxy in front of the server"
    return url_error.summary.format(server=base, proxy=proxy)


def _shown(server: Server) -> str:
    return without_credentials(server.url or "")


def _is_the_proxys(server: Server, what: str) -> bool:
    """Whether the proxy to the update files is the cause: without it they have what is missing."""
    other = server.alternate_route
    return (
        server.agent_route.proxies.content is not None
        and other is not None
        and other.proxies.content is None
        and getattr(other, what) is True
    )


def _bad(route: Route) -> tuple[Response, ...]:
    return () if route.failed is None else (route.failed,)


def _route_in_words(proxy: str | None) -> str:
    return f"through the proxy {proxy}" if proxy else "directly"


def _evidence(response: Response) -> Evidence:
    return Evidence.request(response.as_fact())
