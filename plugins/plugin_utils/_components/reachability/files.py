# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files whose transfer failed, requested again: is the very file that failed there now?

A server that responds may still not serve one file: its type is unknown to the web server, it was not downloaded yet, or the folder has
other permissions. The event of a failed BITS job contains the URL of the file, and HEAD transfers nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..._exceptions import UnexpectedOutput
from ..._windows import values, web_request
from ..._windows.command import Command, Result, command
from ..._windows.query import Query
from ..._windows.urls import text_without_credentials, without_credentials
from ..bits import JobFailure
from .requests import CAB, CONNECT_TIMEOUT_S, FIELDS, FIRST_WITH_CURL, FORMAT, content_base, route_options

MOST_FILES = 2
"""How many different files are requested, the newest first."""
_OK = 0
_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,260}/[A-Za-z0-9._~%/()+-]{1,300}")
"""A URL that is passed on a command line: neither user nor query, and no character with a meaning for curl, .NET or PowerShell."""
_LENGTH = re.compile(r"content-length:\s*(\d+)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class AskedFile:
    """The response to HEAD for a file. ``code`` is curl's exit code; ``status`` is None if there was no response."""

    url: str
    status: int | None
    code: int
    length: int | None
    time: float
    address: str
    proxy: str | None
    content_type: str = ""

    @property
    def there(self) -> bool:
        """Whether the file can be downloaded: it is there, not empty, and not a page in its place."""
        return self.status == 200 and self.length != 0 and "html" not in self.content_type.lower()

    def as_fact(self) -> dict[str, Any]:
        """The response as published."""
        return {
            "url": without_credentials(self.url),
            "method": "HEAD",
            "status": self.status,
            "curl_code": self.code,
            "healthy": self.there,
            "length": self.length,
            "time_s": self.time,
            "address": self.address,
            "proxy": self.proxy,
        }


def urls_of(jobs: Iterable[JobFailure], servers: Iterable[str]) -> tuple[str, ...]:
    """The URLs of the newest failed jobs, each once, at most MOST_FILES: only files of the given servers, never of another host."""
    hosts = {host for server in servers if (host := host_of(server))}
    urls = (job.url for job in jobs if _URL.fullmatch(job.url) and host_of(job.url) in hosts)
    return tuple(dict.fromkeys(urls))[:MOST_FILES]


def host_of(url: str) -> str | None:
    """The host of a URL in lower case; None if it has none or is invalid, as a port that is not a number."""
    try:
        parts = urlsplit(url)
        return None if parts.port == 0 else parts.hostname
    except ValueError:
        return None


def queries(
    urls: Iterable[str], proxy_for: Callable[[str], str | None], server: str, build: int, timeout: int
) -> tuple[Query[tuple[AskedFile, ...]], ...]:
    """The requests for the files: one program call for each proxy, None if directly; ``timeout`` is in seconds, for each request."""
    by_proxy: dict[str | None, list[str]] = {}
    for url in urls:
        by_proxy.setdefault(proxy_for(url), []).append(url)
    return tuple(
        Query(_request(tuple(asked), proxy, server, build, timeout), Parser(tuple(asked), proxy))
        for proxy, asked in by_proxy.items()
    )


@dataclass(frozen=True)
class Parser:
    """Parses the responses for the given files; those that follow a request without a response are missing."""

    urls: tuple[str, ...]
    proxy: str | None

    def __call__(self, result: Result) -> tuple[AskedFile, ...]:
        """The responses. Raises UnexpectedOutput if a line in our format is incomplete."""
        return tuple(self._files(result))

    def _files(self, result: Result) -> Iterator[AskedFile]:
        shown: list[str] = []
        left = sum(line.startswith("wsus|") for line in result.lines)
        asked = set(self.urls)
        for line in result.lines:
            if not line.startswith("wsus|"):
                shown.append(line)
                continue
            left -= 1
            fields = line.split("|", FIELDS)[1:]
            if len(fields) < FIELDS or values.integer_or_none(fields[1], 999) is None:
                raise UnexpectedOutput(
                    f"`{result.command.shown}` printed an incomplete line: {text_without_credentials(line)[:200]!r}"
                )
            # The .NET client requests the cab of the server as well, at the end; a file is requested only once.
            if fields[0] in asked:
                asked.discard(fields[0])
                yield self._file(fields, shown, _OK if left else result.exit_code)
            shown = []

    def _file(self, fields: list[str], shown: list[str], code: int) -> AskedFile:
        status = values.integer(fields[1], 999) or None
        lengths = (values.integer_or_none(match[1]) for line in shown if (match := _LENGTH.match(line)))
        try:
            time = round(values.decimal(fields[8]), 3)
        except ValueError:
            time = 0.0
        return AskedFile(fields[0], status, code, next(lengths, None), time, fields[3], self.proxy, fields[9].strip())


def _request(urls: tuple[str, ...], proxy: str | None, server: str, build: int, timeout: int) -> Command:
    if build < FIRST_WITH_CURL:
        # The function requests the cab after each list of paths, completely if ranges are ignored: it is small, the files are not.
        base = content_base(server)
        paths = ",".join(f"HEAD {url}" for url in urls)
        through = f"http://{proxy}" if proxy else "-"
        return command(web_request.NAME, base, paths, f"{base}/{CAB.path}", "-", through, str(timeout))
    limits = ("--connect-timeout", str(CONNECT_TIMEOUT_S), "-m", str(timeout))
    return command(
        *("curl.exe", "-q", "--fail-early", "-sS", "-g", "--ssl-no-revoke", *limits, *route_options(proxy)),
        *("-I", "-w", rf"\n{FORMAT}\n", *urls),
    )
