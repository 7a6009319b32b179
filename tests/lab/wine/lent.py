"""What the declared machine does for a Wine machine, now and later: group policy and the update agent, and the network.

Wine has neither. The declared machine decides; services are Wine's own, and what is written to registry and files is written
to Wine's. The lab's curl.exe asks the declared machine's network; netsh.exe reads and writes the proxy in Wine's registry.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from ..machine import Execution
from ..simulated.client_identity import UPDATE
from ..simulated.machine import SimulatedMachine
from ..simulated.registry import Key, KeyPath
from ..simulated.tools.netsh import CONNECTIONS
from ..simulated.update_agent import POLICIES, SERVICE
from ..simulated.update_log import REPORTS, TRACE
from ..simulated.update_store import DATABASE, FOLDER
from .hosting import USERS_SETTINGS
from .prefix import LAB_FOLDER, Prefix
from .regfile import read_reg_file, reg_file

LENT = ("UsoClient.exe", "curl.exe", "findstr.exe", "gpupdate.exe", "netsh.exe", "wuauclt.exe")
"""Programs that the declared machine runs, as far as its release has them."""

STARTED_BY_PATH = frozenset({"usoclient.exe", "wuauclt.exe"})
"""Those of them that are called by their full path."""

_ASK_POLICY = frozenset({"usoclient.exe", "gpupdate.exe", "wuauclt.exe"})
_NETSH = "netsh.exe"
_RUNNING = re.compile(rb": 4  RUNNING")
_STARTED_WITHIN = 5.0


class ServiceTool(Protocol):
    """Wine's services, as sc.exe shows them."""

    def run_sc(self, *arguments: str) -> Execution:
        """Run sc.exe."""

    def start_type(self, service: str) -> int | None:
        """The start type in Wine's registry, None for a service that is not there."""


class WineServices:
    """What the update agent needs of Wine's service control manager."""

    def __init__(self, tool: ServiceTool) -> None:
        self._tool = tool

    def startable(self, name: str) -> bool:
        """Whether there is such a service and it is not disabled."""
        return self._tool.start_type(name) not in (None, 4)

    def start(self, name: str) -> int:
        """Start a service and wait until it runs; the Win32 error otherwise."""
        done = self._tool.run_sc("start", name)
        deadline = time.monotonic() + _STARTED_WITHIN
        while not done.exit_code and not self.running(name) and time.monotonic() < deadline:
            time.sleep(0.1)
        return done.exit_code

    def running(self, name: str) -> bool:
        """Whether it runs."""
        return bool(_RUNNING.search(self._tool.run_sc("query", name).stdout))

    def active(self, name: str) -> bool:
        """Whether it has not stopped."""
        return self.running(name)

    def keep_busy(self, name: str) -> None:
        """Wine's services do not stop by themselves."""


class Lender:
    """Runs programs of the declared machine, lets happen later what they began, and writes to Wine what came of it."""

    def __init__(self, prefix: Prefix, declared: SimulatedMachine, lock: threading.RLock) -> None:
        self._prefix = prefix
        self._declared = declared
        self._lock = lock
        self._user = next(user for user in declared.users.values() if user.administrator)
        self._timer: threading.Timer | None = None
        self._begun = False

    def run(self, *argv: str) -> Execution:
        """Run a program of the declared machine that may read or change what Wine has of policy and agent."""
        with self._lock:
            self.advance()
            words = called(argv)
            if not _ASK_POLICY.isdisjoint(words):
                self._mirror(POLICIES)
                self._mirror_agent()
            if _NETSH in words:
                self._mirror(CONNECTIONS)
                self._mirror(USERS_SETTINGS, "\\".join(("HKEY_CURRENT_USER", *USERS_SETTINGS[2:])))
            with self._written_to_wine():
                done = self._declared.run_program(argv, self._user)
            self._wait_for_the_next()
            return done

    def advance(self) -> None:
        """Let happen on the declared machine what is due."""
        with self._lock:
            if self._declared.schedule.due() <= self._declared.now():
                self._mirror_agent()
            with self._written_to_wine():
                self._declared.advance()

    def changed(self, verb: str, service: str) -> None:
        """A service of Wine's was started or stopped: the declared agent, whose service it may be, hears of it."""
        if not self._begun or service.lower() != SERVICE.lower():
            return
        with self._lock:
            self._mirror_agent()
            with self._written_to_wine():
                (self._declared.service_started if verb == "start" else self._declared.service_stopped)(service)
            self._wait_for_the_next()

    def begin(self) -> None:
        """Give Wine the agent's logs and its store as they are; from now on Wine's are what counts."""
        for path in (TRACE, REPORTS, DATABASE):
            entry = self._declared.files.get(path)
            if entry and entry.content is not None:
                self._prefix.write(path, entry.content)
        self._begun = True

    def close(self) -> None:
        """Let nothing more happen."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = None

    def _wait_for_the_next(self) -> None:
        due = self._declared.schedule.due()
        if due == float("inf"):
            return
        if self._timer:
            self._timer.cancel()
        self._timer = threading.Timer(max(0.0, due - self._declared.now()), self._later)
        self._timer.daemon = True
        self._timer.start()

    def _later(self) -> None:
        with self._lock:
            if self._timer:
                self.advance()
                self._wait_for_the_next()

    @contextmanager
    def _written_to_wine(self) -> Iterator[None]:
        files = self._declared.files
        before = files.entries
        with self._declared.registry.recorded() as journal:
            yield
        keys = {"\\".join(path): values.values() for path, values in journal.written.items()}
        removed = ["\\".join(path) for path in journal.removed]
        if keys or removed:
            import_file(self._prefix, reg_file(keys, without_keys=removed))
        if before is not files.entries:
            for path, entry in files.entries.items():
                if before.get(path) != entry and entry.content is not None:
                    self._prefix.write(entry.path, entry.content)

    def _mirror_agent(self) -> None:
        """Have the declared machine see what Wine's registry and files hold of the agent."""
        self._mirror(UPDATE)
        files, content = self._declared.files, None
        if (file := self._prefix.path(DATABASE)).exists():
            content = file.read_bytes()
        if content is None:
            files.remove(FOLDER)
        elif (entry := files.get(DATABASE)) is None or entry.content != content:
            files.create_folder(DATABASE.rpartition("\\")[0])
            files.write(DATABASE, content)

    def _mirror(self, path: KeyPath, name: str = "") -> None:
        """Have the declared registry hold what Wine's holds below a key, there by another ``name`` where one is given."""
        registry = self._declared.registry
        registry.delete_key(path)
        name = name or "\\".join(path)
        for key in fetch(self._prefix, name).values():
            place = (*path, *filter(None, key.name[len(name) :].split("\\")))
            registry.create(place)
            for value in key.values.values():
                registry.set(place, value)


def called(argv: Sequence[str]) -> set[str]:
    """The words of a command line in lower case, of a path its last name: among them the programs that cmd.exe would call."""
    return {word.strip("()").rsplit("\\", 1)[-1].lower() for word in argv}


def fetch(prefix: Prefix, name: str) -> dict[str, Key]:
    """A key and all below it as they are in Wine, by lower-case name; empty where there is none."""
    file = prefix.disk / LAB_FOLDER / "fetched.reg"
    done = prefix.run(["reg.exe", "export", name, f"C:\\{LAB_FOLDER}\\{file.name}", "/y"])
    if done.exit_code:
        return {}
    content = file.read_bytes()
    file.unlink()
    return {
        key.lower(): Key(key, {value.name.lower(): value for value in values}) for key, values in read_reg_file(content)
    }


def import_file(prefix: Prefix, content: bytes) -> None:
    """Have Wine's reg.exe import a registry file. Raises RuntimeError where it does not."""
    file = prefix.disk / LAB_FOLDER / "import.reg"
    file.write_bytes(content)
    done = prefix.run(["reg.exe", "import", f"C:\\{LAB_FOLDER}\\{file.name}"])
    file.unlink()
    if done.exit_code:
        raise RuntimeError(f"reg.exe import failed: {done.stderr.decode('utf-8', 'replace').strip()}")
