"""What the lab makes of a batch before Wine's PowerShell gets it."""

from __future__ import annotations

import pytest
from lab.simulated.batch import WEB_REQUEST, read_batch
from lab.simulated.command_line import decode_script
from lab.wine.carrying import WEB_REQUEST_PROGRAM, carried
from unit.lab.simulated_machines import command_line, script

MODE = "$ExecutionContext.SessionState.LanguageMode='ConstrainedLanguage'"
REG, ASK = ("reg.exe", "query", "x 'w' "), ("w", "http://wsus", "a", "http://wsus/b", "-", "-", "5")
PLAIN = script([REG, ("sc.exe", "query")])
PROLOGUE, *CALLS = PLAIN.split("\n")
ASKING = f"{PROLOGUE}\n{WEB_REQUEST}\n{CALLS[0]}\n{script([ASK]).splitlines()[1]}"


def sent(text: str, commands: int | None = None, *, constrained: bool = False) -> list[str]:
    line = command_line(text)
    return decode_script(carried(line, text, read_batch(text), commands, constrained=constrained)).split("\n")


def test_most_batches_are_left_alone() -> None:
    line = command_line(PLAIN + "\r\n")
    assert carried(line, PLAIN + "\r\n", read_batch(PLAIN), None, constrained=False) is line


@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
def test_a_cut_batch_has_its_first_calls(end: str) -> None:
    assert sent(PLAIN + end, 1) == [PROLOGUE, CALLS[0]]
    assert sent(ASKING + end, 1) == [PROLOGUE, CALLS[0]]


def test_constrained_language_mode_is_set_first() -> None:
    assert sent(PLAIN, constrained=True) == [MODE, PROLOGUE, *CALLS]


def test_the_function_becomes_a_program() -> None:
    call = f"x '{WEB_REQUEST_PROGRAM}' 'http://wsus' 'a' 'http://wsus/b' '-' '-' '5'"
    assert sent(ASKING) == [PROLOGUE, CALLS[0], call]
    assert sent(ASKING, 2, constrained=True) == [MODE, PROLOGUE, CALLS[0], call]
