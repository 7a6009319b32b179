# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of the connection to the WSUS server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ..._windows.command import NOT_FOUND
from ..._windows.query import Answers, Query
from ..._windows.urls import without_credentials
from ..._windows.web_request import LANGUAGE_MODE
from .. import Context, proxy
from ..policy import url_error
from ..shared import blocked_server, registry_keys
from ..system import System
from . import responses
from .requests import DIRECT, FIRST_WITH_CURL, Proxies, content_base
from .responses import Response, Series

Untested: TypeAlias = Literal["language_mode", "no_program", "no_answer", ""]
_UNTESTED: Mapping[int | None, Untested] = {LANGUAGE_MODE: "language_mode", NOT_FOUND: "no_program"}


@dataclass(frozen=True)
class Route:
    """A route to the server: direct, or through proxies; the requests that test it, and the responses so far."""

    proxies: Proxies = DIRECT
    requests: Query[Series] | None = None
    answers: tuple[Response, ...] = ()

    @property
    def proxy(self) -> str | None:
        """The proxy to the server, as host:port."""
        return self.proxies.server

    @property
    def failed(self) -> Response | None:
        """The first response that shows why a client cannot use this route; None if it can.

        A missing file in the root of the site does not count: only WSUS 3 serves it. Neither does the content port: without it
        scans succeed.
        """
        own = (each for each in self.answers if not each.content and not each.path.old_only)
        return next((each for each in own if not _usable(each)), None)

    @property
    def content_failed(self) -> Response | None:
        """The response that shows why update files cannot be downloaded from the content port; None if they can, or if unknown.

        The port of the server's URL serves the same site: what it does not have, the content port need not have.
        """
        same_site = any(each.path.content == "cab" and each.healthy for each in self.answers if not each.content)
        failures = (each for each in self.answers if each.content and not each.healthy)
        return next((each for each in failures if same_site or not _usable(each)), None)

    @property
    def content_works(self) -> bool | None:
        """Whether the content port responds as it should; None if the server has none of its own, or if it is unknown."""
        return self.content_failed is None if any(each.content for each in self.answers) else None

    @property
    def works(self) -> bool:
        """Whether a client could use this route."""
        return bool(self.answers) and self.failed is None

    @property
    def ranges(self) -> bool | None:
        """Whether range requests are supported; None if unknown."""
        part = next((each for each in self.answers if each.first_bytes is not None and each.healthy), None)
        return None if part is None else part.status == 206

    @property
    def lengths(self) -> bool | None:
        """Whether the response to HEAD has a Content-Length; None if unknown."""
        head = next((each for each in self.answers if each.method == "HEAD" and each.status == 200), None)
        return None if head is None else head.length is not None

    @property
    def old_server(self) -> bool | None:
        """Whether the server is WSUS 3, by the file in the root of its site; None if unknown."""
        root = next((each for each in self.answers if each.path.old_only and each.answered), None)
        return None if root is None else root.healthy

    def as_fact(self) -> dict[str, Any]:
        """The route as published."""
        failed = self.failed
        return {
            "proxy": self.proxy,
            "works": self.works,
            "stage": failed.stage if failed else "http" if self.answers else None,
            "content_works": self.content_works,
            "range_support": self.ranges,
            "content_length": self.lengths,
            "requests": [each.as_fact() for each in self.answers],
        }


@dataclass(frozen=True)
class Server:
    """The connection from one machine to its WSUS server.

    ``url`` is None if no server is set or its URL is invalid: then no request is sent. ``alternate_route`` is the route that
    the agent does not use, None if there is none. ``untested`` is why the connection could not be tested, empty if it could.
    """

    url: str | None
    method: Literal["curl", "dotnet"] | None
    agent_route: Route
    alternate_route: Route | None
    untested: Untested = ""

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
        }


def probe(context: Context) -> tuple[Query[Any], ...]:
    """The queries for the server's URL and the proxies; the requests to the server are in the follow-up."""
    return proxy.probe(context)


def follow_up(server: Server) -> tuple[Query[Series], ...]:
    """The requests: on the agent's route, and on the alternate route if there is one."""
    return tuple(route.requests for route in (server.agent_route, server.alternate_route) if route and route.requests)


def read(answers: Answers, system: System, context: Context) -> Server:
    """The facts from the answers to the probe and, if it was sent, the follow-up.

    Raises UnexpectedOutput if the output of reg.exe or curl.exe cannot be parsed.
    """
    url = _url(answers, context)
    if url is None:
        return Server(None, None, Route(), None)
    method: Literal["curl", "dotnet"] = "curl" if system.build >= FIRST_WITH_CURL else "dotnet"
    asked = {
        through: responses.query(url, through, system.build, context.request_timeout)
        for through in _proxies(answers, system, context, url)
    }
    given = {through: answers.get(requests, Series()) for through, requests in asked.items()}
    agent_route, *others = (Route(through, requests, given[through].answers) for through, requests in asked.items())
    untested = _UNTESTED.get(given[agent_route.proxies].exit_code, "" if agent_route.answers else "no_answer")
    return Server(url, method, agent_route, next(iter(others), None), untested)


def _url(answers: Answers, context: Context) -> str | None:
    # A server that does not exist is a finding of policy; a request would only show the same.
    url = context.tested_url or (None if blocked_server.blocked(answers) else registry_keys.wsus_server(answers))
    return None if url is None or url_error(url) else url


def _proxies(answers: Answers, system: System, context: Context, url: str) -> tuple[Proxies, ...]:
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
    if agent_route.server:
        return (agent_route, DIRECT)
    users = _through(of_user, url)
    return (agent_route, users) if users.server else (agent_route,)


def _through(choose: Callable[[str], str | None], url: str) -> Proxies:
    return Proxies(choose(url), choose(content_base(url)))


def _usable(response: Response) -> bool:
    """Whether a response is sufficient for a client; range support and Content-Length are separate findings."""
    return response.healthy or (response.answered and response.status == 404 and not response.path.needed)
