"""Queries and their answers: each output is parsed once, whatever came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from traceback import extract_tb

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Result, command
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers, Query
from support.windows_output import answer

VER, DIR = command("cmd.exe", "/d", "/c", "ver"), command("cmd.exe", "/d", "/c", "dir")


@dataclass(frozen=True)
class Parser:
    """A parser that notes what it parses; two of one word are equal."""

    word: str = ""
    seen: list[Result] = field(default_factory=list, compare=False)

    def __call__(self, result: Result) -> str:
        self.seen.append(result)
        if not result.ok:
            raise UnexpectedOutput("no such output")
        return f"{self.word}{result.text}"


def test_an_output_is_parsed_when_it_is_wanted_and_once() -> None:
    parser = Parser()
    answers = Answers([answer(VER, "one"), answer(DIR, "two")])
    assert parser.seen == []
    assert (answers[Query(VER, parser)], answers[Query(VER, parser)]) == ("one", "one")
    assert answers.get(Query(VER, Parser()), None) == "one"
    assert parser.seen == [answer(VER, "one")]


def test_two_parsers_of_one_output() -> None:
    answers = Answers([answer(VER, "one")])
    assert (answers[Query(VER, Parser("a"))], answers[Query(VER, Parser("b"))]) == ("aone", "bone")


def test_an_exception_is_kept_too_and_does_not_grow() -> None:
    parser = Parser()
    query = Query(VER, parser)
    answers = Answers([answer(VER, "", 1)])
    depths = []
    for _time in range(3):
        with pytest.raises(UnexpectedOutput, match="no such output") as raised:
            answers.get(query, None)
        depths.append(len(extract_tb(raised.tb)))
    assert depths[1] == depths[2]
    assert len(parser.seen) == 1


def test_a_parser_may_find_nothing_and_is_not_called_again() -> None:
    calls: list[Result] = []
    query: Query[None] = Query(VER, calls.append)
    answers = Answers([answer(VER)])
    assert (answers[query], answers[query], len(calls)) == (None, None, 1)


def test_what_was_not_asked() -> None:
    query = Query(DIR, Parser())
    answers = Answers([answer(VER)])
    assert (query in answers, answers.get(query, None), answers.get(query, 5)) == (False, None, 5)
    with pytest.raises(KeyError):
        answers[query]


def test_answers_to_both_keep_what_either_parsed() -> None:
    parser = Parser()
    first, second = Answers([answer(VER, "one")]), Answers([answer(DIR, "two")])
    assert (first[Query(VER, parser)], second[Query(DIR, parser)]) == ("one", "two")
    both = first | second
    assert (both[Query(VER, parser)], both[Query(DIR, parser)]) == ("one", "two")
    assert len(parser.seen) == 2
    assert Query(DIR, parser) not in first


def test_the_later_answer_counts() -> None:
    query = Query(VER, Parser())
    first, second = Answers([answer(VER, "one")]), Answers([answer(VER, "two")])
    assert (first[query], (first | second)[query]) == ("one", "two")
