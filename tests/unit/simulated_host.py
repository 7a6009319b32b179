"""A simulated machine as a Host whose time the test moves, and whose programs can be made to refuse or to do nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._bits_change import BitsChange
from ansible_collections.wsus.client.plugins.plugin_utils._command import Command
from ansible_collections.wsus.client.plugins.plugin_utils._control import ServiceControl
from ansible_collections.wsus.client.plugins.plugin_utils._host import Host
from ansible_collections.wsus.client.plugins.plugin_utils.components.bits import Bits
from lab.machine import Execution, User
from unit.lab.simulated_machines import ADMINISTRATOR, Clock, make
from windows import OPTIONS

STAMP = "20261123T041500Z"
BACKUP = rf"C:\Windows\Temp\wsus.client-BITS-{STAMP}.reg"
_READING = ("reg.exe query", "sc.exe queryex", "cmd.exe /d /c dir")


class Pc:
    """The machine and the connection to it.

    ``faults`` maps the beginning of a command line to the exit code that it ends with, having done nothing (0: it was
    accepted and yet is not done). ``ran`` are the command lines of all programs.
    """

    become = None
    transport = "winrm"

    def __init__(self, windows: str = "windows-10-22h2", language: str = "en", **spec: Any) -> None:
        self.clock = Clock()
        self.machine = make(windows, language, self.clock, **spec)
        self.faults: dict[str, int] = {}
        self.ran: list[str] = []
        self.said: list[str] = []
        self._run_program = self.machine.run_program
        self.machine.run_program = self._run  # type: ignore[method-assign]
        self.host = Host(self)

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        done = self.machine.execute(cmd, ADMINISTRATOR)
        return done.exit_code, done.stdout, done.stderr

    def control(self, timeout: float = 60) -> ServiceControl:
        return ServiceControl(self.host, timeout, self.said.append, clock=self.clock, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        """Let time pass; what is due in it happens whether a program asks or not."""
        self.clock.time += seconds
        self.machine.services.advance()

    def change(self, **options: Any) -> BitsChange:
        """A run of wsus_bits with these options."""
        given = OPTIONS | options
        return BitsChange(self.host, self.control(given["timeout"]), given, lambda: STAMP)

    def facts(self) -> Bits:
        """BITS as it is now."""
        return self.change().prepare(wait=False).facts

    def do(self, *commands: Command) -> None:
        """Run commands, each of which must succeed."""
        for result in self.host.run(commands):
            assert result.ok, (str(result.command), result.exit_code)

    def state(self, name: str) -> str:
        state: str = self.machine.state()["services"][name]["state"]
        return state

    def written(self) -> list[str]:
        """The command lines so far that did more than read."""
        return [line for line in self.ran if not line.startswith(_READING)]

    def _run(self, argv: Sequence[str], user: User) -> Execution:
        line = " ".join(argv)
        self.ran.append(line)
        code = next((code for start, code in self.faults.items() if line.startswith(start)), None)
        return self._run_program(argv, user) if code is None else Execution(exit_code=code)
