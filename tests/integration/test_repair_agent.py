"""wsus.client.repair heals every update agent that it can, and has no eye for one that only does not run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from broken import STARTED, Changes, Way
from broken_agent import DISABLED, WAYS, service
from playing import Controller
from repairing import CONFIRM, REPORT, Course, changes, course, definition, first_findings, starts, statuses

LANGUAGES = ("en", "ja", "de", "es")
NEW = ("windows-10-1607", "windows-10-1809", "windows-10-22h2", "windows-11-23h2", "windows-11-24h2", "server-2016")
NEW += ("server-2019", "server-2022", "server-2025")
HEALTHY = "healthy"


def healed(done: Course, served: Controller, expected: Mapping[str, Changes]) -> None:
    """What holds of every repair: the prediction is the deed, the deed is done once, and no other machine is touched."""
    before, predicted, repaired, last = done.states
    assert [play.exit_code for play in (done.predicted, done.repaired, done.again)] == [0, 0, 0], done.repaired.output
    assert predicted == before
    assert changes(done.predicted, "wsus_agent") == changes(done.repaired, "wsus_agent") == expected
    assert done.predicted.changed == done.repaired.changed == dict.fromkeys(expected, 1)
    assert (done.again.changed, done.again.of_module("wsus_agent"), last) == ({}, (), repaired)
    assert {name for name in before if before[name] != repaired[name]} == set(expected)
    assert [name for name in expected if not starts(served.lab.machines[name], "wuauserv")] == []
    assert set(statuses(done.repaired).values()) == set(statuses(done.again).values()) == {"healthy"}


def detected(done: Course) -> None:
    """Every repaired agent was triggered, and its detection was seen."""
    for each in done.repaired.of_module("wsus_agent"):
        seen = each.result["scan"]
        assert (seen["triggered"], seen["outcome"], seen["updates"]) == (True, "succeeded", 2), each.host
    for each in done.predicted.of_module("wsus_agent"):
        assert each.result["scan"] == {
            "triggered": False,
            "reported": False,
            "waited": 0,
            "outcome": None,
            "not_expected": None,
        }


def test_every_broken_agent_is_healed(controller: Callable[..., Controller]) -> None:
    """One language after the other; the ways differ in registry and codes, which know none."""
    languages = dict(zip(WAYS, LANGUAGES * len(WAYS), strict=False))
    fleet = [{"name": name, "language": languages[name], **way.machine} for name, way in WAYS.items()]
    served = controller([*fleet, {"name": HEALTHY}])
    done = course(served, "--forks", "8")
    healed(done, served, {name: way.changes for name, way in WAYS.items()})
    detected(done)
    assert first_findings(done.predicted) == {**{name: way.finding for name, way in WAYS.items()}, HEALTHY: ""}
    definitions = {name: definition(machine, "wuauserv") for name, machine in served.lab.machines.items()}
    # No list of privileges means all of LocalSystem's; Windows' own lists differ from update to update.
    assert definitions.pop("missing") == definitions[HEALTHY] | {"RequiredPrivileges": None}
    assert [name for name, each in definitions.items() if each != definitions[HEALTHY]] == []


def test_a_stopped_agent_is_healthy_and_a_disabled_one_is_not(controller: Callable[..., Controller]) -> None:
    """From Windows 10 on, in every language: started by triggers, it stops when it has nothing to do."""
    stopped = {"services": {"wuauserv": {"state": "stopped", "exit_code": 0}}}
    seven = Way("agent.disabled", service(values={"Start": 4}), (("start_type", "disabled", "delayed_auto"), STARTED))
    ways = {
        **dict.fromkeys(("windows-10-22h2-en", "windows-11-24h2-ja", "server-2016-de", "server-2025-es"), DISABLED),
        "windows-7-sp1-ja": seven,
    }
    fleet = [
        {"name": name, "windows": name.rpartition("-")[0], "language": name[-2:], **way.machine}
        for name, way in ways.items()
    ]
    idle = [
        {"name": f"idle-{windows}-{language}", "windows": windows, "language": language, **stopped}
        for windows, language in zip(NEW, LANGUAGES * 3, strict=False)
    ]
    served = controller([*fleet, *idle])
    for each in idle:
        assert served.lab.machines[each["name"]].state()["services"]["wuauserv"]["state"] == "STOPPED"
    done = course(served, "--forks", "8")
    healed(done, served, {name: way.changes for name, way in ways.items()})
    detected(done)
    assert first_findings(done.predicted) == {
        **dict.fromkeys(ways, "agent.disabled"),
        **{each["name"]: "" for each in idle},
    }


def test_a_scan_that_failed_on_its_way_is_followed_by_another(controller: Callable[..., Controller]) -> None:
    """The server answers now, so only a scan shows whether scans succeed: the role starts one, and believes it."""
    failed = [{"age": "30h", "code": 0x8024402C}, {"age": "3h", "code": 0x8024402C}]
    served = controller(
        [
            {"name": "works", "agent": {"detections": failed}},
            {"name": "fails", "agent": {"detections": failed, "next": {"code": 0x8024402C}}},
        ]
    )
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT)
    assert statuses(play) == {"works": "healthy", "fails": "failed"}
    assert play.changed == {}
    assert play.audit is not None
    assert (
        "The update agent is not repaired: The last scan failed: 0x8024402c"
        in play.audit["machines"]["fails"]["message"]
    )
