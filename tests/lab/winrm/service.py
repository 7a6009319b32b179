"""The shell resource of one machine: Create, Command, Send, Receive, Signal and Delete."""

from __future__ import annotations

import binascii
import threading
import time
import uuid
from base64 import b64decode
from collections import Counter
from dataclasses import dataclass

from ..machine import ConnectionDropped, Execution, ExecutionRecord, Machine, User
from . import envelope, fault
from .disturbance import Disturbance
from .envelope import SHELL, SHELL_URI, TRANSFER_URI, Request
from .remoting import POWERSHELL_URI, Remoting
from .shell import Command, InputMachine, Shell, StandardInput

COMMAND_LINE_LIMIT = 8191
"""Characters of the longest command line of cmd.exe (Microsoft, "Command prompt line string limitation")."""

ACTIONS = {
    f"{TRANSFER_URI}/Create": "_create",
    f"{TRANSFER_URI}/Delete": "_delete",
    f"{SHELL_URI}/Command": "_command",
    f"{SHELL_URI}/Send": "_send",
    f"{SHELL_URI}/Receive": "_receive",
    f"{SHELL_URI}/Signal": "_signal",
}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; ``break_after`` bytes of the body the connection is closed, unless it is None."""

    status: int
    body: bytes
    break_after: int | None = None


class ShellService:
    """What WinRM serves of one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.requests: Counter[str] = Counter()
        self.traffic: Counter[str] = Counter()
        self._shells: dict[str, Shell] = {}
        self._lock = threading.Lock()
        self._disturbance = Disturbance(machine)
        self.remoting: Remoting | None = None
        self._away_until = 0.0

    @property
    def open_shells(self) -> tuple[str, ...]:
        """The identifiers of the shells that clients have created and not deleted."""
        return tuple(self._shells)

    def restart(self, away: float) -> None:
        """Windows restarts: shells are gone, and for ``away`` seconds every connection is closed without a response."""
        self._away_until = time.monotonic() + away
        self._end_shells()

    def close(self) -> None:
        """End every shell, and with them the requests that wait for output."""
        self._end_shells()
        remoting, self.remoting = self.remoting, None
        if remoting:
            remoting.close()

    def _end_shells(self) -> None:
        with self._lock:
            shells, self._shells = list(self._shells.values()), {}
        for shell in shells:
            shell.close()

    def _require_present(self) -> None:
        if time.monotonic() < self._away_until:
            raise ConnectionDropped(f"{self.machine.name}: Windows restarts")

    def handle(self, message: bytes, user: User) -> Answer:
        """Carry out one message. Raises ConnectionDropped where the answer is to be a closed connection."""
        answer = self._answer(message, user)
        self._require_present()  # it may have gone while a request waited for output
        with self._lock:
            self.traffic.update(received=len(message), sent=len(answer.body))
        return answer

    def _answer(self, message: bytes, user: User) -> Answer:
        relates_to = ""
        try:
            try:
                request = envelope.read_request(message)
            except fault.WSManFault:
                self._count("malformed")
                raise
            relates_to = request.message_id
            method = ACTIONS.get(request.action)
            self._count(request.verb if method else "unknown")
            if self.remoting and request.resource_uri.rstrip("/") == POWERSHELL_URI:
                return Answer(200, self.remoting.handle(request, user))
            if request.resource_uri.rstrip("/") != envelope.CMD_URI:
                raise fault.unknown_resource(request.resource_uri)
            if method is None:
                raise fault.unknown_action(request.action)
            answer: Answer = getattr(self, method)(request, user)
            return answer
        except fault.WSManFault as problem:
            return Answer(500, envelope.fault(problem, relates_to))

    def _count(self, verb: str) -> None:
        with self._lock:
            self.requests[verb] += 1
        self._require_present()
        if self._disturbance.drops_request():
            raise ConnectionDropped(f"{self.machine.name}: drop_at_request")

    def _shell(self, request: Request, user: User) -> Shell:
        shell = self._shells.get(request.shell_id)
        if shell is None or shell.owner != user:
            raise fault.unknown_shell(request.shell_id)
        return shell

    def _create(self, request: Request, user: User) -> Answer:
        """WINRS_NOPROFILE and WINRS_CODEPAGE are taken and change nothing: a machine's output has the bytes it has."""
        content = request.content("Shell")
        for name, what in (
            ("WorkingDirectory", "a shell's working directory"),
            ("Environment", "a shell's environment"),
        ):
            if content.find(SHELL + name) is not None:
                raise fault.unsupported(what)
        shell = Shell(str(uuid.uuid4()).upper(), user)
        with self._lock:
            self._shells[shell.shell_id] = shell
        return Answer(200, envelope.created(request, shell.shell_id))

    def _delete(self, request: Request, user: User) -> Answer:
        shell = self._shell(request, user)
        with self._lock:
            self._shells.pop(shell.shell_id, None)
        shell.close()
        return Answer(200, envelope.acknowledged(request))

    def _command(self, request: Request, user: User) -> Answer:
        shell = self._shell(request, user)
        content = request.content("CommandLine")
        if self._disturbance.refuses_command():
            raise fault.quota_exceeded()
        if request.options.get("WINRS_SKIP_CMD_SHELL", "").upper() in ("TRUE", "1"):
            raise fault.unsupported("WINRS_SKIP_CMD_SHELL")
        command_line = " ".join(
            item.text for item in content if item.tag in (f"{SHELL}Command", f"{SHELL}Arguments") and item.text
        )
        if not command_line:
            raise fault.malformed("CommandLine has no command.")
        command_id = content.get("CommandId", "").upper() or str(uuid.uuid4()).upper()
        if command_id in shell.commands:
            raise fault.malformed(f"The shell already has a command with CommandId {command_id}.")

        def work(stdin: StandardInput) -> Execution:
            return self._disturbance.spoil(self._execute(command_line, user, stdin))

        shell.commands[command_id] = Command(command_id, work, self._disturbance.delay())
        return Answer(200, envelope.started(request, command_id))

    def _execute(self, command_line: str, user: User, stdin: StandardInput) -> Execution:
        machine = self.machine
        if len(command_line.encode("utf-16-le", "surrogatepass")) // 2 > COMMAND_LINE_LIMIT:
            with machine.lock:
                machine.log.append(ExecutionRecord(user.name, command_line, exit_code=1))
            return Execution(stderr=b"The command line is too long.\r\n", exit_code=1)
        if isinstance(machine, InputMachine):
            return machine.execute_with_input(command_line, user, stdin)
        return machine.execute(command_line, user)

    def _send(self, request: Request, user: User) -> Answer:
        shell = self._shell(request, user)
        for stream in request.content("Send").iterfind(f"{SHELL}Stream"):
            command = self._find(shell, stream.get("CommandId"))
            if stream.get("Name") != "stdin":
                raise fault.malformed(f"There is no input stream {stream.get('Name')!r}.")
            try:
                data = b64decode(stream.text or "")
            except binascii.Error as error:
                raise fault.malformed("The stream is not Base64.") from error
            if data and not isinstance(self.machine, InputMachine):
                raise fault.unsupported("standard input for this kind of machine")
            command.stdin.send(data, end=stream.get("End", "").lower() in ("true", "1"))
        return Answer(200, envelope.acknowledged(request))

    def _receive(self, request: Request, user: User) -> Answer:
        shell = self._shell(request, user)
        desired = request.content("Receive").find(f"{SHELL}DesiredStream")
        if desired is None:
            raise fault.malformed("Receive names no DesiredStream.")
        names = (desired.text or "").split()
        if not names or not {"stdout", "stderr"}.issuperset(names):
            raise fault.malformed(f"DesiredStream must name stdout or stderr, not {desired.text!r}.")
        command = self._find(shell, desired.get("CommandId"))
        room = envelope.room_for_output(request.max_envelope)
        chunks, exit_code = command.receive(names, room, request.operation_timeout)
        body = envelope.received(request, command.command_id, chunks, exit_code)
        return Answer(200, body, self._disturbance.output_limit() if any(chunks.values()) else None)

    def _signal(self, request: Request, user: User) -> Answer:
        shell = self._shell(request, user)
        content = request.content("Signal")
        command = self._find(shell, content.get("CommandId"))
        code = (content.findtext(f"{SHELL}Code") or "").strip().rpartition("/")[2].lower()
        if code not in ("terminate", "ctrl_c", "ctrl_break"):
            raise fault.unsupported(f"the signal {code!r}")
        command.interrupt()
        if code == "terminate":
            shell.commands.pop(command.command_id, None)
        return Answer(200, envelope.acknowledged(request))

    @staticmethod
    def _find(shell: Shell, command_id: str | None) -> Command:
        command = shell.commands.get((command_id or "").upper())
        if command is None:
            raise fault.unknown_command(command_id or "")
        return command
