"""What a machine says has an upper size, in an answer and in a result."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import AnswerTooLong
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import BITS_FACTS, FACTS
from ansible_collections.wsus.client.plugins.plugin_utils._operations.bounds import LARGEST, bounded
from ansible_collections.wsus.client.plugins.plugin_utils._windows import batch, registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers
from lab.machine import Execution
from support.lab_host import Pc

TOKEN = "0123456789abcdef"


def test_what_fits_is_unchanged() -> None:
    values = {"list": list(range(500)), "text": "x" * 8192, "none": None, "deep": [{"a": [True, 1.5]}]}
    assert bounded(values) == (values, {})


def test_lists_and_texts_are_cut_and_counted() -> None:
    kept, left_out = bounded(
        {"facts": {"list": list(range(3000)), "all": [["a"] * 501, ["b"] * 600]}, "text": "x" * 9000}
    )
    assert kept["facts"]["list"] == list(range(500))
    assert kept["text"] == "x" * 8192 + "..."
    assert left_out == {"facts.list": 2500, "facts.all": 101}


@pytest.mark.parametrize(
    "value",
    [
        ["x" * 8000] * 500,
        {f"name {number}": "x" * 200 for number in range(100_000)},
        [[["x" * 100] * 100] * 100] * 100,
        "\u6771" * 2_000_000,
    ],
)
def test_a_result_is_never_larger(value: Any) -> None:
    started = time.process_time()
    kept, _left_out = bounded({"value": value})
    assert len(json.dumps(kept)) <= LARGEST
    assert time.process_time() - started < 1


def test_a_long_answer_is_incomplete_and_the_next_one_is_whole() -> None:
    first, second = registry.key(r"HKLM\A"), registry.key(r"HKLM\B")
    line = "x" * 999
    output = f"{line}\n" * 1001 + f"{TOKEN} 0\nHKEY_LOCAL_MACHINE\\B\n    a    REG_SZ    b\n{TOKEN} 0\n"
    results = batch.read(output, (first.command, second.command), TOKEN)
    assert [(result.cut, len(result.lines)) for result in results] == [(True, 1000), (False, 2)]
    answers = Answers(results)
    with pytest.raises(AnswerTooLong, match="too long, so it is incomplete"):
        answers[first]
    assert answers[second] is not None


def test_a_machine_that_talks_without_end_has_one_unreadable_component() -> None:
    pc = Pc()
    run_program = pc.machine.run_program

    def talking(argv: Any, *arguments: Any) -> Execution:
        if argv[:2] == ("reg.exe", "query") and "BITS" in argv[2] and "Services" in argv[2]:
            return Execution(b"HKEY_LOCAL_MACHINE\\X\r\n" + b"    a    REG_SZ    b\r\n" * 60_000)
        return run_program(argv, *arguments)

    pc.machine.run_program = talking  # type: ignore[method-assign]
    found = pc.perform(FACTS)["ansible_facts"]["wsus_findings"]
    assert "bits.unreadable" in {finding["id"] for finding in found}
    assert "agent.unreadable" not in {finding["id"] for finding in found}


def test_the_facts_say_what_was_left_out() -> None:
    names = [f"svc{number:05}" for number in range(3000)]
    pc = Pc(services={"BITS": {"values": {"DependOnService": names}}})
    done = pc.perform(BITS_FACTS)
    assert len(json.dumps(done)) <= LARGEST
    assert done["left_out"] == done["ansible_facts"]["wsus_left_out"]
    assert all(path.startswith("ansible_facts.wsus_") for path in done["left_out"])
