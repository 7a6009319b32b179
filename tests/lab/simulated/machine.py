"""A simulated Windows machine behind the lab's ``Machine`` protocol."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from ..fleet_agent import AgentSpec
from ..fleet_identity import IdentitySpec
from ..fleet_policy import DOMAIN, PolicySpec
from ..fleet_store import StoreSpec
from ..machine import ConnectionDropped, Execution, ExecutionRecord, Faults, NativeCommand, ProgramCount, User
from ..network import MachineNetwork
from . import tools, web_request
from .batch import Batch, NotABatch, read_batch
from .client_identity import ClientIdentity
from .command_line import NotEncodedPowerShell, decode_script
from .console import Console
from .errors import NotImplementedInLab, not_implemented
from .eventlog import EventLogs
from .files import FileSystem
from .group_policy import GroupPolicy
from .language import Language
from .profile import Profile
from .registry import Registry, RegistryView
from .schedule import Schedule
from .services import ServiceControlManager
from .timeless import files_without_times, registry_without_times
from .update_agent import SERVICE, UpdateAgent
from .update_store import CRYPTSVC, UpdateStore

COMMAND_LINE_LIMIT = 8191
"""Characters that cmd.exe, which WinRM starts, accepts (KB830473)."""

PROGRAM_NOT_FOUND = 9009
PRESET = 9009
"""``$LASTEXITCODE`` as a batch sets it before each call."""
MACHINE_SID = "S-1-5-21-1004336348-1177238915-682003330"

# .NET's stream reader, through which PowerShell reads a program, takes each of the three for the end of a line.
_LINE_END = re.compile("\r\n|\n|\r")
_SYSTEM_FOLDERS = ("C:\\Windows\\System32", "C:\\Windows")


class SimulatedMachine:
    """A Windows machine whose programs work on a registry, services, files and event logs of its own.

    :param clock: seconds since 1970; what is pending and the age of events follow it
    :param domain: the domain that it is a member of, None for a workgroup
    :param free_space: bytes free on drive C, as programs report it
    :param constrained: its PowerShell runs in Constrained Language Mode
    :param console: what its connection makes of the text of programs: ``utf-8`` (winrm), ``oem`` (ssh) or ``psrp``
    :param subsystems: ``gui`` or ``console`` by file name, for programs that differ from the release's
    """

    def __init__(
        self,
        name: str,
        profile: Profile,
        language: Language,
        users: Sequence[User],
        *,
        groups: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
        domain: str | None = DOMAIN,
        policy: PolicySpec | None = None,
        agent: AgentSpec | None = None,
        store: StoreSpec | None = None,
        identity: IdentitySpec | None = None,
        free_space: int = 64 << 30,
        constrained: bool = False,
        console: str = "utf-8",
        code_pages: tuple[int, int] = (1252, 437),
        subsystems: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.groups = tuple(groups)
        self.profile = profile
        self.text = language
        self.users: Mapping[str, User] = {user.name.lower(): user for user in users}
        self.faults = Faults()
        self.log: list[ExecutionRecord] = []
        self.lock = threading.RLock()
        self._programs = ProgramCount(self)
        self._clock = clock
        self._shift = 0.0
        self._starts = 0
        self.registry = Registry(profile.registry)
        self.files = FileSystem(profile.files, self.now)
        self.free_space = free_space
        self.constrained = constrained
        ansi, oem = code_pages
        self.console = Console(console, oem, ansi)
        self._subsystems = {name.lower(): subsystem for name, subsystem in (subsystems or {}).items()}
        self.network = MachineNetwork()
        self.events = EventLogs(profile.channels, self)
        self.schedule = Schedule(self)
        self.services = ServiceControlManager(self)
        self.policy = GroupPolicy(self, domain, policy or PolicySpec())
        self.agent = UpdateAgent(self, agent or AgentSpec(), self.services)
        self.store = UpdateStore(self, store or StoreSpec())
        self.identity = ClientIdentity(self, identity or IdentitySpec())

    def now(self) -> float:
        """Seconds since 1970 on this machine."""
        return self._clock() + self._shift

    def later(self, seconds: float) -> None:
        """Let so much time pass: the machine's clock goes on, its past is older, and what is due happens."""
        with self.lock:
            self._shift += seconds
            self.advance()

    def restart(self) -> None:
        """Start Windows again: a batch that runs ends after its program, memory is lost, services start by their start types."""
        self._starts += 1
        with self.lock:
            self.schedule.clear()
            self.identity.service_stopped()
            for part in (self.agent, self.store, self.policy):
                part.restarted()
            self.services.restart()

    @contextmanager
    def ago(self, seconds: float) -> Iterator[None]:
        """Let what happens inside have happened that many seconds ago."""
        self._shift -= seconds
        try:
            yield
        finally:
            self._shift += seconds

    def utc(self, form: str) -> str:
        """The machine's time in UTC, written as strftime does."""
        return datetime.fromtimestamp(self.now(), timezone.utc).strftime(form)

    def local(self, form: str) -> str:
        """The machine's local time, written as strftime does."""
        moment = datetime.fromtimestamp(self.now(), timezone.utc) + timedelta(minutes=self.text.utc_offset)
        return moment.strftime(form)

    def advance(self) -> None:
        """Let happen what is due by now, in order of time and each at its own."""
        now = self.now()
        while (due := min(self.services.due(), self.schedule.due())) <= now:
            with self.ago(max(0.0, self.now() - due)):
                if self.services.due() <= due:
                    self.services.finish_next()
                else:
                    self.schedule.run_next()

    def service_started(self, name: str) -> None:
        """A service has begun to run."""
        if name.lower() == SERVICE:
            self.agent.service_started()
        elif name.lower() == CRYPTSVC.lower():
            self.store.catalogs_opened()

    def service_stopped(self, name: str) -> None:
        """A service has ended."""
        if name.lower() == SERVICE:
            self.identity.service_stopped()

    @property
    def volume_serial(self) -> str:
        """The serial number of drive C."""
        digits = uuid.uuid5(uuid.NAMESPACE_DNS, self.name.lower()).hex.upper()
        return f"{digits[:4]}-{digits[4:8]}"

    @property
    def computer_name(self) -> str:
        """The NetBIOS name, at most 15 characters."""
        return self.name.upper()[:15].rstrip("-")

    def sid(self, user: User) -> str:
        """The user's security identifier; all administrators of the lab are the built-in one."""
        return f"{MACHINE_SID}-{500 if user.administrator else 1001}"

    def view(self, user: User) -> RegistryView:
        """The registry as that user sees it."""
        return RegistryView(self.registry, user, self.sid(user))

    def execute(self, command_line: str, user: User) -> Execution:
        """Run an encoded batch as WinRM's cmd.exe would have PowerShell run it; refuse everything else.

        :raises ConnectionDropped: ``faults.drop_after_command`` or ``drop_after_total`` strikes, or Windows restarts
        """
        with self.lock:
            record = ExecutionRecord(user.name, command_line)
            self.log.append(record)
            execution = self._execute(command_line, user, record)
            record.exit_code = execution.exit_code
            return execution

    def _execute(self, command_line: str, user: User, record: ExecutionRecord) -> Execution:
        if len(command_line) > COMMAND_LINE_LIMIT:
            return _failure(self.text.cmd["line_too_long"])
        if self.faults.no_powershell:
            program = command_line.split(maxsplit=1)[0] if command_line.strip() else ""
            return _failure(self.text.cmd["not_recognized"].format(program=program))
        try:
            record.script = decode_script(command_line)
            batch = read_batch(record.script)
        except (NotEncodedPowerShell, NotABatch) as error:
            return _failure(f"lab: refused, this is not a batch: {error}")
        return self._run_batch(batch, user, record)

    def _run_batch(self, batch: Batch, user: User, record: ExecutionRecord) -> Execution:
        self.console.begin()
        stdout: list[str] = []
        stderr: list[str] = []
        last, starts = self._programs.last_of(len(batch.commands)), self._starts
        for argv in batch.commands:
            execution = web_request.run(self, argv[1:]) if batch.asks_itself(argv) else self._start(argv, user)
            record.commands.append(NativeCommand(argv, execution.exit_code))
            stdout += _lines(self.console.output(execution.stdout))
            stderr += _lines(execution.stderr)
            stdout.append(f"{batch.token} {execution.exit_code}")
            if len(record.commands) == last:
                raise ConnectionDropped(f"{self.name}: dropped after {last} programs")
            if self._starts != starts:
                raise ConnectionDropped(f"{self.name}: restarted after {len(record.commands)} programs")
        # PowerShell itself ends well: its last statement was a string.
        return Execution(_joined(stdout), _joined(stderr), 0)

    def _start(self, argv: Sequence[str], user: User) -> Execution:
        """Run one native program as PowerShell starts it at the end of a pipeline.

        One of the GUI subsystem is not waited for: what it prints is lost, and the exit code is what a batch set before the call
        (PowerShell/PowerShell, ``engine/NativeCommandProcessor.cs``: ``_isRunningInBackground``, in ``Complete`` as well).
        """
        execution = self.run_program(argv, user)
        return Execution(exit_code=PRESET) if self.is_gui(argv[0]) else execution

    def is_gui(self, program: str) -> bool:
        """Whether a program, by name or path, exists and belongs to the GUI subsystem."""
        path = self.find_program(program)
        name = path.rsplit("\\", 1)[-1].lower() if path else ""
        return (self._subsystems.get(name) or ("gui" if name in self.profile.gui_programs else "console")) == "gui"

    def run_program(self, argv: Sequence[str], user: User, standard_input: bytes | None = None) -> Execution:
        """Run one native program; both streams are the raw bytes that it writes.

        A program that does not exist answers as PowerShell does: 9009 and a message on standard error.
        """
        path = self.find_program(argv[0])
        if path is None:
            return Execution(
                b"", f"{self.text.powershell['not_found'].format(program=argv[0])}\r\n".encode(), PROGRAM_NOT_FOUND
            )
        with self.lock:
            self.advance()
            try:
                return tools.run(self, path, argv[1:], user, standard_input)
            except NotImplementedInLab as error:
                return not_implemented(f"{argv[0]}: {error}")

    def find_program(self, name: str) -> str | None:
        """The full path of a program that exists on this machine, by name or path, with or without ``.exe``."""
        folders = [""] if "\\" in name or "/" in name else [f"{folder}\\" for folder in _SYSTEM_FOLDERS]
        for folder in folders:
            for suffix in ("", ".exe"):
                path = self.expand(f"{folder}{name}{suffix}".replace("/", "\\"))
                if path.lower().endswith((".exe", ".com")) and self.files.is_file(path):
                    return path
        return None

    def expand(self, text: str) -> str:
        """Expand ``%NAME%`` from the system's environment; an unknown name stays as it is."""
        if "%" not in text:
            return text
        return re.sub("%([^%]+)%", lambda match: self.profile.environment.get(match[1].lower(), match[0]), text)

    def state(self) -> dict[str, Any]:
        """Registry, run states of services, files and events as JSON data; times are left out."""
        with self.lock:
            self.advance()
            return {
                "registry": registry_without_times(self.registry.state()),
                "services": self.services.state(),
                "files": files_without_times(self.files.state()),
                "events": self.events.state(),
            }

    def close(self) -> None:
        """The endpoints of the network close with the last machine that used them."""
        self.network.leave()


def _failure(message: str) -> Execution:
    return Execution(b"", _joined(_LINE_END.split(message)), 1)


def _lines(stream: bytes) -> list[str]:
    """The lines of a program's output as PowerShell reads them: UTF-8 with replacement, last line end optional."""
    lines = _LINE_END.split(stream.decode("utf-8", "replace"))
    if not lines[-1]:
        lines.pop()
    return lines


def _joined(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()
