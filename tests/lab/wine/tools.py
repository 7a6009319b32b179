"""What the programs answer that Wine lacks or has only in part: sc.exe, wevtutil.exe, and those of policy and agent.

Wine's service control manager and registry do the work. Its ``sc.exe`` knows few verbs and keeps the error code to itself,
so the verbs that read and write definitions are carried out on Wine's registry, and the error is read from Wine's log.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..machine import Execution
from ..simulated import web_request
from ..simulated.errors import NotImplementedInLab, not_implemented
from ..simulated.machine import SimulatedMachine
from ..simulated.registry import Key, key_path
from .carrying import WEB_REQUEST_PROGRAM
from .hosting import SERVICES, SERVICES_NAME, program
from .lent import LENT, Lender, WineServices, called, fetch, import_file
from .prefix import Prefix
from .regfile import reg_file

FORWARDED = ("sc.exe", "wevtutil.exe", *LENT)
"""The programs that the lab answers, where the machine's release has them."""

_LENT = frozenset(name.lower() for name in LENT)
_SC = r"C:\windows\system32\sc.exe"
_SC_ERROR = re.compile(rb"err:sc:\w+ .* (\d+)\s*$", re.MULTILINE)
_APIS = {
    "query": "EnumQueryServicesStatus:OpenService",
    "queryex": "EnumQueryServicesStatus:OpenService",
    "start": "StartService",
    "stop": "ControlService",
    "create": "CreateService",
    "delete": "DeleteService",
}
_NOT_INSTALLED, _DISABLED_ERROR = 1060, 1058
_DISABLED = 4


class Tools:
    """Answers for the machine ``declared``, whose registry and services live in ``prefix``.

    ``declared`` lends its sc.exe and wevtutil.exe: the first works on a copy of the service's key that is fetched from Wine
    before and written back after, the second on the declared event logs. So it does with the programs of policy and agent.
    """

    def __init__(self, prefix: Prefix, declared: SimulatedMachine) -> None:
        self._prefix = prefix
        self._declared = declared
        self._user = next(user for user in declared.users.values() if user.administrator)
        self._lock = threading.RLock()
        self.lender = Lender(prefix, declared, self._lock)
        declared.agent.services = WineServices(self)

    def run(self, argv: Sequence[str]) -> Execution:
        """Run one of FORWARDED with its arguments, or a cmd.exe that calls one of those that Wine lacks."""
        try:
            name = argv[0].rsplit("\\", 1)[-1].lower().removesuffix(".exe")
            if f"{name}.exe" in _LENT or name == "wevtutil":
                return self.lender.run(f"{name}.exe", *argv[1:])
            if name == "sc":
                return self.run_sc(*argv[1:])
            if f"{name}.exe" == WEB_REQUEST_PROGRAM:
                return self.ask_web(argv[1:])
            if name == "cmd":
                return self.lender.run("cmd.exe", *argv[1:])
        except NotImplementedInLab as error:
            return not_implemented(f"{argv[0]}: {error}")
        return not_implemented(f"{argv[0]} is not forwarded")

    def ask_web(self, arguments: Sequence[str]) -> Execution:
        """Answer a call of the function by which a batch itself asks a web server, as the declared machine does."""
        return web_request.run(self._declared, arguments)

    @staticmethod
    def calls_lent(argv: Sequence[str]) -> bool:
        """Whether a command line of cmd.exe calls a program that Wine lacks: without forward.exe Wine's cmd.exe finds none."""
        return argv[0].lower() in ("cmd", "cmd.exe") and not _LENT.isdisjoint(called(argv))

    def run_sc(self, *arguments: str) -> Execution:
        """Run sc.exe on Wine's services."""
        with self._lock:
            return self._sc(arguments)

    def start_type(self, service: str) -> int | None:
        """The start type in Wine's registry, None for a service that is not there."""
        with self._lock:
            return _number(self._fetch(service).get(f"{SERVICES_NAME}\\{service}".lower(), Key("")), "start")

    def _sc(self, arguments: Sequence[str]) -> Execution:
        verb = arguments[0].lower() if arguments else ""
        if verb in ("query", "queryex"):
            return self._query(verb, arguments)
        if verb == "start" and len(arguments) > 1 and self.start_type(arguments[1]) == _DISABLED:
            return self._failed(verb, _DISABLED_ERROR)  # Wine's manager knows the start type of when it started
        if verb in _APIS:
            done = self._wine(verb, arguments)
            if verb in ("start", "stop") and not done.exit_code:
                self.lender.changed(verb, arguments[1])
            return done
        return self._on_registry(arguments)

    def _query(self, verb: str, arguments: Sequence[str]) -> Execution:
        if len(arguments) != 2 or "=" in arguments[1]:
            raise NotImplementedInLab(f"sc {' '.join(arguments)}: Wine's sc.exe asks for one service by name")
        done = self._wine(verb, ("query", arguments[1]))
        if verb == "query" or done.exit_code:
            return done
        # Windows pads every label to the same column.
        running = b" 1  STOPPED" not in done.stdout
        pid = self._process(arguments[1]) if running else 0
        return Execution(
            done.stdout + f"        PID                : {pid}\r\n        FLAGS              : \r\n".encode(),
            done.stderr,
            0,
        )

    def _wine(self, verb: str, arguments: Sequence[str]) -> Execution:
        """Wine's own sc.exe, with the Win32 error of the call that failed as exit code, as Windows has it."""
        done = self._prefix.run([_SC, *arguments], {"WINEDEBUG": "-all,err+sc"})
        if not done.exit_code:
            if verb not in ("create", "delete"):
                return done
            return Execution(f"[SC] {_APIS[verb]} {self._declared.text.sc['success']}\r\n".encode())
        error = _SC_ERROR.search(done.stderr)
        if error is None:
            raise NotImplementedInLab(
                f"sc {' '.join(arguments)}: Wine's sc.exe refused it ({done.stdout.decode('utf-8', 'replace').strip()})"
            )
        return self._failed(verb, int(error[1]))

    def _failed(self, verb: str, code: int) -> Execution:
        api = _APIS[verb]
        if code == _NOT_INSTALLED:
            api = {"start": "StartService: OpenService", "stop": "OpenService", "delete": "OpenService"}.get(verb, api)
        words = self._declared.text
        text = f"[SC] {api} {words.sc['failed']} {code}:\n\n{words.error(code)}\n\n"
        return Execution(text.replace("\n", "\r\n").encode(), b"", code)

    def _process(self, service: str) -> int:
        """The id by which this computer knows the service's process (Wine's own numbers are not to be had)."""
        words = program(self._declared.registry, service).split(" ")
        home = f"WINEPREFIX={self._prefix.folder}".encode()
        for process in Path("/proc").iterdir():
            if process.name.isdecimal():
                try:
                    command = (
                        (process / "cmdline")
                        .read_bytes()
                        .decode("utf-8", "replace")
                        .rstrip("\0")
                        .replace("\0", " ")
                        .split(" ")
                    )
                    if [word.lower() for word in command] == [word.lower() for word in words] and home in (
                        process / "environ"
                    ).read_bytes().split(b"\0"):
                        return int(process.name)
                except OSError:
                    continue
        return 0

    def _on_registry(self, arguments: Sequence[str]) -> Execution:
        """Carry out a verb on the service's key as it is in Wine, and write what it changed back to Wine."""
        registry = self._declared.registry
        service = arguments[1] if len(arguments) > 1 else ""
        before = self._fetch(service) if service else {}
        if service:
            registry.delete_key((*SERVICES, service))
        for key in before.values():
            path = key_path(key.name)
            registry.create(path)
            for value in key.values.values():
                registry.set(path, value)
        done = self._declared.run_program(("sc.exe", *arguments), self._user)
        if service and not done.exit_code:
            self._write_back(service, before)
        return done

    def _write_back(self, service: str, before: Mapping[str, Key]) -> None:
        """Have Wine's registry hold what the declared one holds below a service's key."""
        after = {"\\".join(path): key for path, key in self._declared.registry.walk((*SERVICES, service))}
        changed = {name: key for name, key in after.items() if key.values != before.get(name.lower(), Key("")).values}
        if not changed:
            return
        root = f"{SERVICES_NAME}\\{service}".lower()
        old_start = _number(before.get(root, Key("")), "start")
        content = {name: key.values.values() for name, key in after.items()}
        if old_start == _DISABLED and self._declared.registry.get((*SERVICES, service)):
            self._define_anew(service)
        import_file(self._prefix, reg_file(content, without_keys=[f"{SERVICES_NAME}\\{service}"]))

    def _define_anew(self, service: str) -> None:
        """Make Wine's manager, which reads definitions only when it starts, forget that a service was disabled."""
        host = program(self._declared.registry, service)
        for arguments in (
            ("delete", service),
            ("create", service, "binPath=", host, "type=", "share", "start=", "demand"),
        ):
            done = self._wine(arguments[0], arguments)
            if done.exit_code:
                raise RuntimeError(
                    f"Wine's service manager could not {arguments[0]} {service} (error {done.exit_code})"
                )

    def _fetch(self, service: str) -> dict[str, Key]:
        """The service's key and all below it as they are in Wine, by lower-case name; empty where there is none."""
        return fetch(self._prefix, f"{SERVICES_NAME}\\{service}")


def _number(key: Key, name: str) -> int | None:
    value = key.values.get(name)
    return value.number() if value else None
