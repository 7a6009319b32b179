"""The update agent of a simulated machine: detections, what triggers them, and what they leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..fleet_agent import AgentSpec, FailureSpec
from .registry import key_path
from .update_log import DETECTED, DOWNLOAD_FAILED, INSTALL_FAILED, SCAN_FAILED, Report, UpdateLog
from .values import number, string

if TYPE_CHECKING:
    from .machine import SimulatedMachine

SERVICE = "wuauserv"
ORCHESTRATOR = "UsoSvc"
PROVIDER = "Microsoft-Windows-WindowsUpdateClient"
OPERATIONAL = f"{PROVIDER}/Operational"
TEN = 10240
"""The first build of Windows 10: from here on the orchestrator has detections made, and events name the source."""
ELEVEN = 22000

POLICIES = key_path(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate")
RESULTS = key_path(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\Results\Detect")
WSUS = "{3da21691-e39d-4da6-8a4b-b43877bcb1b7}"
WINDOWS_UPDATE = "{9482f4b4-e343-43b6-b170-9a65bc822c77}"

_ALREADY_RUNNING = 1056
_ACCESS_DISABLED = 0x8024002E


class Services(Protocol):
    """What the agent needs of a service control manager."""

    def startable(self, name: str) -> bool:
        """Whether there is such a service and it is not disabled."""

    def start(self, name: str) -> int:
        """Start a service; 0 where that is accepted."""

    def running(self, name: str) -> bool:
        """Whether it runs."""

    def active(self, name: str) -> bool:
        """Whether it has not stopped."""

    def keep_busy(self, name: str) -> None:
        """It is in use: count the time after which it stops by itself from now on."""


class UpdateAgent:
    """Detects on a trigger, once its service runs, and records the end in events, registry and logs as the release does."""

    def __init__(self, machine: SimulatedMachine, spec: AgentSpec, services: Services) -> None:
        self._machine = machine
        self.services = services
        self.spec = spec
        self.log = UpdateLog(machine, spec.version)
        self._wanted = self._detecting = False

    def detect_now(self) -> None:
        """``wuauclt /detectnow``: from Windows 10 on it does nothing; with automatic updating off there is no one to hear it."""
        if self._machine.profile.build < TEN and not self._policy("NoAutoUpdate", "AU"):
            self._detect()

    def start_scan(self) -> None:
        """``UsoClient StartScan``: the orchestrator's service, started where it is needed, has the agent detect."""
        if self.services.startable(ORCHESTRATOR) and self.services.start(ORCHESTRATOR) in (0, _ALREADY_RUNNING):
            self._detect()

    @property
    def running(self) -> bool:
        """Whether its service runs."""
        return self.services.running(SERVICE)

    @property
    def active(self) -> bool:
        """Whether its service has anything open: not before it has stopped."""
        return self.services.active(SERVICE)

    def service_started(self) -> None:
        """The agent's service runs: it opens its log, its store and its identity, and does what it was wanted for."""
        self.log.opened()
        self._machine.store.opened()
        self._machine.identity.needed()
        if self._wanted:
            self._begin()

    def restarted(self) -> None:
        """Windows starts again: a detection that was under way never ends."""
        self._wanted = self._detecting = False

    def detected(self, code: int, updates: int) -> None:
        """Record a detection that ends now."""
        source = self._source()
        if code:
            self._event(OPERATIONAL, 25, [("errorCode", f"0x{code:08x}"), *source])
            text = f"Windows Update Client failed to detect with error 0x{code:08x}."
            self.log.report(Report(SCAN_FAILED, code, "Software Synchronization", text))
        else:
            self._event(OPERATIONAL, 26, [("updateCount", str(updates)), *source])
            text = f"Windows Update Client successfully detected {updates} updates."
            self.log.report(Report(DETECTED, 0, "Software Synchronization", text))
        if self._machine.profile.build < TEN:
            if not code:
                self._machine.registry.set(RESULTS, string("LastSuccessTime", self._machine.utc("%Y-%m-%d %H:%M:%S")))
            self._machine.registry.set(RESULTS, number("LastError", code))

    def download_failed(self, failure: FailureSpec) -> None:
        """Record a download that fails now."""
        title = [("updateTitle", failure.title)] if self._machine.profile.build >= TEN else []
        update = [("updateGuid", self.log.update_id(failure.title)), ("updateRevisionNumber", "200")]
        self._event(OPERATIONAL, 31, [*title, ("errorCode", f"0x{failure.code:08x}"), *update])
        self.log.report(
            Report(DOWNLOAD_FAILED, failure.code, "Content Download", "Error: Download failed.", failure.title)
        )

    def install_failed(self, failure: FailureSpec) -> None:
        """Record an installation that fails now."""
        update = [("updateGuid", self.log.update_id(failure.title)), ("updateRevisionNumber", "200")]
        data = [("errorCode", f"0x{failure.code:08x}"), ("updateTitle", failure.title), *update, *self._source()]
        self._event("System", 20, data)
        text = f"Installation Failure: Windows failed to install the following update with error 0x{failure.code:08x}: "
        self.log.report(
            Report(INSTALL_FAILED, failure.code, "Content Install", f"{text}{failure.title}.", failure.title)
        )

    def _detect(self) -> None:
        if self.spec.ignores or self._detecting:
            return
        self._wanted = self.services.start(SERVICE) in (0, _ALREADY_RUNNING)
        if self._wanted and self.services.running(SERVICE):
            self._begin()

    def _begin(self) -> None:
        self._wanted, self._detecting = False, True
        self._machine.store.opened()
        self._machine.identity.needed()
        self._machine.schedule.after(self.spec.next.takes, self._end)

    def _end(self) -> None:
        self._detecting = False
        if self.services.running(SERVICE):
            disabled = self._policy("DisableWindowsUpdateAccess")
            code = _ACCESS_DISABLED if disabled else self._machine.store.damage() or self.spec.next.code
            self.detected(code, self.spec.next.updates)
            self._machine.identity.detection_ended()
            self.services.keep_busy(SERVICE)

    def _policy(self, name: str, *below: str) -> int:
        value = self._machine.registry.value((*POLICIES, *below), name)
        return value.number() if value else 0

    def _source(self) -> list[tuple[str, str]]:
        """Who was asked, as events tell from Windows 10 on."""
        if self._machine.profile.build < TEN:
            return []
        server = self._machine.registry.value(POLICIES, "WUServer")
        return [("serviceGuid", WSUS if server and self._policy("UseWUServer", "AU") else WINDOWS_UPDATE)]

    def _event(self, channel: str, event_id: int, data: list[tuple[str, str]]) -> None:
        version = 1 if self._machine.profile.build >= TEN else 0
        self._machine.events.write(channel, PROVIDER, event_id, data, version=version)
