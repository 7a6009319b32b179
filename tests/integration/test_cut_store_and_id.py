"""wsus_update_store and wsus_client_id, cut off from their machine after their remote commands, and run once more.

``tests/unit/_operations`` cuts them off after each of their commands, without Ansible and its connection.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from cutting import FORKS, programs
from lab.machine import Faults
from playing import Controller, Play, module

KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate"
JOURNAL = r"HKEY_LOCAL_MACHINE\SOFTWARE\wsus.client"
DATABASE = r"C:\Windows\SoftwareDistribution\DataStore\DataStore.edb"
SHARED = "3b4e28ba-2fa1-41d2-883f-0016d3cca427"
EVERY = 5
"""The distance of the points at which a run is cut off."""
WAITS = 12
"""How many commands more than the counted run one may take to wait for services."""


@dataclass(frozen=True)
class Way:
    """A module with its options, and the machine that it is to be cut off from."""

    name: str
    options: Mapping[str, Any]
    machine: Mapping[str, Any]

    def run(self, served: Controller, *arguments: str) -> Play:
        return served.play(module(self.name, self.options), *FORKS, *arguments)


WAYS = {
    "store": Way(
        "wsus_update_store",
        {"timeout": 20, "service_timeout": 20},
        {
            "agent": {
                "detections": [{"age": "20h"}, {"age": "8h", "code": 0x80248007}, {"age": "3h", "code": 0x80248007}]
            },
            "store": {"damage": 0x80248007, "made": {"takes": 0.1}},
            "services": {"wuauserv": {"state": "running"}, "BITS": {"state": "running"}},
        },
    ),
    "store-7": Way(
        "wsus_update_store",
        {"timeout": 20, "service_timeout": 20},
        {
            "windows": "windows-7-sp1",
            "agent": {
                "detections": [{"age": "20h"}, {"age": "8h", "code": 0x80248007}, {"age": "3h", "code": 0x80248007}]
            },
            "store": {"damage": 0x80248007, "made": {"takes": 0.1}},
        },
    ),
    "id": Way(
        "wsus_client_id",
        {"duplicates": [SHARED], "timeout": 20, "service_timeout": 20},
        {
            "client_id": {"value": SHARED, "made": {"takes": 0.1}},
            "services": {"wuauserv": {"state": "running"}},
        },
    ),
}


def states(served: Controller) -> dict[str, Any]:
    """The state of every machine, as data."""
    return {name: json.loads(state) for name, state in served.state().items()}


def running(state: Mapping[str, Any]) -> set[str]:
    """The services that run."""
    return {name for name, data in state["services"].items() if data["state"].lower() == "running"}


def unfinished(state: Mapping[str, Any]) -> list[str]:
    """What stands in the journal that is not done. A run that was cut when all was done may still say that it holds the machine."""
    keys = {key: values for key, values in state["registry"].items() if key.startswith(JOURNAL)}
    names = [name for values in keys.values() for name in values if name not in ("UpdateStoreLast", "ClientIdLast")]
    return [name for name in names if not name.startswith("Holder-")]


@pytest.mark.parametrize("way", WAYS)
def test_one_more_run_completes_or_undoes_it(controller: Callable[..., Controller], way: str) -> None:
    chosen = WAYS[way]
    counted = controller([{"name": "pc", **chosen.machine}])
    assert chosen.run(counted).exit_code == 0
    points = programs(counted, "pc")
    assert points >= 35

    names = {f"pc-{point:02d}": point for point in range(1, points + 1, EVERY)}
    served = controller([{"name": name, **chosen.machine} for name in names])
    before = states(served)
    for name, point in names.items():
        served.lab.machines[name].faults = Faults(drop_after_total=point)
    cut = {each.host: each for each in chosen.run(served).of_module(chosen.name)}
    # Where a service needed less waiting than in the counted run, the last points lie behind its end.
    lost = {name for name, each in cut.items() if each.status == "unreachable"}
    assert len(lost) >= len(names) - WAITS / EVERY
    for name in names:
        served.lab.machines[name].faults = Faults()

    done = chosen.run(served)
    assert done.exit_code == 0, done.output[-3000:]
    after = states(served)
    for name in names:
        assert running(before[name]) <= running(after[name]), name
        assert unfinished(after[name]) == [], name
        if chosen.name == "wsus_update_store":
            database = served.lab.machines[name].files.get(DATABASE)  # type: ignore[attr-defined]
            assert database is not None, name
            assert database.content == b"", name
        else:
            made = after[name]["registry"][KEY]["SusClientId"][-1]
            assert made != SHARED, name
    again = chosen.run(served)
    assert {each.host for each in again.of_module(chosen.name) if each.result["changed"]} == set()
