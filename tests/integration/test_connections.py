"""Audit, check mode and repair are the same whichever connection leads to the machine: facts, results and native commands."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pytest
import yaml
from ansible_collections.wsus.client.plugins.plugin_utils._windows.readable import may_be
from broken import WAYS as BROKEN
from conftest import ADMINISTRATOR
from lab.fleet import read_fleet
from lab.machine import NativeCommand
from lab.serve import Lab
from lab.simulated.from_spec import simulated_machine
from playing import Controller, Play
from repairing import CONFIRM, REPORT
from ways_in import GUIDE, OPENERS, Doors, Unavailable, inventories

BASIC = "basic"
"""The way that the others are compared with: WinRM with Basic over HTTP, for which the guide has no inventory."""

MACHINE = {
    "users": [ADMINISTRATOR],
    "language": "ja",
    "client_id": {"value": "4f3f2898-69e3-4a0d-820a-c4e87987dbce", "validation": None},
    **BROKEN["disabled"].machine,
}

VARYING = (
    "time_s",
    "ping_id",
    "native_commands",
    "remote_executions",
    "wsus_gathered",
    "before_header",
    "after_header",
)
"""Measured; made by each machine for itself; and counts that include how often a starting service was asked for its state."""
TEST_TEXT = "ü東€"
"""What ssh prints before each batch, to see whether text arrives unchanged."""
_MOMENT = re.compile(r"-\d{8}T\d{6}Z-[0-9a-f]{8}\.")
"""In the name of a backup."""


@dataclass(frozen=True)
class Runs:
    """The same three runs over all ways at once, and why a way is missing; ``commands`` by run and host."""

    plays: Mapping[str, Play]
    commands: Mapping[str, Mapping[str, list[NativeCommand]]]
    missing: Mapping[str, str]


def _received(lab: Lab) -> dict[str, list[NativeCommand]]:
    """The native commands that each machine ran since the last call, with their exit codes."""
    commands = {}
    for name, machine in lab.machines.items():
        with machine.lock:
            commands[name] = [command for record in machine.log for command in record.commands]
            machine.log.clear()
    return commands


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """One declared machine for each way, all of them alike."""
    folder = tmp_path_factory.mktemp("connections")
    written = inventories()
    path = folder / "fleet.yml"
    path.write_text(yaml.safe_dump({"defaults": MACHINE, "machines": [{"name": name} for name in (BASIC, *OPENERS)]}))
    # Until they run, one moment for all, so that the times of what lies in their past are the same.
    begun = time.time()
    running = threading.Event()
    machines = [
        simulated_machine(spec, lambda: time.time() if running.is_set() else begun) for spec in read_fleet(path)
    ]
    running.set()
    with pytest.MonkeyPatch.context() as patched, ExitStack() as stack:
        lab = stack.enter_context(Lab(machines))
        doors = Doors(lab, stack)
        hosts = {BASIC: lab.inventory()["all"]["children"]["windows"]["hosts"][BASIC]}
        hosts[BASIC] |= lab.inventory()["all"]["children"]["windows"]["vars"]
        missing = {}
        for name, opened in OPENERS.items():
            try:
                hosts[name] = {**written[name], **opened(doors, name, written[name])}
            except Unavailable as reason:
                missing[name] = str(reason)
        for name, value in doors.environment.items():
            patched.setenv(name, value)
        inventory = {"all": {"children": {"windows": {"hosts": hosts}}}}
        served = Controller(lab, folder)
        plays, commands = {}, {}
        for run, arguments in {
            "audit": ("wsus.client.audit",),
            "check": ("wsus.client.repair", "--check"),
            "repair": ("wsus.client.repair", *CONFIRM),
        }.items():
            plays[run] = served.play(*arguments, *REPORT, "--forks", "10", inventory=inventory)
            commands[run] = _received(lab)
        yield Runs(plays, commands, missing)


def _of(play: Play, host: str) -> list[tuple[str, str, Any]]:
    """What the modules of the collection returned for a host, in order."""
    return [
        (each.action, each.status, each.result)
        for each in play.results
        if each.host == host and each.action.startswith("wsus.client.") and "report" not in each.action
    ]


def _differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two results differ, except in what depends on the moment or the machine, or that arrived unreadable (``one``)."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = [key for key in {**one, **other} if key not in VARYING]
        return [text for key in keys for text in _differences(one.get(key), other.get(key), f"{where}.{key}")]
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)) and len(one) == len(other):
        return [text for i, each in enumerate(one) for text in _differences(each, other[i], f"{where}[{i}]")]
    if isinstance(one, str) and isinstance(other, str):
        one, other = (_MOMENT.sub("-MOMENT.", text) for text in (one, other))
        if may_be(one, other):
            return []
    return [] if one == other else [f"{where}: {one!r} and {other!r}"]


def _without_repeats(commands: list[NativeCommand]) -> list[tuple[tuple[str, ...], int]]:
    """Argument lists and exit codes; a question that is repeated until the answer changes counts once.

    Without the preparation of the console, which only ssh needs.
    """
    seen = [
        (tuple(_MOMENT.sub("-MOMENT.", text) for text in each.argv), each.exit_code)
        for each in commands
        if each.argv[0] != "chcp.com" and TEST_TEXT not in each.argv
    ]
    return [each for each, _repeats in groupby(seen)]


def test_the_guide_has_an_inventory_for_each_way() -> None:
    assert set(inventories()) == set(OPENERS)


@pytest.mark.parametrize("way", OPENERS)
def test_every_way_gives_the_same(runs: Runs, way: str) -> None:
    if way in runs.missing:
        pytest.skip(runs.missing[way])
    for name, play in runs.plays.items():
        assert _of(play, BASIC), play.output
        assert _differences(_of(play, way), _of(play, BASIC), name) == []
        assert _without_repeats(runs.commands[name][way]) == _without_repeats(runs.commands[name][BASIC])
    assert runs.commands["repair"][BASIC] != runs.commands["check"][BASIC]


def test_the_guide_explains_the_usual_errors(controller: Callable[..., Controller]) -> None:
    served = controller(
        [{"name": name} for name in ("password", "refused", "untrusted", "https-to-http", "http-to-https")]
    )
    lab = served.lab
    with socket.socket() as unused:
        unused.bind((lab.host, 0))
        https = {"ansible_port": lab.https_port, "ansible_winrm_scheme": "https"}
        play = served.play(
            hosts={
                "password": {"ansible_winrm_transport": "ntlm", "ansible_password": "wrong"},
                "refused": {"ansible_port": unused.getsockname()[1]},
                "untrusted": https,
                "https-to-http": {**https, "ansible_port": lab.http_port},
                "http-to-https": {"ansible_port": lab.https_port},
            }
        )
    errors = {
        "password": "the specified credentials were rejected by the server",
        "refused": "Connection refused",
        "untrusted": "CERTIFICATE_VERIFY_FAILED",
        "https-to-http": "WRONG_VERSION_NUMBER",
        "http-to-https": "Remote end closed connection without response",
    }
    guide = GUIDE.read_text(encoding="utf-8")
    for host, text in errors.items():
        assert text in play.of(host).result["msg"]
        assert f"``{text}``" in guide
