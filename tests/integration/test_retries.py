"""A connection that is lost while a machine is only read: the batch is sent again, and the result is that of an undisturbed run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playing import Controller, module

PC: dict[str, Any] = {"name": "pc"}
FAULTS: dict[str, dict[str, Any]] = {
    **{f"request-{number}": {"drop_at_request": number} for number in range(1, 7)},
    "amid-output": {"drop_mid_output": 700},
    "after-a-program": {"drop_after_total": 5},
}


def test_the_audit_of_every_machine_is_whole(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": name} for name in ("whole", *FAULTS)])
    for name, faults in FAULTS.items():
        machine = served.lab.machines[name]
        machine.faults = replace(machine.faults, **faults)
    before = served.state()
    play = served.play(module("wsus_facts"), "-v", retries=1)
    assert play.exit_code == 0, play.output
    assert play.output.count("asking again, attempts left: 1") == len(FAULTS)
    facts = {each.host: each.result["ansible_facts"] for each in play.results}
    for found in facts.values():
        assert found["wsus_health"] == facts["whole"]["wsus_health"]
        assert found["wsus_findings"] == facts["whole"]["wsus_findings"]
    assert served.state() == before


@pytest.mark.parametrize("given", ["many", -1, 11])
def test_a_wrong_number_is_told_before_anything_is_sent(controller: Callable[..., Controller], given: object) -> None:
    served = controller([PC])
    play = served.play(module("wsus_facts"), hosts={"pc": {"wsus_retries": given}})
    assert play.of("pc").result["reason"] == "wrong_option"
    assert "the variable wsus_retries is" in play.of("pc").result["msg"]
    assert served.lab.machines["pc"].log == []


def test_credentials_that_are_rejected_are_not_sent_again(controller: Callable[..., Controller]) -> None:
    served = controller([PC])
    play = served.play("wsus.client.audit", hosts={"pc": {"ansible_password": "Wrong-1"}}, retries=3)
    assert "credentials were rejected" in play.of("pc").result["msg"]
    assert "asking again" not in play.output
