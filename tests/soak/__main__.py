"""The collection under lasting disturbance, run by ``make soak``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import crossings, kills, rounds
from .crossings import Crossings
from .disturbances import Plan, named
from .kills import Kills
from .ledger import Ledger
from .proxy import LATE_S
from .rounds import Rounds

FOLDER = Path(__file__).parents[2] / "build" / "soak" / "network"


def main(arguments: list[str] | None = None) -> int:
    """Carry out what the command line asks for; 1 if something happened that must not."""
    parser = argparse.ArgumentParser(
        prog="soak", description="Disturb, kill and cross runs on a fleet of the lab, and count what must not happen."
    )
    parser.add_argument("--machines", type=int, default=200, help="machines of the rounds (default: 200)")
    parser.add_argument(
        "--rounds", type=int, default=10, help="disturbed rounds of audit, plan and repair (default: 10)"
    )
    parser.add_argument("--restarts", type=int, help="machines restarted in each round (default: 1 of 20)")
    parser.add_argument("--kills", type=int, default=50, help="SIGKILLs of the controller or its group (default: 50)")
    parser.add_argument("--workers", type=int, default=50, help="SIGKILLs of single workers (default: 50)")
    parser.add_argument("--signals", type=int, default=50, help="SIGINTs and SIGTERMs (default: 50)")
    parser.add_argument("--crossings", type=int, default=20, help="pairs of runs that cross (default: 20)")
    parser.add_argument("--targets", type=int, default=12, help="machines of each kill and crossing (default: 12)")
    parser.add_argument(
        "--share", type=float, default=0.065, help="share of the requests that are disturbed (default: 0.065)"
    )
    parser.add_argument("--late", type=float, default=LATE_S, help="seconds that a late answer is late (default: 20)")
    parser.add_argument(
        "--hold", type=int, default=20, help="wsus_owner_timeout of the rounds and strikes, in seconds (default: 20)"
    )
    parser.add_argument("--kinds", default="", help="kinds of disturbance, separated by commas (default: all)")
    parser.add_argument("--seed", default="1", help="another seed, another course (default: 1)")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="where runs with failures are kept (default: build/soak/network)"
    )
    options = parser.parse_args(arguments)
    try:
        plan = Plan(options.share, options.seed, named([each for each in options.kinds.split(",") if each]))
    except ValueError as error:
        parser.error(str(error))
    restarts = options.machines // 20 if options.restarts is None else options.restarts
    ledger, folder = Ledger(), options.folder.resolve()
    rounds.run_all(
        Rounds(options.machines, options.rounds, plan, options.late, restarts, options.hold), ledger, folder / "rounds"
    )
    struck = Kills(options.kills, options.workers, options.signals, options.targets, options.seed, options.hold)
    kills.run_all(struck, ledger, folder / "strikes")
    crossings.run_all(Crossings(options.crossings, options.targets, options.seed), ledger, folder / "crossings")
    sys.stdout.write(ledger.table() + "\n")
    return int(ledger.failed)


if __name__ == "__main__":
    sys.exit(main())
