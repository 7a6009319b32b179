"""The answering side of ``forward.exe``: programs that Wine lacks are answered by the lab.

The program connects once per call and sends the count of its arguments in decimal, a line feed, then its own file name
and each argument as UTF-8, each ended by NUL. It gets ``EXITCODE STDOUT_BYTES STDERR_BYTES``, a line feed, and the bytes.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Sequence

from ..machine import Execution

Answer = Callable[[Sequence[str]], Execution]


class ForwardServer:
    """Answers ``forward.exe`` on a free port of the loopback interface until it is closed."""

    def __init__(self, answer: Answer) -> None:
        handler = type("Handler", (_Handler,), {"answer": staticmethod(answer)})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True, name="forward"
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """What FORWARD_TO has to hold."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Handler(socketserver.StreamRequestHandler):
    answer: Answer

    def handle(self) -> None:
        try:
            count = int(self.rfile.readline())
            done = self.answer([self._argument() for _unused in range(count)])
        except Exception as error:  # the program in Wine shall fail with the reason, not hang
            done = Execution(stderr=f"the lab cannot answer: {error!r}\r\n".encode(), exit_code=97)
        self.wfile.write(
            f"{done.exit_code} {len(done.stdout)} {len(done.stderr)}\n".encode() + done.stdout + done.stderr
        )

    def _argument(self) -> str:
        argument = bytearray()
        while (byte := self.rfile.read(1)) != b"\0":
            if not byte:
                raise ConnectionError("the arguments ended early")
            argument += byte
        return argument.decode("utf-8")
