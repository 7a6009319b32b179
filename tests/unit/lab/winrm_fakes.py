"""Machines for the tests of the WinRM server: they answer command lines as the test says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lab.machine import Execution, ExecutionRecord, Faults, User
from lab.serve import Lab
from winrm import Protocol

PASSWORD = "Grüße: 7€"
"""A password with a colon (Basic's separator) and with letters outside ASCII."""


class FakeMachine:
    """Answers ``answers[command_line]``, or calls it; a command line that is not there ends with exit code 9009."""

    def __init__(
        self,
        name: str = "PC1",
        answers: Mapping[str, Execution | Callable[[], Execution]] | None = None,
        *,
        users: Iterable[User] = (),
    ) -> None:
        self.name = name
        self.answers = dict(answers or {})
        self.users: Mapping[str, User] = {user.name: user for user in users or [User("Administrator", PASSWORD)]}
        self.faults = Faults()
        self.log: list[ExecutionRecord] = []
        self.lock = threading.RLock()
        self.closed = False

    def execute(self, command_line: str, user: User) -> Execution:
        answer = self.answers.get(command_line, Execution(stderr=b"not recognized", exit_code=9009))
        execution = answer() if callable(answer) else answer
        with self.lock:
            self.log.append(ExecutionRecord(user.name, command_line, exit_code=execution.exit_code))
        return execution

    def state(self) -> dict[str, Any]:
        return {"executions": len(self.log)}

    def close(self) -> None:
        self.closed = True


class ReadingMachine(FakeMachine):
    """Every command answers with its standard input, one line for each chunk, in brackets."""

    def execute_with_input(self, command_line: str, user: User, stdin: Iterable[bytes]) -> Execution:
        return Execution(stdout=b"\n".join(b"[" + chunk + b"]" for chunk in stdin))


def connect(
    lab: Lab,
    name: str = "PC1",
    *,
    transport: str = "basic",
    scheme: str = "http",
    user: str = "Administrator",
    password: str = PASSWORD,
    timeout: int = 20,
    encryption: str = "auto",
) -> Protocol:
    """A pywinrm client for one machine of the lab; ``timeout`` is its OperationTimeout in seconds."""
    port = lab.https_port if scheme == "https" else lab.http_port
    return Protocol(
        f"{scheme}://{lab.host}:{port}/wsman/{name}",
        transport=transport,
        username=user,
        # requests sends a str in Latin-1, which has no euro sign.
        password=password.encode() if transport == "basic" else password,
        server_cert_validation="ignore",
        operation_timeout_sec=timeout,
        read_timeout_sec=timeout + 10,
        message_encryption=encryption,
        proxy=None,
    )


def run(client: Protocol, command_line: str, *arguments: str) -> tuple[bytes, bytes, int]:
    """What Ansible does for one task: a shell, one command, all of its output, and both cleared away."""
    shell = client.open_shell(codepage=65001)
    command = client.run_command(shell, command_line, arguments)
    try:
        return client.get_command_output(shell, command)
    finally:
        client.cleanup_command(shell, command)
        client.close_shell(shell)
