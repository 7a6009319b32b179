# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the event logs tell of BITS: failed starts of the service, failed jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ... import _errors, _eventlog
from ..._command import Command
from ..._eventlog import Event

# Bits-Client: 61 transfer ended with an error, 200 proxy attempt failed, 202 HTTP requirements not met,
# 16392 BITS failed to start (provider manifests of builds 7600 to 18990).
_JOB_EVENTS = (61, 200, 202)
_START_EVENT = 16392
# Service Control Manager: id -> the code where the event itself carries none.
_SERVICE_EVENTS: Mapping[int, int | None] = {
    7000: None,  # failed to start
    7001: 1068,  # a service it depends on failed
    7003: 1075,  # a service it depends on does not exist
    7009: 1053,  # did not connect in time
    7022: 1070,  # hung on starting
    7023: None,  # ended with an error
    7024: None,  # ended with an error of its own
    7031: 1067,  # ended unexpectedly, an action follows
    7034: 1067,  # ended unexpectedly
    7038: 1069,  # could not log on
}
_COUNT = 40
# What events before Windows 10 name a service by; they carry no key name.
_DISPLAY_NAMES = frozenset(
    {
        "bits",
        "background intelligent transfer service",
        "intelligenter hintergrundübertragungsdienst",
        "servicio de transferencia inteligente en segundo plano",
        "service de transfert intelligent en arrière-plan",
        "servizio trasferimento intelligente in background",
        "serviço de transferência inteligente em segundo plano",
    }
)
# The name that the agent gives its jobs, on every Windows.
_AGENT_JOB = "wu client download"


@dataclass(frozen=True)
class StartFailure:
    """A failed start of BITS. ``code`` is an HRESULT; ``dependency`` the service named as its reason (displayed name)."""

    time: str
    channel: str
    event_id: int
    code: int
    dependency: str | None = None

    def as_fact(self) -> dict[str, Any]:
        """The failure as published, explained."""
        fact = {
            "kind": "start",
            "time": self.time,
            "channel": self.channel,
            "event_id": self.event_id,
            "dependency": self.dependency,
        }
        return {**fact, **_errors.explain(self.code, "bits_start").as_fact()}


@dataclass(frozen=True)
class JobFailure:
    """A failed transfer of a BITS job. ``code`` is an HRESULT; ``wsus`` whether the job is the agent's or its URL the WSUS server's."""

    time: str
    channel: str
    event_id: int
    code: int
    job: str
    owner: str | None
    url: str
    proxy: str | None
    wsus: bool

    def as_fact(self) -> dict[str, Any]:
        """The failure as published, explained."""
        fact = {
            "kind": "job",
            "time": self.time,
            "channel": self.channel,
            "event_id": self.event_id,
            "job": self.job,
            "owner": self.owner,
            "url": without_credentials(self.url),
            "proxy": self.proxy,
            "wsus": self.wsus,
        }
        return {**fact, **_errors.explain(self.code, "bits_job").as_fact()}


def queries(days: int) -> dict[str, Command]:
    """The question to each log, by channel, for events at most so many days old."""
    return {
        _eventlog.BITS_CHANNEL: _eventlog.query(_eventlog.BITS_CHANNEL, (*_JOB_EVENTS, _START_EVENT), days, _COUNT),
        _eventlog.SYSTEM_CHANNEL: _eventlog.query(
            _eventlog.SYSTEM_CHANNEL, _SERVICE_EVENTS, days, _COUNT, _eventlog.SERVICE_CONTROL_MANAGER
        ),
    }


def start_failures(events: Iterable[Event]) -> Iterator[StartFailure]:
    """The failed starts of BITS among events of both logs."""
    for event in events:
        if event.provider == _eventlog.SERVICE_CONTROL_MANAGER:
            if event.id in _SERVICE_EVENTS and _is_about_bits(event):
                yield StartFailure(
                    event.time,
                    event.channel,
                    event.id,
                    _service_code(event),
                    event.data.get("param2") if event.id in (7001, 7003) else None,
                )
        elif event.id == _START_EVENT:
            yield StartFailure(event.time, event.channel, event.id, _eventlog.code_of(event.first(["ErrorCode"])) or 0)


def job_failures(events: Iterable[Event], servers: Iterable[str]) -> Iterator[JobFailure]:
    """The failed transfers among events of the Bits-Client log; ``servers`` are the URLs of the WSUS servers in use."""
    is_server = _server_test(servers)
    for event in events:
        code = _eventlog.code_of(event.data.get("hr"))
        if event.id not in _JOB_EVENTS or not code:
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
            event.first(["proxy"]),
            wsus=job.lower().startswith(_AGENT_JOB) or is_server(url),
        )


def without_credentials(url: str) -> str:
    """A URL without user, password and query: neither belongs into facts."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _server_test(servers: Iterable[str]) -> Callable[[str], bool]:
    hosts = {host for server in servers if (host := _host(server))}
    return lambda url: _host(url) in hosts


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_about_bits(event: Event) -> bool:
    if event.service:
        return event.service.lower() == "bits"
    return (event.data.get("param2" if event.id == 7009 else "param1") or "").lower() in _DISPLAY_NAMES


def _service_code(event: Event) -> int:
    implied = _SERVICE_EVENTS[event.id]
    if implied is not None:
        return _errors.of_win32(implied)
    return _eventlog.code_of(event.data.get("param2")) or 0
