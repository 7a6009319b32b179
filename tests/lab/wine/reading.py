"""A batch without a real PowerShell: the lab reads it and runs its programs one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..machine import ConnectionDropped, Execution, ExecutionRecord, NativeCommand
from ..simulated.batch import Batch

NOT_FOUND = 9009
# .NET's stream reader, through which PowerShell reads a program, takes each of the three for the end of a line.
_LINE_END = re.compile("\r\n|\n|\r")


def run_batch(
    batch: Batch,
    run: Callable[[Sequence[str]], Execution | None],
    record: ExecutionRecord,
    drop_after: int | None,
    machine: str,
) -> Execution:
    """Run the programs of a batch in order; ``run`` returns None for a program that does not exist.

    Raises ConnectionDropped after ``drop_after`` programs.
    """
    stdout: list[str] = []
    stderr: list[str] = []
    for argv in batch.commands:
        done = run(argv) or Execution(
            stderr=f"The term '{argv[0]}' is not recognized.\r\n".encode(), exit_code=NOT_FOUND
        )
        record.commands.append(NativeCommand(argv, done.exit_code))
        stdout += [*_lines(done.stdout), f"{batch.token} {done.exit_code}"]
        stderr += _lines(done.stderr)
        if len(record.commands) == drop_after:
            raise ConnectionDropped(f"{machine}: dropped after {drop_after} programs")
    return Execution(_joined(stdout), _joined(stderr))


def _lines(stream: bytes) -> list[str]:
    lines = _LINE_END.split(stream.decode("utf-8", "replace"))
    return lines if lines[-1] else lines[:-1]


def _joined(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()
