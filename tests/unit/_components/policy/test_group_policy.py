"""Group policy as its client leaves it in the registry and in the System log."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import policy
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy.group_policy import GroupPolicy
from support.event_xml import event, group_policy_failed
from support.group_policies import DOMAIN, LOCAL, MACHINE, WHOLE, WSUS, state, workgroup
from support.windows_answers import Windows
from support.windows_output import dword, text


def read(windows: Windows) -> GroupPolicy:
    return windows.read(policy).group_policy


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("CN=PC1,OU=Clients,DC=example,DC=com", "example.com"),
        ("CN=PC1, ou=a, dc=corp, Dc=example, DC=test", "corp.example.test"),
        ("CN=DC=odd,DC=x", "x"),
        ("CN=PC1", None),
        ("", None),
        (None, None),
    ],
)
def test_the_domain_by_the_distinguished_name(name: str | None, domain: str | None) -> None:
    assert read(Windows(group_policy=state(name=name))).domain == domain


@pytest.mark.parametrize(
    ("netlogon", "name", "joined"),
    [
        ("0x2", "CN=PC1,DC=a", True),
        ("0x2", None, True),
        ("0x3", "CN=PC1,DC=a", False),  # it has left the domain; the name stays
        ("0x3", None, False),
        ("0x4", "CN=PC1,DC=a", True),
        ("0x4", None, None),
        (None, None, None),
    ],
)
def test_membership(netlogon: str | None, name: str | None, joined: bool | None) -> None:
    assert read(Windows(group_policy=state(LOCAL, name=name), starts={"Netlogon": netlogon})).joined is joined


def test_a_machine_that_left_its_domain_is_still_managed_while_its_objects_apply() -> None:
    left = {"starts": {"Netlogon": "0x3"}}
    assert read(Windows(**left)).manages is True  # type: ignore[arg-type]
    assert read(Windows(group_policy=workgroup(), **left)).manages is False  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("high", "low", "time"),
    [
        (0x01DDA4C0, 0xD4B09000, datetime(2027, 1, 15, 7, 20, tzinfo=timezone.utc)),
        (0x019DB1DE, 0xD53E8000, datetime(1970, 1, 1, tzinfo=timezone.utc)),
        (0x019DB1DE, 0xD53E8000 + 12_345_678, datetime(1970, 1, 1, 0, 0, 1, 234567, tzinfo=timezone.utc)),
        (0x01DDA4C0, 0xD4B09000 + 9, datetime(2027, 1, 15, 7, 20, tzinfo=timezone.utc)),
        (1, 0, datetime(1601, 1, 1, 0, 7, 9, 496729, tzinfo=timezone.utc)),
    ],
)
def test_the_two_halves_of_a_filetime(high: int, low: int, time: datetime) -> None:
    halves = {"EndTimeHi": dword(high), "EndTimeLo": dword(low)}
    assert read(Windows(group_policy={MACHINE: {}, WHOLE: halves})).processed == time


@pytest.mark.parametrize(
    "halves",
    [
        {},
        {"EndTimeHi": dword(0), "EndTimeLo": dword(0)},
        {"EndTimeHi": dword(0x01DDA4C0)},
        {"EndTimeLo": dword(5)},
        {"EndTimeHi": dword(0xFFFFFFFF), "EndTimeLo": dword(0xFFFFFFFF)},
        {"EndTimeHi": text("x"), "EndTimeLo": dword(5)},
    ],
)
def test_halves_that_make_no_time(halves: dict[str, tuple[str, str]]) -> None:
    found = read(Windows(group_policy={MACHINE: {}, WHOLE: halves}))
    assert (found.processed, found.failing) == (None, False)


def test_the_machines_own_object_is_not_the_domains() -> None:
    found = read(Windows(group_policy=state(LOCAL, DOMAIN, WSUS)))
    assert [each.local for each in found.objects] == [True, False, False]
    assert [each.name for each in found.applied] == ["Default Domain Policy", "WSUS clients"]
    assert read(Windows(group_policy=workgroup())).applied == ()


def test_an_object_without_a_name_goes_by_its_id() -> None:
    (found,) = read(Windows(group_policy=state({"GPOID": text("{1}")}))).objects
    assert (found.name, found.id, found.applied) == ("{1}", "{1}", True)


def test_a_key_without_values_is_no_object() -> None:
    group_policy = state(DOMAIN) | {rf"{MACHINE}\GPO-List\0\Below": {}, rf"{MACHINE}\GPO-List\7": {}}
    assert [each.name for each in read(Windows(group_policy=group_policy)).objects] == ["Default Domain Policy"]


def test_the_first_reason_counts() -> None:
    (found,) = read(Windows(group_policy=state(WSUS | {"AccessDenied": dword(1), "WQLFilterPass": dword(0)}))).objects
    assert (found.applied, found.reason) == (False, "access_denied")


def test_failures_of_users_and_of_others_do_not_count() -> None:
    log = (
        group_policy_failed(1722, time="2026-11-23T03:00:00.0000000Z")
        + group_policy_failed(1355, user="S-1-5-21-1-2-3-500", time="2026-11-23T02:00:00.0000000Z")
        + event(1129, {"ErrorCode": "5"}, provider="Other")
        + group_policy_failed(None, user="", number=1096, time="2026-11-23T01:00:00.0000000Z")
        + group_policy_failed(0, time="2026-11-23T00:00:00.0000000Z")
    )
    failures = read(Windows(system_log=log)).failures
    assert [(each.event_id, each.code) for each in failures] == [(1129, 0x800706BA), (1096, None), (1129, None)]


@pytest.mark.parametrize(("minutes", "failing"), [(41, False), (39, True)])
def test_a_failure_counts_until_processing_ends_well(minutes: int, failing: bool) -> None:
    time = (datetime(2026, 11, 23, 4, 15) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.1234567Z")
    found = read(Windows(group_policy=state(age=timedelta(minutes=40)), system_log=group_policy_failed(time=time)))
    assert (found.failing, found.reaches) == (failing, not failing)


@pytest.mark.parametrize(("status", "failing"), [(0, False), (1355, True)])
def test_the_status_of_the_last_processing(status: int, failing: bool) -> None:
    assert read(Windows(group_policy=state(status=status))).failing is failing


def test_an_unreadable_log_is_no_failure() -> None:
    found = read(Windows(system_log=5))
    assert (found.failures, found.failing) == ((), False)
