"""What the function ``w`` of a batch prints, asked by a client of the lab's own: for computers without a real PowerShell.

Codes are those that .NET 10 leads to, as ``conformance/test_web_request.py`` shows: 6 a name, 7 and 28 a connection (28 also for an answer
that takes too long), 60 whatever goes wrong with TLS, 18 a body that breaks off, 56 all else that is no answer.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ..network import MachineNetwork

NAME, CONNECT, CUT, TIME, BROKEN, TLS = 6, 7, 18, 28, 56, 60
_PIECE = 8192
_FIRST = 4
_PORTS = {"http": 80, "https": 443}


class _Failed(Exception):
    """A request has no answer; ``code`` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class _Answer:
    """What came of one request so far; ``shown`` are lines before the one that tells of it."""

    shown: list[str]
    status: int = 0
    size: int = 0
    type: str = ""
    code: int = 0


def ask(
    network: MachineNetwork, base: str, paths: Sequence[str], cab: str, proxies: tuple[str, str], seconds: float
) -> tuple[list[str], int]:
    """The lines and the exit code: GET each path, then HEAD and the first four bytes of the cab; the first failure ends it.

    ``cab`` is a URL, and so is what follows the verb in a path ``HEAD URL``; of the ``proxies`` the first is for the paths, the second for
    the URLs, ``-`` for none.
    """
    lines: list[str] = []
    server, content = (_Client(network, None if proxy == "-" else urlsplit(proxy), seconds) for proxy in proxies)
    parted = (each.partition(" ") for each in (*paths, f"HEAD {cab}", f"PART {cab}"))
    for verb, blank, named in parted:
        client, verb, url = (content, verb, named) if blank else (server, "GET", f"{base}/{verb}")
        began = time.monotonic()
        answer = client.request(verb, url)
        took = str(round(time.monotonic() - began, 7)).upper()  # .NET writes 1E-05
        connected = int(answer.code not in (CONNECT, TIME))
        lines += answer.shown
        lines.append(f"wsus|{url}|{answer.status}|0||{answer.size}|1|{connected}|1|{took}|{answer.type}")
        if answer.code:
            return lines, answer.code
    return lines, 0


class _Client:
    """Requests as .NET sends them, each over a connection of its own."""

    def __init__(self, network: MachineNetwork, proxy: SplitResult | None, seconds: float) -> None:
        self._network = network
        self._proxy = proxy
        self._seconds = seconds

    def request(self, verb: str, url: str) -> _Answer:
        answer = _Answer([])
        try:
            with closing(self._connected(urlsplit(url))) as connection:
                self._exchange(connection, verb, url, answer)
        except _Failed as failed:
            answer.code = failed.code
        return answer

    def _exchange(self, connection: http.client.HTTPConnection, verb: str, url: str, answer: _Answer) -> None:
        parts = urlsplit(url)
        target = url if self._proxy and parts.scheme == "http" else parts._replace(scheme="", netloc="").geturl()
        headers = {"Host": parts.netloc, "Connection": "close"} | ({"Range": "bytes=0-3"} if verb == "PART" else {})
        try:
            connection.request("HEAD" if verb == "HEAD" else "GET", target, headers=headers)
            response = connection.getresponse()
        except TimeoutError:
            raise _Failed(TIME) from None
        except (OSError, http.client.HTTPException):
            raise _Failed(BROKEN) from None
        answer.status, answer.type = response.status, response.getheader("Content-Type") or ""
        length = int(response.getheader("Content-Length") or -1)
        if verb == "HEAD":
            answer.shown.append(f"Content-Length: {length}")
            return
        try:
            for piece in _pieces(response, length):
                if verb == "PART" and not answer.size:
                    answer.shown += piece[:_FIRST].decode("ascii", "replace").replace("\ufffd", "?").splitlines()
                answer.size += len(piece)
            if length > answer.size:
                answer.code = CUT
        except (OSError, http.client.HTTPException):
            answer.code = CUT

    def _connected(self, url: SplitResult) -> http.client.HTTPConnection:
        """A connection over which the server, or a proxy for it, can be asked."""
        until = time.monotonic() + self._seconds
        connection = http.client.HTTPConnection(url.netloc, timeout=self._seconds)
        connection.sock = self._socket(self._proxy or url)
        try:
            if url.scheme == "https":
                if self._proxy:
                    _open_tunnel(connection.sock, url)
                connection.sock = self._secured(connection.sock, url.hostname or "")
            connection.sock.settimeout(max(0.001, until - time.monotonic()))
        except BaseException:
            connection.close()
            raise
        return connection

    def _socket(self, url: SplitResult) -> socket.socket:
        place = self._network.locate(url.hostname or "", url.port or _PORTS[url.scheme])
        if place is None:
            raise _Failed(NAME)
        try:
            return socket.create_connection(place, timeout=self._seconds)
        except TimeoutError:
            raise _Failed(TIME) from None
        except OSError:
            raise _Failed(CONNECT) from None

    def _secured(self, plain: socket.socket, host: str) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=str(self._network.network.trusted))
        try:
            return context.wrap_socket(plain, server_hostname=host)
        except TimeoutError:
            raise _Failed(TIME) from None
        except OSError:
            raise _Failed(TLS) from None


def _open_tunnel(connection: socket.socket, url: SplitResult) -> None:
    server = f"{url.hostname}:{url.port or _PORTS['https']}"
    try:
        connection.sendall(f"CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n\r\n".encode())
        # Read byte by byte: what follows the head is TLS.
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = connection.recv(1)
            if not byte:
                raise _Failed(BROKEN)
            head += byte
    except TimeoutError:
        raise _Failed(TIME) from None
    except OSError:
        raise _Failed(BROKEN) from None
    if not head.startswith((b"HTTP/1.1 2", b"HTTP/1.0 2")):
        raise _Failed(BROKEN)


def _pieces(response: http.client.HTTPResponse, length: int) -> Iterator[bytes]:
    """The body as it comes, to the end of the connection or, where it is given, of its length."""
    size = 0
    while size != length and (piece := response.read1(_PIECE)):
        size += len(piece)
        yield piece
