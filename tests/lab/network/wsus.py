"""A WSUS server's web site, as its IIS answers."""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from .content import FORBIDDEN, HTML, UPDATE_FILE, Resource, error_page, resources, server_header
from .faults import EndpointFaults
from .listener import Answer, Connection, Request, Site

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_MODIFIED = "Wed, 14 Aug 2024 07:12:40 GMT"


class WsusConnection(Connection):
    """A client of the site."""

    def respond(self, request: Request) -> Answer:
        site = self.site
        assert isinstance(site, WsusSite)
        return site.answer(request, tls=isinstance(self.connection, ssl.SSLSocket))


class WsusSite(Site):
    """The site of a server of one generation (``2012`` for 2012 to 2025, or ``3.0``), with the status of update files by path."""

    handler = WsusConnection

    def __init__(self, generation: str, faults: EndpointFaults, files: Mapping[str, int] | None = None) -> None:
        super().__init__(faults)
        self.generation = generation
        self._files = {} if files is None else files

    def answer(self, request: Request, *, tls: bool = False) -> Answer:
        """The answer to a request, the faults that concern single answers included."""
        path = unquote(urlsplit(request.target).path)
        status = 403 if self.faults.tls_required and not tls else self.faults.status_of(path)
        if status is not None:
            return self._error(status)
        file = self._files.get(path.lower())
        if file not in (None, 200):
            return self._error(file)
        resource = UPDATE_FILE if file else resources(self.generation).get(path.lower())
        if resource is None:
            return self._error(403 if f"{path.lower().rstrip('/')}/" in FORBIDDEN else 404)
        if request.method not in ("GET", "HEAD"):
            return self._error(405)
        headers = {"Content-Type": resource.type, "Server": server_header(self.generation)}
        if resource.dynamic:
            return Answer(
                200, headers | {"Cache-Control": "private, max-age=0", "X-AspNet-Version": "4.0.30319"}, resource.body
            )
        tag = hashlib.sha256(resource.body).hexdigest()[:15]
        headers |= {"Last-Modified": _MODIFIED, "Accept-Ranges": "bytes", "ETag": f'"{tag}:0"'}
        asked = request.headers.get("range")
        if asked is None or self.faults.no_range:
            if self.faults.no_range:
                del headers["Accept-Ranges"]
            return Answer(200, headers, resource.body)
        return _part(resource, asked, headers)

    def _error(self, status: int) -> Answer:
        page = Answer(status, {"Content-Type": HTML, "Server": server_header(self.generation)})
        return Answer(status, page.headers, error_page(status, page.phrase))


def _part(resource: Resource, asked: str, headers: dict[str, str]) -> Answer:
    """The part of a file that Range asks for; several parts at once, or what is no range, are answered with the whole (RFC 9110)."""
    match = _RANGE.fullmatch(asked.strip())
    size = len(resource.body)
    if match is None or not (match[1] or match[2]):
        return Answer(200, headers, resource.body)
    if match[1]:
        first, last = int(match[1]), min(int(match[2] or size - 1), size - 1)
    else:
        first, last = max(size - int(match[2]), 0), size - 1
    if first > last:
        return Answer(416, headers | {"Content-Range": f"bytes */{size}"})
    return Answer(206, headers | {"Content-Range": f"bytes {first}-{last}/{size}"}, resource.body[first : last + 1])
