"""The fuzz at any size, with a line for each parser and a table at the end: the first step of ``tools/soak``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import Any

from unit.fuzz.audits import audit
from unit.fuzz.parser import SEED, Parser, Tally, attack
from unit.fuzz.parsers import parsers

_PART = 4_000
"""The inputs that a process is given at once."""
_AUDITS_OF_A_PART = 250
_HEAD = ("parser", "inputs", "own errors", "foreign", "slow", "slowest ms")


@cache
def targets() -> Mapping[str, Parser[Any]]:
    """The parsers and the whole audit, by name."""
    return {**parsers(), audit().name: audit()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of the fuzz; 0 if every input was stood."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Give every parser hostile inputs.")
    parser.add_argument("--inputs", type=int, default=100_000, help="for each parser (default: 100000)")
    parser.add_argument("--audits", type=int, default=20_000, help="whole audits (default: 20000)")
    parser.add_argument("--seed", default=SEED, help="another text gives other inputs")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: one per processor)")
    parser.add_argument(
        "--failures", type=Path, metavar="FOLDER", help="write each input that was not stood to a file here"
    )
    parser.add_argument("--show", type=int, metavar="NUMBER", help="show the input of that number, and try it")
    parser.add_argument("names", nargs="*", metavar="PARSER", help="only these (default: all)")
    options = parser.parse_args(arguments)
    names = options.names or list(targets())
    if unknown := sorted(set(names) - targets().keys()):
        parser.error(f"there is no parser {', '.join(unknown)}; there are {', '.join(targets())}")
    if options.show is not None:
        return _show(targets()[names[0]], options.show, options.seed)
    wanted = {name: options.audits if name == audit().name else options.inputs for name in names}
    tallies = _run(wanted, options.seed, options.jobs)
    _say("", *_table(tallies))
    failures = [each for tally in tallies[:-1] for each in tally.failures]
    for each in failures:
        if options.failures:
            options.failures.mkdir(parents=True, exist_ok=True)
            file = options.failures / f"{each.parser}-{each.number}.txt"
            file.write_text(f"{each}\n", encoding="utf-8", errors="backslashreplace")
    _say("", *(f"{each.parser}, input {each.number}: {each.what}" for each in failures[:50]))
    return 1 if failures else 0


def _run(wanted: Mapping[str, int], seed: str, jobs: int) -> list[Tally]:
    """What came of the inputs of each parser, then of all of them. Says so as each one is done."""
    started = time.monotonic()
    tallies = {name: Tally(name) for name in wanted}
    with ProcessPoolExecutor(jobs) as pool:
        parts = {}
        for name, number in wanted.items():
            size = _AUDITS_OF_A_PART if name == audit().name else _PART
            for first in range(0, number, size):
                parts[pool.submit(_part, name, range(first, min(first + size, number)), seed)] = name
        for done in as_completed(parts):
            tally = tallies[parts[done]]
            tally.add(done.result())
            if tally.inputs == wanted[tally.parser]:
                seconds = time.monotonic() - started
                _say(f"{seconds:6.0f} s  {tally.parser}: {tally.inputs} inputs, {len(tally.failures)} failures")
    total = Tally("all of them")
    for tally in tallies.values():
        total.add(tally)
    return [*tallies.values(), total]


def _part(name: str, numbers: range, seed: str) -> Tally:
    return attack(targets()[name], numbers, seed)


def _table(tallies: Iterable[Tally]) -> list[str]:
    rows = [
        (each.parser, each.inputs, each.own_errors, len(each.foreign), len(each.slow), f"{each.slowest_s * 1000:.1f}")
        for each in tallies
    ]
    cells = [_HEAD, *(tuple(map(str, row)) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD))]
    return [
        "  ".join(
            f"{cell:<{width}}" if column == 0 else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]


def _show(parser: Parser[Any], number: int, seed: str) -> int:
    _say(ascii(parser.show(parser.input(number, seed))))
    tally = attack(parser, range(number, number + 1), seed)
    _say(*_table([tally]), *(each.what for each in tally.failures))
    return 1 if tally.failures else 0


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
