"""A limit of CPU time for code that may never end: what other programs take of the processor does not count."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError after that CPU time of the process; the engine of regular expressions heeds signals."""

    def expired(*_arguments: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, expired)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
