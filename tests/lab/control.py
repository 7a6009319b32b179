"""Talk to a running lab from another process: its state, log and faults, over a loopback HTTP endpoint with a token."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from .fleet_reading import seconds
from .machine import Faults, Machine
from .serve import Lab
from .simulated.machine import SimulatedMachine

RECORD = "lab.json"
"""The file in the run directory that says where a running lab is: pid, ports and the control endpoint with its token."""


class ControlError(Exception):
    """The lab cannot be reached, or refuses what it was asked; the text is for people."""


def parse_faults(settings: Mapping[str, str], faults: Faults) -> Faults:
    """A fault record with ``settings`` (text, as on the command line) changed; raises ControlError.

    ``none`` takes a fault away; switches take ``true`` and ``false``, counts whole numbers, ``delay`` seconds.
    """
    defaults = asdict(Faults())
    changes: dict[str, Any] = {}
    for name, text in settings.items():
        if name not in defaults:
            raise ControlError(f"no fault is called {name!r}; there are: {', '.join(defaults)}")
        value = text.strip().lower()
        try:
            if value == "none":
                changes[name] = defaults[name]
            elif isinstance(defaults[name], bool):
                changes[name] = {"true": True, "false": False}[value]
            else:
                changes[name] = (float if isinstance(defaults[name], float) else int)(value)
                if changes[name] < 0:
                    raise ValueError
        except (KeyError, ValueError):
            raise ControlError(f"{name} cannot be {text!r}") from None
    return replace(faults, **changes)


class Control:
    """The endpoint inside the lab's process; ``on_stop`` is called when a client asks for the end."""

    def __init__(self, lab: Lab, on_stop: Callable[[], None]) -> None:
        self._lab = lab
        self._on_stop = on_stop
        self.token = secrets.token_urlsafe(24)
        control = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the endpoint is for the lab's own commands."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                allowed = hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {control.token}")
                status, answer = (
                    control.answer(unquote(self.path), body) if allowed else (403, {"error": "wrong token"})
                )
                content = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="lab-control", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: bytes) -> tuple[int, Any]:
        """HTTP status and JSON data for one request."""
        verb, _separator, name = path.strip("/").partition("/")
        work = {
            "status": self._status,
            "inventory": self._inventory,
            "state": self._state,
            "log": self._log,
            "counts": self._counts,
            "faults": self._faults,
            "later": self._later,
            "restart": self._restart,
            "shells": self._shells,
            "stop": self._stop,
        }
        if verb not in work:
            return 404, {"error": f"the lab has no command {verb!r}"}
        try:
            machines = self._machines(name)
            return 200, work[verb](machines, json.loads(body or b"{}"))
        except (ControlError, ValueError) as error:
            return 400, {"error": str(error)}
        except Exception as error:
            return 500, {"error": f"the lab failed: {type(error).__name__}: {error}"}

    def _machines(self, name: str) -> dict[str, Machine]:
        if not name:
            return self._lab.machines
        found = {key: machine for key, machine in self._lab.machines.items() if key.casefold() == name.casefold()}
        if not found:
            raise ControlError(f"no machine is called {name!r}; there are: {', '.join(self._lab.machines)}")
        return found

    def _status(self, machines: dict[str, Machine], options: Any) -> Any:
        return {"machines": list(machines)}

    def _inventory(self, machines: dict[str, Machine], options: dict[str, str]) -> Any:
        return self._lab.inventory(**options)

    def _state(self, machines: dict[str, Machine], options: Any) -> Any:
        return {name: machine.state() for name, machine in machines.items()}

    def _log(self, machines: dict[str, Machine], options: Any) -> Any:
        answer = {}
        for name, machine in machines.items():
            with machine.lock:
                executions = [asdict(record) for record in machine.log]
            answer[name] = {
                "executions": executions,
                "requests": dict(self._lab.requests[name]),
                "traffic": dict(self._lab.traffic[name]),
            }
        return answer

    def _counts(self, machines: dict[str, Machine], options: Any) -> Any:
        return self._lab.counts()

    def _shells(self, machines: dict[str, Machine], options: Any) -> Any:
        return {name: list(self._lab.server.open_shells(name)) for name in machines}

    def _faults(self, machines: dict[str, Machine], settings: dict[str, str]) -> Any:
        for machine in machines.values():
            if settings:
                machine.faults = parse_faults(settings, machine.faults)
        return {name: asdict(machine.faults) for name, machine in machines.items()}

    def _later(self, machines: dict[str, Machine], settings: dict[str, str]) -> Any:
        time = seconds(settings.get("by"), "later")
        for name, machine in machines.items():
            if not isinstance(machine, SimulatedMachine):
                raise ControlError(f"{name}: only on simulated machines can time pass")
            machine.later(time)
        return {
            name: machine.utc("%Y-%m-%d %H:%M:%S")
            for name, machine in machines.items()
            if isinstance(machine, SimulatedMachine)
        }

    def _restart(self, machines: dict[str, Machine], settings: dict[str, str]) -> Any:
        away = seconds(settings.get("away"), "restart")
        try:
            for name in machines:
                self._lab.server.restart(name, away)
        except TypeError as error:
            raise ControlError(str(error)) from None
        return {"machines": list(machines)}

    def _stop(self, machines: dict[str, Machine], options: Any) -> Any:
        self._on_stop()
        return {}


@dataclass(frozen=True)
class Record:
    """Where a running lab is, as kept in ``lab.json``."""

    pid: int
    machines: int
    http_port: int
    https_port: int
    control: str
    token: str
    transport: str
    scheme: str

    def write(self, run_dir: Path) -> None:
        """Keep the record, readable for its owner only; appears whole or not at all."""
        draft = run_dir / f".{RECORD}"
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        draft.replace(run_dir / RECORD)

    @staticmethod
    def read(run_dir: Path) -> Record:
        """The record in a run directory; raises ControlError where there is none."""
        path = run_dir / RECORD
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return Record(**{item.name: data[item.name] for item in fields(Record)})
        except FileNotFoundError:
            raise ControlError(f"no lab runs in {run_dir}: there is no {path} (see 'start', and --run-dir)") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ControlError(f"{path} cannot be read: {error}") from error

    def ask(self, path: str, options: Mapping[str, str] | None = None, timeout: float = 60.0) -> Any:
        """Send one command to the lab and return its answer; raises ControlError."""
        request = urllib.request.Request(
            f"{self.control}/{quote(path)}",
            data=json.dumps(options or {}).encode(),
            headers={"Authorization": f"Bearer {self.token}"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=timeout) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ControlError(json.load(error)["error"]) from None
        except OSError as error:
            raise ControlError(f"the lab (pid {self.pid}) does not answer: {error}") from error
