"""The wrapper project as AWX runs it, by ansible-runner: slices, fact storage, artifacts, a canceled repair."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from broken import WAYS
from playing import HERE, Controller
from repairing import starts

PROJECT = HERE.parent.parent / "extensions" / "aap" / "project"
RUNNER = Path(sys.executable).parent / "ansible-runner"
_FACTS = Path("artifacts") / "job" / "fact_cache"
CLONE = "5b4e28ba-2fa1-41d2-883f-0016d3cca427"
FLEET = [{"name": f"pc-{number}", **(WAYS["disabled"].machine if number % 4 == 0 else {})} for number in range(1, 9)]


@dataclass(frozen=True)
class Job:
    """A finished job: its exit code, its output, what it set with set_stats, and its events."""

    exit_code: int
    output: str
    artifacts: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...]


class Awx:
    """Starts jobs of the wrapper project, each in a folder of its own. Stored facts are copied to a job and back, as AWX does."""

    def __init__(self, served: Controller, folder: Path) -> None:
        self._folder, self._served, self._facts = folder, served, folder / "facts"
        self._facts.mkdir(parents=True)

    def start(
        self, name: str, playbook: str, limit: str = "all", *, check: bool = False, **variables: Any
    ) -> subprocess.Popen[bytes]:
        """Start a job. What the machines' names are decides the slice, as the limit of AWX does."""
        private = self._folder / name
        shutil.copytree(PROJECT, private / "project")
        (private / "env").mkdir()
        (private / "inventory").mkdir()
        inventory = self._served.lab.inventory(transport="basic", scheme="http")
        (private / "inventory" / "hosts.yml").write_text(yaml.safe_dump(inventory), "utf-8")
        (private / "env" / "envvars").write_text(json.dumps({"ANSIBLE_HOME": str(private / "home")}), "utf-8")
        shutil.copytree(self._facts, private / _FACTS)
        (private / "env" / "extravars").write_text(
            json.dumps({"wsus_report_path": f"{private}/audit.json", **variables}), "utf-8"
        )
        command = [str(RUNNER), "run", str(private), "-p", playbook, "--ident", "job", "--limit", limit, "-q"]
        if check:
            command.append("--cmdline=--check")
        path = f"{RUNNER.parent}:{os.environ['PATH']}"
        return subprocess.Popen(
            command, env={**os.environ, "PATH": path}, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def done(self, name: str, process: subprocess.Popen[bytes]) -> Job:
        """Wait for a job, and read what it left."""
        process.wait(timeout=300)
        shutil.copytree(self._folder / name / _FACTS, self._facts, dirs_exist_ok=True)
        artifacts = self._folder / name / "artifacts" / "job"
        events = [json.loads(path.read_text("utf-8")) for path in (artifacts / "job_events").glob("[0-9]*.json")]
        events.sort(key=lambda event: event["counter"])
        stats = next((each for each in events if each["event"] == "playbook_on_stats"), None)
        return Job(
            int((artifacts / "rc").read_text()) if (artifacts / "rc").exists() else -1,
            (artifacts / "stdout").read_text("utf-8"),
            stats["event_data"]["artifact_data"] if stats else {},
            tuple(events),
        )

    def run(self, name: str, playbook: str, **variables: Any) -> Job:
        """Run a job to its end."""
        return self.done(name, self.start(name, playbook, **variables))


def test_slices_in_parallel_are_joined_by_the_report_and_the_artifacts_have_the_result(
    controller: Callable[..., Controller], tmp_path: Path
) -> None:
    clones = [{"name": name, "client_id": {"value": CLONE}} for name in ("clone-1", "clone-2")]
    served = controller([*FLEET, *clones])
    before = served.state()
    awx = Awx(served, tmp_path / "awx")
    names = list(served.lab.machines)
    slices = {f"slice-{number}": ",".join(names[number::4]) for number in range(4)}
    processes = {name: awx.start(name, "audit.yml", limit, check=True) for name, limit in slices.items()}
    jobs = {name: awx.done(name, process) for name, process in processes.items()}
    assert {name: job.exit_code for name, job in jobs.items()} == dict.fromkeys(slices, 0), jobs["slice-0"].output
    assert served.state() == before
    assert [job.artifacts["wsus_report"]["totals"]["machines"] for job in jobs.values()] == [3, 3, 2, 2]

    requests = {name: len(machine.log) for name, machine in served.lab.machines.items()}
    report = awx.run(
        "report", "report.yml", wsus_report_html=str(tmp_path / "report.html"), wsus_report_fail_on="broken"
    )
    assert report.exit_code == 2, report.output
    assert {name: len(machine.log) for name, machine in served.lab.machines.items()} == requests
    stats = report.artifacts["wsus_report"]
    assert stats["totals"]["machines"] == 10
    assert stats["machines_by_status"]["broken"] == stats["machines_by_responsible"]["bits"] == ["pc-4", "pc-8"]
    document = json.loads((tmp_path / "awx" / "report" / "audit.json").read_text("utf-8"))
    assert [each["machines"] for each in document["fleet_findings"]] == [["clone-1", "clone-2"]]
    assert "pc-4" in (tmp_path / "report.html").read_text("utf-8")

    plan = awx.run("plan", "repair.yml", check=True)
    assert plan.exit_code == 0, plan.output
    assert served.state() == before
    changes = plan.artifacts["wsus_report"]["changes"]
    assert {(each["machine"], each["action"], each["attribute"]) for each in changes} >= {
        ("pc-4", "bits", "start_type"),
        ("pc-8", "bits", "start_type"),
    }
    assert {each["outcome"] for each in changes} == {"planned"}
    repair = awx.run("repair", "repair.yml", wsus_confirm=True)
    assert repair.exit_code == 0, repair.output
    assert repair.artifacts["wsus_report"]["totals"]["outcomes"]["repaired"] == 2


@pytest.mark.parametrize("seen", ["Rebuild the update store", "Repair BITS"])
def test_a_repair_that_is_canceled_leaves_sound_machines_and_the_next_run_completes_it(
    controller: Callable[..., Controller], tmp_path: Path, seen: str
) -> None:
    detections = [{"age": "2d"}, {"age": "28h", "code": 0x80248007}, {"age": "6h", "code": 0x80248007}]
    damaged = {"agent": {"detections": detections}, "store": {"damage": 0x80248007}}
    served = controller([{"name": "sick", **WAYS["disabled"].machine}, {"name": "damaged", **damaged}])
    awx = Awx(served, tmp_path / "awx")
    process = awx.start("canceled", "repair.yml", wsus_confirm=True)
    output = tmp_path / "awx" / "canceled" / "artifacts" / "job" / "stdout"
    end = time.monotonic() + 120
    while time.monotonic() < end and not (output.exists() and f"PLAY [{seen}]" in output.read_text("utf-8")):
        time.sleep(0.05)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGTERM)
    canceled = awx.done("canceled", process)
    assert canceled.exit_code != 0
    assert canceled.artifacts == {}

    again = awx.run("again", "repair.yml", wsus_confirm=True)
    assert again.exit_code == 0, again.output
    assert set(again.artifacts["wsus_report"]["machines_by_status"]) == {"healthy"}
    assert starts(served.lab.machines["sick"])
    assert served.lab.machines["damaged"].state()["services"]["wuauserv"]["state"] == "RUNNING"
