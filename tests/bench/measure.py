"""What an audit of a fleet costs: time, CPU, remote executions, native commands, WinRM requests.

The lab and ansible-playbook run in processes of their own, so that each one's CPU time is its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from lab.control import Record

TESTS = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measure:
    """One audit of a fleet. Seconds of wall clock and of CPU; counts are the largest of a healthy machine.

    ``most_executions`` is the largest of all machines: what is broken may be asked a second time.
    """

    fleet: str
    transport: str
    scheme: str
    machines: int
    forks: int
    wall_s: float
    controller_cpu_s: float
    lab_cpu_s: float
    executions: int
    commands: int
    requests: int
    most_executions: int

    @property
    def lab_share(self) -> float:
        """The lab's CPU as a part of the controller's."""
        return self.lab_cpu_s / self.controller_cpu_s


def measure(
    fleet: str, forks: int, transport: str = "basic", scheme: str = "http", subsets: tuple[str, ...] = ("all",)
) -> Measure:
    """Audit a fleet once, from a lab that has just started."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        start = [
            sys.executable,
            "-m",
            "lab",
            "start",
            fleet,
            "--background",
            "--run-dir",
            folder,
            "--parent",
            str(os.getpid()),
        ]
        subprocess.run(
            [*start, "--transport", transport, "--scheme", scheme],
            check=True,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(TESTS)},
        )
        record = Record.read(run)
        try:
            lab_before, children_before, started = _cpu(record.pid), _children_cpu(), time.monotonic()
            _audit(run, forks, subsets)
            wall, controller = time.monotonic() - started, _children_cpu() - children_before
            lab_cpu = _cpu(record.pid) - lab_before
            log = record.ask("log")
        finally:
            record.ask("stop")
        audit = json.loads((run / "audit.json").read_text(encoding="utf-8"))
    unaudited = [name for name, machine in audit["machines"].items() if machine["status"] in ("failed", "unreachable")]
    if unaudited:
        raise SystemExit(f"bench: not audited: {', '.join(unaudited)}")
    # A failure that was resolved needed further questions.
    healthy = [
        log[name]
        for name, machine in audit["machines"].items()
        if machine["status"] == "healthy" and not any(each["resolved"] for each in machine["findings"])
    ]
    return Measure(
        fleet,
        transport,
        scheme,
        len(log),
        forks,
        wall,
        controller,
        lab_cpu,
        max(len(machine["executions"]) for machine in healthy),
        max(sum(len(execution["commands"]) for execution in machine["executions"]) for machine in healthy),
        max(sum(machine["requests"].values()) for machine in healthy),
        max(len(machine["executions"]) for machine in log.values()),
    )


def _audit(run: Path, forks: int, subsets: tuple[str, ...]) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    playbook = str(Path(sys.executable).parent / "ansible-playbook")
    asked = json.dumps({"wsus_report_show": "totals", "wsus_gather_subset": subsets})
    done = subprocess.run(
        [playbook, "-i", "inventory.yml", "-f", str(forks), "wsus.client.audit", "-e", asked],
        cwd=run,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(
            f"bench: ansible-playbook ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cpu(pid: int) -> float:
    """The CPU time of a process and of the programs that it ran and waited for: the lab's curl."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS
