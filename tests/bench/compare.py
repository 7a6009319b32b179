"""Runs the jobs on fleets of several sizes and measures each: time, CPU and memory of the controller, requests and bytes of a machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from lab.control import Record

from . import canned
from .canned import Counted
from .jobs import FLOOR, JOBS, Job

TESTS = Path(__file__).parents[1]
_SICK = {"BITS": {"values": {"Start": 4}}}


@dataclass(frozen=True)
class Cost:
    """What a job cost. CPU is that of the controller; executions, requests and bytes are those of a machine on average.

    ``lines`` are those of the output.
    """

    job: str
    machines: int
    wall_s: float
    cpu_ms: float
    peak_mb: float
    executions: float
    requests: float
    kilobytes: float
    lines: int


def compare(sizes: Iterable[int], forks: int, jobs: Iterable[Job] = JOBS) -> Iterator[Cost]:
    """Run all jobs, one after the other, on one fleet of each size; what the lab cannot run, on one that only answers."""
    jobs = tuple(jobs)
    for size in sizes:
        for served in (_simulated, canned.served):
            here = [job for job in jobs if job.canned == (served is canned.served)]
            if not here:
                continue
            with tempfile.TemporaryDirectory() as folder, served(Path(folder), size) as counted:
                for job in here:
                    yield _measure(job, Path(folder), counted, size, forks)


def table(costs: Iterable[Cost]) -> str:
    """The costs as people read them, each beside that of the floor with the same number of machines."""
    costs = list(costs)
    floors = {each.machines: each.cpu_ms for each in costs if each.job == FLOOR}
    lines = [
        f"{'job':<16}{'machines':>9}{'wall s':>8}{'CPU ms/machine':>16}{'x floor':>9}{'executions':>12}{'requests':>10}{'KB':>7}{'peak MB':>9}{'lines':>8}"
    ]
    for each in costs:
        floor = floors.get(each.machines)
        ratio = f"{each.cpu_ms / floor:.2f}" if floor else "-"
        lines.append(
            f"{each.job:<16}{each.machines:>9}{each.wall_s:>8.1f}{each.cpu_ms:>16.0f}{ratio:>9}{each.executions:>12.1f}"
            f"{each.requests:>10.1f}{each.kilobytes:>7.0f}{each.peak_mb:>9.0f}{each.lines:>8}"
        )
    return "\n".join(
        [*lines, "", *(f"{job.name:<16}{job.what}" for job in JOBS if any(job.name == each.job for each in costs))]
    )


def start(run: Path, healthy: int, sick: int, transport: str = "basic", delay_s: float = 0) -> Record:
    """Serve a fleet of so many healthy and so many sick machines, which begin each execution after ``delay_s``."""
    fleet = {
        "defaults": {
            "windows": "windows-10-22h2",
            "users": [{"name": "lab", "password": "Lab-Passw0rd"}],
            "faults": {"delay": delay_s},
        },
        "machines": [
            {"name": "pc-{n:04d}", "count": healthy, "groups": ["healthy"]},
            {"name": "sick-{n:04d}", "count": sick, "groups": ["sick"], "services": _SICK},
        ],
    }
    (run / "fleet.yml").write_text(yaml.safe_dump(fleet), encoding="utf-8")
    command = [sys.executable, "-m", "lab", "start", str(run / "fleet.yml"), "--background", "--run-dir", str(run)]
    subprocess.run(
        [*command, "--transport", transport, "--parent", str(os.getpid())],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(TESTS)},
    )
    return Record.read(run)


@contextmanager
def _simulated(run: Path, size: int) -> Iterator[Counted]:
    """Serve a fleet of ``size`` healthy machines, and of one machine in ten that is sick."""
    record = start(run, size, max(size // 10, 1))
    try:
        # Not the log: the peak memory of ansible-playbook starts from what this process has held.
        yield lambda: record.ask("counts")
    finally:
        record.ask("stop")


def _measure(job: Job, run: Path, counted: Counted, size: int, forks: int) -> Cost:
    playbook = job.playbook
    if not isinstance(playbook, str):
        (run / "playbook.yml").write_text(yaml.safe_dump(playbook, sort_keys=False), encoding="utf-8")
        playbook = "playbook.yml"
    before, started = counted(), time.monotonic()
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "inventory.yml", "-f", str(forks), playbook]
    command += ["--limit", job.machines, "-e", json.dumps(dict(job.variables))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    with (run / "output").open("w+b") as output:
        process = subprocess.Popen(command, cwd=run, env=environment, stdout=output, stderr=subprocess.STDOUT)
        # The usage of the process and of all that it waited for; Popen.wait has none.
        status, usage = os.wait4(process.pid, 0)[1:]
        process.returncode = os.waitstatus_to_exitcode(status)
    wall, after = time.monotonic() - started, counted()
    if process.returncode:
        raise SystemExit(
            f"bench: {job.name} ended with {process.returncode}:\n{(run / 'output').read_text('utf-8')[-3000:]}"
        )
    machines = size + max(size // 10, 1) if job.machines == "all" else size
    executions, requests, transferred = (
        (after[name] - before[name]) / machines for name in ("executions", "requests", "bytes")
    )
    lines = len((run / "output").read_text("utf-8").splitlines())
    cpu_ms = 1000 * (usage.ru_utime + usage.ru_stime) / machines
    return Cost(
        job.name,
        machines,
        wall,
        cpu_ms,
        usage.ru_maxrss / 1024,
        executions,
        requests,
        transferred / 1000,
        lines,
    )
