# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A query to a machine: a read-only command and the parser of its output. Each output is parsed only once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, TypeVar

from .._exceptions import AnswerTooLong
from .command import Command, Result

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class Query(Generic[T]):
    """A read-only command and the parser of its output.

    Two queries are equal if their commands and parsers are equal. Therefore ``parse`` must be a module-level function or a
    frozen dataclass with ``__call__``, not a lambda or a partial, which are different objects each time. Its argument, the
    Result, contains the command. It raises UnexpectedOutput if the output does not have the format of the program.
    """

    command: Command
    parse: Callable[[Result], T]


@dataclass(frozen=True)
class _Outcome:
    """The value that a parser returned, or the exception that it raised, with its traceback."""

    value: Any
    error: Exception | None = None
    traceback: TracebackType | None = None


class Answers:
    """The answers of a machine: ``answers[query]`` is the parsed output.

    Each output is parsed at the first access, and only once by the same parser; an exception of the parser is stored like
    a value and raised at each access. A query that was not sent raises KeyError. ``first | second`` contains the answers
    and parsed values of both; for a query in both, the second is used.
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
            raise outcome.error.with_traceback(outcome.traceback)  # otherwise it would grow with each access
        value: T = outcome.value
        return value

    def __or__(self, other: Answers) -> Answers:
        both = Answers()
        both._results = self._results | other._results
        both._outcomes = {query: each for query, each in self._outcomes.items() if query not in other} | other._outcomes
        return both

    def get(self, query: Query[T], default: D) -> T | D:
        """The parsed output, or the default if the query was not sent."""
        return self[query] if query in self else default

    def _parse(self, query: Query[Any], result: Result) -> _Outcome:
        try:
            if result.cut:
                raise AnswerTooLong(f"the answer to `{result.command.shown}` is too long, so it is incomplete")
            return _Outcome(query.parse(result))
        except Exception as error:
            return _Outcome(None, error, error.__traceback__)
