"""What the WinRM server asks of a machine, whatever stands behind it (simulated or Wine)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol


@dataclass(frozen=True)
class User:
    """An account that may log on to the machine; the name is compared without its domain and without case."""

    name: str
    password: str
    administrator: bool = True


@dataclass(frozen=True)
class Execution:
    """What a command line left behind: both streams as raw bytes and the process's exit code."""

    stdout: bytes = b""
    stderr: bytes = b""
    exit_code: int = 0


@dataclass(frozen=True)
class NativeCommand:
    """One program that a batch called: ``argv[0]`` is the program as it was named."""

    argv: tuple[str, ...]
    exit_code: int


@dataclass
class ExecutionRecord:
    """One remote execution in a machine's log; ``script`` is empty where the command line was not an encoded batch."""

    user: str
    command_line: str
    script: str = ""
    commands: list[NativeCommand] = field(default_factory=list)
    exit_code: int | None = None


@dataclass
class Faults:
    """What shall go wrong, counted per machine from its start (or from the last change of this record).

    ``drop_at_request``: close the connection in place of answering the n-th WinRM request (1 is the first).
    ``drop_mid_output``: send only that many bytes of the first Receive answer that carries output, then close.
    ``drop_after_command``: carry out the first n programs of a batch, then close the connection and run no more of it.
    ``drop_after_total``: the same after the n-th program of all batches together; it strikes once.
    ``truncate_output``: keep only that many bytes of standard output; everything still ran.
    ``garbage_output``: standard output replaced by bytes that mean nothing.
    ``delay``: seconds that pass before an execution starts to answer.
    ``quota``: answer the n-th Command request with the fault 0x803381A6 (too many operations of this shell).
    ``no_powershell``: PowerShell is not found on this machine.
    """

    drop_at_request: int | None = None
    drop_mid_output: int | None = None
    drop_after_command: int | None = None
    drop_after_total: int | None = None
    truncate_output: int | None = None
    garbage_output: bool = False
    delay: float = 0.0
    quota: int | None = None
    no_powershell: bool = False


class ConnectionDropped(Exception):
    """Raised by a machine when ``drop_after_command`` or ``drop_after_total`` strikes: the connection is closed without an answer."""


class Machine(Protocol):
    """A Windows machine of the fleet."""

    name: str
    users: Mapping[str, User]
    faults: Faults
    log: list[ExecutionRecord]
    lock: threading.RLock

    def execute(self, command_line: str, user: User) -> Execution:
        """Run a command line as WinRM's cmd.exe would, as that user, and append to ``log``."""

    def state(self) -> dict[str, Any]:
        """All that a command could have changed, as plain JSON data in a canonical order."""

    def close(self) -> None:
        """Stop what the machine keeps running."""


class ProgramCount:
    """Counts the programs of a machine, and says after which one of a batch its connection is dropped.

    Counting starts anew whenever the machine's fault record is replaced or changed.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._begin(machine.faults)

    def _begin(self, faults: Faults) -> None:
        self._record, self._copy, self._before = faults, replace(faults), 0

    def last_of(self, programs: int) -> int | None:
        """Count a batch of so many programs; the number of its last one before the drop, None where all are answered."""
        faults = self._machine.faults
        if faults is not self._record or faults != self._copy:
            self._begin(faults)
        total = faults.drop_after_total
        due = (faults.drop_after_command, None if total is None else total - self._before)
        last = min((each for each in due if each is not None and 1 <= each <= programs), default=None)
        self._before += last or programs
        return last
