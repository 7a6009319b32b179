"""A parser under attack: its real inputs, what makes hostile ones of them, and what each of these may cost and raise."""

from __future__ import annotations

import gc
import re
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any, Generic, TypeVar

from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from support.limits import limit

T = TypeVar("T")
LONGEST_S = 0.05
"""The CPU time that one input may cost, on a processor that needs ``_PACE_S`` for ``_pace``."""
SEED = "wsus.client"
_PACE_S = 0.0075
_WORD = re.compile(r"\w+")
_PAUSE_S = 0.2
_SURELY = 20
"""How many times too long is no disturbance by other programs."""
_NO_LONGER_S = 20


@dataclass(frozen=True)
class Parser(Generic[T]):
    """What reads answers of a machine. ``own`` are the errors that it raises on purpose, none where it promises a result.

    ``real`` gives real inputs, and ``make`` makes an input of two of them. ``show`` says one so that it can be copied into a test.
    """

    name: str
    run: Callable[[T], object]
    real: Callable[[], Sequence[T]]
    make: Callable[[Random, T, T], T]
    own: tuple[type[Exception], ...] = (WsusClientError,)
    longest_s: float = LONGEST_S
    show: Callable[[T], str] = repr

    @cached_property
    def seeds(self) -> Sequence[T]:
        """The real inputs."""
        return self.real()

    def input(self, number: int, seed: str = SEED) -> T:
        """The input of that number: the same each time, as long as the real ones are the same."""
        random = Random(f"{seed} {self.name} {number}")
        return self.make(random, random.choice(self.seeds), random.choice(self.seeds))


@dataclass(frozen=True)
class Failure:
    """An input that a parser does not stand."""

    parser: str
    number: int
    what: str
    shown: str

    def __str__(self) -> str:
        return f"{self.parser}, input {self.number}: {self.what}\n{self.shown}"


@dataclass
class Tally:
    """What came of the inputs of one parser. ``slowest_s`` is measured once more where it was too slow."""

    parser: str
    inputs: int = 0
    own_errors: int = 0
    slowest_s: float = 0.0
    foreign: list[Failure] = field(default_factory=list)
    slow: list[Failure] = field(default_factory=list)

    @property
    def failures(self) -> list[Failure]:
        """All inputs that were not stood."""
        return [*self.foreign, *self.slow]

    def add(self, other: Tally) -> None:
        """Add what came of other inputs."""
        self.inputs += other.inputs
        self.own_errors += other.own_errors
        self.slowest_s = max(self.slowest_s, other.slowest_s)
        self.foreign += other.foreign
        self.slow += other.slow


def attack(parser: Parser[Any], numbers: range, seed: str = SEED) -> Tally:
    """Give a parser the inputs of these numbers."""
    tally = Tally(parser.name)
    for number in numbers:
        given = parser.input(number, seed)
        error, taken = measured(parser, given)
        tally.inputs += 1
        tally.slowest_s = max(tally.slowest_s, taken)
        if taken > parser.longest_s:
            tally.slow.append(Failure(parser.name, number, f"{taken * 1000:.0f} ms", parser.show(given)))
        elif error is not None and not isinstance(error, parser.own):
            tally.foreign.append(Failure(parser.name, number, _said(error), parser.show(given)))
        tally.own_errors += isinstance(error, parser.own)
    return tally


def measured(parser: Parser[T], given: T) -> tuple[Exception | None, float]:
    """What the parser raises, if anything, and the CPU time that it takes: where that is too much, of three more attempts as well."""
    error, taken = _attempt(parser, given)
    if parser.longest_s < taken < _SURELY * parser.longest_s:
        taken = min(taken, *(_measured_again(parser, given) for _time in range(3)))
    return error, taken


def _attempt(parser: Parser[T], given: T) -> tuple[Exception | None, float]:
    """The error and the CPU time of one attempt, without that of collecting garbage of others."""
    gc.disable()
    started = time.thread_time()
    try:
        with limit(_NO_LONGER_S):
            parser.run(given)
    except Exception as error:
        return error, time.thread_time() - started
    finally:
        gc.enable()
    return None, time.thread_time() - started


def _measured_again(parser: Parser[T], given: T) -> float:
    """The CPU time a little later, by the pace of the processor then: other programs share its caches and its clock."""
    time.sleep(_PAUSE_S)
    pace = _pace()
    return _attempt(parser, given)[1] / max(1.0, min(pace, _pace()) / _PACE_S)


def _pace() -> float:
    """The CPU time of a fixed work of the same kind as that of the parsers."""
    started = time.thread_time()
    sum(len(found[0]) for found in _WORD.finditer("word " * 20_000))
    return time.thread_time() - started


def _said(error: Exception) -> str:
    place: Iterator[Any] = reversed(traceback.extract_tb(error.__traceback__))
    ours = next((each for each in place if "plugin_utils" in each.filename), None)
    where = f" at {ours.filename.rpartition('plugin_utils/')[2]}:{ours.lineno}" if ours else ""
    return f"{type(error).__name__}: {str(error)[:200]}{where}"
