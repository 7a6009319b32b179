# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The responses: the stage that each request reached, from exit codes and numbers, never from localized text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from ..._exceptions import UnexpectedOutput
from ..._windows import values
from ..._windows.command import Result
from ..._windows.query import Query
from ..._windows.urls import text_without_credentials, without_credentials
from .requests import CAB, ENDPOINTS, FIELDS, Endpoint, Proxies, content_base, request

Stage: TypeAlias = Literal["dns", "connect", "proxy", "tls", "http"]
"""How far a request came: ``http`` if a response was received or started."""

_LENGTH = re.compile(r"content-length:\s*(\d+)\s*$", re.IGNORECASE)
_CAB = "MSCF"
_SMALLEST_CAB = 1024
OK, TIMEOUT = 0, 28
_UNANSWERED = frozenset({TIMEOUT, 52, 56})
_HEAD, _FIRST_BYTES = 2, 3
_OF_PROXIES = frozenset({407, 502, 504})
"""The statuses that a proxy itself sends: it requires authentication, or the server is unreachable or does not respond."""
# Exit codes of curl (its manual); the .NET fallback returns the same codes for the same failures.
_STAGES: dict[int, Stage] = {
    5: "proxy",
    6: "dns",
    7: "connect",
    97: "proxy",
    **dict.fromkeys((35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98), "tls"),
}


@dataclass(frozen=True)
class Response:
    """The outcome of one request. ``code`` is curl's exit code, 0 if there is a response; times are in seconds.

    ``content``: whether it was sent to the content port of a server with TLS, and so says nothing about the server's own URL.
    """

    path: Endpoint
    url: str
    method: str
    stage: Stage
    code: int
    status: int | None
    connect_status: int | None
    address: str
    size: int
    time: float
    content_type: str
    proxy: str | None
    first_bytes: str | None = None
    length: int | None = None
    content: bool = False

    @property
    def answered(self) -> bool:
        """Whether the server, or a proxy in its place, sent a complete response."""
        return self.code == OK and bool(self.status)

    @property
    def healthy(self) -> bool:
        """Whether it is the response of a WSUS server for this path."""
        if not self.answered or self.status not in (200, 206):
            return False
        if self.path.content == "cab":
            return self.is_cab
        return self.path.content != "xml" or "xml" in self.content_type.lower()

    @property
    def is_cab(self) -> bool:
        """Whether the content can be a cabinet file, not a page in its place."""
        if self.first_bytes is not None:
            return self.first_bytes == _CAB
        return self.method == "HEAD" or (self.size >= _SMALLEST_CAB and "html" not in self.content_type.lower())

    def as_fact(self) -> dict[str, Any]:
        """The response as published."""
        return {
            "path": f"/{self.path.path}",
            "url": without_credentials(self.url),
            "method": self.method,
            "stage": self.stage,
            "status": self.status,
            "curl_code": self.code,
            "healthy": self.healthy,
            "time_s": self.time,
            "address": self.address,
            "proxy": self.proxy,
            "content_type": self.content_type,
            "size": self.size,
            "length": self.length,
        }


@dataclass(frozen=True)
class Series:
    """The responses of one route, in the order of the requests; those after a failed one are missing.

    ``exit_code`` is that of the program that sent the requests, None if it was not called.
    """

    answers: tuple[Response, ...] = ()
    exit_code: int | None = None


@dataclass(frozen=True)
class Parser:
    """Parses the output of the requests of a route. ``tls``: the server has TLS, and its content port has not."""

    proxies: Proxies
    tls: bool = False

    def __call__(self, result: Result) -> Series:
        """The series. Raises UnexpectedOutput if a line in our format is incomplete."""
        return Series(tuple(_responses(result, self)), result.exit_code)


def query(server: str, proxies: Proxies, build: int, timeout: int) -> Query[Series]:
    """The requests of one route to the server; ``timeout`` is in seconds, for each request."""
    tls = _secure(server.lower()) and not _secure(content_base(server))
    return Query(request(server, proxies, build, timeout), Parser(proxies, tls))


def _responses(result: Result, parser: Parser) -> Iterator[Response]:
    """The responses in the output: the content that is printed for a request precedes its line in our format."""
    shown: list[str] = []
    left = sum(map(_is_ours, result.lines))
    turns: Counter[str] = Counter()
    for line in result.lines:
        if not _is_ours(line):
            shown.append(line)
            continue
        left -= 1
        fields = line.split("|", FIELDS)[1:]
        if len(fields) < FIELDS:
            raise _not_ours(result, line)
        turns[fields[0]] += 1
        code = OK if left else result.exit_code
        try:
            yield _response(fields, turns, shown, code, parser)
        except ValueError:
            raise _not_ours(result, line) from None
        shown = []


def _not_ours(result: Result, line: str) -> UnexpectedOutput:
    return UnexpectedOutput(
        f"`{result.command.shown}` printed an incomplete line: {text_without_credentials(line)[:200]!r}"
    )


def _response(fields: list[str], turns: Counter[str], shown: list[str], code: int, parser: Parser) -> Response:
    url, status, connect_status, address, size, lookup, connect, tls, total, content_type = fields
    content = parser.tls and not _secure(url)
    proxy = parser.proxies.content if content else parser.proxies.server
    # The cab is requested three times: completely, for its length, and for its first bytes; the first time never from a content port.
    turn = turns[url] + content
    method = "HEAD" if turn == _HEAD else "GET"
    statuses = (_status(status), _status(connect_status))
    # Some versions of curl, such as 7.88, report the time of the connection only after the TLS handshake, but the address before it.
    opened = values.decimal(connect) > 0 or (_secure(url) and bool(address or statuses[1]))
    reached = (values.decimal(lookup) > 0, opened, values.decimal(tls) > 0)
    # Curl reports no times for a reused connection; an earlier response of the same port shows that the connection works.
    late = code == TIMEOUT and sum(turns[each] for each in turns if _origin(each) == _origin(url)) > 1
    return Response(
        path=_endpoint(url),
        url=url,
        method=method,
        stage="http" if late else _stage(code, url, reached, statuses, proxy),
        code=code,
        status=statuses[0],
        connect_status=statuses[1],
        address=address,
        size=int(values.decimal(size)),
        time=round(values.decimal(total), 3),
        content_type=content_type.strip(),
        proxy=proxy,
        first_bytes="".join(shown)[:4] if turn == _FIRST_BYTES else None,
        length=_length(shown) if turn == _HEAD else None,
        content=content,
    )


def _is_ours(line: str) -> bool:
    return line.startswith("wsus|")


def _stage(
    code: int, url: str, reached: tuple[bool, bool, bool], statuses: tuple[int | None, int | None], proxy: str | None
) -> Stage:
    """How far a request came.

    ``reached``: whether the name was resolved, the connection made, the TLS handshake done. ``statuses`` are the HTTP
    statuses of the response and of a CONNECT before it.
    """
    lookup, connect, tls = reached
    status, connect_status = statuses
    if (connect_status or 0) >= 300 or (proxy and status in _OF_PROXIES):
        return "proxy"
    if code in _UNANSWERED and proxy and _secure(url) and not tls and not connect_status:
        return "proxy"  # no response to CONNECT
    if code == TIMEOUT:
        if not connect:
            stage: Stage = "connect" if lookup else "dns"
        else:
            stage = "tls" if _secure(url) and not tls else "http"
    else:
        stage = _STAGES.get(code, "http")
    # With a proxy, the name that is resolved and the connection that is made are those of the proxy.
    return "proxy" if proxy and stage in ("dns", "connect") else stage


def _secure(url: str) -> bool:
    return url.startswith("https:")


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url)[:2]


def _endpoint(url: str) -> Endpoint:
    return next((path for path in ENDPOINTS if url.endswith(f"/{path.path}")), CAB)


def _status(text: str) -> int | None:
    return values.integer_or_none(text, 999) or None


def _length(shown: list[str]) -> int | None:
    return next((values.integer_or_none(match[1]) for line in shown if (match := _LENGTH.match(line))), None)
