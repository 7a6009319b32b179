"""Hostile inputs for every parser: nothing is raised that is no error of ours, and nothing takes long."""

from __future__ import annotations

import os

import pytest
from unit.fuzz.audits import audit
from unit.fuzz.parser import attack
from unit.fuzz.parsers import parsers

pytestmark = pytest.mark.slow

INPUTS = int(os.environ.get("WSUS_FUZZ_INPUTS", "2000"))
AUDITS = int(os.environ.get("WSUS_FUZZ_AUDITS", "100"))


@pytest.mark.parametrize("name", parsers())
def test_a_parser_stands_hostile_inputs(name: str) -> None:
    tally = attack(parsers()[name], range(INPUTS))
    assert tally.inputs == INPUTS
    assert tally.own_errors < INPUTS  # some are read
    assert not tally.failures, "\n\n".join(str(each)[:3000] for each in tally.failures[:5])


def test_whole_audits_stand_hostile_answers() -> None:
    tally = attack(audit(), range(AUDITS))
    assert not tally.failures, "\n\n".join(str(each)[:3000] for each in tally.failures[:5])
