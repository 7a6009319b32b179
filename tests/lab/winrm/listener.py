"""One HTTP or HTTPS listener: a thread per connection, logon bound to the connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from ..machine import ConnectionDropped, User
from . import account, sealed
from .account import LogonRefused, Negotiation
from .envelope import MAX_ENVELOPE
from .service import ShellService

SOAP_TYPE = "application/soap+xml;charset=UTF-8"
PATH = "/wsman/"
CERTIFICATE_PROFILE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
"""The Authorization header of a client that logs on with its certificate (DSP0226, security profiles)."""
_ROOM_FOR_SEAL = 4096


class Listener(ThreadingHTTPServer):
    """Serves machines by URL path ``/wsman/NAME`` on a free port of 127.0.0.1."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, services: Mapping[str, ShellService], tls: ssl.SSLContext | None = None) -> None:
        self.services = services
        self._tls = tls
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), Connection)
        threading.Thread(target=self.serve_forever, args=(0.02,), name="winrm-listener", daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def stop(self) -> None:
        """Accept no more and close every connection."""
        self.shutdown()
        self.server_close()
        for connection in list(self._connections):
            _hang_up(connection)

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
        """A client that went away is no error of the lab; anything else is, and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class Connection(BaseHTTPRequestHandler):
    """One connection, possibly of many requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def setup(self) -> None:
        super().setup()
        self._service: ShellService | None = None
        self._negotiation: Negotiation | None = None

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what was asked is in the machine's log and in the counters."""

    def do_POST(self) -> None:
        """Answer one request, or close the connection where a fault says so."""
        try:
            body = self._read_body()
            if body is not None:
                self._respond(body)
        except ConnectionDropped:
            self.close_connection = True
            _hang_up(self.connection)

    def _respond(self, body: bytes) -> None:
        service = self._select_service()
        if service is None:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        user, token = self._log_on(service)
        if user is None:
            self._refuse(token)
            return
        headers = {"WWW-Authenticate": f"Negotiate {b64encode(token).decode()}"} if token else {}
        if not body:
            # What pywinrm sends to log on before it encrypts its first message.
            self._answer(HTTPStatus.OK, b"", headers)
            return
        keys = None
        if sealed.is_sealed(self.headers.get("Content-Type", "")):
            keys = self._negotiation
            try:
                body = sealed.unseal(body, keys)
            except sealed.Undecipherable:
                self._answer(HTTPStatus.BAD_REQUEST)
                return
        answer = service.handle(body, user)
        headers["Content-Type"] = sealed.CONTENT_TYPE if keys else SOAP_TYPE
        content = sealed.seal(answer.body, keys) if keys else answer.body
        self._answer(HTTPStatus(answer.status), content, headers, answer.break_after)

    def _read_body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.close_connection = True
            self._answer(HTTPStatus.LENGTH_REQUIRED)
            return None
        if int(length) > MAX_ENVELOPE + _ROOM_FOR_SEAL:
            self.close_connection = True
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        return body

    def _select_service(self) -> ShellService | None:
        path = unquote(urlsplit(self.path).path)
        if path[: len(PATH)].lower() != PATH:
            return None
        service = self.server.services.get(path[len(PATH) :].rstrip("/").casefold())
        if service is not self._service:
            # A logon is one machine's, never another's.
            self._service, self._negotiation = service, None
        return service

    def _log_on(self, service: ShellService) -> tuple[User | None, bytes | None]:
        """The account of this request, or None to refuse it; and a token for the client, if there is one."""
        scheme, _separator, value = self.headers.get("Authorization", "").strip().partition(" ")
        try:
            if scheme.lower() == "basic":
                return account.basic(service.machine, value.strip()), None
            if scheme.lower() == CERTIFICATE_PROFILE and isinstance(self.connection, ssl.SSLSocket):
                return account.certificate(service.machine, self.connection.getpeercert(binary_form=True)), None
            if scheme.lower() == "negotiate":
                if self._negotiation is None:
                    self._negotiation = Negotiation(service.machine)
                token = self._negotiation.step(b64decode(value, validate=True))
                return self._negotiation.user, token
        except (LogonRefused, ValueError):
            self._negotiation = None
            return None, None
        return (self._negotiation.user if self._negotiation else None), None

    def _refuse(self, token: bytes | None) -> None:
        offers = [f"Negotiate {b64encode(token).decode()}"] if token else ["Negotiate", 'Basic realm="WSMAN"']
        self._answer(HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": offers})

    def _answer(
        self,
        status: HTTPStatus,
        body: bytes = b"",
        headers: Mapping[str, str | list[str]] | None = None,
        break_after: int | None = None,
    ) -> None:
        """Send an answer in one piece; with ``break_after``, only that many bytes of its body, then hang up."""
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            "Server: Microsoft-HTTPAPI/2.0",
            f"Content-Length: {len(body)}",
        ]
        for name, values in (headers or {}).items():
            lines += [f"{name}: {value}" for value in ([values] if isinstance(values, str) else values)]
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self.connection.sendall(head + body[:break_after])
        if break_after is not None:
            self.close_connection = True
            _hang_up(self.connection)
