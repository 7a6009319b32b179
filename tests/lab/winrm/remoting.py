"""PowerShell remoting over WS-Management (MS-PSRP 3), in front of the real remoting server ``PowerShell -s``.

WS-Management carries fragments of MS-PSRP in Create, Command, Send and Receive; ``PowerShell -s`` takes the same fragments as
lines on its standard input: ``<Data Stream='Default' PSGuid='...'>Base64</Data>``, ``<Command .../>``, ``<Signal .../>``, ``<Close .../>``.
The GUID of zeros stands for the runspace pool, others for pipelines. Nothing here reads a fragment.
"""

from __future__ import annotations

import binascii
import contextlib
import re
import subprocess
import tempfile
import threading
import time
from base64 import b64decode
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from ..machine import Execution, ExecutionRecord, NativeCommand, User
from ..simulated.machine import SimulatedMachine
from ..wine.forward import ForwardServer
from . import envelope, fault
from .envelope import SHELL, Request

POWERSHELL_URI = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"
"""The resource of the default session configuration (MS-PSRP 3.1.5.3.1)."""
_CREATION = "{http://schemas.microsoft.com/powershell}creationXml"
_POOL = "00000000-0000-0000-0000-000000000000"
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DATA = re.compile(rb"<Data Stream='\w+' PSGuid='([0-9a-fA-F-]+)'>([^<]*)</Data>")
_ACKNOWLEDGED = re.compile(rb"<(?:Data|Command|Signal)Ack ")
_ACKNOWLEDGED_WITHIN = 60.0
"""Seconds."""
_PROGRAM = Path(__file__).parents[1] / "program.sh"
_PROGRAMS = (
    "UsoClient.exe",
    "cmd.exe",
    "curl.exe",
    "findstr.exe",
    "gpupdate.exe",
    "netsh.exe",
    "reg.exe",
    "sc.exe",
    "wevtutil.exe",
    "wuauclt.exe",
)


class Remoting:
    """The session configuration of one simulated machine: each runspace pool is a PowerShell process of its own.

    The programs on its PATH are the machine's. Of their exit codes only eight bits arrive, because PowerShell runs on Linux.
    """

    def __init__(self, machine: SimulatedMachine, powershell: Path) -> None:
        self._machine = machine
        self._powershell = powershell
        self._pools: dict[str, _Pool] = {}
        self._user = next(iter(machine.users.values()))
        self._forward = ForwardServer(self._answer)
        self._temporary = tempfile.TemporaryDirectory(prefix="lab-remoting-")
        folder = Path(self._temporary.name)
        self._programs, self._empty = folder / "programs", folder / "empty"
        for each in (self._programs, self._empty):
            each.mkdir()
        source = _PROGRAM.read_text(encoding="utf-8").replace("ADDRESS", self._forward.address.replace(":", "/"))
        for name in _PROGRAMS:
            (self._programs / name).write_text(source, encoding="utf-8")
            (self._programs / name).chmod(0o755)

    def _answer(self, argv: Sequence[str]) -> Execution:
        machine = self._machine
        with machine.lock:
            done = machine.run_program(argv, self._user)
            machine.log[-1].commands.append(NativeCommand(tuple(argv), done.exit_code))
        return done

    def handle(self, request: Request, user: User) -> bytes:
        """Carry out one message and return its answer; raises WSManFault."""
        if request.verb == "Create":
            return self._create(request)
        pool = self._pools.get(request.shell_id)
        if pool is None:
            raise fault.unknown_shell(request.shell_id)
        if request.verb == "Command":
            return self._command(request, pool, user)
        if request.verb == "Send":
            for stream in request.content("Send").iterfind(f"{SHELL}Stream"):
                # Stream "pr" carries the answers of the client's host.
                kind = "PromptResponse" if stream.get("Name") == "pr" else "Default"
                pool.send(stream.get("CommandId") or _POOL, _bytes(stream.text), kind)
            return envelope.acknowledged(request)
        if request.verb == "Receive":
            desired = request.content("Receive").find(f"{SHELL}DesiredStream")
            command_id = desired.get("CommandId", "") if desired is not None else ""
            data = pool.receive(
                command_id or _POOL, envelope.room_for_output(request.max_envelope), request.operation_timeout
            )
            return envelope.received(request, command_id, {"stdout": data}, None)
        if request.verb == "Signal":
            pool.tell("Signal", request.content("Signal").get("CommandId", ""))
            return envelope.acknowledged(request)
        if request.verb == "Delete":
            self._pools.pop(request.shell_id).close()
            return envelope.acknowledged(request)
        raise fault.unknown_action(request.action)

    def _create(self, request: Request) -> bytes:
        shell = request.content("Shell")
        shell_id = shell.get("ShellId", "").upper()
        if not _GUID.fullmatch(shell_id) or shell_id in self._pools:
            raise fault.malformed(f"ShellId {shell_id!r} is not a new GUID.")
        pool = _Pool(self._powershell, self._programs, self._empty)
        self._pools[shell_id] = pool
        pool.send(_POOL, _bytes(shell.findtext(_CREATION)))
        return envelope.created(request, shell_id, POWERSHELL_URI)

    def _command(self, request: Request, pool: _Pool, user: User) -> bytes:
        content = request.content("CommandLine")
        command_id = content.get("CommandId", "").upper()
        if not _GUID.fullmatch(command_id):
            raise fault.malformed(f"CommandId {command_id!r} is not a GUID.")
        with self._machine.lock:
            self._machine.log.append(ExecutionRecord(user.name, ""))
        pool.tell("Command", command_id)
        pool.send(command_id, _bytes(content.findtext(f"{SHELL}Arguments")))
        return envelope.started(request, command_id)

    def close(self) -> None:
        """End every process."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()
        self._forward.close()
        self._temporary.cleanup()


class _Pool:
    """One PowerShell process, and the fragments that it sent and no client has fetched yet."""

    def __init__(self, powershell: Path, programs: Path, folder: Path) -> None:
        self._process = subprocess.Popen(
            [str(powershell), "-s"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,  # for Linux, PowerShell puts file names in place of *
            env={"PATH": str(programs), "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        )
        self._writing = threading.Lock()
        self._arrived = threading.Condition()
        self._acknowledged = 0
        self._pending: dict[str, bytearray] = defaultdict(bytearray)
        self._ended = False
        self._reader = threading.Thread(target=self._read, name="powershell-remoting", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            line = line.lstrip(b"\xef\xbb\xbf")
            with self._arrived:
                if data := _DATA.match(line):
                    self._pending[data[1].decode().lower()] += b64decode(data[2])
                elif _ACKNOWLEDGED.match(line):
                    self._acknowledged += 1
                self._arrived.notify_all()
        with self._arrived:
            self._ended = True
            self._arrived.notify_all()

    def _write(self, line: str) -> None:
        """Send a line and wait until it is acknowledged: PowerShell hands each to another thread, so that the next may overtake it."""
        assert self._process.stdin
        with self._writing:
            acknowledged = self._acknowledged
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
            with self._arrived:
                self._arrived.wait_for(lambda: self._ended or self._acknowledged > acknowledged, _ACKNOWLEDGED_WITHIN)
                if self._acknowledged == acknowledged:
                    raise fault.broken_machine(EOFError("PowerShell did not acknowledge a message"))

    def tell(self, what: str, guid: str) -> None:
        """Send the line Command or Signal for a pipeline."""
        if not _GUID.fullmatch(guid):
            raise fault.unknown_command(guid)
        self._write(f"<{what} PSGuid='{guid.lower()}' />")

    def send(self, guid: str, data: bytes, stream: str = "Default") -> None:
        """Send fragments to the pool or a pipeline."""
        if not _GUID.fullmatch(guid):
            raise fault.unknown_command(guid)
        text = binascii.b2a_base64(data, newline=False).decode()
        self._write(f"<Data Stream='{stream}' PSGuid='{guid.lower()}'>{text}</Data>")

    def receive(self, guid: str, room: int, timeout: float) -> bytes:
        """What has arrived for the pool or a pipeline; waits for something, then raises the fault of the operation timeout."""
        end = time.monotonic() + timeout
        with self._arrived:
            pending = self._pending[guid.lower()]
            while not pending and not self._ended and (left := end - time.monotonic()) > 0:
                self._arrived.wait(left)
            if not pending:
                raise fault.broken_machine(EOFError("PowerShell ended")) if self._ended else fault.timed_out()
            data = bytes(pending[:room])
            del pending[:room]
            return data

    def close(self) -> None:
        """End the process; its reader ends with it."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with contextlib.suppress(OSError):  # what it did not read any more
                    stream.close()


def _bytes(text: str | None) -> bytes:
    try:
        return b64decode(text or "")
    except binascii.Error as error:
        raise fault.malformed("The fragments are not Base64.") from error
