"""Failures of Group Policy by event: each cause has its finding, with the object, the file and the code of the event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import policy
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import event_queries
from support.event_xml import event
from support.finding_checks import evidence_of, only
from support.group_policies import REGISTRY, WSUS, state
from support.windows_answers import Windows
from support.windows_output import dword

NOTHING: dict[str, Any] = {"policy": {}, "au": {}}
LOCAL_FILE = r"C:\Windows\System32\GroupPolicy\Machine\registry.pol"
GPO = "cn={6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1},cn=policies,cn=system,DC=example,DC=com"
IN_SYSVOL = r"\\example.com\SysVol\example.com\Policies\{6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}"


def told(
    number: int, code: int | None = None, gpo: str = "", file: str = "", *, time: str = "04:00", **data: str
) -> str:
    """An event of the Group Policy client, at a time of the day of the audit, which is 04:15."""
    named = {"DCName": r"\\dc1.example.com", "GPOCNName": gpo, "FilePath": file, **data}
    fields = ({} if code is None else {"ErrorCode": str(code)}) | {name: text for name, text in named.items() if text}
    when = f"2026-11-23T{time}:00.0000000Z"
    return event(number, fields, provider=event_queries.GROUP_POLICY, time=when, user="S-1-5-18")


def machine(*events: str, **fields: Any) -> Windows:
    """A member of a domain whose policy was processed a day ago, with events, newest first."""
    return Windows(**{"group_policy": state(age=timedelta(days=1)), "system_log": "".join(events), **fields})


CAUSES = [
    (told(1096, 13, "LocalGPO", LOCAL_FILE), "local_file_unreadable", LOCAL_FILE, ("0x8007000d",)),
    (told(1096, 32, "LocalGPO", LOCAL_FILE), "local_file_unreadable", "0x80070020", ("0x80070020",)),
    (told(1096, 13, GPO, rf"{IN_SYSVOL}\Machine\registry.pol"), "sysvol_unreadable", "GPO WSUS clients", ("0x8007000d",)),
    (told(1058, 3, GPO, rf"{IN_SYSVOL}\gpt.ini"), "sysvol_unreadable", rf"{IN_SYSVOL}\gpt.ini", ("0x80070003",)),
    (told(1058, 5, "cn={0},cn=x", rf"{IN_SYSVOL}\gpt.ini"), "sysvol_unreadable", "GPO cn={0},cn=x", ("0x80070005",)),
    (told(1030, 2), "sysvol_unreadable", "event 1030", ("0x80070002",)),
    (told(1006, 49, ErrorDescription="Invalid Credentials"), "account_refused", "event 1006 Invalid Credentials", ()),
    (told(1055, 5), "account_refused", "event 1055", ("0x80070005",)),
    (told(1058, 1396, GPO), "account_refused", "event 1058", ("0x80070574",)),
    (told(1097), "account_refused", "event 1097", ()),
    (told(1126), "clock_differs", "event 1126", ()),
    (told(1055, 1398), "clock_differs", "event 1055", ("0x80070576",)),
    (told(1002, 14), "processing_incomplete", "event 1002", ("0x8007000e",)),
    (told(1065, None, GPO), "processing_incomplete", "at the GPO WSUS clients", ()),
]  # fmt: skip


@pytest.mark.parametrize(("log", "name", "words", "codes"), CAUSES)
def test_each_cause_has_its_finding(log: str, name: str, words: str, codes: tuple[str, ...]) -> None:
    finding = only(policy, machine(log), f"policy.{name}")
    assert (finding.severity, finding.remedy, finding.codes) == ("warning", "administrator", codes)
    assert words in finding.summary
    assert finding.summary.endswith("the settings may be out of date")


@pytest.mark.parametrize(("log", "name", "words", "codes"), CAUSES)
def test_without_settings_it_is_the_reason_for_that(log: str, name: str, words: str, codes: tuple[str, ...]) -> None:
    finding = only(policy, machine(log, **NOTHING), f"policy.{name}")
    assert (finding.severity, finding.remedy, finding.codes) == ("error", "administrator", codes)
    assert finding.summary.endswith("no Windows Update policy is set")


@pytest.mark.parametrize(
    "log",
    [told(1129, 1222), told(1054, 1355), told(1055, 1722), told(1006, 81), told(1006, 258), told(1058, 53, GPO), told(1007)],
)  # fmt: skip
def test_no_domain_controller_is_for_the_network(log: str) -> None:
    finding = only(policy, machine(log), "policy.processing_failed")
    assert (finding.severity, finding.remedy) == ("warning", "network")


@pytest.mark.parametrize("number", [1085, 1112, 1130, 1068, 1089, 1109])
def test_events_that_do_not_concern_settings(number: int) -> None:
    assert machine(told(number, 2)).found(policy) == {}
    assert list(machine(told(number, 2), **NOTHING).found(policy)) == ["policy.not_targeted"]


def test_the_event_is_evidence_with_its_fields_and_is_counted() -> None:
    log = (told(1096, 13, "LocalGPO", LOCAL_FILE), told(1096, 13, "LocalGPO", LOCAL_FILE, time="02:30"))
    finding = only(policy, machine(*log), "policy.local_file_unreadable")
    assert ", 2 times: " in finding.summary
    newest = next(each for each in evidence_of(finding) if each.get("event_id"))
    assert (newest["object"], newest["file"], newest["controller"]) == ("LocalGPO", LOCAL_FILE, r"\\dc1.example.com")
    assert newest["name"] == "ERROR_INVALID_DATA"


@pytest.mark.parametrize("number", [1500, 1502])
def test_a_later_success_disproves_it(number: int) -> None:
    assert machine(told(number, time="04:05"), told(1129, 1222)).found(policy) == {}


@pytest.mark.parametrize("later", [told(1500, time="03:55"), told(1501, time="04:05"), told(1503, time="04:05")])
def test_an_earlier_success_or_that_of_a_user_does_not(later: str) -> None:
    assert list(machine(told(1129, 1222), later).found(policy)) == ["policy.processing_failed"]


def test_a_later_stage_shows_that_an_earlier_one_was_passed() -> None:
    start = told(1129, 1222, time="03:00")
    file = told(1096, 13, "LocalGPO", LOCAL_FILE)
    assert list(machine(file, start).found(policy)) == ["policy.local_file_unreadable"]
    now = told(1129, 1222, time="04:10")
    assert set(machine(now, file, start).found(policy)) == {"policy.processing_failed", "policy.local_file_unreadable"}


def test_each_object_that_cannot_be_read_is_a_finding() -> None:
    log = (told(1058, 3, GPO), told(1058, 3, "cn={2}"), told(1058, 3, GPO, time="03:00"))
    windows = machine(*log)
    found = policy.findings(windows.read(policy))
    assert [each.id for each in found] == ["policy.sysvol_unreadable"] * 2


@pytest.mark.parametrize(("client", "says"), [({}, False), ({"ProductVersion": ("REG_SZ", "5.00.9128.1000")}, True)])
def test_configuration_manager_keeps_its_settings_in_that_file(client: dict[str, tuple[str, str]], says: bool) -> None:
    log = told(1096, 13, "LocalGPO", LOCAL_FILE)
    installed = {r"HKLM\SOFTWARE\Microsoft\SMS\Mobile Client": client} if client else {}
    finding = only(policy, machine(log, journal=installed), "policy.local_file_unreadable")
    assert ("CcmExec" in finding.cause) is says


@pytest.mark.parametrize(("status", "ids"), [(0, []), (1274, []), (5, ["policy.extension_failed"])])
def test_the_extension_of_administrative_templates(status: int, ids: list[str]) -> None:
    windows = Windows(group_policy=state() | {REGISTRY: {"Status": dword(status)}})
    assert list(windows.found(policy)) == ids


def test_a_healthy_machine_is_not_asked_further_and_one_that_fails_is() -> None:
    assert machine().asked_again(policy) == []
    asked = machine(told(1129, 1222)).asked_again(policy)
    assert len(asked) == 3
    assert "EventID=1500 or EventID=1502" in asked[0]


def test_an_object_is_named_by_its_id() -> None:
    windows = machine(told(1058, 3, GPO), group_policy=state(WSUS, age=timedelta(days=1)))
    assert "The GPO WSUS clients {6D1B6B2B" in only(policy, windows, "policy.sysvol_unreadable").summary
