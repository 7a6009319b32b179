"""Captures of machines of the lab, and machines that replay captures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import FACTS
from ansible_collections.wsus.client.plugins.plugin_utils._operations.capture import CAPTURE
from ansible_collections.wsus.client.plugins.plugin_utils._remote.host import Host
from ansible_collections.wsus.client.plugins.plugin_utils._remote.session import Session
from lab.machine import Machine, User
from lab.replay.capture import read_capture
from lab.replay.machine import ReplayMachine

from support.task_options import options

USER = User("lab", "secret")


class Connection:
    """A machine of the lab, of any kind, as a connection."""

    become = None
    transport = "lab"  # no plugin of ansible-core: given command lines, whatever the release

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        done = self._machine.execute(cmd, USER)
        return done.exit_code, done.stdout, done.stderr


def session(machine: Machine, now: datetime | None = None, names: tuple[str, ...] = ()) -> Session:
    return Session(Host(Connection(machine)), now or datetime.now(timezone.utc), names=names, user="EXAMPLE\\operator")


def capture(
    machine: Machine, folder: Path, *, now: datetime | None = None, check_mode: bool = False
) -> Mapping[str, Any]:
    """The result of wsus_capture on a machine."""
    given = options(CAPTURE.options, dest=str(folder))
    return CAPTURE.run(session(machine, now, (machine.name, "192.0.2.77")), given, check_mode=check_mode).values


def audit(machine: Machine, now: datetime | None = None) -> Mapping[str, Any]:
    """The facts of an audit of a machine, findings included."""
    facts = FACTS.run(session(machine, now), options(FACTS.options), check_mode=False).values["ansible_facts"]
    return without_time(facts)


def without_time(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts but for the time of their audit, which a capture has elsewhere."""
    return {name: fact for name, fact in facts.items() if name != "wsus_gathered"}


def read(path: Path | str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return data


def replayed(path: Path | str) -> Mapping[str, Any]:
    """The facts of an audit of a machine that replays a file, at the time of its capture."""
    moment = datetime.fromisoformat(read(path)["captured"])
    return audit(ReplayMachine("replay", read_capture(Path(path), "test"), [USER], clock=moment.timestamp), moment)


def judgments(facts: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What findings say apart from names."""
    return [
        tuple(each.get(key) for key in ("id", "severity", "remedy", "codes", "resolved"))
        for each in facts["wsus_findings"]
    ]
