# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run on one machine: the host, the controller's time, polling, and progress messages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from .host import Host

T = TypeVar("T")


def _ignore(_text: str) -> None:
    """Show nothing."""


@dataclass(frozen=True)
class Session:
    """The context of an operation.

    ``now`` is the controller's time (UTC) at the start, from which ages are computed; ``progress`` receives messages
    for the user, ``debug`` those for developers. ``clock`` (seconds) and ``sleep`` are the controller's. ``names`` are those
    by which the controller knows the machine, its name in the inventory first, and ``user`` as whom it connects, if known.
    """

    host: Host
    now: datetime
    progress: Callable[[str], None] = _ignore
    debug: Callable[[str], None] = _ignore
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    names: tuple[str, ...] = ()
    user: str | None = None
    _started: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_started", self.clock())

    def current_time(self) -> datetime:
        """The controller's current time (UTC), in whole seconds."""
        return (self.now + timedelta(seconds=self.clock() - self._started)).replace(microsecond=0)

    def poll(
        self,
        observe: Callable[[], T],
        done: Callable[[T], bool],
        waiting_for: Callable[[T], str],
        *,
        timeout: float,
        first: T | None = None,
        first_pause: float = 1.0,
        longest_pause: float = 10.0,
    ) -> T:
        """Observe until ``done`` or until ``timeout`` seconds have passed; return the last observation.

        ``first`` is an observation that was already made. The pause between observations doubles from ``first_pause``
        to ``longest_pause`` seconds.
        """
        end, pause = self.clock() + timeout, first_pause
        seen = observe() if first is None else first
        while not done(seen) and self.clock() < end:
            self.progress(f"waiting for {waiting_for(seen)}")
            self.sleep(pause)
            pause = min(pause * 2, longest_pause)
            seen = observe()
        return seen
