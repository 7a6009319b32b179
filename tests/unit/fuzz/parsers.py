"""Every parser of the collection, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from unit.fuzz import answers, controller, plain
from unit.fuzz.parser import Parser


@cache
def parsers() -> Mapping[str, Parser[Any]]:
    """The parsers by name."""
    listed = (
        *answers.of_queries(),
        *plain.of_texts(),
        *plain.of_bytes(),
        *answers.of_components(),
        *answers.of_changes(),
        answers.capture(),
        controller.connection(),
        *controller.of_files(),
    )
    return {each.name: each for each in listed}
