"""Shells and their running commands: what lives between two requests."""

from __future__ import annotations

import queue
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from ..machine import ConnectionDropped, Execution, User
from .fault import broken_machine, input_closed, timed_out

CONTROL_C_EXIT = 0xC000013A
"""STATUS_CONTROL_C_EXIT, the exit code of a process that Ctrl+C ended."""


@runtime_checkable
class InputMachine(Protocol):
    """A machine whose commands can read standard input; one without this method refuses input."""

    def execute_with_input(self, command_line: str, user: User, stdin: Iterable[bytes]) -> Execution:
        """As `Machine.execute`; ``stdin`` yields chunks as they arrive, blocks meanwhile, and ends with the input."""


class StandardInput:
    """Chunks of standard input from Send requests to the thread of the command."""

    def __init__(self) -> None:
        self._chunks: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._open = True

    def send(self, data: bytes, end: bool) -> None:
        """Hand on a chunk; raises the fault of a broken pipe after the end."""
        if not self._open:
            raise input_closed()
        if data:
            self._chunks.put(data)
        if end:
            self.close()

    def close(self) -> None:
        self._open = False
        self._chunks.put(None)

    def __iter__(self) -> Iterator[bytes]:
        while (chunk := self._chunks.get()) is not None:
            yield chunk


class Command:
    """One command line that runs in a thread of its own, and the output not yet fetched."""

    def __init__(self, command_id: str, work: Callable[[StandardInput], Execution], delay: float) -> None:
        self.command_id = command_id
        self.stdin = StandardInput()
        self._work = work
        self._delay = delay
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._failure: Exception | None = None
        self._exit_code = 0
        self._pending: dict[str, bytes] = {"stdout": b"", "stderr": b""}
        threading.Thread(target=self._run, name=f"command-{command_id}", daemon=True).start()

    def _run(self) -> None:
        if self._delay and self._done.wait(self._delay):
            return
        try:
            self._finish(self._work(self.stdin))
        except ConnectionDropped as drop:
            self._finish(Execution(), drop)
        except Exception as error:
            traceback.print_exc()
            self._finish(Execution(), error)

    def _finish(self, execution: Execution, failure: Exception | None = None) -> None:
        with self._lock:
            if self._done.is_set():
                return
            self._pending = {"stdout": execution.stdout, "stderr": execution.stderr}
            self._exit_code, self._failure = execution.exit_code, failure
            self._done.set()
        self.stdin.close()

    def interrupt(self) -> None:
        """End the command for its client. A machine cannot be stopped midway: what it still does is not heard of."""
        self._finish(Execution(exit_code=CONTROL_C_EXIT))

    def receive(self, names: Iterable[str], room: int, timeout: float) -> tuple[dict[str, bytes], int | None]:
        """Up to ``room`` bytes of the streams ``names``; the exit code comes with the last of them, None before.

        Waits at most ``timeout`` seconds for the command to end, then raises the fault of the operation timeout.
        Raises ConnectionDropped where the machine has done so.
        """
        if not self._done.wait(timeout):
            raise timed_out()
        if isinstance(self._failure, ConnectionDropped):
            raise self._failure
        if self._failure:
            raise broken_machine(self._failure)
        with self._lock:
            chunks = {}
            for name in names:
                chunks[name], self._pending[name] = self._pending[name][:room], self._pending[name][room:]
                room -= len(chunks[name])
            return chunks, None if any(self._pending[name] for name in chunks) else self._exit_code


@dataclass
class Shell:
    """A shell of one user, with the commands that no client has terminated yet."""

    shell_id: str
    owner: User
    commands: dict[str, Command] = field(default_factory=dict)

    def close(self) -> None:
        for command in self.commands.values():
            command.interrupt()
        self.commands.clear()
