"""A Windows machine made of Wine: its own registry, services and programs, and a real PowerShell where there is one."""

from __future__ import annotations

import re
import shutil
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..fleet import FREE_SPACE, FleetError, MachineSpec
from ..machine import ConnectionDropped, Execution, ExecutionRecord, Faults, NativeCommand, ProgramCount, User
from ..powershell import RealPowerShell, find_powershell
from ..simulated.batch import Batch, NotABatch, read_batch
from ..simulated.command_line import NotEncodedPowerShell, decode_script
from ..simulated.from_spec import simulated_machine
from ..simulated.machine import COMMAND_LINE_LIMIT, PRESET, SimulatedMachine
from . import hosting
from .carrying import WEB_REQUEST_PROGRAM, carried
from .forward import ForwardServer
from .lent import STARTED_BY_PATH, import_file
from .portable_executable import of_gui
from .prefix import LAB_FOLDER, POWERSHELL_FOLDER, Prefix, new_folder
from .reading import run_batch
from .regfile import reg_file
from .starting import bring_to_state, running_services
from .state import files_state, registry_state, services_state
from .tools import FORWARDED, Tools

# What a fleet file may say of a service that runs under Wine.
_SERVICE_KEYS = frozenset({"deleted", "keys", "listed", "state", "values"})

# Wine 8's cmd.exe ends with 49 where that of Windows ends with 1.
_NOT_RECOGNIZED = 1


class WineMachine:
    """Runs command lines with Wine's cmd.exe on a prefix of its own.

    ``declared`` is the machine as the fleet describes it: its registry, running services and event logs become the
    prefix's. With ``real`` (default: what WSUS_LAB_POWERSHELL names) a batch is executed by PowerShell inside Wine; where
    that holds no Windows build the lab reads the batch itself and runs each of its programs in Wine. ``folder`` is kept
    when the machine is closed and ``keep`` is set. Raises WineUnavailable where this computer cannot run Wine machines,
    ValueError for what Wine cannot be: every user of a prefix is an administrator.
    """

    def __init__(
        self,
        declared: SimulatedMachine,
        *,
        folder: Path | None = None,
        real: RealPowerShell | None = None,
        keep: bool = False,
    ) -> None:
        if limited := [user.name for user in declared.users.values() if not user.administrator]:
            raise ValueError(
                f"{declared.name}: {', '.join(limited)} cannot be less than an administrator on a Wine machine"
            )
        self.name = declared.name
        self.groups = declared.groups
        self.users: Mapping[str, User] = declared.users
        self.faults = Faults()
        self.log: list[ExecutionRecord] = []
        self.lock = threading.RLock()
        self._programs = ProgramCount(self)
        self.declared = declared
        self._keep = keep
        self._folder = folder or new_folder(declared.name)
        real = real or find_powershell()
        self.reads_batches = not (real and real.windows and real.forward)
        """Whether the lab reads the batches itself, for want of a real PowerShell."""
        self._forward: ForwardServer | None = None
        variables: dict[str, str] = {}
        path = [f"C:\\{LAB_FOLDER}"]
        if not self.reads_batches:
            self._forward = ForwardServer(self._answer)
            variables["FORWARD_TO"] = self._forward.address
            path.append(f"C:\\{POWERSHELL_FOLDER}")
        try:
            self.prefix = Prefix(self._folder, declared.text.code, path, variables)
            self.tools = Tools(self.prefix, declared)
            self._provision(real)
        except BaseException:
            self.close()
            raise

    @classmethod
    def from_spec(cls, spec: MachineSpec) -> WineMachine:
        """The machine that a fleet file describes.

        Raises FleetError for what it asks of Wine that Wine cannot do, WineUnavailable where there is no Wine.
        """
        cls._check(spec)
        machine = cls(simulated_machine(spec))
        machine.faults = machine.declared.faults
        try:
            for path, content in spec.files.items():
                machine.prefix.write(path, content)
        except BaseException:
            machine.close()
            raise
        if machine.reads_batches:
            print(
                f"lab: {spec.name}: no real PowerShell for Wine, so the lab reads the batches itself", file=sys.stderr
            )
        return machine

    @staticmethod
    def _check(spec: MachineSpec) -> None:
        """Raises FleetError for what it asks of Wine that Wine cannot do."""
        for name, service in spec.services.items():
            if strange := sorted(set(service) - _SERVICE_KEYS):
                raise FleetError(
                    f"{spec.where}: services: {name}: {strange[0]}: Wine's service manager decides that itself"
                )
            if service.get("state", "running") not in ("running", "stopped"):
                raise FleetError(
                    f"{spec.where}: services: {name}: state: a Wine machine has running and stopped services"
                )
        refused = (
            (spec.group_policy.asks, "group_policy: asks: forward.exe does not hand on the answer"),
            (spec.console != "utf-8", "console: a Wine machine writes UTF-8"),
            (spec.free_space != FREE_SPACE, "free_space: a Wine machine's disk is this computer's"),
            (spec.read_only, "read_only: the keys of a Wine machine have no permissions of their own"),
            (
                any(not user.administrator for user in spec.users),
                "users: every user of a Wine machine is an administrator",
            ),
        )
        for asked, why in refused:
            if asked:
                raise FleetError(f"{spec.where}: {why}")

    def _answer(self, argv: Sequence[str]) -> Execution:
        return self.tools.run(argv)

    def _provision(self, real: RealPowerShell | None) -> None:
        folder = self.prefix.disk / LAB_FOLDER
        folder.mkdir()
        if real and real.windows and real.forward:
            (self.prefix.disk / POWERSHELL_FOLDER).symlink_to(real.windows.parent)
            forward = real.forward.read_bytes()
            for program in (WEB_REQUEST_PROGRAM, *filter(self.declared.find_program, FORWARDED)):
                place = self.prefix.disk / "windows" / "system32" if program.lower() in STARTED_BY_PATH else folder
                (place / program).write_bytes(of_gui(forward) if self.declared.is_gui(program) else forward)
        registry = self.declared.registry
        running = running_services(self.declared)
        self.prefix.start()
        import_file(
            self.prefix, reg_file(hosting.boot_keys(registry, running), without_keys=hosting.absent_keys(registry))
        )
        self.prefix.stop()
        self.prefix.start()
        bring_to_state(self.tools, self.declared)
        # Without the keys first, Wine's own values of its services would stay among the declared ones.
        services = [f"{hosting.SERVICES_NAME}\\{name}" for name, _unused in hosting.services(registry)]
        import_file(self.prefix, reg_file(hosting.declared_keys(registry), without_keys=services))
        self.tools.lender.begin()

    def execute(self, command_line: str, user: User) -> Execution:
        """Run a command line as it is, as WinRM's cmd.exe would.

        Raises ConnectionDropped where ``faults.drop_after_command`` or ``drop_after_total`` strikes: then the first programs of the batch ran.
        """
        with self.lock:
            record = ExecutionRecord(user.name, command_line)
            self.log.append(record)
            batch = _batch(command_line, record)
            last = self._programs.last_of(len(batch.commands)) if batch else None
            if self.faults.no_powershell:
                found = self._cmd(command_line, path=f"C:\\{LAB_FOLDER}")
                execution = Execution(found.stdout, found.stderr, _NOT_RECOGNIZED)
            elif self.reads_batches and batch:
                execution = run_batch(batch, partial(self._run_call, batch), record, last, self.name)
            else:
                execution = self._execute_batch(command_line, batch, record, last)
                if last is not None:
                    raise ConnectionDropped(f"{self.name}: dropped after {last} programs")
            record.exit_code = execution.exit_code
            return execution

    def _execute_batch(
        self, command_line: str, batch: Batch | None, record: ExecutionRecord, last: int | None
    ) -> Execution:
        if batch:
            command_line = carried(command_line, record.script, batch, last, constrained=self.declared.constrained)
        execution = self._cmd(command_line)
        if batch:
            codes = re.findall(rb"^%s (-?\d+)\r?$" % re.escape(batch.token.encode()), execution.stdout, re.MULTILINE)
            record.commands += [
                NativeCommand(argv, int(code)) for argv, code in zip(batch.commands, codes, strict=False)
            ]
        return execution

    def _cmd(self, command_line: str, path: str | None = None) -> Execution:
        variables = {"WINEPATH": path} if path else {}
        if len(command_line) > COMMAND_LINE_LIMIT:  # what the lab put before a batch is not the sender's
            return self.prefix.run(command_line.split(), variables)
        if '"' not in command_line:
            return self.prefix.run(["cmd.exe", "/d", "/c", command_line], variables)
        # Wine's loader would put a backslash before each double quote, which means nothing to cmd.exe.
        file = self.prefix.disk / LAB_FOLDER / "line.cmd"
        file.write_bytes(f"@{command_line}\r\n".encode())
        try:
            return self.prefix.run(["cmd.exe", "/d", "/c", f"C:\\{LAB_FOLDER}\\{file.name}"], variables)
        finally:
            file.unlink()

    def _run_call(self, batch: Batch, argv: Sequence[str]) -> Execution | None:
        """One call of a batch that the lab reads."""
        return self.tools.ask_web(argv[1:]) if batch.asks_itself(argv) else self._run_program(argv)

    def _run_program(self, argv: Sequence[str]) -> Execution | None:
        """One program of a batch that the lab reads; None where it does not exist."""
        name = argv[0].lower()
        program = name.removesuffix(".exe") + ".exe"
        if program in map(str.lower, FORWARDED):
            if not self.declared.find_program(program):
                return None
            done = self.tools.run(argv)
            return Execution(exit_code=PRESET) if self.declared.is_gui(program) else done
        if self.tools.calls_lent(argv):
            return self.tools.run(argv)
        return self.prefix.run(argv) if self.prefix.has_program(name) else None

    def state(self) -> dict[str, Any]:
        """Registry, states of services, files that are not Wine's own, and event logs, as JSON data."""
        with self.lock:
            return {
                "registry": registry_state(self.prefix),
                "services": services_state(
                    self.prefix, [name for name, _unused in hosting.services(self.declared.registry)]
                ),
                "files": files_state(self.prefix),
                "events": self.declared.events.state(),
            }

    def close(self) -> None:
        """End the prefix's processes and remove its folder."""
        if tools := getattr(self, "tools", None):
            tools.lender.close()
        if self._forward:
            self._forward.close()
            self._forward = None
        if prefix := getattr(self, "prefix", None):
            prefix.stop()
        self.declared.close()
        if not self._keep:
            shutil.rmtree(self._folder, ignore_errors=True)


def _batch(command_line: str, record: ExecutionRecord) -> Batch | None:
    try:
        record.script = decode_script(command_line)
        return read_batch(record.script)
    except (NotEncodedPowerShell, NotABatch):
        return None
