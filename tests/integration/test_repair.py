"""wsus.client.repair heals every machine that it can: predicted exactly, done once, and nothing else touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle

import pytest
import yaml
from broken import LEFT_ALONE, ROWS, WAYS, Changes
from playing import FLEETS, Controller
from repairing import CONFIRM, REPORT, Course, changes, course, definition, first_findings, starts, statuses
from test_audit import ROWS as DIAGNOSED

pytestmark = pytest.mark.long

HEALTHY = "healthy"
FOR_WINDOWS = "start-80070433-dependency-deleted"
SENS = "job-800704dd-not-logged-on"
LANGUAGES = ("en", "ja", "de", "es")


def healed(done: Course, served: Controller, expected: Mapping[str, Changes]) -> None:
    """What holds of every repair: the prediction is the deed, the deed is done once, and no other machine is touched."""
    before, predicted, repaired, last = done.states
    assert predicted == before
    assert changes(done.predicted) == changes(done.repaired) == expected
    assert changes(done.again) == {}
    assert last == repaired
    assert set(done.predicted.changed) == set(done.repaired.changed) == set(expected)
    assert done.again.changed == {}
    assert {name for name in before if before[name] != repaired[name]} == set(expected)
    assert [name for name in expected if not starts(served.lab.machines[name])] == []


def test_every_row_of_the_articles_tables_is_healed_or_left_alone(controller: Callable[..., Controller]) -> None:
    """In one language after the other; ``test_tables`` audits the telling rows in each."""
    rows = yaml.safe_load((FLEETS / "bits_tables.yml").read_text(encoding="utf-8"))["machines"]
    served = controller([{**row, "language": language} for row, language in zip(rows, cycle(LANGUAGES), strict=False)])
    done = course(served)
    healed(done, served, ROWS)
    assert {*ROWS, *LEFT_ALONE} == set(DIAGNOSED)
    assert first_findings(done.predicted) == {name: finding for name, (finding, _status) in DIAGNOSED.items()}

    # The job that failed for want of SENS is still in the log, and a warning.
    expected = {name: "healthy" if name in ROWS else DIAGNOSED[name][1] for name in DIAGNOSED}
    expected |= {SENS: "degraded", FOR_WINDOWS: "failed"}
    assert statuses(done.repaired) == statuses(done.again) == expected
    assert "bits.sens" not in {finding for name, finding in first_findings(done.again).items() if name != SENS}

    # Nothing of ours makes EventSystem anew: said before anything is changed, and the machines beside it are not held up.
    for play in (done.predicted, done.repaired, done.again):
        (failed,) = [each for each in play.of_module("wsus_bits") if each.status == "failed"]
        assert (play.exit_code, failed.host, failed.result["reason"]) == (2, FOR_WINDOWS, "dependency_missing")
        assert "EventSystem, which does not exist" in failed.result["msg"]


def test_every_broken_definition_is_healed(controller: Callable[..., Controller]) -> None:
    """In one language after the other: the ways differ in registry and codes, which know none."""
    fleet = [
        {"name": name, "language": language, **way.machine}
        for (name, way), language in zip(WAYS.items(), cycle(LANGUAGES), strict=False)
    ]
    served = controller([*fleet, {"name": HEALTHY}])
    done = course(served)
    healed(done, served, {name: way.changes for name, way in WAYS.items()})
    assert first_findings(done.predicted) == {**{name: way.finding for name, way in WAYS.items()}, HEALTHY: ""}
    assert statuses(done.predicted) == {**dict.fromkeys(WAYS, "broken"), HEALTHY: "healthy"}
    assert set(statuses(done.repaired).values()) == set(statuses(done.again).values()) == {"healthy"}
    assert [play.exit_code for play in (done.predicted, done.repaired, done.again)] == [0, 0, 0]
    machines = served.lab.machines
    assert [name for name in WAYS if definition(machines[name]) != definition(machines[HEALTHY])] == []


@pytest.mark.smoke
def test_a_broken_machine_is_healed(controller: Callable[..., Controller]) -> None:
    served = controller([{"name": "pc", "language": "de", **WAYS["disabled"].machine}])
    play = served.play("wsus.client.repair", *CONFIRM, *REPORT)
    assert play.exit_code == 0, play.output
    assert changes(play) == {"pc": WAYS["disabled"].changes}
    assert statuses(play) == {"pc": "healthy"}
    assert starts(served.lab.machines["pc"])
