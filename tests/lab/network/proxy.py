"""A forward proxy: absolute-URI requests and CONNECT, to where the fleet's DNS leads."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import urlsplit

from .content import CAPTIVE_PAGE, HTML, error_page
from .faults import CONNECT, EVERYWHERE, EndpointFaults
from .listener import Answer, Connection, Request, Site

Locate = Callable[[str, int], tuple[str, int] | None]
"""Where a name and port of the machines' world lie on loopback, None for a name that does not resolve."""

CONNECT_WITHIN = 3.0
READ_WITHIN = 30.0
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "transfer-encoding", "upgrade"}
)


class ProxyConnection(Connection):
    """A client of the proxy."""

    def respond(self, request: Request) -> Answer | None:
        site = self.site
        assert isinstance(site, ProxySite)
        refused = site.refusal(request)
        if refused or request.method != CONNECT:
            return refused or site.forward(request)
        upstream = site.connect(request)
        if isinstance(upstream, Answer):
            return upstream
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with upstream:
            _relay(self.connection, upstream)
        return None


class ProxySite(Site):
    """The proxy; ``locate`` is its own DNS."""

    handler = ProxyConnection

    def __init__(self, locate: Locate, faults: EndpointFaults) -> None:
        super().__init__(faults)
        self._locate = locate

    def refusal(self, request: Request) -> Answer | None:
        """The answer where the proxy does not even try."""
        wanted = self.faults.authentication
        if wanted is not None:
            given = request.headers.get("proxy-authorization", "")
            if wanted == EVERYWHERE or given != f"Basic {b64encode(wanted.encode()).decode()}":
                return _error(407, {"Proxy-Authenticate": 'Basic realm="proxy.example.test"'})
        connect = request.method == CONNECT
        if connect and self.faults.captive:
            return Answer(403, {"Content-Type": HTML}, CAPTIVE_PAGE)
        status = self.faults.status_of(CONNECT if connect else urlsplit(request.target).path)
        return None if status is None else _error(status)

    def forward(self, request: Request) -> Answer:
        """Ask the server that an absolute URI names."""
        url = urlsplit(request.target)
        if url.scheme != "http" or not url.hostname:
            return _error(400)
        place = self._locate(url.hostname, url.port or 80)
        if place is None:
            return _error(502)
        headers = {name: value for name, value in request.headers.items() if name not in _HOP_BY_HOP}
        if self.faults.no_range:
            headers.pop("range", None)
        upstream = http.client.HTTPConnection(*place, timeout=CONNECT_WITHIN)
        try:
            upstream.connect()
            upstream.sock.settimeout(READ_WITHIN)
            path = url._replace(scheme="", netloc="").geturl() or "/"
            upstream.request(
                request.method, path, headers=headers | {"connection": "close", "via": "1.1 proxy.example.test"}
            )
            return _passed_on(upstream.getresponse())
        except TimeoutError:
            return _error(504)
        except (OSError, http.client.HTTPException):
            return _error(502)
        finally:
            upstream.close()

    def connect(self, request: Request) -> socket.socket | Answer:
        """The connection that CONNECT asks for, or the answer that says why there is none."""
        host, colon, port = request.target.rpartition(":")
        if not colon or not port.isdecimal():
            return _error(400)
        place = self._locate(host, int(port))
        if place is None:
            return _error(502)
        try:
            upstream = socket.create_connection(place, timeout=CONNECT_WITHIN)
        except TimeoutError:
            return _error(504)
        except OSError:
            return _error(502)
        upstream.settimeout(None)
        return upstream


def _error(status: int, headers: dict[str, str] | None = None) -> Answer:
    answer = Answer(status, {"Content-Type": HTML, "Server": "lab-proxy", **(headers or {})})
    return Answer(status, answer.headers, error_page(status, answer.phrase))


def _passed_on(response: http.client.HTTPResponse) -> Answer:
    headers = {
        name: value
        for name, value in response.getheaders()
        if name.lower() not in _HOP_BY_HOP | {"content-length", "date"}
    }
    length = response.getheader("Content-Length")
    try:
        body = response.read()
    except http.client.IncompleteRead as cut:
        body = cut.partial
    return Answer(response.status, headers | {"Via": "1.1 proxy.example.test"}, body, int(length) if length else -1)


def _relay(client: socket.socket, server: socket.socket) -> None:
    """Pass on bytes both ways until one side ends."""
    other = {client: server, server: client}
    with contextlib.suppress(OSError):
        while True:
            for ready in select.select(list(other), [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    return
                other[ready].sendall(data)
