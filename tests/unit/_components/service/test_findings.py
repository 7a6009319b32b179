"""What can be wrong with any service, in its own words; its failed starts with the faults that explain them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits import BitsOptions
from ansible_collections.wsus.client.plugins.plugin_utils._components.service import probe
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.dependencies import require_dependencies
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.desired import Desired, desired
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.findings import drift, faults
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.plan import DefinitionUnreadable, plan
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.start_failures import StartFailure
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.start_findings import past_and_present
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.steps import GroupUnreadable
from ansible_collections.wsus.client.plugins.plugin_utils._finding import NO_ACTION, Finding
from ansible_collections.wsus.client.plugins.plugin_utils._windows import service_key
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers
from support.finding_checks import evidence_of
from support.other_service import BASELINE, COURIER, HEALTHY, KEY, answers, courier
from support.task_options import options
from support.windows_output import answer, dword, multi, registry, text

DLL = r"%SystemRoot%\System32\courier.dll"
TIME = "2026-11-20T08:00:00.0000000Z"


def failed(code: int, time: str = TIME) -> StartFailure:
    return StartFailure(time, "System", 7000, code)


def findings(*start_failures: StartFailure, last_worked: str = "", **broken: Any) -> list[Finding]:
    facts = courier(*start_failures, **broken)
    live = faults(facts)
    return [*past_and_present(facts, live, last_worked), *drift(facts, live)]


def test_nothing_is_wrong_with_a_healthy_service() -> None:
    assert findings() == []
    assert findings(states={"Courier": 4}) == []


@pytest.mark.parametrize(
    ("broken", "identifier", "summary", "code"),
    [
        (
            {"states": {"Courier": 0}},
            "agent.missing",
            "The courier (Courier) is not installed: the service does not exist",
            "0x80070424",
        ),
        ({"Start": dword(4)}, "agent.disabled", "The courier (Courier) is disabled", "0x80070422"),
        (
            {"ObjectName": text("LocalSystem")},
            "agent.account",
            r"The courier (Courier) runs as LocalSystem; it must run as NT AUTHORITY\LocalService",
            "0x8007042d",
        ),
        (
            {"ImagePath": text("svchost.exe -k netsvcs")},
            "agent.path",
            "The image path of the courier (Courier) is not svchost.exe with -k couriers but svchost.exe -k netsvcs",
            None,
        ),
        (
            {"members": "Themes"},
            "agent.svchost_group",
            "The courier (Courier) is not listed in the svchost group couriers",
            "0x8007043b",
        ),
        (
            {"dll": r"C:\qmgr.dll"},
            "agent.service_dll",
            r"Parameters\ServiceDll of the courier (Courier) is C:\qmgr.dll",
            "0x80070002",
        ),
        (
            {"Type": dword(1)},
            "agent.service_type",
            "The service type of the courier (Courier) is kernel_driver; it must be share_process",
            None,
        ),
        (
            {"RequiredPrivileges": multi("SeShutdownPrivilege")},
            "agent.privileges",
            "The courier (Courier) lacks SeTcbPrivilege",
            None,
        ),
        (
            {"states": {"Stable": 0}},
            "agent.dependency_missing",
            "The courier (Courier) depends on Stable, which does not exist",
            "0x80070433",
        ),
        (
            {"states": {"Stable": 1}, "starts": {"Stable": 4}},
            "agent.dependency_failed",
            "The courier (Courier) depends on Stable (disabled), which cannot start",
            "0x8007042c",
        ),
    ],
)
def test_a_fault_is_told_in_the_words_of_the_service(
    broken: dict[str, Any], identifier: str, summary: str, code: str | None
) -> None:
    (finding,) = findings(**broken)
    assert (finding.id, finding.component, finding.severity, finding.remedy) == (identifier, "agent", "error", "agent")
    assert finding.summary == summary
    assert finding.codes == (() if code is None else (code,))
    assert finding.evidence
    assert "BITS" not in finding.summary


def test_a_state_in_which_it_does_nothing() -> None:
    (finding,) = findings(states={"Courier": 3})
    assert (finding.id, finding.severity, finding.remedy) == ("agent.state", "warning", "agent")
    assert finding.summary == "The courier (Courier) is stop_pending"


def test_a_service_whose_key_cannot_be_read() -> None:
    installed = {"Courier": 1, "Stable": 4, "Post": 4}
    results = answers(installed, {"Stable": 2, "Post": 2}, {}, "Courier", "")
    key = probe.probe_for_change(COURIER)[0]
    facts = probe.read(COURIER, results | Answers([answer(key, "", 1)]), BASELINE, r"C:\Windows")
    (finding,) = faults(facts)
    assert (finding.id, finding.severity, finding.remedy) == (
        "agent.definition_unreadable",
        "error",
        "administrator",
    )
    assert "the courier (Courier)" in finding.summary


def test_drift_is_what_no_fault_tells() -> None:
    broken = findings(Start=dword(4), ErrorControl=dword(0))
    assert [(each.id, each.severity, each.remedy) for each in broken] == [
        ("agent.disabled", "error", "agent"),
        ("agent.drift", "info", "agent"),
    ]
    assert broken[1].summary == (
        "The courier (Courier) differs from the default of this Windows version (the default) in error_control"
    )
    assert broken[1].cause.endswith("the courier (Courier) works with it.")


def test_a_failed_start_is_evidence_of_the_fault_that_explains_it() -> None:
    (finding,) = findings(failed(0x80070422), Start=dword(4))
    assert finding.id == "agent.disabled"
    assert [each.get("event_id") for each in evidence_of(finding)] == [None, 7000]


@pytest.mark.parametrize(
    ("start_failures", "more", "identifier", "severity", "remedy", "resolved"),
    [
        ([failed(0x80070002)], {}, "agent.service_dll", "error", "administrator", False),
        ([failed(0x80070422)], {}, "agent.disabled", "info", "none", True),  # enabled again
        ([failed(0x8007041D)], {}, "agent.start_failed", "error", "agent", False),
        ([failed(0x8007041D)], {"states": {"Courier": 4}}, "agent.start_failed", "info", "none", True),
        (
            [failed(0x8007041D)],
            {"last_worked": "2026-11-20T08:00:00.0000001Z"},
            "agent.start_failed",
            "info",
            "none",
            True,
        ),
        ([failed(0x8007041D)], {"last_worked": TIME}, "agent.start_failed", "error", "agent", False),
        # A code that means something special only to BITS.
        ([failed(0x80040154)], {}, "agent.start_failed", "error", "administrator", False),
        ([failed(0x8007007E)], {}, "agent.service_dll", "error", "administrator", False),
    ],
)
def test_a_failed_start_that_nothing_explains(
    start_failures: list[StartFailure],
    more: dict[str, Any],
    identifier: str,
    severity: str,
    remedy: str,
    resolved: bool,
) -> None:
    (finding,) = findings(*start_failures, **more)
    assert (finding.action == NO_ACTION) is resolved
    assert ("wsus.client.agent" in finding.action) is (identifier != "agent.start_failed" and remedy == "agent")
    assert (finding.id, finding.severity, finding.remedy, finding.resolved) == (identifier, severity, remedy, resolved)
    assert finding.summary.startswith("The courier (Courier) fail")


def test_beside_another_fault_a_failed_start_is_a_warning() -> None:
    broken = findings(failed(0x8007041D), Start=dword(4))
    assert [(each.id, each.severity) for each in broken] == [
        ("agent.disabled", "error"),
        ("agent.start_failed", "warning"),
    ]


def cut(*lines: str, dll_listed: bool = False) -> Answers:
    """The answers of a healthy machine, but the service's key was listed in part only."""
    healthy = answers({"Courier": 4, "Stable": 4, "Post": 4}, {"Stable": 2, "Post": 2}, {}, "Courier", DLL)
    parameters = registry(rf"{KEY}\Courier\Parameters", {"ServiceDll": ("REG_EXPAND_SZ", DLL)} if dll_listed else {})
    values = {name: value for name, value in HEALTHY.items() if value is not None and name not in lines}
    text = registry(rf"{KEY}\Courier", values, further=parameters)
    return healthy | Answers([answer(service_key.definition("Courier"), text, 1)])


def test_what_a_cut_listing_lacks_is_not_missing() -> None:
    """reg.exe ends with 1 where it may not read a key below: what is not listed is unknown, and what is listed counts."""
    facts = probe.read(COURIER, cut("ObjectName", "DependOnService", "ServiceSidType"), BASELINE, r"C:\Windows")
    (finding,) = faults(facts)
    assert (finding.id, finding.remedy) == ("agent.definition_unreadable", "administrator")
    assert list(drift(facts, [finding])) == []
    with pytest.raises(DefinitionUnreadable, match="Nothing was changed"):
        plan(facts, wanted(), r"C:\Windows")


def test_what_a_cut_listing_has_is_judged() -> None:
    whole = cut(dll_listed=True)
    disabled = answer(
        service_key.definition("Courier"), registry(rf"{KEY}\Courier", {"Start": ("REG_DWORD", "0x4")}), 1
    )
    facts = probe.read(COURIER, whole | Answers([disabled]), BASELINE, r"C:\Windows")
    assert [each.id for each in faults(facts)] == ["agent.definition_unreadable", "agent.disabled"]


def test_a_dependency_whose_name_is_damaged_is_not_missing_and_not_asked_for() -> None:
    facts = courier(DependOnService=multi("Stable", "B\ufffdro"))
    assert [each.id for each in faults(facts)] == []
    assert [each.known for each in facts.dependencies] == [True, False]
    assert probe.follow_up(COURIER, facts.related_services) == ()
    require_dependencies(facts, replace(wanted(), managed=frozenset()))


def test_a_group_with_a_damaged_name_is_not_written() -> None:
    facts = courier(members="Themes\\0B\ufffdro")
    with pytest.raises(GroupUnreadable, match="winrm"):
        plan(facts, wanted(), r"C:\Windows")
    (step,) = plan(courier(members=r"Themes\0Büro"), wanted(), r"C:\Windows")
    assert "Büro" in str(step.do)


@pytest.mark.parametrize("path", ["C:\\B\ufffdro\\x.exe", "C:\\B?ro\\x.exe"])
def test_a_damaged_path_is_not_written_back(path: str) -> None:
    (step,) = plan(courier(ImagePath=text(path)), wanted(), r"C:\Windows")
    assert (step.changes[0].before, step.undo) == (path, ())
    (both,) = plan(courier(ImagePath=text(path), ErrorControl=dword(0)), wanted(), r"C:\Windows")
    assert [str(each) for each in both.undo] == ["sc.exe config Courier error= ignore"]


def wanted() -> Desired:
    """The whole profile."""
    return desired(options(BitsOptions, definition="windows_default"), BASELINE, "demand")
