"""The service control manager of a simulated machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .service_config import (
    AUTO_START,
    DISABLED,
    DRIVERS,
    INTERACTIVE,
    RUNNING,
    SERVICES,
    SHARE_PROCESS,
    START_PENDING,
    STOP_PENDING,
    STOPPED,
    ServiceConfig,
    service_path,
)
from .service_events import ServiceEvents
from .service_record import FOREVER, Behavior, ServiceRecord, Status
from .service_start import SERVICE_SPECIFIC_ERROR, process_problem, service_problem, shared_process, splits
from .values import number

if TYPE_CHECKING:
    from .machine import SimulatedMachine


class ServiceControlManager:
    """Starts, stops and remembers services; errors are Win32 codes, 0 for success."""

    def __init__(self, machine: SimulatedMachine) -> None:
        self._machine = machine
        self._records: dict[str, ServiceRecord] = {}
        self._events = ServiceEvents(machine)
        self._next_pid = 1000

    def boot(self, behaviors: Mapping[str, Behavior]) -> None:
        """Read all services and start those that start with Windows; what fails leaves its events."""
        for name in self._machine.registry.subkeys(SERVICES):
            if ServiceConfig(self._machine.registry, name).value("Type") is None:
                continue  # A key for something else, such as a protocol's parameters.
            self.register(name, behaviors.get(name.lower(), Behavior()))
        with self._events.quiet():
            for record in list(self.records()):
                if record.start <= AUTO_START and record.status.state == STOPPED:
                    self._start(record, ())
                    self._finish(record)

    def restart(self) -> None:
        """Windows starts again: services that were marked are gone, the others are read and started as by ``boot``."""
        behaviors = {name: record.behavior for name, record in self._records.items()}
        for record in self._records.values():
            if record.deleted:
                self._machine.registry.delete_key(service_path(record.name))
        self._records.clear()
        self.boot(behaviors)

    def register(self, name: str, behavior: Behavior) -> None:
        """Take a service into the database."""
        record = ServiceRecord(name, behavior, security=self._machine.profile.service_security)
        self._records[name.lower()] = record
        self.reload(record)

    def reload(self, record: ServiceRecord) -> None:
        """Read again what the service control manager keeps in memory."""
        config = ServiceConfig(self._machine.registry, record.name)
        record.type = config.number("Type")
        record.start = config.number("Start", DISABLED)
        record.dependencies = tuple(config.strings("DependOnService"))

    def find(self, name: str) -> ServiceRecord | None:
        """The service of that key name."""
        return self._records.get(name.lower())

    def records(self) -> Iterator[ServiceRecord]:
        """All services in order of names."""
        return (record for _unused, record in sorted(self._records.items()))

    def display_name(self, name: str) -> str:
        """The name that people see, in the machine's language; a service without one has its key name."""
        text = ServiceConfig(self._machine.registry, name).string("DisplayName") or ""
        return (self._machine.text.resource(text) if text.startswith("@") else text) or name

    def running_type(self, record: ServiceRecord) -> int:
        """The type that a query reports: own and shared at once for a shared service in an svchost.exe of its own."""
        config = ServiceConfig(self._machine.registry, record.name)
        if record.status.state != STOPPED and record.type == SHARE_PROCESS and splits(self._machine, config):
            return 0x30
        return record.type

    def protected(self, record: ServiceRecord) -> bool:
        """True for a protected process: nobody may stop or configure it."""
        return ServiceConfig(self._machine.registry, record.name).number("LaunchProtected") != 0

    def start(self, name: str) -> int:
        """Start a service; success means accepted, the service may stop again."""
        record = self.find(name)
        return 1060 if record is None else self._start(record, ())

    def stop(self, name: str) -> int:
        """Ask a service to stop."""
        record = self.find(name)
        if record is None:
            return 1060
        if record.status.state == STOPPED:
            return 1062
        if record.status.state != RUNNING:
            return 1061
        if self.protected(record):
            return 5
        if any(self._depends(other, record) for other in self.records() if other.status.state != STOPPED):
            return 1051
        if not record.behavior.stoppable:
            return 1052
        delay = FOREVER if record.behavior.hangs == "stopping" else record.behavior.stop_delay
        self._pend(record, _stopping(record), delay, Status(STOPPED, 0))
        return 0

    def delete(self, name: str) -> int:
        """Delete a service, at once where it is stopped, otherwise when it has stopped."""
        record = self.find(name)
        if record is None or record.deleted:
            return 1060 if record is None else 1072
        if self.protected(record):
            return 5
        record.deleted = True
        self._machine.registry.set(service_path(record.name), number("DeleteFlag", 1))
        self._remove_deleted(record)
        return 0

    def set_state(self, name: str, status: Status) -> None:
        """Put a service into a state without events, as a fleet file may ask."""
        record = self._records[name.lower()]
        if status.state == RUNNING and not status.pid:
            status = replace(status, pid=self._pid(record))
        record.status, record.due = status, FOREVER

    def startable(self, name: str) -> bool:
        """Whether there is such a service and it is not disabled."""
        record = self.find(name)
        return record is not None and record.start != DISABLED

    def running(self, name: str) -> bool:
        """Whether a service runs."""
        record = self.find(name)
        return record is not None and record.status.state == RUNNING

    def active(self, name: str) -> bool:
        """Whether a service has not stopped: it runs, or is about to."""
        record = self.find(name)
        return record is not None and record.status.state != STOPPED

    def keep_busy(self, name: str) -> None:
        """A service is in use: the time after which it stops by itself counts from now on."""
        record = self.find(name)
        if record and record.status.state == RUNNING and record.due != FOREVER:
            record.due = self._machine.now() + (record.behavior.stops_when_idle or 0)

    def advance(self) -> None:
        """Let happen what is due, here and elsewhere on the machine."""
        self._machine.advance()

    def due(self) -> float:
        """When the next pending state ends, in seconds since 1970; infinite where there is none."""
        return min((record.due for record in self._records.values()), default=FOREVER)

    def finish_next(self) -> None:
        """End the pending state that ends first."""
        self._finish(min(self._records.values(), key=lambda record: record.due))

    def state(self) -> dict[str, Any]:
        """Run state and what is kept in memory, as JSON data."""
        return {record.name: record.as_data() for record in self.records()}

    def _depends(self, service: ServiceRecord, on: ServiceRecord) -> bool:
        return on.name.lower() in (name.lower() for name in service.dependencies)

    def _start(self, record: ServiceRecord, chain: tuple[str, ...]) -> int:
        if record.deleted:
            return 1072
        if record.status.state != STOPPED:
            return 1056
        if record.start == DISABLED:
            self._events.start_failed(record.name, 1058)
            return 1058
        error = self._start_dependencies(record, (*chain, record.name.lower()))
        if not error:
            problem = process_problem(self._machine, record)
            if problem is not None:
                for event_id, parameters in problem.events:
                    self._events.problem(record.name, event_id, parameters)
                self._events.start_failed(record.name, problem.error)
                error = problem.error
        if error:
            record.status = Status(STOPPED, error)
            return error
        if record.type & INTERACTIVE:
            # Windows 8 and later have NoInteractiveServices=1, Windows 7 warns as well: the service runs without a desktop.
            self._events.problem(record.name, 7030, ())
        pid = self._pid(record)
        outcome = Status(RUNNING, 0, pid=pid)
        if not record.type & DRIVERS and (ended := service_problem(self._machine, record)):
            outcome = Status(STOPPED, ended.exit_code, ended.service_exit_code)
        delay = FOREVER if record.behavior.hangs == "starting" else record.behavior.start_delay
        self._pend(record, Status(START_PENDING, 0, wait_hint=2000, pid=pid), delay, outcome)
        return 0

    def _start_dependencies(self, record: ServiceRecord, chain: tuple[str, ...]) -> int:
        for name in record.dependencies:
            if name.startswith("+"):
                continue  # A load order group: satisfied as soon as one member runs, and the lab has no empty groups.
            dependency = self.find(name)
            if dependency is None:
                self._events.dependency_missing(record.name, name)
                return 1075
            if dependency.name.lower() in chain:
                return 1059
            if dependency.status.state == RUNNING:
                continue
            error = self._start(dependency, chain)
            if not error:
                self._finish(dependency)
                error = 0 if dependency.status.state == RUNNING else dependency.status.exit_code
            if error and error != 1056:
                self._events.dependency_failed(record.name, dependency.name, error)
                return 1068
        return 0

    def _pend(self, record: ServiceRecord, status: Status, delay: float, outcome: Status) -> None:
        record.status, record.outcome, record.due = status, outcome, self._machine.now() + delay

    def _finish(self, record: ServiceRecord) -> None:
        """End a pending state, whether it is due or not; nothing happens to a service that hangs."""
        if record.due == FOREVER:
            return
        with self._machine.ago(max(0.0, self._machine.now() - record.due)):
            record.status, record.due = record.outcome, FOREVER
            if record.status.state == STOPPED and record.status.exit_code:
                self._events.ended(record.name, record.status.exit_code, record.status.service_exit_code)
                self._write_failure_event(record)
            self._events.state_changed(record.name, record.status.state)
            if record.status.state == RUNNING:
                self._machine.service_started(record.name)
            elif record.status.state == STOPPED:
                self._machine.service_stopped(record.name)
            if record.status.state == RUNNING and record.behavior.stops_when_idle is not None:
                hangs = record.behavior.hangs == "stopping"
                record.outcome = _stopping(record) if hangs else Status(STOPPED, 0)
                record.due = self._machine.now() + record.behavior.stops_when_idle
        self._remove_deleted(record)

    def _write_failure_event(self, record: ServiceRecord) -> None:
        event = record.behavior.failure_event
        if event and record.status.exit_code == SERVICE_SPECIFIC_ERROR:
            data = ((event["field"], str(record.status.service_exit_code)),)
            self._machine.events.write(event["channel"], event["provider"], event["id"], data)

    def _remove_deleted(self, record: ServiceRecord) -> None:
        if record.deleted and record.status.state == STOPPED:
            self._machine.registry.delete_key(service_path(record.name))
            self._records.pop(record.name.lower(), None)

    def _pid(self, record: ServiceRecord) -> int:
        """A process id: the one of a running member of the same svchost.exe, or a new one."""
        if record.type & DRIVERS:
            return 0
        if record.status.pid:
            return record.status.pid
        if shared := shared_process(self._machine, record):
            return shared
        self._next_pid += 4
        return self._next_pid


def _stopping(record: ServiceRecord) -> Status:
    """The status of a running service that has begun to stop."""
    return Status(STOP_PENDING, 0, pid=record.status.pid, wait_hint=20000)
