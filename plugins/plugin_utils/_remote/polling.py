# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for what a machine does by itself: looks at it, at first often, until it is done or the time is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Waiting:
    """How long to wait, and how often to look: ``timeout``, ``first`` and ``longest`` are in seconds.

    ``say`` is told what is being waited for before each pause, which doubles from ``first`` to ``longest``.
    """

    timeout: float
    say: Callable[[str], None]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    first: float = 1.0
    longest: float = 10.0

    def until(self, done: Callable[[T], bool], look: Callable[[], T], what: Callable[[T], str]) -> T:
        """What was seen last: done, or not yet done when the time was over."""
        end, pause = self.clock() + self.timeout, self.first
        while True:
            seen = look()
            if done(seen) or self.clock() >= end:
                return seen
            self.say(f"waiting for {what(seen)}")
            self.sleep(pause)
            pause = min(pause * 2, self.longest)
