"""The services that the agent uses: what events, failed updates and their states say of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import agent
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit
from support.event_xml import detection, failure, scm
from support.finding_checks import evidence_of
from support.recording_host import MemoryHost
from support.windows_answers import CONTEXT, Windows

STOPPED = (1, "STOPPED", 0)


def ago(**age: float) -> str:
    """A time that long before the audit, as events write it."""
    return (CONTEXT.now - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def found(**machine: Any) -> list[Finding]:
    """The findings of an audit of the agent."""
    machine = {"update_log": detection(time=ago(hours=8)), **machine}
    return list(audit.gather(MemoryHost(Windows(**machine)).session, ["agent"], CONTEXT).findings)


def download(code: int, hours: float = 2) -> str:
    return failure(31, code, title="2026-11 Cumulative Update (KB5070000)", time=ago(hours=hours))


def test_a_service_that_ended_with_an_error_is_the_cause_of_the_downloads() -> None:
    # A public report on Windows 10 1809: Delivery Optimization ends with access denied (7024).
    (finding,) = found(
        system_log=scm(7024, "Delivery Optimization", "%%2147942405", service="DoSvc", time=ago(hours=3)),
        update_log=detection(time=ago(hours=8)) + download(0x80010108, 4) + download(0x80240022, 5),
        states={"DoSvc": (1, "STOPPED", 1066)},
    )
    assert (finding.id, finding.severity, finding.remedy) == ("agent.helper_failed", "warning", "administrator")
    assert "DoSvc" in finding.summary
    assert "0x80070005" in finding.summary
    assert {"0x80070005", "0x80010108"} <= set(finding.codes)
    assert {each.get("event_id") for each in evidence_of(finding)} == {None, 7024, 31}


@pytest.mark.parametrize("state", [(4, "RUNNING", 0), STOPPED])
@pytest.mark.parametrize("number", [7000, 7023, 7024])
def test_a_service_that_has_started_since_is_no_fault(state: tuple[int, str, int], number: int) -> None:
    (finding,) = found(
        system_log=scm(number, "x", "%%1053", service="TrustedInstaller", time=ago(hours=3)),
        states={"TrustedInstaller": state},
    )
    assert (finding.id, finding.severity, finding.resolved) == ("agent.helper_failed", "info", True)


@pytest.mark.parametrize(
    ("log", "code"),
    [
        (scm(7000, "CryptSvc", "%%1069", service="CryptSvc", time=ago(hours=3)), "0x8007042d"),
        (scm(7009, "30000", "CryptSvc", service="CryptSvc", time=ago(hours=3)), "0x8007041d"),
        (scm(7023, "CryptSvc", "%%1083", service="CryptSvc", time=ago(hours=3)), "0x8007043b"),
        (scm(7023, "Kryptografiedienste", "%%1083", service=None, time=ago(hours=3)), "0x8007043b"),
    ],
)
def test_the_code_of_the_service_is_explained_as_its_own(log: str, code: str) -> None:
    (finding,) = found(system_log=log * 2, states={"CryptSvc": (1, "STOPPED", 1069)})
    assert finding.codes == (code,)
    assert "2 times" in finding.summary
    assert not any(name in finding.cause for name in ("BITS", "LocalSystem", "netsvcs"))


def test_scans_that_fail_as_well_make_an_error_of_it() -> None:
    log = scm(7024, "x", "%%5", service="UsoSvc", time=ago(hours=3))
    findings = {each.id: each for each in found(system_log=log, update_log="", states={"UsoSvc": (1, "STOPPED", 5)})}
    assert findings["agent.helper_failed"].severity == "error"


def test_the_service_of_the_firewall_is_asked_for_by_its_code() -> None:
    # Microsoft, "Windows Update common errors and mitigation", 0x800706D9: ensure that Windows Firewall is enabled.
    log = detection(time=ago(hours=8)) + download(0x800706D9)
    windows = Windows(update_log=log)
    assert "sc.exe queryex MpsSvc" in windows.asked_again(agent)
    assert "sc.exe queryex MpsSvc" not in Windows(update_log=detection(time=ago(hours=8))).asked_again(agent)
    (finding,) = found(update_log=log, starts={"MpsSvc": "0x4", "BFE": "0x2"}, states={"MpsSvc": STOPPED})
    assert (finding.id, finding.severity, finding.remedy) == ("agent.helper_disabled", "warning", "administrator")
    assert finding.codes == ("0x80070422", "0x800706d9")
    assert "sc.exe config MpsSvc start= auto" in finding.action


def test_a_firewall_that_is_stopped_is_the_cause_and_one_that_runs_is_not() -> None:
    log = {"update_log": detection(time=ago(hours=8)) + download(0x800706D9)}
    starts = {"MpsSvc": "0x2", "BFE": "0x2"}
    (stopped,) = found(**log, starts=starts, states={"MpsSvc": STOPPED})
    assert (stopped.id, stopped.codes) == ("agent.helper_failed", ("0x800706d9",))
    (running,) = found(**log, starts=starts)
    assert running.id == "agent.download_failed"


def test_a_service_that_ended_is_told_apart_from_a_failed_start() -> None:
    ends = "".join(scm(7031, "x", "1", service="DoSvc", time=ago(hours=each)) for each in (2, 9))
    (finding,) = found(system_log=ends, update_log=detection(time=ago(hours=8)) + download(0x800706BE))
    assert (finding.id, finding.severity, finding.remedy) == ("agent.helper_crashed", "warning", "administrator")
    assert "0x800706be" in finding.codes
    assert "2 times" in finding.summary


def test_events_of_services_that_the_agent_does_not_use_are_not_ours() -> None:
    assert (
        found(system_log=scm(7023, "Spooler", "%%1083", service="Spooler") + scm(7034, "x", "1", service="Fax")) == []
    )


def test_the_events_of_a_helper_are_published() -> None:
    windows = Windows(system_log=scm(7023, "x", "%%1083", service="CryptSvc") + scm(7034, "x", "1", service="CryptSvc"))
    events = windows.read(agent).as_fact()["events"]
    assert [(each["kind"], each["service"]) for each in events if each["kind"] != "scan"] == [
        ("start", "CryptSvc"),
        ("crash", "CryptSvc"),
    ]
