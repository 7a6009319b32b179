"""The end of a service that ran is no failed start, and is open until the service has worked for long enough."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent, bits
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.crashes import PROCESS_FAULTS
from support.event_xml import detection, event, scm
from support.finding_checks import evidence_of
from support.windows_answers import CONTEXT, Windows

DIED = {"wuauserv": (1, "STOPPED", 1067)}
RUNS = {"wuauserv": (4, "RUNNING", 0)}
NEVER_AGAIN = {"wuauserv": (1, "STOPPED", 1077)}


def ago(**age: float) -> str:
    """A time that long before the audit, as events write it."""
    return (CONTEXT.now - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def ends(*hours: float, service: str = "wuauserv", number: int = 7031) -> str:
    """Unexpected ends of the service so many hours ago."""
    return "".join(scm(number, "Windows Update", "1", service=service, time=ago(hours=each)) for each in hours)


def fault(program: str, module: str, hours: float) -> str:
    """A fault of a process, as Windows 7 to 10 write it: without names of the fields."""
    values = (program, "10.0.22621.1", "6f5e5f4b", module, "10.0.22621.1", "1a2b3c4d", "c0000005", "0000000000012345")
    data = {f"param{place}": value for place, value in enumerate(values, 1)}
    return event(1000, data, provider=PROCESS_FAULTS, time=ago(hours=hours))


@pytest.mark.parametrize(
    ("hours", "scan", "states", "outcome"),
    [
        ([4, 9], 3, RUNS, "warning"),  # a scan has ended well since, but the time between two of them has not passed
        ([4, 9], 3, {}, "warning"),
        ([6, 9], 2, RUNS, "resolved"),
        ([30, 200], 2, RUNS, "resolved"),  # a day is long enough
        ([5, 200], 2, RUNS, "warning"),
        ([4], 3, RUNS, "resolved"),
        ([4], 3, NEVER_AGAIN, "resolved"),
        ([0.2], 3, RUNS, "warning"),  # a recovery action has just started it again
        ([4], 8, RUNS, "resolved"),
        ([4], 8, NEVER_AGAIN, "warning"),
        ([4], 3, DIED, "error"),
        ([], 3, DIED, "error"),
    ],
)
def test_it_is_open_until_the_service_has_worked_for_long_enough(
    hours: list[float], scan: float, states: dict[str, Any], outcome: str
) -> None:
    windows = Windows(system_log=ends(*hours), update_log=detection(time=ago(hours=scan)), states=states)
    (finding,) = windows.found(agent).values()
    assert finding.id == "agent.crashed"
    assert ("resolved" if finding.resolved else finding.severity) == outcome
    assert finding.remedy == ("none" if finding.resolved else "administrator")
    assert "fails to start" not in finding.summary


def test_it_says_how_often_and_when_and_in_which_module() -> None:
    log = fault("svchost.exe_wuauserv", "wuaueng.dll", 4) + fault("svchost.exe_Themes", "themes.dll", 3)
    windows = Windows(system_log=ends(4, 9, 20), application_log=log, update_log=detection(time=ago(hours=3)))
    finding = windows.found(agent)["agent.crashed"]
    assert "3 times since 2026-11-22, the last time at 2026-11-23 00:15 UTC" in finding.summary
    assert "wuaueng.dll (exception c0000005)" in finding.cause
    assert [each["event_id"] for each in evidence_of(finding)] == [7031, 7031, 7031, 1000]


def test_the_process_is_asked_for_where_a_service_ended_only() -> None:
    assert Windows().asked_again(bits) == []
    (asked,) = Windows(system_log=ends(4, service="BITS", number=7034)).asked_again(bits)
    assert "EventID=1000" in asked
    assert "Data='svchost.exe_BITS'" in asked
    assert Windows(system_log=ends(4)).asked_again(bits) == []


def test_bits_that_ended_is_its_own_finding() -> None:
    windows = Windows(system_log=ends(4, 9, service="BITS", number=7034))
    (finding,) = windows.findings().values()
    assert (finding.id, finding.severity, finding.remedy) == ("bits.crashed", "warning", "administrator")
    assert [each["kind"] for each in windows.facts().as_fact()["events"]] == ["crash", "crash"]
