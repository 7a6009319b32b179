"""No pattern goes back over what it has read: hostile text costs linear time."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from support.limits import limit
from support.patterns import SHAPES, Pattern, patterns

# It only removes blanks from a script of ours.
_OF_OUR_OWN_TEXT = ("web_request.py:",)
_LENGTH, _LONGEST_S = 30_000, 1.0
PATTERNS = [each for each in patterns() if not any(own in each.where for own in _OF_OUR_OWN_TEXT)]


def slow_shapes(pattern: Pattern, shapes: Iterable[str] = SHAPES) -> list[str]:
    """The shapes on which a pattern needs more than a second of CPU."""
    found = []
    for shape in shapes:
        for text in (
            f"{start}{shape * (_LENGTH // len(shape))}{end}"
            for start in ("", "C:\\x REG_SZ ")
            for end in ("\x00", "\n")
        ):
            started = time.process_time()
            try:
                with limit(2):
                    pattern.run(text)
            except TimeoutError:
                pass
            if time.process_time() - started > _LONGEST_S:
                found.append(shape)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_a_pattern_is_linear(pattern: Pattern) -> None:
    assert slow_shapes(pattern) == []


@pytest.mark.slow
def test_a_pattern_that_is_not_is_seen() -> None:
    import re

    assert len(PATTERNS) > 80
    assert slow_shapes(Pattern("here", re.compile(r"(?:a|a)+b"), ("search",)), ["a"]) != []
