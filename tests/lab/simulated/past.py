"""What has happened on a machine before it is first asked: starts, detections, failures, jobs, events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from ..fleet import FleetError, MachineSpec
from .bits_jobs import write_failed_job
from .service_config import STOPPED
from .service_record import Status
from .update_agent import SERVICE, TEN

if TYPE_CHECKING:
    from .machine import SimulatedMachine


def live_through(machine: SimulatedMachine, spec: MachineSpec) -> None:
    """Let the past of a fleet file happen, the oldest first.

    :raises FleetError: it names a service, a channel or a provider that the machine does not have
    """
    # What a fleet file says of a log is how the log is now.
    machine.agent.log.kept = frozenset(path.lower().rstrip("\\") for path in spec.files)
    for age, happen in sorted(_happenings(machine, spec), key=lambda each: -each[0]):
        with machine.ago(age):
            happen()
        machine.advance()
    machine.agent.log.kept = frozenset()
    for name, ran in (("BITS", spec.jobs), (SERVICE, spec.agent.detections)):
        record = machine.services.find(name)
        if ran and record and record.status == Status():
            machine.services.set_state(name, Status(STOPPED, 0))
    _write_events(machine, spec)
    machine.events.settle()


def _happenings(machine: SimulatedMachine, spec: MachineSpec) -> Iterator[tuple[float, Callable[[], object]]]:
    for attempt in spec.attempts:
        if machine.services.find(attempt.start) is None:
            raise FleetError(f"{spec.where}: attempts: there is no service {attempt.start}")
        yield attempt.age, partial(machine.services.start, attempt.start)
    for detection in spec.agent.detections:
        yield detection.age, partial(_detection, machine, detection.code, detection.updates)
    for failure in spec.agent.downloads:
        yield failure.age, partial(machine.agent.download_failed, failure)
    for failure in spec.agent.installs:
        yield failure.age, partial(machine.agent.install_failed, failure)


def _detection(machine: SimulatedMachine, code: int, updates: int) -> None:
    if machine.profile.build < TEN and not machine.services.running(SERVICE):
        machine.agent.log.opened()  # It was started for the detection, and has stopped since.
    machine.agent.detected(code, updates)


def _write_events(machine: SimulatedMachine, spec: MachineSpec) -> None:
    for job in spec.jobs:
        write_failed_job(machine, job)
    for event in spec.events:
        with machine.ago(event.age):
            try:
                machine.events.write(
                    event.channel, event.provider, event.id, event.data, binary=event.binary, level=event.level
                )
            except KeyError as error:
                raise FleetError(f"{spec.where}: events: unknown channel or provider {error}") from None
