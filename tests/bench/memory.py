"""What an audit needs of the controller's memory: the parent, each fork, and all of them together.

Memory that processes share is counted once in ``together_mb`` (PSS) and in each of them elsewhere (RSS).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .compare import start

INTERVAL_S = 0.1


@dataclass(frozen=True)
class Memory:
    """The peaks of a run in MB. ``fork_own_mb`` is what a fork does not share, in the median of all forks.

    ``largest_fork_mb`` is that of the fork that makes the report, if the fleet is large.
    """

    playbook: str
    machines: int
    forks: int
    most_forks: int
    parent_mb: float
    fork_mb: float
    fork_own_mb: float
    largest_fork_mb: float
    together_mb: float


@dataclass
class Samples:
    """What was seen of a process and of its children while it ran, in kB."""

    parent: int = 0
    together: int = 0
    most_children: int = 0
    children: dict[int, tuple[int, int]] = field(default_factory=dict)

    def take(self, pid: int) -> None:
        """Read the memory of the process and its children once."""
        children = list(_children(pid))
        used = {each: usage for each in (pid, *children) if (usage := _usage(each))}
        if pid not in used:
            return
        self.parent = max(self.parent, used[pid]["VmHWM"])
        self.together = max(self.together, sum(each["Pss"] for each in used.values()))
        self.most_children = max(self.most_children, len(used) - 1)
        for child in used.keys() - {pid}:
            peak, own = self.children.get(child, (0, 0))
            private = used[child]["Private_Dirty"] + used[child]["Private_Clean"]
            self.children[child] = (max(peak, used[child]["VmHWM"]), max(own, private))


def measure(
    machines: int,
    forks: int,
    playbook: str = "wsus.client.audit",
    variables: Mapping[str, Any] | None = None,
    transport: str = "basic",
    delay_s: float = 0,
) -> Memory:
    """Run a playbook once on a fleet of which one machine in ten is sick; ``delay_s`` keeps the forks waiting, as a real network does."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        record = start(run, machines - machines // 10, machines // 10, transport, delay_s)
        try:
            samples = _run(run, ["-f", str(forks), playbook, "-e", json.dumps(dict(variables or {}))])
        finally:
            record.ask("stop")
    peaks, own = zip(*samples.children.values(), strict=True)
    return Memory(
        playbook.rpartition(".")[2],
        machines,
        forks,
        samples.most_children,
        samples.parent / 1024,
        statistics.median(peaks) / 1024,
        statistics.median(own) / 1024,
        max(peaks) / 1024,
        samples.together / 1024,
    )


def _run(run: Path, arguments: Iterable[str]) -> Samples:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "inventory.yml", *arguments]
    samples, ended = Samples(), threading.Event()
    with (run / "output").open("w+b") as output:
        process = subprocess.Popen(command, cwd=run, env=environment, stdout=output, stderr=subprocess.STDOUT)

        def watch() -> None:
            while not ended.wait(INTERVAL_S):
                samples.take(process.pid)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            process.wait()
        finally:
            ended.set()
            watcher.join()
    if process.returncode:
        told = (run / "output").read_text("utf-8")[-3000:]
        raise SystemExit(f"bench: ansible-playbook ended with {process.returncode}:\n{told}")
    return samples


def _children(pid: int) -> Iterator[int]:
    """All processes below a process; Ansible starts its forks from more than one thread."""
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text("ascii").split()):
                yield child
                yield from _children(child)
    except OSError:
        return  # it has ended


def _usage(pid: int) -> dict[str, int]:
    """The memory of a process in kB, by the names of the kernel; empty if it has ended."""
    found = {}
    try:
        for name in ("status", "smaps_rollup"):
            for line in Path(f"/proc/{pid}/{name}").read_text("utf-8", "replace").splitlines():
                key, _colon, value = line.partition(":")
                if value.endswith(" kB"):
                    found[key] = int(value.split()[0])
    except OSError:
        return {}
    return found if {"VmHWM", "Pss"} <= found.keys() else {}


def main(arguments: list[str] | None = None) -> None:
    """Command line: ``python -m bench.memory``."""
    parser = argparse.ArgumentParser(prog="bench.memory", description="Measure the memory of the controller.")
    parser.add_argument("--machines", default="100,1000", help="sizes of the fleet (default: 100,1000)")
    parser.add_argument("--forks", default="50", help="numbers of forks (default: 50)")
    parser.add_argument("--playbook", default="wsus.client.audit", help="the playbook (default: wsus.client.audit)")
    parser.add_argument("--variables", default="{}", type=json.loads, help="extra variables as JSON")
    parser.add_argument("--transport", default="basic", help="the logon (default: basic)")
    parser.add_argument("--delay", type=float, default=4, metavar="S", help="before each execution (default: 4)")
    options = parser.parse_args(arguments)
    for machines in map(int, options.machines.split(",")):
        for forks in map(int, options.forks.split(",")):
            memory = measure(machines, forks, options.playbook, options.variables, options.transport, options.delay)
            sys.stdout.write(json.dumps(asdict(memory)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
