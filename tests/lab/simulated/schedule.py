"""What happens on a machine later, without anyone asking: policy processing, detections."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .machine import SimulatedMachine


class Schedule:
    """Actions by the machine's clock; the machine runs them when it advances, each at its own time."""

    def __init__(self, machine: SimulatedMachine) -> None:
        self._machine = machine
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Have something done so many seconds from now."""
        heapq.heappush(self._waiting, (self._machine.now() + seconds, next(self._order), action))

    def clear(self) -> None:
        """Forget everything: what waited was kept in memory only."""
        self._waiting.clear()

    def due(self) -> float:
        """When the next action is due, in seconds since 1970; infinite where there is none."""
        return self._waiting[0][0] if self._waiting else float("inf")

    def run_next(self) -> None:
        """Run the next action, whether it is due or not."""
        heapq.heappop(self._waiting)[2]()
