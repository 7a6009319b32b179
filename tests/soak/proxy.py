"""A reverse proxy between ansible-playbook and the lab, which disturbs requests and knows what each of them was for."""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import struct
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from io import BufferedIOBase
from types import TracebackType

from .disturbances import CUT, LATE, RESET, Disturbance, Plan

LATE_S = 20.0
"""Seconds that a late answer is late; Ansible waits for 30."""

_ACTION = re.compile(rb"<(?:\w+:)?Action\b[^>]*>[^<]*/(\w+)</")
_SHELL = re.compile(rb"<(?:\w+:)?ShellId>([^<]+)</")
_LINGER = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: the connection is reset instead of closed."""


class Message:
    """An HTTP message as it came: its head, and its body by Content-Length."""

    def __init__(self, head: bytes, body: bytes) -> None:
        self.head, self.body = head, body

    @classmethod
    def read(cls, stream: BufferedIOBase) -> Message | None:
        """The next message; None where the sender has closed the connection, at a message's end or within one."""
        lines = []
        while (line := stream.readline()) not in (b"\r\n", b"\n"):
            if not line.endswith(b"\n"):
                return None
            lines.append(line)
        head = b"".join((*lines, line))
        found = re.search(rb"(?im)^content-length:\s*(\d+)", head)
        length = int(found[1]) if found else 0
        body = stream.read(length)
        return cls(head, body) if len(body) == length else None

    @property
    def bytes(self) -> bytes:
        return self.head + self.body

    @property
    def machine(self) -> str:
        """The machine that a request is for, by the lab's URLs."""
        path = self.head.split(b" ", 2)[1].decode("latin-1")
        return path.rpartition("/")[2]

    @property
    def action(self) -> str:
        """The action of WS-Management that a request asks for: Create, Command, ...; empty for another request."""
        found = _ACTION.search(self.body)
        return found[1].decode() if found else ""


class Proxy(socketserver.ThreadingTCPServer):
    """Forwards to a port of loopback from its making until `stop`; all counters are of requests.

    ``faults`` counts by kind and action. ``known`` are the shells whose identifiers a client has received completely.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, plan: Plan, late: float = LATE_S) -> None:
        self.upstream, self.plan, self.late = ("127.0.0.1", port), plan, late
        self.requests: Counter[str] = Counter()
        self.faults: Counter[tuple[str, str]] = Counter()
        self.known: set[str] = set()
        self.connections = 0
        self.lock = threading.Lock()
        self._numbers: Counter[str] = Counter()
        self._ended = threading.Event()
        super().__init__(("127.0.0.1", 0), _Connection)
        threading.Thread(target=self.serve_forever, args=(0.05,), name="soak-proxy", daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def verify_request(self, request: object, client_address: object) -> bool:
        """Count a connection; all are accepted."""
        self.connections += 1
        return True

    def due(self, request: Message) -> Disturbance | None:
        """Count a request, and say what it meets."""
        with self.lock:
            self._numbers[request.machine] += 1
            disturbance = self.plan.of(request.machine, self._numbers[request.machine])
            self.requests[request.action] += 1
            if disturbance:
                self.faults[disturbance.kind.name, request.action] += 1
        return disturbance

    def wait_late(self) -> None:
        """Wait as long as a late answer is late, or until the proxy ends."""
        self._ended.wait(self.late)

    @contextlib.contextmanager
    def delivering(self, request: Message, answer: Message) -> Iterator[None]:
        """Note which shell a client knows when it has received this answer, unless the client is gone."""
        found = _SHELL.search(answer.body) if request.action == "Create" else None
        shells = {found[1].decode().upper()} if found else set()
        with self.lock:
            self.known |= shells
        try:
            yield
        except OSError:
            with self.lock:
                self.known -= shells
            raise

    def stop(self) -> None:
        """Accept no more connections."""
        self._ended.set()
        self.shutdown()
        self.server_close()

    def shutdown_request(self, request: object) -> None:
        """Close a connection; the base class would end it in order first, even where it is to be reset."""
        self.close_request(request)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client or a lab that went away is no error of the proxy; anything else is, and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def __enter__(self) -> Proxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Connection(socketserver.StreamRequestHandler):
    """One connection of a client, of many requests, and the connection to the lab that belongs to it."""

    disable_nagle_algorithm = True
    server: Proxy
    request: socket.socket

    def handle(self) -> None:
        self._lab: socket.socket | None = None
        try:
            while (request := Message.read(self.rfile)) and self._answer(request):
                pass
        finally:
            self._leave()

    def _answer(self, request: Message) -> bool:
        """Answer one request; whether the connection goes on."""
        disturbance = self.server.due(request)
        answer: Message | None = None
        if disturbance is None or disturbance.carried_out:
            answer = self._forward(request)
            if answer is None:
                return self._reset()
        if disturbance is None:
            return self._deliver(request, answer)
        what = disturbance.kind.answer
        if what == LATE:
            self.server.wait_late()
            return self._deliver(request, answer)
        if isinstance(what, bytes):
            self.request.sendall(what)
            return True
        if what == CUT and answer:
            self.request.sendall(answer.head + answer.body[: len(answer.body) // 2])
            return False
        assert what == RESET or not answer
        return self._reset()

    def _forward(self, request: Message) -> Message | None:
        """The lab's answer; None where it closes the connection instead."""
        try:
            if self._lab is None:
                self._lab = socket.create_connection(self.server.upstream)
                self._lab.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._from_lab = self._lab.makefile("rb")
            self._lab.sendall(request.bytes)
            answer = Message.read(self._from_lab)
        except OSError:
            answer = None
        if answer is None:
            self._leave()
        return answer

    def _deliver(self, request: Message, answer: Message | None) -> bool:
        assert answer is not None
        with self.server.delivering(request, answer):
            self.request.sendall(answer.bytes)
        return True

    def _reset(self) -> bool:
        with contextlib.suppress(OSError):
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        return False

    def _leave(self) -> None:
        if self._lab:
            self._from_lab.close()
            self._lab.close()
            self._lab = None
