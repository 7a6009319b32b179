# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A route to the server: the requests that test it, and what their responses show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..._windows.query import Query
from .requests import DIRECT, Proxies
from .responses import Response, Series


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


def _usable(response: Response) -> bool:
    """Whether a response is sufficient for a client; range support and Content-Length are separate findings."""
    return response.healthy or (response.answered and response.status == 404 and not response.path.needed)
