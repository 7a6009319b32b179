"""What the audit of a fleet of 200 costs, with the lab and the controller in processes of their own."""

from __future__ import annotations

from bench.measure import measure

# Create, Command, Receive, Signal, Delete.
REQUESTS = 5


def test_two_hundred_machines() -> None:
    audit = measure("fleet200", forks=20)
    assert audit.machines == 200
    assert (audit.executions, audit.commands, audit.requests) == (1, 18, REQUESTS)
    assert audit.most_executions == 2
    assert audit.lab_share < 0.25
