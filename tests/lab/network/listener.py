"""An HTTP or HTTPS port of an endpoint: a thread per connection, and answers that may break off."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import struct
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .content import CAPTIVE_PAGE, HTML
from .faults import EndpointFaults


@dataclass(frozen=True)
class Request:
    """What an endpoint was asked; ``target`` as it stood in the request line, header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """A response; ``headers`` besides Content-Length and Date.

    ``length`` is what Content-Length says where that is not the body's own length, -1 for no such header.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None

    @property
    def phrase(self) -> str:
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return "Unknown"


CAPTIVE = Answer(200, {"Content-Type": HTML, "Cache-Control": "no-store"}, CAPTIVE_PAGE)


class Site:
    """An endpoint's behavior, shared by its ports; ``faults`` may be replaced, ``requests`` grows."""

    handler: type[Connection]

    def __init__(self, faults: EndpointFaults) -> None:
        self.faults = faults
        self.requests: list[Request] = []
        self.stopping = threading.Event()


class Listener(ThreadingHTTPServer):
    """A free port of a loopback address, until `stop`."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: str, site: Site, tls: ssl.SSLContext | None = None) -> None:
        self.site = site
        self._tls = tls
        self._connections: set[socket.socket] = set()
        super().__init__((address, 0), site.handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), name="lab-endpoint", daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind without asking the computer's DNS for a name, as HTTPServer does."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def stop(self) -> None:
        """Accept no more and close every connection."""
        self.site.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._tls:
            # The handshake waits for the connection's own thread: a slow client must not hold up the others.
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or that refused the certificate, is no error of the lab; anything else is, and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Connection(BaseHTTPRequestHandler, ABC):
    """One connection, possibly of many requests; a kind of endpoint says in ``respond`` what it answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    @property
    def site(self) -> Site:
        return self.server.site

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what was asked is in the site's requests."""

    @abstractmethod
    def respond(self, request: Request) -> Answer | None:
        """The answer to a request, None where the connection was taken care of otherwise."""

    def do_GET(self) -> None:
        """Answer one request, or do what a fault says in its place."""
        request = Request(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        length = request.headers.get("content-length", "")
        if length.isdecimal():
            self.rfile.read(int(length))
        self.site.requests.append(request)
        faults = self.site.faults
        if faults.delay:
            self.site.stopping.wait(faults.delay)
        if faults.reset:
            self.reset()
        elif faults.empty:
            self.close_connection = True
        else:
            answer = CAPTIVE if faults.captive and self.command != "CONNECT" else self.respond(request)
            if answer:
                self.send(answer, faults)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def do_CONNECT(self) -> None:
        self.do_GET()

    def send(self, answer: Answer, faults: EndpointFaults) -> None:
        """Send an answer; without Content-Length its body is chunked, and a cut ends it and the connection."""
        lines = [f"HTTP/1.1 {answer.status} {answer.phrase}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        lines.append(f"Date: {formatdate(usegmt=True)}")
        body = answer.body if self.command != "HEAD" else b""
        length = len(answer.body) if answer.length is None else answer.length
        if length >= 0 and not faults.no_length:
            lines.append(f"Content-Length: {length}")
            self.close_connection |= self.command != "HEAD" and length > len(body)
        elif self.command != "HEAD":
            lines.append("Transfer-Encoding: chunked")
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        cut = faults.cut_after if self.command != "HEAD" else None
        if cut is not None and cut < len(body):
            body = body[:cut]
            self.close_connection = True
        self.wfile.write(head + body)

    def reset(self) -> None:
        """End the connection with RST: whatever was not read is lost to the client."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
