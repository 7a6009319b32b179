"""Simulated machines for tests, with a clock that stands still unless it is moved."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

from lab.fleet import MachineSpec
from lab.machine import Execution, User
from lab.simulated.from_spec import simulated_machine
from lab.simulated.machine import SimulatedMachine

ADMINISTRATOR = User("Administrator", "secret")
READER = User("reader", "secret", administrator=False)
TOKEN = "0123456789abcdef"
NOON = 1_800_000_000.0
SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
BITS = rf"{SERVICES}\BITS"


class Clock:
    """Seconds since 1970, moved by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> float:
        return self.time


def make(
    windows: str = "windows-10-22h2", language: str = "en", clock: Clock | None = None, **spec: Any
) -> SimulatedMachine:
    """A machine as a fleet file would describe it."""
    described = MachineSpec(
        "pc", "fleet.yml: machine pc", windows=windows, language=language, users=(ADMINISTRATOR, READER), **spec
    )
    return simulated_machine(described, clock or Clock())


class Shell:
    """Runs programs on a machine and reads what they wrote."""

    def __init__(self, machine: SimulatedMachine, user: User = ADMINISTRATOR) -> None:
        self.machine = machine
        self.user = user

    def run(self, *argv: str) -> Execution:
        return self.machine.run_program(argv, self.user)

    def out(self, *argv: str, code: int = 0) -> str:
        """Standard output of a program that must end with that code and say nothing on standard error."""
        execution = self.run(*argv)
        assert (execution.exit_code, execution.stderr) == (code, b""), execution
        return execution.stdout.decode()

    def error(self, *argv: str, code: int = 1) -> str:
        """Standard error of a program that must end with that code and print nothing."""
        execution = self.run(*argv)
        assert (execution.exit_code, execution.stdout) == (code, b""), execution
        return execution.stderr.decode()


def lines(*parts: str) -> str:
    return "".join(f"{part}\r\n" for part in parts)


def script(commands: Iterable[Sequence[str]], token: str = TOKEN) -> str:
    prologue = f'function x($p){{$global:LASTEXITCODE=9009;& $p @args;"{token} $LASTEXITCODE"}}'
    calls = ("x " + " ".join("'" + argument.replace("'", "''") + "'" for argument in argv) for argv in commands)
    return "\n".join([prologue, *calls])


def command_line(text: str, start: str = "PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted") -> str:
    return f"{start} -EncodedCommand {base64.b64encode(text.encode('utf-16-le')).decode()}"
