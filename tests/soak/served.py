"""A lab in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml
from lab.control import Record
from lab.run import wait_until_gone

from .truth import Truth, of

TESTS = Path(__file__).parents[1]


class Served:
    """Machines that a lab serves from entering the context until leaving it."""

    def __init__(self, folder: Path, machines: Iterable[Mapping[str, Any]], defaults: Mapping[str, Any]) -> None:
        self._folder = folder
        self._fleet: dict[str, Any] = {"defaults": dict(defaults), "machines": [dict(machine) for machine in machines]}
        self.names: tuple[str, ...] = tuple(machine["name"] for machine in self._fleet["machines"])

    def __enter__(self) -> Served:
        self._folder.mkdir(parents=True, exist_ok=True)
        fleet = self._folder / "fleet.yml"
        fleet.write_text(yaml.safe_dump(self._fleet, allow_unicode=True), encoding="utf-8")
        command = [sys.executable, "-m", "lab", "start", str(fleet), "--background", "--run-dir", str(self._folder)]
        subprocess.run(
            [*command, "--parent", str(os.getpid())],
            check=True,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(TESTS)},
        )
        self.record = Record.read(self._folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.record.ask("stop")
        wait_until_gone(self._folder, self.record)

    @property
    def port(self) -> int:
        """The port of the machines' WinRM over HTTP."""
        return self.record.http_port

    def inventory(self, port: int) -> dict[str, Any]:
        """The inventory, with another port of loopback for all machines."""
        inventory: dict[str, Any] = self.record.ask("inventory", {"transport": "basic", "scheme": "http"})
        inventory["all"]["children"]["windows"]["vars"]["ansible_port"] = port
        return inventory

    def in_groups(self, groups: Collection[str]) -> tuple[str, ...]:
        """The machines that are in one of these groups of the inventory."""
        return tuple(each["name"] for each in self._fleet["machines"] if set(groups) & set(each["groups"]))

    def truths(self) -> dict[str, Truth]:
        """What each machine is now, by name."""
        return {name: of(state) for name, state in self.record.ask("state", timeout=300).items()}

    def shells(self) -> set[str]:
        """The shells that are open on all machines."""
        return {shell.upper() for shells in self.record.ask("shells").values() for shell in shells}

    def restart(self, name: str, away: float) -> None:
        """Restart Windows on a machine, which does not respond for so many seconds."""
        self.record.ask(f"restart/{name}", {"away": f"{away:.1f}s"})
