"""Addresses where nobody answers: one that drops what comes, one that refuses it."""

from __future__ import annotations

import socket


class Drop:
    """A port whose queue is full for good: the system answers no further SYN, so that a connection times out."""

    def __init__(self, address: str) -> None:
        self._listening = socket.socket()
        self._listening.bind((address, 0))
        self._listening.listen(0)
        self.port = int(self._listening.getsockname()[1])
        self._queued: list[socket.socket] = []
        # A queue of length 0 holds one connection; the rest are for systems that allow a little more.
        for _unused in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex((address, self.port))
            self._queued.append(waiting)

    def stop(self) -> None:
        for each in (*self._queued, self._listening):
            each.close()


class Closed:
    """A port that is taken, so that nobody else gets it, and on which nobody listens: a connection is refused."""

    def __init__(self, address: str) -> None:
        self._bound = socket.socket()
        self._bound.bind((address, 0))
        self.port = int(self._bound.getsockname()[1])

    def stop(self) -> None:
        self._bound.close()
