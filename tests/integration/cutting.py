"""Runs of a module that lose their machine after one of their remote commands, and what they leave behind.

One machine for each point at which the connection is cut; machines that an uninterrupted run repairs say which there are,
and what becomes of each value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lab.machine import Faults
from playing import Controller, Play, module
from repairing import starts

FORKS = ("--forks", "8")
_READING = (
    "chcp.com",
    "cmd.exe /d /c dir",
    "cmd.exe /d /c echo",
    "curl.exe",
    "findstr.exe",
    "reg.exe query",
    "sc.exe q",
    "wevtutil.exe qe",
)
_WRITES_AS_WELL = re.compile("[&>]")
SPARSE = 6
"""The distance of the points at which a run is cut off while it only reads."""
Registry = Mapping[tuple[str, str], Any]
Ways = Mapping[str, Mapping[str, Any]]


def registry(state: Mapping[str, Any]) -> Registry:
    """All values of a machine by key and name."""
    return {(key, name): tuple(data) for key, values in state["registry"].items() for name, data in values.items()}


def differences(before: Registry, after: Registry) -> Registry:
    """What became of the values that are not as they were; None of one that is gone."""
    return {each: after.get(each) for each in before.keys() | after.keys() if before.get(each) != after.get(each)}


def states(served: Controller) -> dict[str, Any]:
    """The state of every machine, as data."""
    return {name: json.loads(state) for name, state in served.state().items()}


def programs(served: Controller, name: str) -> int:
    """How many programs were run on a machine."""
    return sum(len(record.commands) for record in served.lab.machines[name].log)


def cuts(served: Controller) -> Iterator[tuple[str, str, int]]:
    """Machine, way and point of each cut, from the uninterrupted run on the machine of each way.

    They are after the first program and after each that may change something: after one that only reads the machine is as it was
    before it. Where a run waits for a service, how often it asks differs, so that the points after it may move: some of those
    after programs that read are taken as well.
    """
    for way, machine in served.lab.machines.items():
        ran = [" ".join(command.argv) for record in machine.log for command in record.commands]
        for point, line in enumerate(ran, 1):
            if point % SPARSE == 1 or not line.startswith(_READING) or _WRITES_AS_WELL.search(line):
                yield f"{way}-{point:02d}", way, point


@dataclass(frozen=True)
class Cut:
    """A module of ours with its options, and what it may do to a machine that is cut off from it.

    ``service`` is the one that it repairs, and that must start in the end. ``waits``: how many commands more or less a run
    may take to wait for services. ``files``: how the names of files begin that a run may leave behind.
    """

    name: str
    options: Mapping[str, Any]
    service: str | None
    waits: int
    files: tuple[str, ...]

    def run(self, served: Controller) -> Play:
        """One run on all machines."""
        return served.play(module(self.name, self.options), *FORKS)

    def results(self, play: Play) -> dict[str, tuple[str, bool]]:
        """Status and whether something was changed, by machine."""
        return {each.host: (each.status, bool(each.result.get("changed"))) for each in play.of_module(self.name)}

    def uninterrupted(self, served: Controller) -> tuple[dict[str, int], dict[str, Registry], Play]:
        """The number of programs of a whole run, and what it makes of the registry, by machine."""
        before = states(served)
        play = self.run(served)
        after = states(served)
        made = {name: differences(registry(before[name]), registry(after[name])) for name in before}
        return {name: programs(served, name) for name in before}, made, play

    def no_worse(self, before: Mapping[str, Any], cut: Mapping[str, Any], made: Registry) -> None:
        """Every value is as it was or as a repair makes it, no service is gone or newly disabled, and what ran runs."""
        changed = differences(registry(before), registry(cut))
        assert changed.items() <= made.items()
        assert before["services"].keys() <= cut["services"].keys()
        for name, service in before["services"].items():
            now = cut["services"][name]
            assert (now["start"] == 4) <= (service["start"] == 4), name
            if service["state"] == "RUNNING" and now["state"] != "RUNNING":
                # Only the repaired service is restarted, and only when its whole definition is repaired.
                assert (name, now["exit_code"]) == (self.service, 0)
                assert changed == made
        new = differences(dict(before["files"]), dict(cut["files"]))
        assert [name for name in new if not name.startswith(self.files)] == []

    def cut_off(self, served: Controller, points: list[tuple[str, str, int]], numbers: Mapping[str, int]) -> int:
        """One run on machines that are cut off at their points; how many were."""
        results = self.results(self.run(served))
        struck = {name: point for name, _way, point in points if results[name][0] == "unreachable"}
        assert {name for name, way, point in points if point <= numbers[way] - self.waits} <= struck.keys()
        assert struck == {name: programs(served, name) for name in struck}
        for machine in served.lab.machines.values():
            machine.faults = Faults()
        return len(struck)

    def works(self, served: Controller, name: str) -> bool:
        """Whether what the module repairs works on a machine."""
        return self.service is None or starts(served.lab.machines[name], self.service)

    def everywhere(self, controller: Callable[..., Controller], ways: Ways) -> int:
        """Cut a repair off after each of its commands that may change something, then let it be completed; how many they were."""
        whole = controller([{"name": way, **machine} for way, machine in ways.items()])
        numbers, made, play = self.uninterrupted(whole)
        assert self.results(play) == dict.fromkeys(ways, ("ok", True)), play.output
        assert [way for way in ways if not made[way] or not self.works(whole, way)] == []

        points = list(cuts(whole))
        served = controller(
            [{"name": name, **ways[way], "faults": {"drop_after_total": point}} for name, way, point in points]
        )
        before = states(served)
        count = self.cut_off(served, points, numbers)
        after = states(served)
        partly = set()
        for name, way, _point in points:
            self.no_worse(before[name], after[name], made[way])
            if {} != differences(registry(before[name]), registry(after[name])) != made[way]:
                partly.add(way)
        assert partly == {way for way in ways if len(made[way]) > 1}

        completed = self.run(served)
        assert {status for status, _changed in self.results(completed).values()} == {"ok"}, completed.output
        last = states(served)
        for name, way, _point in points:
            assert differences(registry(before[name]), registry(last[name])) == made[way], name
            assert self.works(served, name), name
        return count
