"""The socket over which bridge.py reaches the machines of a lab that runs in this process."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterable
from pathlib import Path

from ..machine import ConnectionDropped, Execution, Machine


class Door(socketserver.ThreadingUnixStreamServer):
    """Serves machines by name at a Unix socket, from its making until `close`. Every command runs as the machine's first user."""

    daemon_threads = True

    def __init__(self, path: Path, machines: Iterable[Machine]) -> None:
        self.machines = {machine.name: machine for machine in machines}
        super().__init__(str(path), _Visit)
        threading.Thread(target=self.serve_forever, args=(0.02,), name="lab-door", daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self.shutdown()
        self.server_close()


class _Visit(socketserver.StreamRequestHandler):
    server: Door

    def handle(self) -> None:
        asked = json.loads(self.rfile.readline())
        machine = self.server.machines[asked["machine"]]
        try:
            done = machine.execute(asked["command_line"], next(iter(machine.users.values())))
        except ConnectionDropped:
            return
        self.wfile.write(_head(done) + done.stdout + done.stderr)


def _head(done: Execution) -> bytes:
    head = {"exit_code": done.exit_code, "stdout": len(done.stdout), "stderr": len(done.stderr)}
    return json.dumps(head).encode() + b"\n"
