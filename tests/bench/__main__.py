"""The performance table, run by ``make bench``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from .measure import Measure, measure


def table(measures: list[Measure]) -> str:
    """The measures as people read them."""
    head = "fleet       transport  machines  forks   wall s  machines/s  controller ms/machine  lab ms/machine  lab share  executed (most)  commands  requests"
    lines = [head]
    for each in measures:
        way = f"{each.transport}/{each.scheme}"
        lines.append(
            f"{each.fleet:<10}  {way:<10} {each.machines:>8}  {each.forks:>5}  {each.wall_s:>7.1f}  {each.machines / each.wall_s:>10.1f}"
            f"  {1000 * each.controller_cpu_s / each.machines:>21.0f}  {1000 * each.lab_cpu_s / each.machines:>14.1f}  {each.lab_share:>9.2f}"
            f"  {f'{each.executions} ({each.most_executions})':>15}  {each.commands:>8}  {each.requests:>8}"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Command line of ``make bench``."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure what the audit of a fleet costs.")
    parser.add_argument("--fleet", default="fleet200", help="a fleet of tests/lab/fleets (default: fleet200)")
    parser.add_argument("--forks", type=int, default=20, help="forks of ansible-playbook (default: 20)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measures to FILE as well")
    options = parser.parse_args(arguments)
    ways = [("basic", "http"), ("ntlm", "http"), ("basic", "https")]
    measures = [measure(options.fleet, options.forks, *way) for way in ways]
    sys.stdout.write(table(measures) + "\n")
    if options.json:
        data: list[dict[str, Any]] = [vars(each) | {"lab_share": each.lab_share} for each in measures]
        options.json.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
