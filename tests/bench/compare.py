"""Runs the jobs on fleets of several sizes and measures each: time, CPU and memory of the controller, requests and bytes of a machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from lab.control import Record

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
    """Run all jobs, one after the other, on one fleet of each size."""
    jobs = tuple(jobs)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder)
            record = _start(run, size)
            try:
                for job in jobs:
                    yield _measure(job, run, record, size, forks)
            finally:
                record.ask("stop")


def table(costs: Iterable[Cost]) -> str:
    """The costs as people read them, each beside that of the floor with the same number of machines."""
    costs = list(costs)
    floors = {each.machines: each.cpu_ms for each in costs if each.job == FLOOR}
    lines = [
        f"{'job':<12}{'machines':>9}{'wall s':>8}{'CPU ms/machine':>16}{'x floor':>9}{'executions':>12}{'requests':>10}{'KB':>7}{'peak MB':>9}{'lines':>8}"
    ]
    for each in costs:
        floor = floors.get(each.machines)
        ratio = f"{each.cpu_ms / floor:.2f}" if floor else "-"
        lines.append(
            f"{each.job:<12}{each.machines:>9}{each.wall_s:>8.1f}{each.cpu_ms:>16.0f}{ratio:>9}{each.executions:>12.1f}"
            f"{each.requests:>10.1f}{each.kilobytes:>7.0f}{each.peak_mb:>9.0f}{each.lines:>8}"
        )
    return "\n".join(
        [*lines, "", *(f"{job.name:<12}{job.what}" for job in JOBS if any(job.name == each.job for each in costs))]
    )


def _start(run: Path, size: int) -> Record:
    """A fleet of ``size`` healthy machines, and of one machine in ten that is sick."""
    sick = max(size // 10, 1)
    fleet = {
        "defaults": {"windows": "windows-10-22h2", "users": [{"name": "lab", "password": "Lab-Passw0rd"}]},
        "machines": [
            {"name": "pc-{n:04d}", "count": size, "groups": ["healthy"]},
            {"name": "sick-{n:04d}", "count": sick, "groups": ["sick"], "services": _SICK},
        ],
    }
    (run / "fleet.yml").write_text(yaml.safe_dump(fleet), encoding="utf-8")
    command = [sys.executable, "-m", "lab", "start", str(run / "fleet.yml"), "--background", "--run-dir", str(run)]
    subprocess.run(
        [*command, "--parent", str(os.getpid())],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(TESTS)},
    )
    return Record.read(run)


def _measure(job: Job, run: Path, record: Record, size: int, forks: int) -> Cost:
    playbook = job.playbook
    if not isinstance(playbook, str):
        (run / "playbook.yml").write_text(yaml.safe_dump(playbook, sort_keys=False), encoding="utf-8")
        playbook = "playbook.yml"
    before, started = _counted(record), time.monotonic()
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "inventory.yml", "-f", str(forks), playbook]
    command += ["--limit", job.machines, "-e", json.dumps(dict(job.variables))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    with (run / "output").open("w+b") as output:
        process = subprocess.Popen(command, cwd=run, env=environment, stdout=output, stderr=subprocess.STDOUT)
        # The usage of the process and of all that it waited for; Popen.wait has none.
        status, usage = os.wait4(process.pid, 0)[1:]
        process.returncode = os.waitstatus_to_exitcode(status)
    wall, after = time.monotonic() - started, _counted(record)
    if process.returncode:
        raise SystemExit(
            f"bench: {job.name} ended with {process.returncode}:\n{(run / 'output').read_text('utf-8')[-3000:]}"
        )
    machines = size + max(size // 10, 1) if job.machines == "all" else size
    executions, requests, transferred = ((now - then) / machines for now, then in zip(after, before, strict=True))
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


def _counted(record: Record) -> tuple[int, int, int]:
    """All executions, requests and bytes until now."""
    log: dict[str, Any] = record.ask("log")
    return (
        sum(len(machine["executions"]) for machine in log.values()),
        sum(sum(machine["requests"].values()) for machine in log.values()),
        sum(sum(machine["traffic"].values()) for machine in log.values()),
    )
