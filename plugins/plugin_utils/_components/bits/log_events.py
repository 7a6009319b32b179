# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of BITS in the event logs: failed starts of the service, failed jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ... import _error_codes
from ..._windows import event_log
from ..._windows.event_log import Event
from ..._windows.urls import servers_without_credentials, text_without_credentials, without_credentials
from ..service.start_failures import StartFailure
from ..shared.event_queries import AGENT_JOB, BITS_CHANNEL, BITS_JOB_FAILURES, BITS_START_FAILED, BITS_TRANSFERRED


@dataclass(frozen=True)
class JobFailure:
    """A failed transfer of a BITS job. ``code`` is an HRESULT. ``wsus``: whether the agent owns the job or its URL is on the WSUS server.

    ``ended``: whether the same file was transferred later.
    """

    time: str
    channel: str
    event_id: int
    code: int
    job: str
    owner: str | None
    url: str
    proxy: str | None
    wsus: bool
    ended: bool = False

    def as_fact(self) -> dict[str, Any]:
        """The failure as published, with its code explained."""
        fact = {
            "kind": "job",
            "time": self.time,
            "channel": self.channel,
            "event_id": self.event_id,
            "job": text_without_credentials(self.job),
            "owner": self.owner,
            "url": without_credentials(self.url),
            "proxy": self.proxy,
            "wsus": self.wsus,
        }
        return {**fact, **_error_codes.explain(self.code, "bits_job").as_fact()}


def start_failures(events: Iterable[Event]) -> Iterator[StartFailure]:
    """The failed starts that BITS itself logged, from events of any log."""
    for event in events:
        if event.channel == BITS_CHANNEL and event.id == BITS_START_FAILED:
            yield StartFailure(event.time, event.channel, event.id, event_log.code_of(event.first(["ErrorCode"])) or 0)


def job_failures(events: Iterable[Event], servers: Iterable[str]) -> Iterator[JobFailure]:
    """The failed transfers from events of any log; ``servers`` are the URLs of the WSUS servers in use."""
    is_server = _server_test(servers)
    events = tuple(events)
    transferred = _transferred(events)
    for event in events:
        code = event_log.code_of(event.data.get("hr"))
        if event.channel != BITS_CHANNEL or event.id not in BITS_JOB_FAILURES or not code:
            continue
        job = event.first(["name", "jobName", "job"]) or ""
        url = event.first(["url"]) or ""
        yield JobFailure(
            event.time,
            event.channel,
            event.id,
            code,
            job,
            event.first(["owner", "jobOwner"]),
            url,
            servers_without_credentials(event.first(["proxy"]) or "") or None,
            wsus=job.lower().startswith(AGENT_JOB.lower()) or is_server(url),
            ended=bool(url) and transferred.get(url, "") > event.time,
        )


def _transferred(events: Iterable[Event]) -> Mapping[str, str]:
    """When each URL was last transferred completely."""
    found: dict[str, str] = {}
    for event in events:
        url = event.first(["url"])
        is_transfer = event.channel == BITS_CHANNEL and event.id == BITS_TRANSFERRED
        if is_transfer and url and not event_log.code_of(event.data.get("hr")):
            found[url] = max(event.time, found.get(url, ""))
    return found


def _server_test(servers: Iterable[str]) -> Callable[[str], bool]:
    hosts = {host for server in servers if (host := _host(server))}
    return lambda url: _host(url) in hosts


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
