"""Wine's services brought into the states that the declared machine's have when a prefix starts."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from ..simulated.machine import SimulatedMachine
from ..simulated.service_config import DISABLED, RUNNING, STOPPED
from ..simulated.service_record import ServiceRecord, Status
from ..simulated.service_start import process_problem, service_problem
from . import hosting
from .tools import Tools

_RUNNING, _STOPPED = re.compile(rb": 4  RUNNING"), re.compile(rb": 1  STOPPED")
_WITHIN = 20.0


def running_services(declared: SimulatedMachine) -> list[str]:
    """The services that run on the declared machine, as far as Wine runs them."""
    return [record.name for record in _records(declared) if record.status.state == RUNNING]


def bring_to_state(tools: Tools, declared: SimulatedMachine) -> None:
    """Wait for the services that start with the prefix; start and stop those that have run, which leaves their exit code 0.

    Raises RuntimeError where Wine does not start or stop one in time.
    """
    _wait_for(tools, running_services(declared), _RUNNING)
    for record in _records(declared):
        if record.status == Status(STOPPED, 0) and _can_start(declared, record):
            for verb, state in (("start", _RUNNING), ("stop", _STOPPED)):
                tools.run(("sc.exe", verb, record.name))
                _wait_for(tools, [record.name], state)


def _records(declared: SimulatedMachine) -> list[ServiceRecord]:
    found = (declared.services.find(name) for name, _unused in hosting.services(declared.registry))
    return [record for record in found if record]


def _can_start(declared: SimulatedMachine, record: ServiceRecord) -> bool:
    return (
        record.start != DISABLED
        and process_problem(declared, record) is None
        and service_problem(declared, record) is None
    )


def _wait_for(tools: Tools, services: Iterable[str], state: re.Pattern[bytes]) -> None:
    deadline = time.monotonic() + _WITHIN
    for name in services:
        while not state.search(tools.run(("sc.exe", "query", name)).stdout):
            if time.monotonic() > deadline:
                raise RuntimeError(f"Wine did not start or stop the service {name}")
            time.sleep(0.1)
