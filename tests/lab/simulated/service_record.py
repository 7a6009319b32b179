"""What the service control manager knows of a service beside its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .service_config import DISABLED, STATE_NAMES, STOPPED

NEVER_STARTED = 1077
FOREVER = float("inf")


@dataclass(frozen=True)
class Behavior:
    """How a service behaves, as far as its configuration does not say; times in seconds.

    ``start_fails_with``: a Win32 code or an HRESULT. ``hangs``: it never leaves that pending state.
    ``stops_when_idle``: it stops by itself that long after its start. ``needs_folder``: it gives up with 0x80070003
    without that folder. ``failure_event``: an event of its own (channel, provider, id, field) about a failed start.
    """

    start_delay: float = 0.2
    stop_delay: float = 0.2
    start_fails_with: int | None = None
    hangs: str | None = None
    stops_when_idle: float | None = None
    stoppable: bool = True
    accepts: str = "ACCEPTS_SHUTDOWN"
    needs_folder: str | None = None
    failure_event: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Status:
    """SERVICE_STATUS_PROCESS."""

    state: int = STOPPED
    exit_code: int = NEVER_STARTED
    service_exit_code: int = 0
    wait_hint: int = 0
    pid: int = 0


@dataclass
class ServiceRecord:
    """What the service control manager holds in memory.

    Type, start type and dependencies are read when Windows starts and when sc.exe changes them: a ``reg add`` below the
    service's key does not reach them, while path, account and privileges are read anew at every start.
    """

    name: str
    behavior: Behavior
    type: int = 0
    start: int = DISABLED
    dependencies: tuple[str, ...] = ()
    status: Status = field(default_factory=Status)
    deleted: bool = False
    security: str = ""
    due: float = FOREVER
    outcome: Status = field(default_factory=Status)

    def as_data(self) -> dict[str, Any]:
        """Run state and what is kept in memory, as JSON data."""
        return {
            "state": STATE_NAMES[self.status.state],
            "exit_code": self.status.exit_code,
            "service_exit_code": self.status.service_exit_code,
            "pid": self.status.pid,
            "type": self.type,
            "start": self.start,
            "dependencies": list(self.dependencies),
            "deleted": self.deleted,
            "security": self.security,
        }
