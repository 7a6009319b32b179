"""Runs of ansible-playbook through a proxy of their own, and what they leave behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

from .disturbances import QUIET, Plan
from .processes import MARK, end, wait_for_all, workers
from .proxy import LATE_S, Proxy
from .served import Served

ANSIBLE = Path(sys.executable).parent / "ansible-playbook"
STAY_S = 60.0
"""Seconds that workers may go on after the run's first process has ended."""
REPORT = "report.json"


@dataclass(frozen=True)
class Job:
    """What is run. ``roles`` are those that may repair; ``reports``: whether the playbook writes a report."""

    playbook: str
    roles: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    reports: bool = True

    @property
    def name(self) -> str:
        """The name for people."""
        words = [self.playbook, *(("plan",) if "--check" in self.arguments else ()), *self.roles]
        return " ".join(words)


AUDIT = Job("audit")


def repair(*roles: str, limit: str = "", check: bool = False) -> Job:
    """A repair by all roles, or by these."""
    # It is told which proxy is right; without that the repair leaves the proxy to people.
    variables: dict[str, Any] = {"wsus_confirm": True, "wsus_proxy_state": "direct"}
    if roles:
        variables["wsus_repair_roles"] = list(roles)
    arguments = (*(("--limit", limit) if limit else ()), *(("--check",) if check else ()))
    return Job("repair", roles, variables, arguments)


REGENERATE = Job(
    "regenerate_client_ids",
    variables={"wsus_confirm": True, "wsus_serial": "100%", "wsus_client_id_keep": "first"},
    reports=False,
)


@dataclass(frozen=True)
class Done:
    """A run that has ended. ``report`` is the text of its report, None without one; ``struck``: whether it was killed or asked to end.

    ``known`` are the shells whose identifiers it has received. ``stayed``: how many processes had to be killed in the end.
    """

    job: Job
    exit_code: int
    seconds: float
    limit: float
    output: str
    report: str | None
    known: frozenset[str]
    requests: Counter[str]
    faults: Counter[tuple[str, str]]
    stayed: int = 0
    struck: bool = False

    @property
    def over_time(self) -> bool:
        """Whether it had to be ended."""
        return self.seconds > self.limit

    def data(self) -> Mapping[str, Any] | None:
        """The report's data; None without one that is whole."""
        try:
            data = json.loads(self.report or "", parse_constant=_refuse)
        except ValueError:
            return None
        return data if isinstance(data, dict) and isinstance(data.get("machines"), dict) else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


class Run:
    """A run, from entering the context until all its processes have ended.

    ``hold``: after how many seconds without a step it takes a machine over from another run, by default as many as the collection does.
    """

    def __init__(
        self,
        served: Served,
        folder: Path,
        job: Job,
        *,
        plan: Plan = QUIET,
        late: float = LATE_S,
        hold: int | None = None,
        forks: int = 20,
    ) -> None:
        self.job, self.folder = job, folder
        self.limit = time_limit(job, len(served.names))
        self.mark = uuid.uuid4().hex
        self.proxy = Proxy(served.port, plan, late)
        self.struck = False
        self._inventory = served.inventory(self.proxy.port)
        self._hold, self._forks = hold, forks

    def __enter__(self) -> Run:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "inventory.yml").write_text(yaml.safe_dump(self._inventory), encoding="utf-8")
        variables = {**self.job.variables, "wsus_report_path": REPORT, "wsus_report_show": "problems"}
        if self._hold is not None:
            variables["wsus_owner_timeout"] = self._hold
        command = [str(ANSIBLE), "-i", "inventory.yml", "-f", str(self._forks), f"wsus.client.{self.job.playbook}"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        environment |= {
            MARK: self.mark,
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }
        self.started = time.monotonic()
        with (self.folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                [*command, *self.job.arguments, "-e", json.dumps(variables)],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        wait_for_all(self.mark, 0.0)
        self.proxy.stop()

    @property
    def ended(self) -> bool:
        """Whether its first process has ended."""
        return self._process.poll() is not None

    @property
    def output(self) -> str:
        """What it has printed until now."""
        return (self.folder / "output").read_text("utf-8", errors="replace")

    def wait_until(self, seen: Callable[[], bool], within: float) -> bool:
        """Wait for something, but not longer than the run; whether it came."""
        deadline = time.monotonic() + within
        while not (found := seen()) and not self.ended and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def strike(self, number: int, *, group: bool = False) -> bool:
        """Send a signal to the first process or its group; whether the run was still there."""
        if self.ended:
            return False
        self.struck = True
        if group:
            os.killpg(self._process.pid, number)
        else:
            end(self._process.pid, number)
        return True

    def strike_worker(self, choose: Callable[[list[int]], int]) -> bool:
        """Kill one of its workers; whether there was one."""
        while not self.ended:
            if (found := workers(self.mark, self._process.pid)) and end(choose(found), signal.SIGKILL):
                self.struck = True
                return True
            time.sleep(0.02)
        return False

    def done(self) -> Done:
        """Wait for the end of all its processes; one that takes longer than the limit is killed."""
        left = self.limit - (time.monotonic() - self.started)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STAY_S if self.struck else max(left, 0.0))
        seconds = time.monotonic() - self.started
        stayed = wait_for_all(self.mark, STAY_S if self.ended else 0.0)
        report = self.folder / REPORT
        return Done(
            self.job,
            self._process.wait(),
            seconds,
            self.limit,
            self.output,
            report.read_text("utf-8", errors="replace") if report.exists() else None,
            frozenset(self.proxy.known),
            self.proxy.requests.copy(),
            self.proxy.faults.copy(),
            stayed,
            self.struck,
        )


def run(served: Served, folder: Path, job: Job, **how: Any) -> Done:
    """A run from its start to its end."""
    with Run(served, folder, job, **how) as started:
        return started.done()


def time_limit(job: Job, machines: int) -> float:
    """Seconds that a run may take: many times what one does on a quiet computer, which may wait 2 minutes for a run that was interrupted."""
    return 90.0 + machines * 2.0 if job is AUDIT else 240.0 + machines * 6.0
