"""A machine that answers the commands of a capture as the captured machine did, and no others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..machine import ConnectionDropped, Execution, ExecutionRecord, Faults, NativeCommand, ProgramCount, User
from ..simulated.batch import Batch, NotABatch, read_batch
from ..simulated.command_line import NotEncodedPowerShell, decode_script
from .capture import Capture
from .times import moved

NOT_RECORDED = 9009
"""The exit code of a command that the capture does not have, as of a program that does not exist."""


class ReplayMachine:
    """Replays a capture. It changes nothing: a command that does is not recorded, so it ends with NOT_RECORDED.

    :param clock: seconds since 1970; times in the answers move with it, so that ages stay as they were
    """

    def __init__(
        self,
        name: str,
        capture: Capture,
        users: Sequence[User],
        groups: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.groups = tuple(groups)
        self.users: Mapping[str, User] = {user.name.lower(): user for user in users}
        self.faults = Faults()
        self.log: list[ExecutionRecord] = []
        self.lock = threading.RLock()
        self._capture = capture
        self._clock = clock
        self._later = 0.0
        self._programs = ProgramCount(self)

    def later(self, seconds: float) -> None:
        """Let so much time pass: what was captured lies further back."""
        self._later += seconds

    def execute(self, command_line: str, user: User) -> Execution:
        """Answer an encoded batch; refuse everything else.

        :raises ConnectionDropped: ``faults.drop_after_command`` or ``drop_after_total`` strikes
        """
        with self.lock:
            record = ExecutionRecord(user.name, command_line)
            self.log.append(record)
            try:
                record.script = decode_script(command_line)
                execution = self._run(read_batch(record.script), record)
            except (NotEncodedPowerShell, NotABatch) as error:
                execution = Execution(b"", f"lab: refused, this is not a batch: {error}\r\n".encode(), 1)
            record.exit_code = execution.exit_code
            return execution

    def state(self) -> dict[str, Any]:
        """Nothing: no command changes anything."""
        return {}

    def close(self) -> None:
        """Nothing runs."""

    def _run(self, batch: Batch, record: ExecutionRecord) -> Execution:
        stdout: list[str] = []
        stderr: list[str] = []
        last = self._programs.last_of(len(batch.commands))
        for argv in batch.commands:
            answer = self._capture.answers.get(argv)
            if answer is None:
                stderr.append(f"lab: {self.name}: not recorded in the capture: {' '.join(argv)}")
                code = NOT_RECORDED
            else:
                stdout += moved(argv[0].lower(), answer.lines, self._clock() - self._later - self._capture.captured)
                code = answer.exit_code
            stdout.append(f"{batch.token} {code}")
            record.commands.append(NativeCommand(argv, code))
            if len(record.commands) == last:
                raise ConnectionDropped(f"{self.name}: dropped after {last} programs")
        return Execution(_joined(stdout), _joined(stderr))


def _joined(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")
