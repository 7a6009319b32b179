"""The part of `Faults` that strikes on the wire, the same for every kind of machine."""

from __future__ import annotations

import random
import threading
from dataclasses import replace

from ..machine import Execution, Faults, Machine


class Disturbance:
    """Counts what a machine was asked, and says when one of its faults is due.

    Counting starts anew whenever the machine's fault record is replaced or changed.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._lock = threading.Lock()
        self._begin(machine.faults)

    def _begin(self, faults: Faults) -> None:
        self._record, self._copy = faults, replace(faults)
        self._requests = self._commands = 0
        self._output_dropped = False

    def _current(self) -> Faults:
        faults = self._machine.faults
        if faults is not self._record or faults != self._copy:
            self._begin(faults)
        return faults

    def drops_request(self) -> bool:
        """Count one more request: is it the one whose connection is closed in place of an answer?"""
        with self._lock:
            faults = self._current()
            self._requests += 1
            return self._requests == faults.drop_at_request

    def refuses_command(self) -> bool:
        """Count one more Command request: is it the one that meets the quota?"""
        with self._lock:
            faults = self._current()
            self._commands += 1
            return self._commands == faults.quota

    def output_limit(self) -> int | None:
        """Bytes after which this answer with output breaks off, None for all of it; strikes once."""
        with self._lock:
            faults = self._current()
            if faults.drop_mid_output is None or self._output_dropped:
                return None
            self._output_dropped = True
            return faults.drop_mid_output

    def delay(self) -> float:
        """Seconds that pass before an execution starts."""
        return self._machine.faults.delay

    def spoil(self, execution: Execution) -> Execution:
        """What of an execution's standard output is left."""
        faults = self._machine.faults
        stdout = execution.stdout
        if faults.garbage_output:
            stdout = random.Random(len(stdout)).randbytes(max(len(stdout), 256))
        if faults.truncate_output is not None:
            stdout = stdout[: faults.truncate_output]
        return execution if stdout is execution.stdout else replace(execution, stdout=stdout)
