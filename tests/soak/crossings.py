"""Pairs of runs that cross: the same machines, 0 to 10 seconds apart; each pair is followed by one run."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import fleet
from .ledger import Ledger
from .runs import REGENERATE, Job, Run, repair, run
from .served import Served

APART_S = 10.0


@dataclass(frozen=True)
class Crossings:
    """How many pairs, each on so many machines of its own."""

    crossings: int
    machines: int
    seed: str


@dataclass(frozen=True)
class _Way:
    """What crosses, and on which kinds of machines."""

    job: Job
    role: str = ""
    shared: bool = False


_WAYS = (
    _Way(repair("update_store"), "update_store"),
    _Way(REGENERATE, "client_id", shared=True),
    _Way(repair(), shared=True),
    *(_Way(repair(role), role) for role in fleet.ROLES if role != "update_store"),
)


def run_all(given: Crossings, ledger: Ledger, folder: Path) -> None:
    """Every pair on a fleet of its own."""
    for number in range(given.crossings):
        way = _WAYS[number % len(_WAYS)]
        chance = random.Random(f"{given.seed} crossing {number}")
        apart = chance.uniform(0.0, APART_S) if number % 3 else 0.0
        where = f"crossing {number + 1} of {given.crossings}, {apart:.1f} s apart"
        pairs = max(given.machines // 6, 1) if way.shared else 0
        machines = [
            *fleet.sick(given.machines - 2 * pairs, fleet.of_role(way.role), first=number),
            *fleet.sharing(pairs),
        ]
        with (
            ledger.folder(folder / f"crossing-{number + 1:02d}") as own,
            Served(own / "lab", machines, fleet.DEFAULTS) as served,
        ):
            _cross(way.job, apart, ledger, where, served, own)


def _cross(job: Job, apart: float, ledger: Ledger, where: str, served: Served, folder: Path) -> None:
    before = served.truths()
    with Run(served, folder / "first", job) as first:
        first.wait_until(lambda: False, apart)
        with Run(served, folder / "second", job) as second:
            ledger.count("pairs of runs that crossed", not first.ended)
            with ThreadPoolExecutor(2) as waiting:
                both = list(waiting.map(Run.done, (first, second)))
    for name, done in zip(("first", "second"), both, strict=True):
        ledger.judged(f"{where}, the {name}: {job.name}", done, served)
    after_it = run(served, folder / "next", job)
    ledger.judged(f"{where}, the next run", after_it, served)
    ledger.settled(where, before, served)
