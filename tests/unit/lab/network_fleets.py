"""Machines of a fleet with endpoints, and their curl."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from lab.fleet import load_fleet
from lab.machine import Execution
from lab.network import Network
from lab.simulated.machine import SimulatedMachine
from unit.lab.simulated_machines import Shell

CAB = "/selfupdate/wuident.cab"
SERVER = f"http://wsus.example.test:8530{CAB}"
SECURE = f"https://wsus.example.test:8531{CAB}"
PROXY = "http://proxy.example.test:3128"


class Client(Shell):
    """A machine that asks with curl.exe."""

    @property
    def network(self) -> Network:
        return self.machine.network.network

    def curl(self, *arguments: str) -> Execution:
        return self.run("curl.exe", "-sS", *arguments)

    def ask(self, url: str, *options: str, text: str = "%{http_code} %{size_download}") -> tuple[int, str]:
        """The exit code and the write-out text of one request whose body goes nowhere."""
        done = self.curl("-o", "NUL", "-w", text, *options, url)
        return done.exit_code, done.stdout.decode()


@contextmanager
def client(folder: Path, endpoints: dict[str, Any] | None = None, **machine: Any) -> Iterator[Client]:
    """The only machine of a fleet file with these endpoints."""
    user = {"name": "lab", "password": "secret"}
    fleet = {"endpoints": endpoints or {}, "machines": [{"name": "pc", "users": [user], **machine}]}
    path = folder / "fleet.yml"
    path.write_text(yaml.safe_dump(fleet), encoding="utf-8")
    (built,) = load_fleet(path)
    try:
        assert isinstance(built, SimulatedMachine)
        yield Client(built)
    finally:
        built.close()
