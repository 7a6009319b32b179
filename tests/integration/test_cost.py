"""What the audit of a fleet of 200 costs, with the lab and the controller in processes of their own."""

from __future__ import annotations

from bench.measure import measure


def test_two_hundred_machines() -> None:
    audit = measure("fleet200", forks=20)
    assert audit.machines == 200
    assert (audit.executions, audit.commands <= 12, audit.requests <= 6) == (1, True, True)
    assert audit.lab_share < 0.25
