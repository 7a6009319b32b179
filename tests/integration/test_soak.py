"""The short form of ``make soak``: few machines, every section once, and nothing that must not happen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from soak import judge
from soak.__main__ import main

pytestmark = pytest.mark.long

SHORT = {
    "machines": 12,
    "rounds": 2,
    "restarts": 1,
    "kills": 1,
    "workers": 1,
    "signals": 1,
    "crossings": 1,
    "targets": 3,
    "share": 0.08,
    "late": 1,
    "hold": 5,
}


def test_nothing_happens_that_must_not(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    given = [text for name, value in SHORT.items() for text in (f"--{name}", str(value))]
    status = main([*given, "--folder", str(tmp_path)])
    out, err = capfd.readouterr()
    counts = {text: int(number) for number, text in re.findall(r"^ +(\d+)  (.+)$", out, re.MULTILINE)}
    assert {what: counts[what] for what in judge.FAILURES} == dict.fromkeys(judge.FAILURES, 0), f"{err}\n{out}"
    assert status == 0

    # It did what it was asked for.
    requests, disturbed = re.search(r"(\d+)  requests, (\d+) of them disturbed", out).groups()  # type: ignore[union-attr]
    assert int(requests) > 500
    assert int(disturbed) > 20
    assert counts["machines in the rounds"] == 12
    assert re.search(r"machines lost per audit: [\d.]+ % \(\d+ of 24\)", out)
    assert counts["pairs of runs that crossed"] == 1
    struck = [each for each in counts if each.startswith("SIG")]
    assert sum(counts[each] for each in struck) + counts.get("strikes that came after the end of the run", 0) == 3
    assert counts["machines sick after the undisturbed round"] == 0
