"""Rounds of audit, plan and repair of a whole fleet through a disturbing proxy, with restarts of machines, then an undisturbed one."""

from __future__ import annotations

import random
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from . import fleet, judge
from .disturbances import QUIET, Plan
from .ledger import Ledger
from .runs import AUDIT, Done, Job, repair, run
from .served import Served

AWAY_S = (5.0, 25.0)
"""Seconds that a machine is away while its Windows restarts: from, to."""


@dataclass(frozen=True)
class Rounds:
    """How much is done. Half of the machines are healthy; the others are sick, and each round begins to repair more of them."""

    machines: int
    rounds: int
    plan: Plan
    late: float
    restarts: int
    hold: int


def run_all(given: Rounds, ledger: Ledger, folder: Path) -> None:
    """Every round, each judged at its end."""
    if not given.rounds:
        return
    pairs = max(given.machines // 20, 1)
    sick = fleet.sick(given.machines // 2, cohorts=given.rounds)
    machines = [*sick, *fleet.sharing(pairs), *fleet.healthy(given.machines - len(sick) - 2 * pairs)]
    ledger.count("machines in the rounds", len(machines))
    with ledger.folder(folder) as own, Served(own / "lab", machines, fleet.DEFAULTS) as served:
        work = _Work(given, ledger, own, served)
        for number in range(given.rounds):
            work.disturbed(number)
        work.undisturbed()


class _Work:
    def __init__(self, given: Rounds, ledger: Ledger, folder: Path, served: Served) -> None:
        self._given, self._ledger, self._folder, self._served = given, ledger, folder, served
        self._first = served.truths()
        self._random = random.Random(f"{given.plan.seed} restarts")

    def disturbed(self, number: int) -> None:
        """Audit all machines, then plan and repair the cohorts of this round and of those before it."""
        where = f"round {number + 1}"
        cohorts = [fleet.COHORT.format(each) for each in range(number + 1)]
        limit, limited = ":".join(cohorts), self._served.in_groups(cohorts)
        plan = replace(self._given.plan, seed=f"{self._given.plan.seed} {where}")
        audit = self._run(where, AUDIT, self._served.names, plan)
        self._run(where, repair(limit=limit, check=True), limited, plan)
        with self._restarting(limited, audit.seconds):
            done = self._run(where, repair(limit=limit), limited, plan)
        after = self._served.truths()
        between = len(list(judge.worse(self._first, after)))
        self._ledger.count("machines worse than at first between two rounds", between)
        self._ledger.say(
            f"{where}: {len(judge.lost(audit))} machines lost in the audit, {len(judge.lost(done))} of {len(limited)} in the repair; "
            f"{sum(bool(each.sick) for each in after.values())} are sick, {between} worse than at first"
        )

    def undisturbed(self) -> None:
        """One round through a proxy that does nothing: it completes what is begun, and nothing is left behind."""
        where = "undisturbed round"
        for job in (AUDIT, repair(check=True), repair()):
            self._run(where, job, self._served.names, QUIET)
        after = self._served.truths()
        failures = [
            *judge.worse(self._first, after),
            *judge.journals(after),
            *judge.stopped(self._first, after, started_with_windows=True),
        ]
        self._ledger.note(where, failures)
        self._ledger.count("machines sick after the undisturbed round", sum(bool(each.sick) for each in after.values()))

    def _run(self, where: str, job: Job, expected: Collection[str], plan: Plan) -> Done:
        folder = self._folder / f"{where} {job.name}".replace(" ", "-")
        done = run(self._served, folder, job, plan=plan, late=self._given.late, hold=self._given.hold)
        self._ledger.judged(f"{where}, {job.name}", done, self._served, expected)
        if plan.share:
            self._ledger.disturbed(done)
        return done

    @contextmanager
    def _restarting(self, names: Sequence[str], window: float) -> Iterator[None]:
        """Restart some of these machines meanwhile, within about so many seconds."""
        ended = threading.Event()
        chosen = self._random.sample(names, min(self._given.restarts, len(names)))
        times = [(self._random.uniform(0, 2 * window / len(chosen)), self._random.uniform(*AWAY_S)) for _name in chosen]

        def restart() -> None:
            for name, (pause, away) in zip(chosen, times, strict=True):
                if ended.wait(pause):
                    return
                self._served.restart(name, away)
                self._ledger.count("restarts of machines in the middle of a repair")

        thread = threading.Thread(target=restart, name="restarts", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
