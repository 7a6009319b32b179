# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failures that only events show the tests of the connection explain, and which of them they disprove."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ... import _error_codes
from ..._finding import Finding, LiveTest, Remedy
from .automatic_proxy import CODES
from .files import host_of

_CAUSES = ("network-", "server", "transient")
"""The classes of causes that a test of the connection to the server can confirm."""
_CONNECTION = "network-"
"""The classes of causes that affect every request to the server: if one succeeds, the cause has ended. A server that fails
under load, or for one file, answers other requests all the same."""
_OF_THE_CONNECTION = frozenset({"network", "reachability", "retry"})
_DOWNLOADS = ("bits.", "agent.download_failed", "agent.install_failed")
"""How the IDs of findings about downloads begin. An installation fails with the code of its download."""
_NO_GATEWAY = "0x800703eb"
"""BITS asks Windows for the network interface of a route, and fails without a default gateway; a single request does not need one."""
_NO_LENGTH = "0x80200011"
_OF_RANGES = frozenset({"0x80200013"})
"""What HEAD for a file cannot disprove: it asks for no range."""


def _explains(finding: Finding) -> bool:
    codes = _explained(finding)
    return bool(codes) and all(each.cause.startswith(_CAUSES) for each in codes)


def _explained(finding: Finding) -> list[_error_codes.Explanation]:
    return [_error_codes.explain(int(code, 16), finding.type.context) for code in finding.codes]


def _disproves(server: Any, finding: Finding) -> bool:
    """Whether the requests to the server are those that failed: to the same host, by the way of the agent."""
    if finding.type.ends_with != "request" or server.may_use_other_proxy:
        return False
    if not all(each.cause.startswith(_CONNECTION) for each in _explained(finding)):
        return False
    if _NO_GATEWAY in finding.codes:
        return bool(server.past.last_good_scan > max(_times(finding), default=""))
    unanswered = {file.url for file in server.files if file.status is None}
    host = host_of(server.url or "")
    return all(host_of(url) == host and url not in unanswered for url in _urls(finding))


def _disproves_file(server: Any, finding: Finding) -> bool:
    """Whether every file of the failed jobs can be downloaded now, by the way of the agent."""
    if server.may_use_other_proxy or _OF_RANGES & set(finding.codes) or _NO_GATEWAY in finding.codes:
        return False
    failed = {job.url for job in server.past.jobs if _error_codes.hexadecimal(job.code) in finding.codes}
    there = (
        file for file in server.files if file.there and (file.length is not None or _NO_LENGTH not in finding.codes)
    )
    return bool(failed) and failed <= {file.url for file in there}


def _tested_file(server: Any, finding: Finding) -> bool:
    # HEAD says nothing of a server whose responses are cut off or refused.
    works = server.tested and server.agent_route.works
    return works and finding.type.ends_with == "request" and _disproves_file(server, finding)


def _readdressed(finding: Finding) -> Remedy:
    """The agent, whose next scan shows whether a scan fails still; a network that the test did not find at fault is not to blame."""
    if finding.type.ends_with == "scan" and finding.remedy in _OF_THE_CONNECTION:
        return "agent"
    return "retry" if finding.remedy == "reachability" else finding.remedy


def _is_download(finding: Finding) -> bool:
    return finding.id.startswith(_DOWNLOADS)


def _tested(server: Any, finding: Finding) -> bool:
    """Whether the requests were made. If the content port fails, they do not show that downloads work."""
    return bool(server.tested) and not (_is_download(finding) and server.agent_route.content_works is False)


def _urls(finding: Finding) -> Iterator[str]:
    return (url for each in finding.evidence if (url := each.facts.get("url")))


def _times(finding: Finding) -> Iterator[str]:
    return (time for each in finding.evidence if (time := each.facts.get("time")))


def _shares_a_code(fault: Finding, finding: Finding) -> bool:
    return not set(fault.codes).isdisjoint(finding.codes)


def _never(_server: Any, _finding: Finding) -> bool:
    return False


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
    tested=_never,
)
FILE_TEST = replace(
    LIVE_TEST,
    explains=lambda finding: _is_download(finding) and _explains(finding),
    disproves=_disproves_file,
    resolved="the same files can be downloaded now",
    # Of a file that was not requested, or that HEAD says nothing about, LIVE_TEST shows what is known.
    tested=_tested_file,
)
AUTOMATIC_TEST = replace(LIVE_TEST, explains=lambda finding: bool(set(finding.codes) & set(CODES)), tested=_never)
"""Nothing that the audit requests takes the way of a proxy that only the agent finds, so it disproves nothing."""
