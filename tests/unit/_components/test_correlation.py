"""What events tell, held against the way to the server as it is now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import bits, correlation
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import scan_findings
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits import jobs
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy import finding_types as policy_types
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability import (
    finding_types as reachability_types,
)
from ansible_collections.wsus.client.plugins.plugin_utils._components.reachability import live_tests
from ansible_collections.wsus.client.plugins.plugin_utils._components.update_store.findings import DAMAGED
from ansible_collections.wsus.client.plugins.plugin_utils._components.update_store.findings import LIVE_TEST as STORE
from ansible_collections.wsus.client.plugins.plugin_utils._finding import NO_ACTION, Evidence, Finding, LiveTest
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit as _audit
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import Audit
from support.event_xml import detection, job
from support.finding_checks import evidence_of
from support.lab_host import Pc
from support.recording_host import MemoryHost
from support.web_responses import Served, broken, everywhere
from support.windows_answers import CONTEXT, Windows

IGNORED = Served({"part": {"status": 200, "size": 31620, "shown": ["MSCF"]}})
UNKNOWN = Served({"head": {"shown": ["HTTP/1.1 200 OK", ""]}})
# The codes that the article names, each with the fault of today that explains it.
CODES = [
    (0x80072EE7, broken(6, lookup=0, connect=0), "reachability.name_resolution"),
    (0x80072F78, broken(52), "reachability.answer"),
    (0x80072F78, everywhere(status=200, size=199, type="text/html"), "reachability.captive"),
    (0x80200013, IGNORED, "reachability.range_support"),
    (0x80200011, UNKNOWN, "reachability.file_size"),
    (0x80190193, everywhere(status=403), "reachability.forbidden"),
]
IDS = [f"{code:#x}-{identifier}" for code, _served, identifier in CODES]
BY_CODE = list({code: (code, served) for code, served, _identifier in CODES}.values())


def audit(served: Served, subset: list[str] | None = None, build: int = 19045, **logs: Any) -> Audit:
    machine = MemoryHost(Windows(build=build, web={None: served}, **logs))
    return _audit.gather(machine.session, subset or ["all"], CONTEXT)


def failed(code: int, served: Served, **more: Any) -> Finding:
    """The one finding of a machine whose BITS job failed with a code."""
    (finding,) = audit(served, bits_log=job(code), **more).findings
    return finding


def failed_untested(code: int) -> Finding:
    untested, finding = sorted(
        audit(Served(code=9010, asked=0), build=9600, bits_log=job(code)).findings,
        key=lambda each: each.component != "reachability",
    )
    assert untested.id == "reachability.untested"
    assert len(untested.evidence) == 1
    return finding


@pytest.mark.parametrize(("code", "served", "identifier"), CODES, ids=IDS)
@pytest.mark.parametrize("build", [9600, 19045])
def test_a_live_fault_and_the_job_that_failed_for_it_are_one(
    build: int, code: int, served: Served, identifier: str
) -> None:
    finding = failed(code, served, build=build)
    assert (finding.id, finding.severity, finding.resolved) == (identifier, "error", False)
    assert f"{code:#010x}" in finding.codes
    assert len(set(finding.codes)) == len(finding.codes)
    live = [each for each in evidence_of(finding) if "stage" in each]
    events = [each for each in evidence_of(finding) if "time" in each]
    assert live
    assert [each["url"] for each in events] == ["http://wsus.example.com:8530/Content/1.cab"]
    assert evidence_of(finding) == (*live, *events)


@pytest.mark.parametrize("code", [code for code, _served in BY_CODE])
def test_a_job_whose_file_is_refused_is_past_only_if_its_cause_affects_every_request(code: int) -> None:
    """A server that answers one request may refuse another file, or fail under load."""
    file, finding = audit(Served({"file": {"status": 500}}), bits_log=job(code)).findings
    assert (file.id, file.severity, file.remedy) == ("reachability.file", "warning", "server_side")
    assert f"{code:#010x}" in finding.codes
    assert finding.evidence
    if code in (0x80072F78, 0x80190193):
        assert (finding.component, finding.resolved) == ("bits", False)
        assert "does not show that this works again" in finding.cause
        return
    assert (finding.component, finding.severity, finding.remedy, finding.resolved) == ("bits", "info", "none", True)
    assert finding.summary.endswith("(resolved: the server is reachable now)")


@pytest.mark.parametrize("code", [code for code, _served in BY_CODE])
def test_a_job_whose_file_cannot_be_requested_is_not_past(code: int) -> None:
    file, finding = audit(Served({"file": {"status": 0, "size": 0, "shown": []}}), bits_log=job(code)).findings
    assert (file.id, file.remedy, file.codes) == ("reachability.file", "network", ())
    assert (finding.component, finding.resolved) == ("bits", False)


@pytest.mark.parametrize("code", [code for code, _served in BY_CODE])
def test_a_job_is_past_if_the_same_file_can_be_downloaded_now(code: int) -> None:
    finding = failed(code, Served())
    assert f"{code:#010x}" in finding.codes
    assert finding.evidence
    assert (finding.component, finding.severity, finding.remedy, finding.resolved) == ("bits", "info", "none", True)
    # HEAD asks for no range, which the test of the server does.
    why = "the server is reachable now" if code == 0x80200013 else "the same files can be downloaded now"
    assert finding.summary.endswith(f"(resolved: {why})")


@pytest.mark.parametrize("code", [code for code, _served in BY_CODE])
@pytest.mark.parametrize(
    "tested",
    [lambda code: failed(code, Served(), subset=["bits"]), failed_untested],
    ids=["not asked", "could not ask"],
)
def test_untested_it_stays(code: int, tested: Callable[[int], Finding]) -> None:
    finding = tested(code)
    assert (finding.component, finding.resolved) == ("bits", False)
    assert "in the past" not in finding.summary


@pytest.mark.parametrize("code", [code for code, _served in BY_CODE])
def test_another_fault_leaves_it_as_it_is(code: int) -> None:
    other = everywhere(status=401)
    found = audit(other, bits_log=job(code)).findings
    assert [each.component for each in found] == ["reachability", "bits"]
    (alone,) = audit(other, ["bits"], bits_log=job(code)).findings
    (live,) = audit(other, ["reachability"]).findings
    assert found == (live, alone)


def test_a_failed_detection_is_joined_too() -> None:
    found = audit(
        everywhere(status=503), update_log=detection(0x80244022, time="2026-11-22T20:00:00.0000000Z")
    ).findings
    assert [each.id for each in found] == ["reachability.unavailable"]
    assert "stage" in evidence_of(found[0])[0]
    assert any("time" in each for each in evidence_of(found[0]))


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (0x80244022, "server_side"),
        (0x80244010, "server_side"),
        (0x8024402C, "agent"),
        (0x80072EE2, "agent"),
        (0x8024401C, "server_side"),
        (0x8024800F, "agent"),
    ],
)
def test_only_a_scan_ends_a_failed_scan(code: int, remedy: str) -> None:
    """The server's pages answer; whether a scan succeeds, only a scan shows."""
    log = detection(code, time="2026-11-22T20:00:00.0000000Z")
    (finding,) = audit(Served(), update_log=log).findings
    assert (finding.id, finding.resolved, finding.severity) == ("agent.scan_failed", False, "error")
    assert finding.remedy == remedy
    assert "Single requests to the server succeed now" in finding.cause
    (past,) = audit(Served(), update_log=detection(time="2026-11-22T20:10:00.0000000Z") + log).findings
    assert (past.id, past.resolved) == ("agent.scan_failed", True)


def test_a_job_and_a_detection_are_joined_with_one_fault() -> None:
    (finding,) = audit(
        broken(6, lookup=0, connect=0),
        bits_log=job(0x80072EE7),
        update_log=detection(0x8024402C, time="2026-11-22T20:00:00.0000000Z"),
    ).findings
    assert finding.id == "reachability.name_resolution"
    assert len([each for each in evidence_of(finding) if "stage" not in each]) >= 2


TLS = {"WUServer": "https://wsus.example.com:8531", "WUStatusServer": "https://wsus.example.com:8531"}
NO_CONTENT = Served({"head": {"status": 0, "size": 0, "shown": [], "address": "", "connect": 0, "lookup": 0.004}}, 7, 6)
FAILED_SCAN = {"update_log": detection(0x80072EFD, time="2026-11-22T20:00:00.0000000Z")}


@pytest.mark.parametrize("build", [9600, 19045])
def test_a_closed_content_port_takes_the_downloads_that_failed_for_it_and_no_scan(build: int) -> None:
    scan, content = audit(NO_CONTENT, policy=TLS, build=build, bits_log=job(0x80072EFD), **FAILED_SCAN).findings
    assert (content.id, content.severity) == ("reachability.content_port", "warning")
    assert [each["time"] for each in evidence_of(content) if "time" in each] != []
    # The port for scans responds, which does not show that a scan succeeds.
    assert (scan.id, scan.severity, scan.resolved) == ("agent.scan_failed", "error", False)


def test_what_a_closed_content_port_does_not_explain_stays() -> None:
    content, failed_job = audit(NO_CONTENT, policy=TLS, bits_log=job(0x80200013)).findings
    assert [content.id, failed_job.id] == ["reachability.content_port", "bits.job_range_support"]
    assert (failed_job.severity, failed_job.resolved) == ("warning", False)


def test_with_an_open_content_port_failed_downloads_are_past() -> None:
    (finding,) = audit(Served(), policy=TLS, bits_log=job(0x80072EFD)).findings
    assert (finding.component, finding.resolved) == ("bits", True)


ROUTE = live_tests.LIVE_TEST
LIVE = Evidence.request({"stage": "connect"})
FAULT = reachability_types.CONNECT.found("s", cause="c", remedy="network", evidence=(LIVE,), codes=("0x80072efd",))
EVENT = jobs.JOB_FAILED.found(
    "s",
    cause="c",
    severity="warning",
    remedy="network",
    evidence=(Evidence.event({"time": "t"}),),
    codes=("0x80072efd",),
)
VALUE = Evidence.value("Start", 4)


def correlated(
    test: LiveTest, *findings: Finding, tested: bool = True, renewed: datetime | None = None
) -> list[Finding]:
    facts = SimpleNamespace(
        tested=tested,
        renewed=renewed,
        agent_route=SimpleNamespace(content_works=True),
        may_use_other_proxy=False,
        url="http://wsus.example.com:8530",
        files=(),
    )
    return correlation.correlate(findings, test, facts)


@pytest.mark.parametrize(
    "finding",
    [
        replace(EVENT, resolved=True),
        replace(EVENT, codes=()),
        replace(EVENT, evidence=()),
        replace(EVENT, evidence=(VALUE,)),
        replace(EVENT, evidence=(*EVENT.evidence, VALUE)),
        replace(EVENT, codes=("0x80070422",)),  # a cause on the machine: the service is disabled
        replace(EVENT, codes=("0x80072efd", "0x80070422")),
        replace(EVENT, type=bits.SERVICE.findings.start_failed),  # a start makes no request
    ],
)
def test_what_a_test_of_the_way_says_nothing_of(finding: Finding) -> None:
    assert correlated(ROUTE, finding, FAULT) == [FAULT, finding]
    assert correlated(ROUTE, finding) == [finding]


def test_what_is_explained_is_of_the_past_only_where_the_test_was_made() -> None:
    assert correlated(ROUTE, EVENT, tested=False) == [EVENT]
    (past,) = correlated(ROUTE, EVENT)
    assert (past.severity, past.remedy, past.resolved, past.action) == ("info", "none", True, NO_ACTION)


def test_what_policy_says_stands_before_what_the_way_shows() -> None:
    policy = policy_types.SERVER_PORT.found("s", cause="c", remedy="policy", evidence=EVENT.evidence, codes=EVENT.codes)
    assert correlated(ROUTE, EVENT, FAULT, policy)[0] == policy
    assert correlated(ROUTE, policy) == [policy]


def test_information_on_the_server_is_no_fault() -> None:
    slow = reachability_types.SLOW.found("s", cause="c", evidence=(LIVE,), codes=("0x80072efd",))
    assert [each.resolved for each in correlated(ROUTE, EVENT, slow)] == [True, False]


def test_two_faults_take_the_event_once() -> None:
    second = replace(FAULT, type=reachability_types.PROXY)
    joined = replace(FAULT, evidence=(*FAULT.evidence, *EVENT.evidence))
    assert correlated(ROUTE, EVENT, FAULT, second) == [joined, second]


def test_a_damaged_store_takes_every_failure_that_it_is_the_remedy_of_in_its_place() -> None:
    seen = Evidence.event({"time": "t", "code": "0x80248007", "source": "event 25"})
    value = Evidence.event({"what": "last successful scan", "value": None})
    failed = scan_findings.SCAN_FAILED.found(
        "s", cause="c", severity="error", remedy="update_store", evidence=(seen, value), codes=("0x80248007",)
    )
    damaged = DAMAGED.found(
        "s", cause="c", evidence=(Evidence.event({"time": "t", "code": "0x80248007", "kind": "scan"}),)
    )
    other = replace(failed, remedy="network")
    assert correlated(STORE, FAULT, failed, damaged, other) == [
        FAULT,
        replace(damaged, evidence=(*damaged.evidence, value), codes=("0x80248007",)),
        other,
    ]


@pytest.mark.parametrize(
    ("renewed", "resolved"),
    [(None, False), ("2026-11-22T19:00:00+00:00", False), ("2026-11-22T21:00:00+00:00", True)],
)
def test_only_a_rebuild_ends_what_shows_a_damaged_store(renewed: str | None, resolved: bool) -> None:
    seen = Evidence.event({"time": "2026-11-22T20:00:00.0000000Z", "code": "0x80248007"})
    failed = scan_findings.SCAN_FAILED.found("s", cause="c", severity="error", remedy="update_store", evidence=(seen,))
    rebuilt = datetime.fromisoformat(renewed) if renewed else None
    (finding,) = correlated(STORE, failed, renewed=rebuilt)
    assert (finding.resolved, finding.remedy) == ((True, "none") if resolved else (False, "agent"))
    assert finding.summary == ("s (resolved: the store was rebuilt since)" if resolved else "s")


def test_tests_are_found_among_the_declared_findings_once() -> None:
    assert correlation.live_tests(reachability_types.FINDINGS) == (
        live_tests.FILE_TEST,
        live_tests.AUTOMATIC_TEST,
        live_tests.LIVE_TEST,
        live_tests.CONTENT_TEST,
    )
    assert correlation.live_tests(bits.FINDINGS) == ()


def test_through_real_requests() -> None:
    pc = Pc()
    live = _audit.gather(
        pc.session, ["reachability"], replace(pc.context, tested_url="http://gone.example.test:8530", request_timeout=3)
    )
    assert [each.id for each in live.findings] == ["reachability.name_resolution"]
    joined = correlated(ROUTE, replace(EVENT, codes=("0x80072ee7",)), *live.findings)
    assert [each.id for each in joined] == ["reachability.name_resolution"]
    assert [("stage" in each, "time" in each) for each in evidence_of(joined[0])] == [(True, False), (False, True)]
