"""A repair that loses its machine after any of its remote commands: none ends worse than before, and the next run completes it.

One machine for each point at which the connection is cut; machines that an uninterrupted run repairs say how many there are,
and what becomes of each value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lab.machine import Faults
from playing import Controller, Play, module
from repairing import starts

NO_DLL = {"Parameters": {"ServiceDll": None}}
DRIFTED = {"ErrorControl": 0, "ServiceSidType": 0, "RequiredPrivileges": ["SeDebugPrivilege"], "FailureActions": None}
WAYS: Mapping[str, Mapping[str, Any]] = {
    "missing": {"services": {"BITS": {"deleted": True}}},
    "all-wrong": {
        "windows": "windows-11-24h2",
        "language": "ja",
        "services": {
            "BITS": {
                "values": {
                    **DRIFTED,
                    "ObjectName": "CONTOSO\\somebody",
                    "ImagePath": {"expand": "C:\\Windows\\System32\\svchost.exe \u2013k netsvcs"},
                    "Type": 0x10,
                },
                "keys": NO_DLL,
            }
        },
    },
    "disabled": {
        "windows": "windows-7-sp1",
        "language": "de",
        "services": {"BITS": {"values": {"Start": 4}}, "EventSystem": {"values": {"Start": 4}}},
    },
    "dll-and-group": {"windows": "server-2016", "services": {"BITS": {"listed": False, "keys": NO_DLL}}},
    "running": {"language": "es", "services": {"BITS": {"state": "running", "values": DRIFTED}}},
}
"""Broken machines; the last one works, with a definition that is not its Windows' own."""

BACKUP = r"C:\Windows\Temp\wsus.client-BITS-"
FORKS = ("--forks", "8")
# How many commands more or less a repair may take to wait for the services that it starts.
WAITS = 4

Registry = Mapping[tuple[str, str], Any]


def registry(state: Mapping[str, Any]) -> Registry:
    """All values of a machine by key and name."""
    return {(key, name): tuple(data) for key, values in state["registry"].items() for name, data in values.items()}


def differences(before: Registry, after: Registry) -> Registry:
    """What became of the values that are not as they were; None of one that is gone."""
    return {each: after.get(each) for each in before.keys() | after.keys() if before.get(each) != after.get(each)}


def states(served: Controller) -> dict[str, Any]:
    return {name: json.loads(state) for name, state in served.state().items()}


def programs(served: Controller, name: str) -> int:
    """How many programs were run on a machine."""
    return sum(len(record.commands) for record in served.lab.machines[name].log)


def cuts(numbers: Mapping[str, int]) -> Iterator[tuple[str, str, int]]:
    """Machine, way and point of each cut."""
    for way, number in numbers.items():
        yield from ((f"{way}-{point:02d}", way, point) for point in range(1, number + 1))


def results(play: Play) -> dict[str, tuple[str, bool]]:
    return {each.host: (each.status, bool(each.result.get("changed"))) for each in play.of_module("wsus_bits")}


def uninterrupted(served: Controller) -> tuple[dict[str, int], dict[str, Registry], Play]:
    """The number of programs of a whole run, and what it makes of the registry, by machine."""
    before = states(served)
    play = served.play(module("wsus_bits"))
    after = states(served)
    made = {name: differences(registry(before[name]), registry(after[name])) for name in before}
    return {name: programs(served, name) for name in before}, made, play


def no_worse(before: Mapping[str, Any], cut: Mapping[str, Any], made: Registry) -> None:
    """Every value is as it was or as a repair makes it, no service is gone or newly disabled, and what ran runs."""
    changed = differences(registry(before), registry(cut))
    assert changed.items() <= made.items()
    assert before["services"].keys() <= cut["services"].keys()
    for name, service in before["services"].items():
        now = cut["services"][name]
        assert (now["start"] == 4) <= (service["start"] == 4), name
        if service["state"] == "RUNNING" and now["state"] != "RUNNING":
            # Only BITS is restarted, and only when its whole definition is repaired.
            assert (name, now["exit_code"]) == ("BITS", 0)
            assert changed == made
    new = differences(dict(before["files"]), dict(cut["files"]))
    assert [name for name in new if not name.startswith(BACKUP)] == []


def cut_off(served: Controller, points: list[tuple[str, str, int]], numbers: Mapping[str, int]) -> int:
    """Run wsus_bits on machines that are cut off at their points; how many were."""
    play = served.play(module("wsus_bits"), *FORKS)
    struck = {name: point for name, _way, point in points if results(play)[name][0] == "unreachable"}
    assert {name for name, way, point in points if point <= numbers[way] - WAITS} <= struck.keys()
    assert struck == {name: programs(served, name) for name in struck}
    for machine in served.lab.machines.values():
        machine.faults = Faults()
    return len(struck)


def test_a_cut_after_every_command(controller: Callable[..., Controller]) -> None:
    whole = controller([{"name": way, **machine} for way, machine in WAYS.items()])
    numbers, made, play = uninterrupted(whole)
    assert results(play) == dict.fromkeys(WAYS, ("ok", True)), play.output
    assert [way for way in WAYS if not made[way] or not starts(whole.lab.machines[way])] == []

    points = list(cuts(numbers))
    served = controller(
        [{"name": name, **WAYS[way], "faults": {"drop_after_total": point}} for name, way, point in points]
    )
    before = states(served)
    count = cut_off(served, points, numbers)
    after = states(served)
    partly = set()
    for name, way, _point in points:
        no_worse(before[name], after[name], made[way])
        if {} != differences(registry(before[name]), registry(after[name])) != made[way]:
            partly.add(way)
    assert partly == set(WAYS)

    completed = served.play(module("wsus_bits"), *FORKS)
    assert {status for status, _changed in results(completed).values()} == {"ok"}, completed.output
    last = states(served)
    for name, way, _point in points:
        assert differences(registry(before[name]), registry(last[name])) == made[way], name
        assert starts(served.lab.machines[name]), name
    assert (
        count >= 150
    )  # about 160 of the points are reached: how often a state is asked for while waiting depends on time


def test_a_cut_while_a_failed_repair_is_put_back(controller: Callable[..., Controller]) -> None:
    wrong = {"Start": 4, "ErrorControl": 0, "ServiceSidType": 0, "RequiredPrivileges": ["SeDebugPrivilege"]}
    service = {"values": wrong, "keys": {"Parameters": {"ServiceDll": {"expand": "C:\\Windows\\System32\\es.dll"}}}}
    failing = {"services": {"BITS": {**service, "start_fails_with": 0x80040154}}}
    whole = controller([{"name": "well", "services": {"BITS": service}}, {"name": "failing", **failing}])
    numbers, made, play = uninterrupted(whole)
    assert results(play) == {"well": ("ok", True), "failing": ("failed", False)}, play.output
    assert made["failing"] == {}
    assert len(made["well"]) >= 5

    points = [(f"failing-{point:02d}", "failing", point) for point in range(1, numbers["failing"] + 1)]
    served = controller(
        [{"name": name, **failing, "faults": {"drop_after_total": point}} for name, _way, point in points]
    )
    before = states(served)
    assert cut_off(served, points, numbers) >= 40
    after = states(served)
    for name, _way, _point in points:
        no_worse(before[name], after[name], made["well"])

    # The next run fails as well and puts back what it changed, or finds the definition whole and nothing to be done.
    again = served.play(module("wsus_bits"), *FORKS)
    last = states(served)
    outcomes = results(again)
    assert set(outcomes.values()) == {("failed", False), ("ok", False)}, again.output
    for name, _way, _point in points:
        left = differences(registry(before[name]), registry(last[name]))
        assert left == differences(registry(before[name]), registry(after[name])), name
        assert outcomes[name][0] == "failed" or left == made["well"], name
