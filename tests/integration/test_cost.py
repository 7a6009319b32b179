"""What audits and a repair of fleets cost, with the lab and the controller in processes of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import COMPONENTS
from bench import canned
from bench.compare import compare
from bench.jobs import JOBS
from bench.measure import measure
from support.cost import FIRST, FULL

pytestmark = pytest.mark.long

# Create, Command, Receive, Signal, Delete; a second execution, and a Receive more where an answer takes long.
REQUESTS, REQUESTS_OF_ALL = 5, 10
# Who manages a machine is always a second question if it is asked for by name.
WITHOUT_SERVER = tuple(name for name in COMPONENTS if name not in ("management", "reachability"))
# Far more than a run takes on two cores: what hammers or hangs would not keep it.
LONGEST_S = 150


def test_machines_that_do_not_ask_their_server() -> None:
    audit = measure("healthy", forks=20, subsets=WITHOUT_SERVER)
    assert (audit.executions, audit.commands, audit.requests) == (1, FIRST, REQUESTS)
    assert audit.wall_s < LONGEST_S
    assert audit.lab_share < 0.25
    # What is broken is asked a second time, and no more.
    assert measure("demo", forks=20, subsets=WITHOUT_SERVER).most_executions == 2


def test_two_hundred_machines_that_ask_their_server() -> None:
    """The lab runs a real curl for most machines, whose CPU time is its own: here it is no small part of the controller's."""
    audit = measure("fleet200", forks=20)
    assert audit.machines == 200
    assert (audit.executions, audit.commands) == (2, FULL)
    assert audit.requests <= REQUESTS_OF_ALL
    assert audit.machines == 200
    # Machines without curl.exe that are in trouble: the function that stands for it fills most of a command line.
    assert audit.most_executions == 3
    assert audit.wall_s < LONGEST_S


def test_a_repair_of_a_fleet_costs_little_more_than_its_audit() -> None:
    """Sixty machines, of which BITS is disabled on five."""
    jobs = {job.name: job for job in JOBS}
    audit, repair = compare([55], 20, [replace(jobs["audit"], machines="all"), jobs["repair_sick"]])
    assert audit.machines == repair.machines == 60
    assert repair.lines <= 250
    assert repair.cpu_ms <= 2 * audit.cpu_ms
    # The audit twice, and what the role asks and changes.
    assert repair.executions < audit.executions + 2


@pytest.mark.skipif(canned.unavailable() != "", reason=canned.unavailable())
def test_tasks_of_ansible_windows_succeed_on_machines_that_only_answer() -> None:
    powershell, registry = compare([3], 2, [job for job in JOBS if job.canned])
    assert (powershell.job, registry.job) == ("win_powershell", "win_reg_stat")
    assert powershell.executions == registry.executions == 1
    # A Send more for each 200,000 bytes of the module and what it needs.
    assert (powershell.requests, registry.requests) == (REQUESTS + 2, REQUESTS + 1)
    # Base64 makes 267 KB of 200.
    assert registry.kilobytes < 267 < powershell.kilobytes
