"""The life of a lab process: start, ready, end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from .control import RECORD, Control, ControlError, Record
from .fleet import FleetError, load_fleet
from .serve import Lab

INVENTORY = "inventory.yml"
OUTPUT = "lab.log"
READY_WITHIN = 120.0
"""Seconds for a fleet in the background to be ready: wine machines make their prefixes meanwhile."""
GONE_WITHIN = 30.0


@dataclass(frozen=True)
class Settings:
    """What `start` was asked for; ``parent`` is a process whose end is the lab's end as well."""

    fleet: Path
    run_dir: Path
    transport: str
    scheme: str
    parent: int | None = None


def start(settings: Settings) -> int:
    """Serve the fleet in this process until a signal, a 'stop' or the parent's end; raises ControlError."""
    _refuse_second(settings.run_dir)
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    try:
        lab = Lab(load_fleet(settings.fleet))
    except FleetError as error:
        raise ControlError(str(error)) from error
    except (OSError, ValueError) as error:
        raise ControlError(f"{settings.fleet}: {error}") from error
    with lab:
        control = Control(lab, end.set)
        record = Record(
            pid=os.getpid(),
            machines=len(lab.machines),
            http_port=lab.http_port,
            https_port=lab.https_port,
            control=control.url,
            token=control.token,
            transport=settings.transport,
            scheme=settings.scheme,
        )
        try:
            _write_inventory(lab, settings)
            record.write(settings.run_dir)
            print(_ready_line(settings, record), flush=True)
            while not end.wait(0.5):
                if settings.parent and not _alive(settings.parent):
                    break
        finally:
            control.close()
            for name in (INVENTORY, RECORD):
                (settings.run_dir / name).unlink(missing_ok=True)
    return 0


def _ready_line(settings: Settings, record: Record) -> str:
    return (
        f"lab ready: {record.machines} machine{'s' * (record.machines > 1)} at http://{Lab.host}:{record.http_port}/wsman/NAME and "
        f"https://{Lab.host}:{record.https_port}/wsman/NAME, inventory {settings.run_dir / INVENTORY}"
    )


def start_in_background(settings: Settings) -> int:
    """Start a process that serves the fleet, and return when it is ready; raises ControlError where it ends before."""
    _refuse_second(settings.run_dir)
    arguments = ["start", str(settings.fleet), "--run-dir", str(settings.run_dir)]
    arguments += ["--transport", settings.transport, "--scheme", settings.scheme]
    if settings.parent:
        arguments += ["--parent", str(settings.parent)]
    search = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    output = settings.run_dir / OUTPUT
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", __package__, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": search},
        )
    deadline = time.monotonic() + READY_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        try:
            record = Record.read(settings.run_dir)
            if record.pid == process.pid:
                print(_ready_line(settings, record))
                return 0
        except ControlError:
            pass
        time.sleep(0.05)
    process.terminate()
    told = output.read_text(encoding="utf-8", errors="replace").strip().removeprefix("lab: ")
    raise ControlError(f"the fleet did not start: {told or f'not ready within {READY_WITHIN:.0f} seconds'}")


def wait_until_gone(run_dir: Path, record: Record) -> None:
    """Wait until the lab has taken its record away; raises ControlError where it does not end."""
    deadline = time.monotonic() + GONE_WITHIN
    while (run_dir / RECORD).exists() or _alive(record.pid):
        if time.monotonic() > deadline:
            raise ControlError(f"the lab (pid {record.pid}) was asked to stop and is still running")
        time.sleep(0.05)


def _refuse_second(run_dir: Path) -> None:
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ControlError(f"cannot make the run directory: {error}") from error
    try:
        record = Record.read(run_dir)
        record.ask("status", timeout=5)
    except ControlError:
        # No record, or one that a killed lab left behind: its pid may long be another process's.
        return
    raise ControlError(f"a lab (pid {record.pid}) already runs in {run_dir}: stop it first, or use another --run-dir")


def _alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet reaped counts as gone where /proc can tell."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def _write_inventory(lab: Lab, settings: Settings) -> None:
    path = settings.run_dir / INVENTORY
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    inventory = lab.inventory(settings.transport, settings.scheme)
    path.write_text(yaml.safe_dump(inventory, sort_keys=False, allow_unicode=True), encoding="utf-8")
