"""Detections and other work of the agent: what the logs tell, and when it is too long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent
from support.event_xml import STORE, WSUS, detection, event, failure
from support.finding_checks import evidence_of
from support.windows_answers import CONTEXT, Windows
from support.windows_output import text

RESULTS = r"Auto Update\Results"


def ago(**age: float) -> str:
    """A time that long before the audit, as events write it."""
    return (CONTEXT.now - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def period(hours: int, enabled: int = 1) -> dict[str, Any]:
    return {"UseWUServer": 1, "DetectionFrequencyEnabled": enabled, "DetectionFrequency": hours}


@pytest.mark.parametrize(
    ("au", "hours"),
    [
        ({"UseWUServer": 1}, 72),
        (period(1), 72),
        (period(36), 72),
        (period(37), 74),
        (period(60), 120),
        (period(60, enabled=0), 72),
        (period(0), 72),
        ({"DetectionFrequency": 60, "UseWUServer": 1}, 72),
    ],
)
def test_when_the_last_detection_is_too_old(au: dict[str, Any], hours: int) -> None:
    just = Windows(au=au, update_log=detection(time=ago(hours=hours)))
    assert just.read(agent).stale_after == timedelta(hours=hours)
    assert just.found(agent) == {}
    found = Windows(au=au, update_log=detection(time=ago(hours=hours, seconds=1))).found(agent)
    assert [(each.id, each.severity, each.remedy) for each in found.values()] == [("agent.no_scan", "warning", "agent")]


def test_no_detection_says_since_when() -> None:
    old = Windows(update_log=detection(time=ago(days=9))).found(agent)["agent.no_scan"]
    assert "for 9 days" in old.summary
    assert evidence_of(old)[0] == {"what": "last successful scan", "value": ago(days=9)}
    none = Windows(update_log="").found(agent)["agent.no_scan"]
    assert "within the last 14 days" in none.summary
    assert evidence_of(none)[0]["value"] is None


@pytest.mark.parametrize("build", [9600, 19045])
def test_an_unreadable_log_is_no_missing_detection(build: int) -> None:
    assert list(Windows(build=build, update_log=15007).found(agent)) == ["agent.events_unreadable"]


@pytest.mark.parametrize(
    ("code", "good", "severity", "remedy"),
    [
        (0x8024402C, {"hours": 5}, "warning", "network"),
        (0x8024402C, {"days": 5}, "error", "network"),
        (0x8024402C, None, "error", "network"),
        (0x80072EE2, {"hours": 5}, "warning", "network"),
        (0x80244022, {"hours": 5}, "warning", "server_side"),
        (0x80248007, {"hours": 5}, "warning", "update_store"),
        (0x80070008, {"hours": 5}, "info", "agent"),
        (0x80070008, {"days": 5}, "error", "agent"),
    ],
)
def test_the_last_detection_failed(code: int, good: dict[str, int] | None, severity: str, remedy: str) -> None:
    log = detection(code, time=ago(hours=1)) + (detection(time=ago(**good)) if good else "")
    found = Windows(update_log=log).found(agent)
    assert list(found) == ["agent.scan_failed"]
    finding = found["agent.scan_failed"]
    assert (finding.severity, finding.remedy, finding.resolved) == (severity, remedy, False)
    assert finding.codes == (f"0x{code:08x}",)
    assert evidence_of(finding)[0]["time"] == ago(hours=1)
    assert evidence_of(finding)[-1]["value"] == (ago(**good) if good else None)


def test_detections_that_failed_before_the_last_good_one() -> None:
    codes = [0x8024402C, 0x80244022, 0x8024402C, 0x80072EE2]
    failed = "".join(detection(code, time=ago(hours=2 + n)) for n, code in enumerate(codes))
    finding = Windows(update_log=detection(time=ago(hours=1)) + failed).found(agent)["agent.scan_failed"]
    assert (finding.severity, finding.remedy, finding.resolved) == ("info", "none", True)
    assert finding.codes == ("0x8024402c", "0x80244022")
    assert [each["time"] for each in evidence_of(finding)] == [ago(hours=2), ago(hours=3), ago(hours=4)]


def test_the_newest_detection_counts_whatever_the_order_of_the_log() -> None:
    log = detection(0x8024402C, time=ago(hours=3)) + detection(time=ago(hours=1)) + detection(time=ago(hours=9))
    facts = Windows(update_log=log).read(agent)
    assert [each.time for each in facts.scans] == [ago(hours=1), ago(hours=3), ago(hours=9)]
    assert facts.last_good_scan == facts.newest


@pytest.mark.parametrize(
    ("service", "name"),
    [
        (WSUS, "wsus"),
        ("{9482F4B4-E343-43B6-B170-9A65BC822C77}", "windows_update"),
        ("7971f918-a847-4430-9279-4a52d1efe18d", "microsoft_update"),
        ("{00000000-0000-0000-0000-00000000000A}", "00000000-0000-0000-0000-00000000000a"),
        (None, None),
    ],
)
def test_the_service_that_was_asked(service: str | None, name: str | None) -> None:
    newest = Windows(au={}, update_log=detection(service=service)).read(agent).newest
    assert newest is not None
    assert (newest.service, newest.updates, newest.source) == (name, 3, "event 26")


def test_dual_scan_shows_in_the_services_of_detections() -> None:
    other = "{9482F4B4-E343-43B6-B170-9A65BC822C77}"
    log = detection(time=ago(hours=1), service=other) + detection(time=ago(hours=1, seconds=3))
    fact = Windows(update_log=log).read(agent).as_fact()
    assert [each["service"] for each in fact["events"]] == ["windows_update", "wsus"]


FLIGHTING, WINDOWS_UPDATE = "{8b24b027-1dee-babb-9a95-3517dfb9c552}", "{9482f4b4-e343-43b6-b170-9a65bc822c77}"
SOURCE = {"SetPolicyDrivenUpdateSourceForOtherUpdates": 0}


@pytest.mark.parametrize("other", [FLIGHTING, WINDOWS_UPDATE, "{117CAB2D-82B1-4B5A-A08C-4D62DBEE7782}"])
def test_where_a_server_is_used_only_its_scans_are_judged(other: str) -> None:
    """Another service's failure is none of the agent's, and its good scan ends no failure of WSUS."""
    failed = detection(0x80240438, time=ago(hours=1), service=other)
    assert Windows(update_log=failed + detection(time=ago(hours=2))).found(agent) == {}
    hidden = detection(time=ago(hours=1), service=other) + detection(0x8024401C, time=ago(hours=2))
    assert [(each.id, each.severity) for each in Windows(update_log=hidden).found(agent).values()] == [
        ("agent.scan_failed", "error")
    ]


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (detection(time=ago(hours=1), service=WINDOWS_UPDATE), "agent.other_source"),
        (detection(time=ago(days=4), service=WINDOWS_UPDATE), "agent.no_scan"),
        (detection(0x8024402C, time=ago(hours=1), service=WINDOWS_UPDATE), "agent.no_scan"),
        (detection(time=ago(hours=1), service=FLIGHTING), "agent.no_scan"),
        (detection(time=ago(hours=1), service=WINDOWS_UPDATE) + detection(time=ago(days=5)), "agent.no_scan"),
    ],
)
def test_an_agent_that_scans_another_source_is_not_silent(log: str, expected: str) -> None:
    """A policy that was applied after the last scan is no fault. A client that scanned WSUS before and stopped is one."""
    assert list(Windows(update_log=log).found(agent)) == [expected]


@pytest.mark.parametrize(
    ("build", "policy", "au", "judged"),
    [
        (19045, {}, {"UseUpdateClassPolicySource": 1}, False),
        (19045, SOURCE, {}, False),
        (17763, SOURCE, {"UseUpdateClassPolicySource": 1}, False),
        (19045, SOURCE, {"UseUpdateClassPolicySource": 1}, True),
        (19045, {}, {"UseWUServer": 0}, True),
        (19045, {"WUServer": ""}, {}, True),
        (9600, {}, {}, True),
    ],
)
def test_when_scans_of_windows_update_are_judged(
    build: int, policy: dict[str, Any], au: dict[str, Any], judged: bool
) -> None:
    log = detection(0x8024402C, time=ago(hours=1), service=WINDOWS_UPDATE) + detection(time=ago(hours=2))
    windows = Windows(
        build=build,
        policy={"WUServer": "http://wsus.example.com:8530"} | policy,
        au={"UseWUServer": 1} | au,
        update_log=log,
    )
    assert ("agent.scan_failed" in windows.found(agent)) is judged
    assert len(windows.read(agent).as_fact()["events"]) == 2


def test_where_the_limit_of_events_was_reached_it_is_said() -> None:
    """On an old Windows nothing else can be asked: neither is a scan missed that may have been, nor is the limit concealed."""
    failed = "".join(failure(31, 0x80D02002, time=ago(hours=n)) for n in range(1, 61))
    assert "agent.no_scan" not in Windows(build=9600, update_log=failed).found(agent)
    old = "".join(failure(31, 0x80D02002, time=ago(hours=20 * n)) for n in range(1, 61))
    finding = Windows(build=9600, update_log=old).found(agent)["agent.no_scan"]
    assert "as far back as the newest 60 events of the log reach" in finding.summary
    assert evidence_of(finding)[-1] == {"what": "limit of events reached", "value": 60}


def test_the_store_is_left_out() -> None:
    log = detection(0x80240438, time=ago(hours=1), service=STORE) + failure(31, 0x80070422, service=STORE)
    facts = Windows(update_log=log + detection(time=ago(hours=2)), system_log=failure(20, 1, service=STORE)).read(agent)
    assert ([each.time for each in facts.scans], facts.failures) == ([ago(hours=2)], ())
    assert list(Windows(update_log=detection(service=STORE)).found(agent)) == ["agent.no_scan"]


def test_events_of_other_providers_are_no_detections() -> None:
    log = event(26, {"updateCount": "1"}, provider="Other") + event(25, {"errorCode": "0x1"}, provider="Other")
    assert Windows(update_log=log).read(agent).scans == ()


@pytest.mark.parametrize(("count", "updates"), [("0", 0), ("12", 12), ("", None), ("many", None), ("-1", None)])
def test_the_number_of_updates(count: str, updates: int | None) -> None:
    newest = Windows(update_log=detection(updates=count)).read(agent).newest
    assert newest is not None
    assert newest.updates == updates


@pytest.mark.parametrize("text_of_code", ["0X8024402C", "x", ""])
def test_a_code_that_cannot_be_read_is_still_a_failure(text_of_code: str) -> None:
    log = event(25, {"errorCode": text_of_code}, provider="Microsoft-Windows-WindowsUpdateClient")
    newest = Windows(update_log=log).read(agent).newest
    assert newest is not None
    assert newest.succeeded is False


@pytest.mark.parametrize(("build", "kept"), [(7601, True), (9600, True), (10240, True), (14392, True), (14393, False)])
def test_results_in_the_registry_of_old_builds(build: int, kept: bool) -> None:
    times = {"Detect": "2026-11-22 20:00:00", "Download": "2026-11-21 10:00:00", "Install": "2026-11-20 10:00:00"}
    update = {rf"{RESULTS}\{name}": {"LastSuccessTime": text(time)} for name, time in times.items()}
    facts = Windows(build=build, update=update, update_log="").read(agent)
    newest = "2026-11-22T20:00:00.000Z"
    assert [(each.time, each.source) for each in facts.scans] == ([(newest, "registry")] if kept else [])
    assert facts.as_fact()["last_success"] == (
        {"scan": newest, "download": "2026-11-21T10:00:00.000Z", "install": "2026-11-20T10:00:00.000Z"} if kept else {}
    )
    assert facts.scans_regularly is kept


@pytest.mark.parametrize("time", ["", "22.11.2026 20:00:00", "2026-11-22", "2026-13-01 00:00:00"])
def test_results_that_are_no_times(time: str) -> None:
    update = {rf"{RESULTS}\Detect": {"LastSuccessTime": text(time)}, rf"{RESULTS}\Install": {}}
    facts = Windows(build=7601, update=update, update_log="").read(agent)
    assert (facts.scans, facts.last_success) == ((), ())


def test_the_text_log_tells_of_the_same_detections_as_the_event_log() -> None:
    line = (
        "2026-11-22\t21:00:00:000\t 940\t8d4\tReport\tREPORT EVENT: {D1}\t2026-11-22 21:00:00:000+0100\t1\t148\t101\t{0}\t0\t"
        "8024402c\tAutomaticUpdates\tFailure\tSoftware Synchronization\ttext"
    )
    both = Windows(build=7601, update_log=detection(0x8024402C, time=ago(hours=8)), text_log=line).read(agent)
    assert [each.source for each in both.scans] == ["event 25"]
    text_alone = Windows(build=7601, update_log="", text_log=line).read(agent)
    assert [(each.source, each.code) for each in text_alone.scans] == [("WindowsUpdate.log", 0x8024402C)]
