"""Machines that give every command the same answer: what a module of another collection costs the controller.

The machines of the lab understand only what this collection sends. These stand behind the same WinRM server. They read a module, do not run it,
and answer as one does that succeeded and returns little.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from lab.machine import Execution, ExecutionRecord, Faults, User
from lab.serve import Lab

TESTS = Path(__file__).parents[1]
COLLECTIONS = TESTS.parent / "build" / "ansible"
"""Where tools/ansible-windows keeps the collection ansible.windows."""
ANSWER = json.dumps({"changed": False}).encode() + b"\r\n"
Counted: TypeAlias = Callable[[], dict[str, int]]
"""`Lab.counts` of a fleet in another process."""


class CannedMachine:
    """Answers every command with ``ANSWER``, once its input has ended."""

    groups = ("healthy",)

    def __init__(self, name: str) -> None:
        self.name = name
        self.users: Mapping[str, User] = {"lab": User("lab", "Lab-Passw0rd")}
        self.faults = Faults()
        self.log: list[ExecutionRecord] = []
        self.lock = threading.RLock()

    def execute(self, command_line: str, user: User) -> Execution:
        with self.lock:
            self.log.append(ExecutionRecord(user.name, command_line, exit_code=0))
        return Execution(ANSWER)

    def execute_with_input(self, command_line: str, user: User, stdin: Iterable[bytes]) -> Execution:
        for _chunk in stdin:
            pass
        return self.execute(command_line, user)

    def state(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        """Nothing: the machine keeps nothing running."""


def unavailable() -> str:
    """Why modules of ansible.windows cannot be run; empty where they can."""
    if (COLLECTIONS / "ansible_collections" / "ansible" / "windows").is_dir():
        return ""
    return "no collection ansible.windows: tools/ansible-windows downloads it"


@contextmanager
def served(run: Path, size: int) -> Iterator[Counted]:
    """Serve so many machines from a process of its own, with the inventory and the collections for a playbook in ``run``."""
    (run / "collections").symlink_to(COLLECTIONS)
    with subprocess.Popen(
        [sys.executable, "-m", "bench.canned", str(run), str(size)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(TESTS)},
    ) as process:
        assert process.stdin
        assert process.stdout
        asking, answers = process.stdin, process.stdout

        def counted() -> dict[str, int]:
            asking.write("\n")
            asking.flush()
            counts: dict[str, int] = json.loads(answers.readline())
            return counts

        counted()  # It answers when the listeners are open.
        yield counted


def _serve(run: Path, size: int) -> None:
    """Serve until standard input ends; each of its lines asks for the counts."""
    with Lab(CannedMachine(f"pc-{number:04d}") for number in range(1, size + 1)) as lab:
        (run / "inventory.yml").write_text(yaml.safe_dump(lab.inventory()), encoding="utf-8")
        for _line in sys.stdin:
            print(json.dumps(lab.counts()), flush=True)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
