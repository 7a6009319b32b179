"""The performance table: what an audit of a fleet costs, in time, CPU, remote executions and WinRM requests.

The lab and ansible-playbook run in processes of their own, so that each one's CPU time is its own. Run by ``make bench``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.control import Record

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measure:
    """One audit of a fleet. Seconds of wall clock and of CPU; counts per machine are the largest seen."""

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

    @property
    def lab_share(self) -> float:
        """The lab's CPU as a part of the controller's."""
        return self.lab_cpu_s / self.controller_cpu_s


def measure(fleet: str, forks: int, transport: str = "basic", scheme: str = "http") -> Measure:
    """Audit a fleet once, from a lab that has just started."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        lab = ["-m", "lab", "start", fleet, "--background", "--run-dir", folder, "--parent", str(os.getpid())]
        subprocess.run(
            [sys.executable, *lab, "--transport", transport, "--scheme", scheme], check=True, stdout=subprocess.DEVNULL
        )
        record = Record.read(run)
        try:
            lab_before, children_before, started = _cpu(record.pid), _children_cpu(), time.monotonic()
            _audit(run, forks)
            wall, controller = time.monotonic() - started, _children_cpu() - children_before
            lab_cpu = _cpu(record.pid) - lab_before
            log = record.ask("log")
        finally:
            record.ask("stop")
        audit = json.loads((run / "audit.json").read_text(encoding="utf-8"))
    unaudited = [name for name, machine in audit["machines"].items() if machine["status"] in ("failed", "unreachable")]
    if unaudited:
        raise SystemExit(f"bench: not audited: {', '.join(unaudited)}")
    executions = [machine["executions"] for machine in log.values()]
    return Measure(
        fleet,
        transport,
        scheme,
        len(executions),
        forks,
        wall,
        controller,
        lab_cpu,
        max(map(len, executions)),
        max(len(execution["commands"]) for machine in executions for execution in machine),
        max(sum(machine["requests"].values()) for machine in log.values()),
    )


def table(measures: list[Measure]) -> str:
    """The measures as people read them."""
    head = "fleet       transport  machines  forks   wall s  machines/s  controller ms/machine  lab ms/machine  lab share  executions  commands  requests"
    lines = [head]
    for each in measures:
        way = f"{each.transport}/{each.scheme}"
        lines.append(
            f"{each.fleet:<10}  {way:<10} {each.machines:>8}  {each.forks:>5}  {each.wall_s:>7.1f}  {each.machines / each.wall_s:>10.1f}"
            f"  {1000 * each.controller_cpu_s / each.machines:>21.0f}  {1000 * each.lab_cpu_s / each.machines:>14.1f}  {each.lab_share:>9.2f}"
            f"  {each.executions:>10}  {each.commands:>8}  {each.requests:>8}"
        )
    return "\n".join(lines)


def _audit(run: Path, forks: int) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    playbook = str(Path(sys.executable).parent / "ansible-playbook")
    done = subprocess.run(
        [playbook, "-i", "inventory.yml", "-f", str(forks), "wsus.client.audit", "-e", "wsus_report_show=totals"],
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
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main(arguments: list[str] | None = None) -> None:
    """Command line of ``make bench``."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure what the audit of a fleet costs.")
    parser.add_argument("--fleet", default="fleet200", help="a fleet of tests/lab/fleets (default: fleet200)")
    parser.add_argument("--forks", type=int, default=20, help="forks of ansible-playbook (default: 20)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measures to FILE as well")
    options = parser.parse_args(arguments)
    ways = [("basic", "http"), ("ntlm", "http"), ("basic", "https")]
    measures = [measure(options.fleet, options.forks, *way) for way in ways]
    sys.stdout.write(table(measures) + "\n")
    if options.json:
        data: list[dict[str, Any]] = [vars(each) | {"lab_share": each.lab_share} for each in measures]
        options.json.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
