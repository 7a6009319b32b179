# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the way to the server: the stage at which it breaks, on the agent's way, in the light of the other one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..._finding import Finding
from ..._windows.urls import without_credentials
from .facts import Server, Way
from .faults import fault_of
from .responses import Answer

_SLOW_S = 5.0


def findings(server: Server) -> tuple[Finding, ...]:
    """All that is wrong with the way to the server, or worth knowing."""
    if server.url is None:
        return ()
    if server.untested:
        return (_untested(server),)
    failed = server.agents.failed
    if failed is not None:
        return (_broken(server, failed),)
    return (*_ranges(server), *_lengths(server), *_slow(server), *_only_this_way(server))


def _untested(server: Server) -> Finding:
    causes = {
        "language_mode": "This Windows has no curl.exe, and its PowerShell runs in Constrained Language Mode, in which it may not ask.",
        "no_program": "curl.exe was deleted from this Windows.",
        "no_answer": "The program that asks on this Windows ended without a word: something stopped it, or it is not Windows' own.",
    }
    return Finding(
        "reachability.untested",
        "warning",
        "The way to the server could not be tested from this machine",
        causes[server.untested],
        "administrator",
        ({"what": "url", "value": without_credentials(server.url or "")},),
    )


def _broken(server: Server, failed: Answer) -> Finding:
    fault = fault_of(failed)
    finding = Finding(
        fault.id,
        "error",
        f"{fault.summary} ({_way_in_words(server.agents)})",
        fault.cause,
        fault.remedy,
        tuple(map(_evidence, _bad(server.agents))),
        fault.codes,
    )
    other = server.other
    if other is None:
        return finding
    if not other.works:
        return replace(finding, evidence=(*finding.evidence, *map(_evidence, _bad(other))))
    return replace(
        finding,
        summary=f"{finding.summary}; {_way_in_words(other)} it works",
        cause=f"{fault.cause} The server is reached {_way_in_words(other)}: set the machine's proxy (WinHTTP) accordingly.",
        remedy="reachability",
        evidence=(*finding.evidence, *(_evidence(each) for each in other.answers[:1])),
    )


def _ranges(server: Server) -> Iterator[Finding]:
    if server.agents.ranges is False:
        by_proxy = _is_the_proxys(server, "ranges")
        yield Finding(
            "reachability.range_support",
            "error",
            f"Requests for a part of a file are not honoured ({_way_in_words(server.agents)})",
            "BITS downloads in parts: "
            + (
                "the proxy on the way strips the request for a part."
                if by_proxy
                else "a proxy on the way or the server ignores it."
            ),
            "network" if by_proxy else "server_side",
            tuple(_evidence(each) for each in server.agents.answers if each.first_bytes is not None),
            ("0x80200013",),
        )


def _lengths(server: Server) -> Iterator[Finding]:
    if server.agents.lengths is False:
        by_proxy = _is_the_proxys(server, "lengths")
        yield Finding(
            "reachability.file_size",
            "error",
            f"HEAD is answered without a length ({_way_in_words(server.agents)})",
            "BITS must know the size of a file: "
            + (
                "the proxy on the way drops Content-Length."
                if by_proxy
                else "a proxy on the way or the server leaves Content-Length out."
            ),
            "network" if by_proxy else "server_side",
            tuple(_evidence(each) for each in server.agents.answers if each.method == "HEAD"),
            ("0x80200011",),
        )


def _slow(server: Server) -> Iterator[Finding]:
    slow = [each for each in server.agents.answers if each.time >= _SLOW_S]
    if slow:
        yield Finding(
            "reachability.slow",
            "info",
            f"The server is slow: {max(each.time for each in slow):.0f} s for an answer",
            "The server or the way to it is overloaded; clients run into time-outs when many ask at once.",
            "server_side",
            tuple(map(_evidence, slow)),
            ("0x80072ee2", "0x8024401c"),
        )


def _only_this_way(server: Server) -> Iterator[Finding]:
    if server.other is not None and not server.other.works and server.other.answers:
        yield Finding(
            "reachability.only_way",
            "info",
            f"The server is reached {_way_in_words(server.agents)} only, as the agent does",
            f"{_way_in_words(server.other).capitalize()} it is not: {fault_of(_bad(server.other)[0]).summary.lower()}.",
            "none",
            tuple(map(_evidence, _bad(server.other))),
        )


def _is_the_proxys(server: Server, what: str) -> bool:
    return server.agents.proxy is not None and server.other is not None and getattr(server.other, what) is True


def _bad(way: Way) -> tuple[Answer, ...]:
    return () if way.failed is None else (way.failed,)


def _way_in_words(way: Way) -> str:
    return f"through the proxy {way.proxy}" if way.proxy else "directly"


def _evidence(answer: Answer) -> dict[str, Any]:
    return answer.as_fact()
