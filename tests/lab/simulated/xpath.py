"""The queries of the event log: a subset of XPath 1.0, as Windows documents it, compiled and really evaluated.

A query is a path from the event, such as ``*[System[(EventID=1 or EventID=2) and TimeCreated[timediff(@SystemTime) <= 60000]]]``
or ``Event/System[Level=2]``. In brackets: paths, ``@attributes``, ``timediff``, ``band``, comparisons, ``and``, ``or``, parentheses.
"""

from __future__ import annotations

import operator
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from .errors import NotImplementedInLab

if TYPE_CHECKING:
    from .eventlog import Event

MAX_COMPARISONS = 22
"""A query with more comparisons is refused by Windows: 22 is the limit its documentation of event forwarding gives."""

Matcher = Callable[["Event", float], bool]
_Condition = Callable[[ET.Element, float], bool]
_Values = Callable[[ET.Element, float], list[str]]

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<string>'[^']*'|"[^"]*")|(?P<name>[A-Za-z_][\w.-]*)|(?P<symbol>!=|<=|>=|//|::|\.\.|[\[\]()/@=<>*,.|+-]))"""
)
_OPERATORS: dict[str, Callable[[object, object], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,  # type: ignore[dict-item]
    "<=": operator.le,  # type: ignore[dict-item]
    ">": operator.gt,  # type: ignore[dict-item]
    ">=": operator.ge,  # type: ignore[dict-item]
}


class InvalidQuery(ValueError):
    """ERROR_EVT_INVALID_QUERY"""


@lru_cache(maxsize=256)
def compile_query(query: str) -> Matcher:
    """A function that tells whether an event, at a time in seconds since 1970, matches.

    :raises InvalidQuery: Windows would refuse the query
    :raises NotImplementedInLab: a structured query or a part of XPath that Windows might take and the lab does not
    """
    if query.lstrip().startswith("<"):
        raise NotImplementedInLab("structured queries")
    parser = _Parser(query)
    steps = parser.path()
    parser.end()
    if steps[0][0] not in ("*", "Event"):
        raise InvalidQuery(query)
    root_name, conditions = steps[0]

    def matches(event: Event, now: float) -> bool:
        element = event.tree
        if root_name not in ("*", element.tag) or not all(condition(element, now) for condition in conditions):
            return False
        return len(steps) == 1 or bool(_follow(steps[1:], element, now))

    return matches


_Step = tuple[str, list[_Condition]]


def _follow(steps: list[_Step], element: ET.Element, now: float) -> list[str]:
    """The text of all that a relative path leads to."""
    (name, conditions), *rest = steps
    if name == ".":
        return [element.text or ""]
    if name.startswith("@"):
        value = element.get(name[1:])
        return [] if value is None else [value]
    found: list[str] = []
    for child in element:
        if name in ("*", child.tag) and all(condition(child, now) for condition in conditions):
            found += _follow(rest, child, now) if rest else [child.text or ""]
    return found


class _Parser:
    def __init__(self, query: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._position = 0
        self._comparisons = 0
        end = len(query.rstrip())
        start = 0
        while start < end:
            match = _TOKEN.match(query, start)
            if match is None:
                raise InvalidQuery(query)
            self._tokens.append((match.lastgroup or "", match[match.lastgroup or 0]))
            start = match.end()

    def end(self) -> None:
        if self._position < len(self._tokens):
            raise InvalidQuery(self._tokens[self._position][1])

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._position] if self._position < len(self._tokens) else ("", "")

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        self._position += 1
        return token

    def _accept(self, text: str) -> bool:
        kind, found = self._peek()
        if found == text and kind != "string":
            self._position += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise InvalidQuery(f"expected {text!r}")

    def path(self) -> list[_Step]:
        steps: list[_Step] = []
        while True:
            kind, text = self._take()
            if text in ("//", "::", ".."):
                raise NotImplementedInLab(f"XPath axis {text}")
            if text == "@":
                kind, text = self._take()
                if kind != "name":
                    raise InvalidQuery("no attribute after @")
                return [*steps, (f"@{text}", [])]
            if kind != "name" and text not in ("*", "."):
                raise InvalidQuery(f"no path at {text!r}")
            conditions: list[_Condition] = []
            while self._accept("["):
                conditions.append(self._or())
                self._expect("]")
            steps.append((text, conditions))
            if not self._accept("/"):
                return steps

    def _or(self) -> _Condition:
        terms = [self._and()]
        while self._accept("or"):
            terms.append(self._and())
        return terms[0] if len(terms) == 1 else lambda element, now: any(term(element, now) for term in terms)

    def _and(self) -> _Condition:
        terms = [self._term()]
        while self._accept("and"):
            terms.append(self._term())
        return terms[0] if len(terms) == 1 else lambda element, now: all(term(element, now) for term in terms)

    def _term(self) -> _Condition:
        if self._accept("("):
            condition = self._or()
            self._expect(")")
            return condition
        left, exists = self._operand()
        kind, text = self._peek()
        if kind != "symbol" or text not in _OPERATORS:
            if exists is None:
                raise InvalidQuery("a number or string is no condition")
            return exists
        self._take()
        right, _unused = self._operand()
        self._comparisons += 1
        if self._comparisons > MAX_COMPARISONS:
            raise InvalidQuery("too many comparisons")
        compare = _OPERATORS[text]
        return lambda element, now: any(
            _compare(compare, a, b) for a in left(element, now) for b in right(element, now)
        )

    def _operand(self) -> tuple[_Values, _Condition | None]:
        """What stands on a side of a comparison, and the condition it is alone: that a path leads somewhere."""
        kind, text = self._peek()
        if kind in ("number", "string"):
            self._take()
            literal = text[1:-1] if kind == "string" else text
            return lambda _element, _now: [literal], None
        following = self._tokens[self._position + 1][1] if self._position + 1 < len(self._tokens) else ""
        if kind == "name" and following == "(":
            return self._function(text)
        steps = self.path()
        return lambda element, now: _follow(steps, element, now), lambda element, now: bool(
            _follow(steps, element, now)
        )

    def _function(self, name: str) -> tuple[_Values, _Condition | None]:
        if name.lower() not in ("timediff", "band"):
            if name == "position":
                raise NotImplementedInLab("position()")
            raise InvalidQuery(f"no function {name}()")
        self._position += 2
        first, _unused = self._operand()
        if name.lower() == "timediff":
            self._expect(")")
            return lambda element, now: [_milliseconds_since(value, now) for value in first(element, now)], None
        self._expect(",")
        second, _unused = self._operand()
        self._expect(")")

        def band(element: ET.Element, now: float) -> list[str]:
            return [str(int(a, 0) & int(b, 0)) for a in first(element, now) for b in second(element, now)]

        return band, lambda element, now: any(value != "0" for value in band(element, now))


def _compare(compare: Callable[[object, object], bool], left: str, right: str) -> bool:
    """Compare as numbers where both are numbers; only equality is defined for text."""
    numbers = _number(left), _number(right)
    if None not in numbers:
        return compare(*numbers)
    return compare(left, right) if compare in (operator.eq, operator.ne) else False


def _number(text: str) -> float | None:
    try:
        return float(int(text, 16)) if text[:2].lower() == "0x" else float(text)
    except ValueError:
        return None


def _milliseconds_since(system_time: str, now: float) -> str:
    moment = datetime.fromisoformat(system_time[:26] + "+00:00")
    return str(int((now - moment.timestamp()) * 1000))
