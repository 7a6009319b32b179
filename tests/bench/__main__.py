"""The performance table, run by ``make bench``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from .canned import unavailable
from .compare import compare, table
from .jobs import JOBS


def main(arguments: list[str] | None = None) -> None:
    """Command line of ``make bench``."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure what tasks and playbooks cost on a fleet.")
    parser.add_argument("--machines", default="50,200,400", help="sizes of the fleet (default: 50,200,400)")
    parser.add_argument("--forks", type=int, default=20, help="forks of ansible-playbook (default: 20)")
    parser.add_argument("--jobs", default=",".join(job.name for job in JOBS), help="the jobs to run (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the costs to FILE as well")
    options = parser.parse_args(arguments)
    named = options.jobs.split(",")
    jobs = [job for job in JOBS if job.name in named]
    why = unavailable()
    skipped = [job.name for job in jobs if job.canned and why]
    costs = []
    for cost in compare(
        map(int, options.machines.split(",")), options.forks, [job for job in jobs if job.name not in skipped]
    ):
        costs.append(cost)
        sys.stderr.write(f"bench: {cost.job}, {cost.machines} machines: {cost.wall_s:.1f} s\n")
    sys.stdout.write(table(costs) + "\n")
    if skipped:
        sys.stdout.write(f"\nskipped: {', '.join(skipped)}: {why}\n")
    if options.json:
        options.json.write_text(json.dumps([asdict(each) for each in costs], indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
