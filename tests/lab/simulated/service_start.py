"""Why a service does not start: the checks of the service control manager, of svchost.exe and of the service itself.

A start fails in two ways. Before the service runs, StartService returns an error. After that StartService has succeeded and
the service stops again with an exit code. Both leave events in the System log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .files import parent
from .service_config import (
    DRIVERS,
    PRIVILEGES,
    RUNNING,
    SERVICE_ACCOUNT_PRIVILEGES,
    SHARE_PROCESS,
    SVCHOST_GROUPS,
    ServiceConfig,
    built_in_account,
)

if TYPE_CHECKING:
    from .machine import SimulatedMachine
    from .service_record import ServiceRecord

CONNECT_TIMEOUT_MS = 30000
SPLIT_BUILD = 15063
"""From Windows 10 1703 on (with more than 3.5 GB of memory) every service has an svchost.exe of its own."""

SERVICE_SPECIFIC_ERROR = 1066
_WRONG_PASSWORD = 1326
_HRESULT = 0x80000000


@dataclass(frozen=True)
class Problem:
    """What goes wrong: the error, and events as (id, further parameters) that come before the one every failure leaves."""

    error: int
    events: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class EndedAtOnce:
    """The service ran and stopped: its Win32 exit code and its own."""

    exit_code: int
    service_exit_code: int = 0

    @classmethod
    def with_code(cls, code: int) -> EndedAtOnce:
        """An HRESULT is a service's own exit code, a Win32 code is not."""
        return cls(SERVICE_SPECIFIC_ERROR, code) if code >= _HRESULT else cls(code)


def process_problem(machine: SimulatedMachine, record: ServiceRecord) -> Problem | None:
    """Why the service's process cannot be started, or does not take the service."""
    config = ServiceConfig(machine.registry, record.name)
    if record.type & DRIVERS:
        return _driver_problem(machine, config)
    return _account_problem(config) or _image_problem(machine, config) or _svchost_problem(machine, config, record)


def service_problem(machine: SimulatedMachine, record: ServiceRecord) -> EndedAtOnce | None:
    """Why the service itself gives up after its process has started."""
    config = ServiceConfig(machine.registry, record.name)
    if config.shares_svchost:
        library = config.service_dll
        if library is None:
            return EndedAtOnce(2)
        if not machine.files.is_file(machine.expand(library)):
            return EndedAtOnce(126)
    behavior = record.behavior
    if behavior.needs_folder and not machine.files.is_folder(machine.expand(behavior.needs_folder)):
        return EndedAtOnce.with_code(0x80070003)
    if behavior.start_fails_with and behavior.start_fails_with not in _RETURNED_BY_START:
        return EndedAtOnce.with_code(behavior.start_fails_with)
    return None


# ERROR_ACCESS_DENIED, ERROR_SERVICE_REQUEST_TIMEOUT, ERROR_SERVICE_DATABASE_LOCKED, ERROR_SERVICE_LOGON_FAILED and
# ERROR_PROCESS_ABORTED come from StartService, never from a service.
_RETURNED_BY_START = frozenset({5, 1053, 1055, 1067, 1069})


def _account_problem(config: ServiceConfig) -> Problem | None:
    account = built_in_account(config.account)
    if account is None:
        return Problem(1069, ((7038, (config.account, f"%%{_WRONG_PASSWORD}")),))
    wanted = {name.lower() for name in config.strings("RequiredPrivileges")}
    if wanted - PRIVILEGES:
        return Problem(1313)
    if account != "LocalSystem" and wanted - SERVICE_ACCOUNT_PRIVILEGES:
        return Problem(1297)
    return None


def _driver_problem(machine: SimulatedMachine, config: ServiceConfig) -> Problem | None:
    path = config.image_path or f"System32\\drivers\\{config.name}.sys"
    path = path.removeprefix("\\SystemRoot\\").removeprefix("\\??\\")
    if ":" not in path and "%" not in path:
        path = f"%SystemRoot%\\{path}"
    return None if machine.files.is_file(machine.expand(path)) else Problem(2)


def _image_problem(machine: SimulatedMachine, config: ServiceConfig) -> Problem | None:
    line = machine.expand(config.image_path)
    if line.startswith('"'):
        candidates = [line[1:].split('"', 1)[0]]
    else:
        # CreateProcess tries longer and longer parts of an unquoted command line.
        words = line.split(" ")
        candidates = [" ".join(words[:count]) for count in range(1, len(words) + 1)]
    for candidate in candidates:
        if machine.files.is_file(candidate) or machine.files.is_file(f"{candidate}.exe"):
            return None
    return Problem(2 if machine.files.is_folder(parent(candidates[0])) else 3)


def _svchost_problem(machine: SimulatedMachine, config: ServiceConfig, record: ServiceRecord) -> Problem | None:
    if record.behavior.start_fails_with in _RETURNED_BY_START:
        return (
            _no_connection(config)
            if record.behavior.start_fails_with == 1053
            else Problem(record.behavior.start_fails_with)
        )
    if not config.shares_svchost:
        return None
    group = config.svchost_group
    if group is None or (members := machine.registry.value(SVCHOST_GROUPS, group)) is None:
        # Without a group svchost.exe ends before it connects to the service control manager. That is also what becomes of
        # the article's switch, printed with an en dash (U+2013) in place of the hyphen.
        return _no_connection(config)
    if config.name.lower() not in (member.lower() for member in members.strings()):
        return Problem(1083)
    if not splits(machine, config):
        for other in machine.services.records():
            if other.status.state == RUNNING and other is not record:
                theirs = ServiceConfig(machine.registry, other.name)
                if theirs.svchost_group == group and built_in_account(theirs.account) != built_in_account(
                    config.account
                ):
                    return Problem(1079)
    return None


def _no_connection(config: ServiceConfig) -> Problem:
    return Problem(1053, ((7009, (str(CONNECT_TIMEOUT_MS),)),))


def splits(machine: SimulatedMachine, config: ServiceConfig) -> bool:
    """True where the service runs in an svchost.exe of its own."""
    return machine.profile.build >= SPLIT_BUILD and config.shares_svchost and not config.number("SvcHostSplitDisable")


def shared_process(machine: SimulatedMachine, record: ServiceRecord) -> int:
    """The id of the svchost.exe that runs other members of the service's group already, 0 where there is none."""
    config = ServiceConfig(machine.registry, record.name)
    if not record.type & SHARE_PROCESS or not config.shares_svchost or splits(machine, config):
        return 0
    for other in machine.services.records():
        if other.status.pid and ServiceConfig(machine.registry, other.name).svchost_group == config.svchost_group:
            return other.status.pid
    return 0
