"""The real ansible-playbook, in a process of its own, against a lab in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from lab.serve import Lab

HERE = Path(__file__).parent
FLEETS = HERE.parent / "lab" / "fleets"
_ON_THE_CONTROLLER = ("wsus.client.wsus_report", "wsus.client.wsus_result")
ANSIBLE = Path(sys.executable).parent / "ansible-playbook"


@dataclass(frozen=True)
class Result:
    """One task on one host, as Ansible's callbacks saw it."""

    host: str
    task: str
    action: str
    status: str
    result: Mapping[str, Any]


@dataclass(frozen=True)
class Play:
    """What a run of ansible-playbook left behind."""

    exit_code: int
    output: str
    results: tuple[Result, ...]
    audit: Mapping[str, Any] | None

    def of(self, host: str) -> Result:
        """The only result on a host: of our modules but for those that only work on the controller, or else of any."""
        results = [each for each in self.results if each.host == host]
        ours = [each for each in results if each.action.startswith("wsus.client.")]
        (result,) = [each for each in ours if each.action not in _ON_THE_CONTROLLER] or results
        return result

    def of_module(self, name: str) -> tuple[Result, ...]:
        """What a module of ours did on all hosts, in order; where it was skipped it did nothing."""
        return tuple(each for each in self.results if each.action == f"wsus.client.{name}" and each.status != "skipped")

    @property
    def changed(self) -> dict[str, int]:
        """How many tasks changed something, by host."""
        return dict(Counter(each.host for each in self.results if each.result.get("changed")))


class Controller:
    """Runs ansible-playbook against a lab, in a folder of its own."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder

    def play(
        self,
        playbook: str | list[dict[str, Any]] = "wsus.client.audit",
        *arguments: str,
        transport: str = "basic",
        scheme: str = "http",
        hosts: Mapping[str, Mapping[str, Any]] | None = None,
        inventory: Mapping[str, Any] | None = None,
        ansible: Path = ANSIBLE,
        retries: int = 0,
        owner_timeout: int = 0,
        environment: Mapping[str, str | None] | None = None,
        through: Sequence[str] = (),
    ) -> Play:
        """Run a playbook (an FQCN, or plays); ``hosts`` overrides variables of single hosts, ``inventory`` the lab's own.

        ``retries``: a fault of a test strikes, unless the test is about what happens after it. ``owner_timeout``: no other run than
        those of a test is alive. ``environment`` sets variables and, with None, removes them. ``through`` is a program that starts
        ansible-playbook, such as setsid.
        """
        inventory = inventory or self.lab.inventory(transport=transport, scheme=scheme)
        inventory["all"].setdefault("vars", {}).update(wsus_retries=retries, wsus_owner_timeout=owner_timeout)
        for name, variables in (hosts or {}).items():
            inventory["all"]["children"]["windows"]["hosts"][name].update(variables)
        (self.folder / "inventory.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
        if not isinstance(playbook, str):
            (self.folder / "playbook.yml").write_text(yaml.safe_dump(playbook, sort_keys=False), encoding="utf-8")
            playbook = "playbook.yml"
        record, audit = self.folder / "record.jsonl", self.folder / "audit.json"
        record.unlink(missing_ok=True)
        audit.unlink(missing_ok=True)
        surroundings: dict[str, str | None] = {
            name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")
        }
        surroundings |= {
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "RECORD_FILE": str(record),
            **(environment or {}),
        }
        done = subprocess.run(
            [*through, str(ansible), "-i", "inventory.yml", playbook, *arguments],
            cwd=self.folder,
            env={name: value for name, value in surroundings.items() if value is not None},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        return Play(
            done.returncode,
            done.stdout + done.stderr,
            tuple(Result(**json.loads(line)) for line in lines),
            json.loads(audit.read_text(encoding="utf-8")) if audit.exists() else None,
        )

    def state(self) -> dict[str, Any]:
        """The state of every machine, as data that compares byte for byte."""
        return {name: json.dumps(machine.state(), sort_keys=True) for name, machine in self.lab.machines.items()}


def module(name: str, options: Mapping[str, Any] | None = None, **keywords: Any) -> list[dict[str, Any]]:
    """A playbook of one task of ours on all hosts; keywords are the task's."""
    task = {"name": "Task", f"wsus.client.{name}": dict(options or {}), **keywords}
    return [{"name": "Play", "hosts": "windows", "gather_facts": False, "tasks": [task]}]


def modules(name: str, every: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A playbook with one task of ours for each set of options; one that fails does not keep the next from running."""
    tasks = [
        {"name": f"Task {number}", f"wsus.client.{name}": dict(options), "ignore_errors": True}
        for number, options in enumerate(every, 1)
    ]
    return [{"name": "Play", "hosts": "windows", "gather_facts": False, "tasks": tasks}]
