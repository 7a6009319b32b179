"""A simulated machine as a Host whose time the test moves, and whose programs can be made to refuse or to do nothing."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._components import Context, bits, system
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits import Bits, BitsOptions
from ansible_collections.wsus.client.plugins.plugin_utils._components.system import System
from ansible_collections.wsus.client.plugins.plugin_utils._operations import attempts
from ansible_collections.wsus.client.plugins.plugin_utils._operations.operation import Operation
from ansible_collections.wsus.client.plugins.plugin_utils._operations.service_repair import ServiceRepair
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import Host
from ansible_collections.wsus.client.plugins.plugin_utils._remote.service_control import ServiceControl
from ansible_collections.wsus.client.plugins.plugin_utils._remote.session import Session
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command
from lab.machine import Execution, User
from unit.lab.simulated_machines import ADMINISTRATOR, Clock, make

from support.task_options import options

NOW = datetime(2026, 11, 23, 4, 15, tzinfo=timezone.utc)
UNGUESSABLE = "5eed5eed"
BACKUP = rf"C:\Windows\Temp\wsus.client-BITS-20261123T041500Z-{UNGUESSABLE}.reg"
_IF_HELD = re.compile(
    r"cmd\.exe /d /c reg\.exe query HKLM\\SOFTWARE\\wsus\.client /v Holder-[0-9a-f]{16} >nul 2>nul && "
)
_READING = (
    "reg.exe query",
    "sc.exe queryex",
    "cmd.exe /d /c dir",
    "wevtutil.exe qe",
    "findstr.exe",
    "chcp.com",
    "cmd.exe /d /c echo \u00fc",
)


class Pc:
    """The machine and the connection to it.

    ``faults`` maps the beginning of a command line to the exit code that it ends with, having done nothing (0: it was
    accepted and yet is not done). ``before`` maps one to what happens on the machine just before it runs for the first time.
    ``ran`` are the command lines of all programs.
    """

    become = None
    connected = True
    owner_timeout = 120.0

    def __init__(
        self, windows: str = "windows-10-22h2", language: str = "en", transport: str = "lab", **spec: Any
    ) -> None:
        self.transport = transport  # "lab" is no plugin of ansible-core: given command lines, whatever the release
        self.clock = Clock()
        self.machine = make(windows, language, self.clock, **spec)
        self.faults: dict[str, int] = {}
        self.before: dict[str, Callable[[], object]] = {}
        self.ran: list[str] = []
        self.said: list[str] = []
        self._inside = False
        self._tokens = itertools.count(1)
        self._run_program = self.machine.run_program
        self.machine.run_program = self._run  # type: ignore[method-assign]
        self.host = Host(self, sleep=self.sleep)

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        done = self.machine.execute(cmd, ADMINISTRATOR)
        return done.exit_code, done.stdout, done.stderr

    def close(self) -> None:
        """Nothing stays open."""

    def reset(self) -> None:
        """Nothing is kept."""

    def control(self, timeout: float = 60) -> ServiceControl:
        return ServiceControl(self.session, timeout)

    @property
    def session(self) -> Session:
        """A run at the machine's time."""
        now = datetime.fromtimestamp(self.clock.time, timezone.utc)
        return Session(
            self.host,
            now,
            progress=self.said.append,
            clock=self.clock,
            sleep=self.sleep,
            owner_timeout=self.owner_timeout,
            token=f"{next(self._tokens):016x}",
            unguessable=UNGUESSABLE,
        )

    def perform(self, operation: Operation[Any], *, check_mode: bool = False, **given: Any) -> dict[str, Any]:
        """The result of a module with these options."""
        outcome = attempts.run(operation, self.session, options(operation.options, **given), check_mode=check_mode)
        return outcome.as_result(self.host, check_mode=check_mode)

    def sleep(self, seconds: float) -> None:
        """Let time pass; what is due in it happens whether a program asks or not."""
        self.clock.time += seconds
        self.machine.advance()

    @property
    def context(self) -> Context:
        """The context of an audit at the machine's time."""
        return Context(now=datetime.fromtimestamp(self.clock.time, timezone.utc))

    def system(self) -> System:
        """The machine's Windows."""
        return system.read(self.host.probe(system.probe()))

    def change(self, **given: Any) -> ServiceRepair[Bits]:
        """A run of wsus_bits with these options."""
        return ServiceRepair(replace(self.session, now=NOW), bits.SERVICE_COMPONENT, options(BitsOptions, **given))

    def facts(self) -> Bits:
        """BITS as it is now."""
        return self.change().plan(wait=False).facts

    def do(self, *commands: Command) -> None:
        """Run commands, each of which must succeed."""
        for result in self.host.run(commands):
            assert result.ok, (str(result.command), result.exit_code)

    def state(self, name: str) -> str:
        state: str = self.machine.state()["services"][name]["state"]
        return state

    def written(self) -> list[str]:
        """The command lines so far that did more than read, without those that only say who holds the machine."""
        return [line for line in self.ran if not line.startswith(_READING) and " /v Holder-" not in line]

    def _run(self, argv: Sequence[str], user: User, standard_input: bytes | None = None) -> Execution:
        if self._inside:  # cmd.exe runs what is on its command line
            return self._run_program(argv, user, standard_input)
        line = _unconditional(" ".join(argv))
        self.ran.append(line)
        for start in [start for start in self.before if line.startswith(start)]:
            self.before.pop(start)()
        code = next((code for start, code in self.faults.items() if line.startswith(start)), None)
        if code is not None:
            return Execution(exit_code=code)
        self._inside = True
        try:
            return self._run_program(argv, user, standard_input)
        finally:
            self._inside = False


def _unconditional(line: str) -> str:
    """A command line without the condition that the run still holds the machine."""
    program = _IF_HELD.sub("", line)
    built_in = program != line and ".exe" not in program.partition(" ")[0]
    return f"cmd.exe /d /c {program}" if built_in else program
