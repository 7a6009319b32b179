"""The agent's log files: WindowsUpdate.log, which is text before Windows 10, and ReportingEvents.log."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .files import parent

if TYPE_CHECKING:
    from .machine import SimulatedMachine

TRACE = r"C:\Windows\WindowsUpdate.log"
REPORTS = r"C:\Windows\SoftwareDistribution\ReportingEvents.log"

DETECTED = "147 [AGENT_DETECTION_FINISHED]"
SCAN_FAILED = "148 [AGENT_SCAN_FAILED]"
DOWNLOAD_FAILED = "161 [AGENT_DOWNLOAD_FAILED]"
INSTALL_FAILED = "182 [AGENT_INSTALLING_FAILED]"

_TEXT_UNTIL = 10240
"""The first build that traces with ETW; its WindowsUpdate.log is a pointer that Windows brings along."""
_NAMED_FROM = 9600
"""The first build that writes an event's name beside its number."""

_VERSIONS = {7601: "7.6.7601.24436", 9600: "7.9.9600.20666"}
_PROCESS, _THREAD = 940, 0x11BC
_NO_UPDATE = "{00000000-0000-0000-0000-000000000000}"


@dataclass(frozen=True)
class Report:
    """An event that the agent reports to its server; ``title`` names the update that it is about."""

    event: str
    code: int
    category: str
    text: str
    title: str = ""


class UpdateLog:
    """Appends to both files; a folder that is gone is made again, as the agent does."""

    def __init__(self, machine: SimulatedMachine, version: str | None) -> None:
        self._machine = machine
        self._version = version or _VERSIONS.get(machine.profile.build, "")
        self._count = 0
        self.kept: frozenset[str] = frozenset()
        """Lower-case paths that are not written to."""

    @staticmethod
    def update_id(title: str) -> str:
        """The id of the update of that title."""
        return f"{{{uuid.uuid5(uuid.NAMESPACE_URL, title)}}}"

    def opened(self) -> None:
        """What the service writes when it starts."""
        offset = self._offset()
        self._trace("Misc", f"===========  Logging initialized (build: {self._version}, tz: {offset})  ===========")
        self._trace("Misc", r"  = Process: C:\Windows\system32\svchost.exe")
        self._trace("Misc", r"  = Module: c:\windows\system32\wuaueng.dll")
        self._trace("Service", "** START **  Service: Service startup")
        self._trace("Agent", f"  * WU client version {self._version}")

    def report(self, report: Report) -> None:
        """One line of ReportingEvents.log, which WindowsUpdate.log repeats before Windows 10."""
        build = self._machine.profile.build
        self._count += 1
        event_id = uuid.uuid5(uuid.NAMESPACE_DNS, f"{self._machine.name} {self._count} {report}")
        columns = [
            f"{{{event_id}}}".upper(),
            self._machine.local("%Y-%m-%d %H:%M:%S:") + self._milliseconds() + self._offset(),
            "1",
            report.event if build >= _NAMED_FROM else report.event.split(" ")[0],
            "101",
            self.update_id(report.title).upper() if report.title else _NO_UPDATE,
            "200" if report.title else "0",
            f"{report.code:x}",
            "AutomaticUpdates" if build < _TEXT_UNTIL else "UpdateOrchestrator",
            "Failure" if report.code else "Success",
            report.category,
            report.text,
        ]
        self._trace("Report", "REPORT EVENT: " + "\t".join(columns))
        if build >= _TEXT_UNTIL:
            columns.append(f"{event_id.hex[:16]}.1.0.0.3.0")
        line = ("\t".join(columns) + "\r\n").encode("utf-16-le")
        self._append(REPORTS, line, start=b"\xff\xfe")

    def _trace(self, component: str, message: str) -> None:
        if self._machine.profile.build < _TEXT_UNTIL:
            time = self._machine.local("%Y-%m-%d\t%H:%M:%S:") + self._milliseconds()
            line = f"{time}\t{_PROCESS:4d}\t{_THREAD:x}\t{component}\t{message}\r\n"
            self._append(TRACE, line.encode())

    def _append(self, path: str, line: bytes, start: bytes = b"") -> None:
        if not any(path.lower() == kept or path.lower().startswith(f"{kept}\\") for kept in self.kept):
            self._machine.files.create_folder(parent(path))
            entry = self._machine.files.get(path)
            self._machine.files.write(path, (entry.content if entry and entry.content else start) + line)

    def _offset(self) -> str:
        minutes = self._machine.text.utc_offset
        return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"

    def _milliseconds(self) -> str:
        return f"{int(self._machine.now() * 1000) % 1000:03d}"
