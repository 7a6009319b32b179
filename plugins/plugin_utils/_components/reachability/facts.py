# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of the connection to the WSUS server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ... import _error_codes
from ..._windows.command import NOT_FOUND
from ..._windows.query import Answers, Query
from ..._windows.urls import without_credentials
from ..._windows.web_request import LANGUAGE_MODE
from .. import Context, proxy
from ..policy import url_error
from ..shared import blocked_server, registry_keys
from ..system import System
from . import automatic_proxy, files, hosts_file, past, responses
from .automatic_proxy import Answered, Script
from .files import AskedFile
from .past import Past
from .requests import DIRECT, FIRST_WITH_CURL, Proxies, content_base
from .responses import Series
from .route import Route

Untested: TypeAlias = Literal["language_mode", "no_program", "no_answer", ""]
_OF_THE_ADDRESS = frozenset({"network-dns", "network-connect", "network-tls", "server"})
"""The classes of causes that a wrong address of the server can have."""
_UNTESTED: Mapping[int | None, Untested] = {LANGUAGE_MODE: "language_mode", NOT_FOUND: "no_program"}


@dataclass(frozen=True)
class Server:
    """The connection from one machine to its WSUS server.

    ``url`` is None if no server is set or its URL is invalid: then no request is sent. ``alternate_route`` is the route that
    the agent does not use, None if there is none. ``untested`` is why the connection could not be tested, empty if it could.
    ``files`` are those whose transfer failed, requested again by the way of the agent, ``files_otherwise`` by the alternate route.
    ``modes`` are those of the machine's proxy, ``answered`` are failures that only a proxy causes, and ``script`` is the
    response of the network to the request for a proxy script, None if it was not requested. ``hosts_entry`` is the address that the hosts
    file gives the server, None if none or if it was not read. ``further`` are the queries besides those of the routes.
    """

    url: str | None
    method: Literal["curl", "dotnet"] | None
    agent_route: Route
    alternate_route: Route | None
    untested: Untested = ""
    past: Past = field(default_factory=Past)
    files: tuple[AskedFile, ...] = ()
    files_otherwise: tuple[AskedFile, ...] = ()
    modes: tuple[str, ...] = ()
    answered: Answered = field(default_factory=Answered)
    script: Script | None = None
    hosts_entry: str | None = None
    further: tuple[Query[Any], ...] = ()

    @property
    def found_automatically(self) -> bool:
        """Whether the settings let the agent find a proxy automatically, by a script or by WPAD."""
        return self.agent_route.proxy is None and bool({"script", "detect"} & set(self.modes))

    @property
    def may_use_other_proxy(self) -> bool:
        """Whether the agent may connect through a proxy that no request of the audit went through."""
        if self.agent_route.proxy is not None:
            return False
        return self.found_automatically or bool(self.answered.codes) or bool(self.script and self.script.there)

    @property
    def tested(self) -> bool:
        """Whether the connection was tested: a server is set, and the machine could send requests."""
        return bool(self.agent_route.answers) and not self.untested

    def as_fact(self) -> dict[str, Any]:
        """The facts as published."""
        tested = self.tested
        return {
            "url": None if self.url is None else without_credentials(self.url),
            "content_url": None if self.url is None else content_base(self.url),
            "method": self.method,
            "untested": self.untested or None,
            "reachable": self.agent_route.works if tested else None,
            "generation": {True: "3", False: "2012", None: None}[self.agent_route.old_server],
            "agent_route": self.agent_route.as_fact() if tested else None,
            "alternate_route": self.alternate_route.as_fact() if tested and self.alternate_route else None,
            "files": [each.as_fact() for each in (*self.files, *self.files_otherwise)],
            "automatic_proxy": None
            if self.script is None
            else {"found": self.script.there, "proxies": list(self.script.proxies)},
            "hosts_entry": self.hosts_entry,
        }


def probe(context: Context) -> tuple[Query[Any], ...]:
    """The queries for the server's URL and the proxies; the requests to the server are in the follow-up."""
    return proxy.probe(context)


def follow_up(server: Server) -> tuple[Query[Any], ...]:
    """The requests: on the agent's route, and on the alternate route if there is one; then what only failures in the events require."""
    routes = (route.requests for route in (server.agent_route, server.alternate_route) if route and route.requests)
    return (*routes, *server.further)


def read(answers: Answers, system: System, context: Context) -> Server:
    """The facts from the answers to the probe and, if it was sent, the follow-up.

    Raises UnexpectedOutput if the output of reg.exe or curl.exe cannot be parsed.
    """
    url = _url(answers, context)
    if url is None:
        return Server(None, None, Route(), None)
    method: Literal["curl", "dotnet"] = "curl" if system.build >= FIRST_WITH_CURL else "dotnet"
    routes = _routes(answers, system, context, url)
    asked = {
        route.proxies: responses.query(url, route.proxies, system.build, context.request_timeout) for route in routes
    }
    given = {through: answers.get(requests, Series()) for through, requests in asked.items()}
    agent_route, *others = (Route(through, requests, given[through].answers) for through, requests in asked.items())
    untested = _UNTESTED.get(given[agent_route.proxies].exit_code, "" if agent_route.answers else "no_answer")
    seen = past.read(answers, system, context)
    answered = automatic_proxy.answered(seen)
    of_files = _files(answers, seen, routes, url, system.build, context.request_timeout)
    wpad = automatic_proxy.query(system.build, context.request_timeout) if answered.codes else None
    hosts = hosts_file.query(url, system.system_root) if _in_trouble(seen) else None
    winhttp = proxy.read(answers, system, context).winhttp
    return Server(
        url,
        method,
        agent_route,
        next(iter(others), None),
        untested,
        past=seen,
        files=of_files[0].read(answers),
        files_otherwise=tuple(file for each in of_files[1:] for file in each.read(answers)),
        modes=winhttp.modes if winhttp else (),
        answered=answered,
        script=answers.get(wpad, None) if wpad and agent_route.proxy is None else None,
        hosts_entry=answers.get(hosts, None) if hosts else None,
        further=(
            *(query for each in of_files for query in each.queries),
            *((wpad,) if wpad and agent_route.proxy is None else ()),
            *((hosts,) if hosts else ()),
        ),
    )


@dataclass(frozen=True)
class _Files:
    """The requests for the files by one route."""

    queries: tuple[Query[tuple[AskedFile, ...]], ...]

    def read(self, answers: Answers) -> tuple[AskedFile, ...]:
        """Their responses, if they were sent."""
        return tuple(file for query in self.queries for file in answers.get(query, ()))


def _files(
    answers: Answers, seen: Past, routes: tuple[_Choice, ...], url: str, build: int, timeout: int
) -> tuple[_Files, ...]:
    """The requests for the files whose transfer failed: by the route of the agent and, if that has a proxy, by the alternate one."""
    urls = files.urls_of(seen.jobs, (url, *registry_keys.download_servers(answers)))
    chosen = routes if routes[0].proxies != DIRECT else routes[:1]
    return tuple(_Files(files.queries(urls, route.choose, url, build, timeout)) for route in chosen)


def _in_trouble(seen: Past) -> bool:
    """Whether the events show failures of the connection, which a wrong entry in the hosts file can cause."""
    codes = [each.code for each in seen.jobs] + [each.code for each in seen.downloads]
    if seen.failed_scan:
        codes.append(seen.failed_scan.code or 0)
    return any(_error_codes.explain(code).cause in _OF_THE_ADDRESS for code in codes)


def _url(answers: Answers, context: Context) -> str | None:
    # A server that does not exist is a finding of policy; a request would only show the same.
    url = context.tested_url or (None if blocked_server.blocked(answers) else registry_keys.wsus_server(answers))
    return None if url is None or url_error(url) else url


@dataclass(frozen=True)
class _Choice:
    """A route: its proxies, and how the proxy for any URL is chosen."""

    choose: Callable[[str], str | None]
    proxies: Proxies


def _routes(answers: Answers, system: System, context: Context, url: str) -> tuple[_Choice, ...]:
    """The agent's route first, then the alternate one: direct if the agent uses a proxy, otherwise the user's proxy if set.

    The proxy to the server's URL decides which routes there are. That to the content port is chosen by the same settings for its
    own URL, as a list of proxies by scheme can name another one for it.
    """
    proxies = proxy.read(answers, system, context)

    def of_agent(url: str) -> str | None:
        given = proxy.proxy_for(url, context.proxy, "") if context.proxy else None
        return given or proxies.of_scan(url)

    def of_user(url: str) -> str | None:
        return proxy.proxy_for(url, proxies.user.manual, proxies.user.bypass)

    agent_route = _through(of_agent, url)
    if agent_route.proxies.server:
        return (agent_route, _Choice(_direct, DIRECT))
    users = _through(of_user, url)
    return (agent_route, users) if users.proxies.server else (agent_route,)


def _through(choose: Callable[[str], str | None], url: str) -> _Choice:
    return _Choice(choose, Proxies(choose(url), choose(content_base(url))))


def _direct(_url: str) -> None:
    return None
