"""Repairs that are killed, lose a worker, or are asked to end, at random moments; each is followed by one undisturbed run."""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import fleet, judge
from .ledger import Ledger
from .runs import Run, repair, run
from .served import Served

AFTER_PLAY_S = 3.0
"""Half of the strikes come within so many seconds after a role's play has begun, the others at any time of the run."""
_PLAYS = (
    "Repair policy",
    "Repair BITS",
    "Repair server connectivity",
    "Repair the update agent",
    "Rebuild the update store",
    "Regenerate the client ID",
)


@dataclass(frozen=True)
class Strike:
    """What is done to a run; ``done`` says whether the run was still there."""

    name: str
    do: Callable[[Run, random.Random], bool]


_KILLS = (
    Strike("SIGKILL of the controller", lambda run, _chance: run.strike(signal.SIGKILL)),
    Strike("SIGKILL of its group", lambda run, _chance: run.strike(signal.SIGKILL, group=True)),
)
_WORKERS = (Strike("SIGKILL of a worker", lambda run, chance: run.strike_worker(chance.choice)),)
_SIGNALS = (
    Strike("SIGTERM of the controller", lambda run, _chance: run.strike(signal.SIGTERM)),
    Strike("SIGINT of its group", lambda run, _chance: run.strike(signal.SIGINT, group=True)),
    Strike("SIGTERM of its group", lambda run, _chance: run.strike(signal.SIGTERM, group=True)),
    Strike("SIGINT of the controller", lambda run, _chance: run.strike(signal.SIGINT)),
)


@dataclass(frozen=True)
class Kills:
    """How many runs are struck in which way, each on so many machines of its own."""

    kills: int
    workers: int
    signals: int
    machines: int
    seed: str
    hold: int

    def strikes(self) -> Iterator[Strike]:
        """Every strike, in order."""
        for number, kinds in ((self.kills, _KILLS), (self.workers, _WORKERS), (self.signals, _SIGNALS)):
            yield from (kinds[each % len(kinds)] for each in range(number))


def run_all(given: Kills, ledger: Ledger, folder: Path) -> None:
    """Every strike on a fleet of its own."""
    strikes = list(given.strikes())
    duration = _duration(given, ledger, folder) if strikes else 0.0
    for number, strike in enumerate(strikes):
        chance = random.Random(f"{given.seed} strike {number}")
        where = f"strike {number + 1} of {len(strikes)}"
        with ledger.folder(folder / f"strike-{number + 1:03d}") as own, _served(given, own, number) as served:
            _strike(strike, chance, duration, ledger, where, served, own, given.hold)


def _served(given: Kills, folder: Path, number: int) -> Served:
    machines = [*fleet.sick(given.machines - 1, first=number), *fleet.healthy(1)]
    return Served(folder / "lab", machines, fleet.DEFAULTS)


def _duration(given: Kills, ledger: Ledger, folder: Path) -> float:
    """How long a repair takes that is not struck."""
    with ledger.folder(folder / "whole") as own, _served(given, own, 0) as served:
        done = run(served, own / "run", repair())
        ledger.judged("a repair that is not struck", done, served)
    return done.seconds


def _strike(
    strike: Strike,
    chance: random.Random,
    duration: float,
    ledger: Ledger,
    where: str,
    served: Served,
    folder: Path,
    hold: int,
) -> None:
    before = served.truths()
    with Run(served, folder / "struck", repair(), hold=hold) as struck:
        _wait(struck, chance, duration)
        ledger.count(strike.name if strike.do(struck, chance) else "strikes that came after the end of the run")
        done = struck.done()
    between = served.truths()
    ledger.judged(f"{where}, {strike.name}", done, served)
    ledger.count(
        "machines with services stopped after a strike",
        len(list(judge.stopped(before, between, started_with_windows=False))),
    )
    ledger.count("machines with a record of a change after a strike", len(list(judge.journals(between))))

    after_it = run(served, folder / "next", repair(), hold=hold)
    ledger.judged(f"{where}, the next run", after_it, served)
    ledger.settled(where, before, served)


def _wait(struck: Run, chance: random.Random, duration: float) -> None:
    """Wait for the moment of the strike."""
    if chance.random() < 0.5:
        struck.wait_until(lambda: False, chance.uniform(0.0, duration))
        return
    play = re.compile(rf"^PLAY \[{re.escape(chance.choice(_PLAYS))}\]", re.MULTILINE)
    struck.wait_until(lambda: bool(play.search(struck.output)), 4 * duration)
    struck.wait_until(lambda: False, chance.uniform(0.0, AFTER_PLAY_S))
