"""The processes of a run: workers of ansible-playbook have sessions of their own, so they are found by a mark in their environment."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

MARK = "SOAK_RUN"


def of_run(mark: str) -> list[int]:
    """The processes of a run that have not ended, the first one included."""
    wanted = f"{MARK}={mark}".encode()
    return [pid for pid in _all() if wanted in _read(pid, "environ").split(b"\0")]


def workers(mark: str, parent: int) -> list[int]:
    """The children of a process of a run: the workers of ansible-playbook."""
    return [pid for pid in of_run(mark) if _parent(pid) == parent]


def end(pid: int, number: int = signal.SIGKILL) -> bool:
    """Send a signal to one process; whether it was there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
        return True
    return False


def wait_for_all(mark: str, within: float) -> int:
    """Wait until no process of a run is left; how many had to be killed after that time."""
    deadline = time.monotonic() + within
    while (left := of_run(mark)) and time.monotonic() < deadline:
        time.sleep(0.1)
    killed = sum(end(pid) for pid in left)
    while of_run(mark):
        time.sleep(0.05)
    return killed


def _all() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _parent(pid: int) -> int:
    """The parent's process ID; 0 for a process that has ended. A name in the file may contain anything but ends with a parenthesis."""
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 and fields[0] != b"Z" else 0
