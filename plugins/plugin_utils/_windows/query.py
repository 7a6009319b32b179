# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A question to a machine: a read-only command together with the parser of its output. Each output is parsed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, TypeVar

from .command import Command, Result

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class Query(Generic[T]):
    """A read-only command and how its output is parsed.

    Two queries are the same where command and parser are equal. So ``parse`` is a function of a module or a frozen dataclass
    with ``__call__``, never a lambda or a partial, which would be another one each time. What was asked is in the Result that
    it takes. It raises UnexpectedOutput for what the program does not print.
    """

    command: Command
    parse: Callable[[Result], T]


@dataclass(frozen=True)
class _Outcome:
    """What a parser gave, or the exception that it raised and where."""

    value: Any
    error: Exception | None = None
    traceback: TracebackType | None = None


class Answers:
    """What a machine answered: ``answers[query]`` is the parsed output.

    Each output is parsed when it is first wanted, and never again by the same parser; an exception of the parser is kept
    like a value and raised each time. A query that was not asked raises KeyError. ``first | second`` are the answers to
    both, with what either has parsed; where both asked the same, the second counts.
    """

    def __init__(self, results: Iterable[Result] = ()) -> None:
        self._results: dict[Command, Result] = {result.command: result for result in results}
        self._outcomes: dict[Query[Any], _Outcome] = {}

    def __contains__(self, query: Query[Any]) -> bool:
        return query.command in self._results

    def __getitem__(self, query: Query[T]) -> T:
        if query not in self._outcomes:
            self._outcomes[query] = self._parse(query, self._results[query.command])
        outcome = self._outcomes[query]
        if outcome.error is not None:
            raise outcome.error.with_traceback(outcome.traceback)  # else it would grow by each place that it passed
        value: T = outcome.value
        return value

    def __or__(self, other: Answers) -> Answers:
        both = Answers()
        both._results = self._results | other._results
        both._outcomes = {query: each for query, each in self._outcomes.items() if query not in other} | other._outcomes
        return both

    def get(self, query: Query[T], default: D) -> T | D:
        """The parsed output, or the default if the query was not asked."""
        return self[query] if query in self else default

    def _parse(self, query: Query[Any], result: Result) -> _Outcome:
        try:
            return _Outcome(query.parse(result))
        except Exception as error:
            return _Outcome(None, error, error.__traceback__)
