"""Policy: every way in which it goes wrong gives its finding, and nothing healthy gives one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import policy
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import registry_keys
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput
from ansible_collections.wsus.client.plugins.plugin_utils._windows import registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers
from support.event_xml import group_policy_failed
from support.finding_checks import evidence_of, only, value_of
from support.group_policies import DOMAIN, LOCAL, WSUS, State, state, workgroup
from support.windows_answers import CONTEXT, SERVER, Windows
from support.windows_output import answer, dword, text

URLS = {"WUServer": SERVER, "WUStatusServer": SERVER}
NOTHING: dict[str, Any] = {"policy": {}, "au": {}}


def alone(**fields: Any) -> Windows:
    """A machine in no domain."""
    return Windows(group_policy=workgroup(), starts={"Netlogon": "0x3"}, **fields)


@pytest.mark.parametrize("build", [7601, 9600, 14393, 17763, 19045, 20348, 22631, 26100])
@pytest.mark.parametrize("windows", [Windows(), alone(), Windows(group_policy=state(age=timedelta(days=3)))])
def test_healthy(build: int, windows: Windows) -> None:
    assert replace(windows, build=build).found(policy) == {}
    assert windows.asked_again(policy) == []


@pytest.mark.parametrize(
    ("source", "windows"),
    [
        ("group_policy", Windows()),
        ("local", alone()),
        ("local", Windows(group_policy=state(registry=False))),  # objects, but none with administrative templates
        ("local", Windows(group_policy=workgroup(registry=True))),  # the machine's own object has some
        (None, Windows(**NOTHING)),
    ],
)
def test_where_settings_come_from(source: str | None, windows: Windows) -> None:
    assert windows.read(policy).source == source


def test_nothing_is_set_although_objects_apply() -> None:
    finding = only(policy, Windows(**NOTHING, group_policy=state(LOCAL, DOMAIN)), "policy.not_targeted")
    assert (finding.severity, finding.remedy, finding.resolved) == ("error", "policy", False)
    assert "(objects: 1)" in finding.summary
    assert "linked since the last processing" in finding.cause
    assert [each["value"] for each in evidence_of(finding) if each["what"] == "group policy object"] == [
        "Local Group Policy",
        "Default Domain Policy",
    ]


@pytest.mark.parametrize(
    ("denied", "reason"),
    [
        ({"AccessDenied": dword(1)}, "access denied"),
        ({"GPO-Disabled": dword(1)}, "disabled"),
        ({"WQLFilterPass": dword(0)}, "wmi filter"),
    ],
)
def test_the_object_that_did_not_apply_is_named(denied: dict[str, tuple[str, str]], reason: str) -> None:
    windows = Windows(**NOTHING, group_policy=state(DOMAIN, WSUS | denied))
    finding = only(policy, windows, "policy.not_targeted")
    assert f"WSUS clients ({reason}) did not apply" in finding.cause
    assert [each.name for each in windows.read(policy).group_policy.applied] == ["Default Domain Policy"]


@pytest.mark.parametrize("group_policy", [workgroup(), {}])
def test_nobody_told_the_machine(group_policy: State) -> None:
    windows = Windows(**NOTHING, group_policy=group_policy, starts={"Netlogon": "0x3"})
    finding = only(policy, windows, "policy.not_configured")
    assert (finding.severity, finding.remedy, value_of(finding, "domain member")) == ("error", "policy", False)


@pytest.mark.parametrize(
    ("group_policy", "log", "says"),
    [
        ({}, "", "has never been processed"),
        (state(age=None, registry=False), group_policy_failed(), "has never been processed"),
        (state(LOCAL), "", "is no longer processed"),
        (state(status=1355), "", "is no longer processed"),
        (state(age=timedelta(days=6)), group_policy_failed(), "is no longer processed"),
    ],
)
def test_the_domain_is_not_reached(group_policy: State, log: str, says: str) -> None:
    finding = only(policy, Windows(**NOTHING, group_policy=group_policy, system_log=log), "policy.unreachable")
    assert (finding.severity, finding.remedy) == ("error", "policy")
    assert says in finding.summary
    assert finding.codes == (("0x800704c6",) if log else ())


@pytest.mark.parametrize(
    ("windows", "severity", "codes"),
    [
        (Windows(policy=URLS | {"DisableWindowsUpdateAccess": 1}), "error", ("0x8024002e",)),
        (Windows(au={"UseWUServer": 1, "NoAutoUpdate": 1}), "warning", ()),
        (
            Windows(policy=URLS | {"DisableWindowsUpdateAccess": 1}, au={"UseWUServer": 1, "NoAutoUpdate": 1}),
            "error",
            ("0x8024002e",),
        ),
    ],
)
def test_updates_switched_off(windows: Windows, severity: str, codes: tuple[str, ...]) -> None:
    finding = only(policy, windows, "policy.updates_disabled")
    assert (finding.severity, finding.remedy, finding.codes) == (severity, "administrator", codes)


def test_updates_that_are_not_switched_off() -> None:
    windows = Windows(
        policy=URLS | {"DisableWindowsUpdateAccess": 0, "SetDisableUXWUAccess": 1},
        au={"UseWUServer": 1, "NoAutoUpdate": 0},
    )
    assert windows.found(policy) == {}


@pytest.mark.parametrize("group", [{}, {"TargetGroup": ""}, {"TargetGroup": "  "}])
def test_targeting_without_a_group(group: dict[str, Any]) -> None:
    finding = only(policy, Windows(policy=URLS | group | {"TargetGroupEnabled": 1}), "policy.target_group")
    assert (finding.severity, finding.remedy) == ("warning", "administrator")


@pytest.mark.parametrize(
    "targeting", [{"TargetGroupEnabled": 1, "TargetGroup": "Clients"}, {"TargetGroupEnabled": 0}, {"TargetGroup": "x"}]
)
def test_targeting_that_is_whole_or_off(targeting: dict[str, Any]) -> None:
    assert Windows(policy=URLS | targeting).found(policy) == {}


def test_a_setting_of_a_type_that_windows_does_not_read() -> None:
    windows = Windows(policy=URLS | {"TargetGroupEnabled": text("1")}, au={"UseWUServer": 1, "AUOptions": text("4")})
    finding = only(policy, windows, "policy.wrong_type")
    assert (finding.severity, finding.remedy) == ("warning", "administrator")
    assert evidence_of(finding) == (
        {"what": "automatic_updates", "value": "REG_SZ"},
        {"what": "target_group_enabled", "value": "REG_SZ"},
    )


def test_a_flag_of_a_wrong_type_is_as_good_as_missing() -> None:
    found = Windows(au={"UseWUServer": text("1")}).found(policy)
    assert list(found) == ["policy.server_unused", "policy.wrong_type"]


@pytest.mark.parametrize(
    ("group_policy", "log", "codes"),
    [
        (state(status=1722), "", ()),
        (state(), group_policy_failed(time="2026-11-23T04:00:00.0000000Z"), ("0x800704c6",)),
        (state(age=None), group_policy_failed(number=1058, code=53), ("0x80070035",)),
        (state(), group_policy_failed(number=1054, code=None, time="2026-11-23T04:00:00.0000000Z"), ()),
    ],
)
def test_processing_that_fails(group_policy: State, log: str, codes: tuple[str, ...]) -> None:
    finding = only(policy, Windows(group_policy=group_policy, system_log=log), "policy.processing_failed")
    assert (finding.severity, finding.remedy, finding.codes) == ("warning", "network", codes)
    assert value_of(finding, "domain") == "example.com"


@pytest.mark.parametrize(
    ("group_policy", "log"),
    [
        (state(age=timedelta(minutes=40)), group_policy_failed(time="2026-11-23T03:34:59.0000000Z")),  # before it
        (state(), group_policy_failed(user="S-1-5-21-1-2-3-1001", time="2026-11-23T04:00:00.0000000Z")),  # a user's
    ],
)
def test_processing_that_does_not_fail(group_policy: State, log: str) -> None:
    assert Windows(group_policy=group_policy, system_log=log).found(policy) == {}


def test_no_credential_of_a_url_is_shown() -> None:
    secret = "http://admin:secret@wsus.example.com:8530"
    urls = {"WUServer": secret, "WUStatusServer": f"{secret}/x?token=secret", "UpdateServiceUrlAlternate": secret}
    windows = Windows(policy=dict(urls))
    found = windows.found(policy, replace(CONTEXT, expected_server="http://expected"))
    assert "policy.server_url" in found
    assert "policy.unexpected_server" in found
    assert "secret" not in repr([finding.as_fact() for finding in found.values()])
    assert "secret" not in repr(windows.read(policy).as_fact())


def test_the_published_facts() -> None:
    windows = Windows(
        policy=URLS
        | {
            "TargetGroup": 7,
            "Odd": "x",
            "Days": 3,
            "TargetReleaseVersion2": "x",
            "PauseFeatureUpdatesEndTime": "2026-11-01",
        },
        system_log=group_policy_failed(time="2026-11-23T04:00:00.0000000Z"),
    )
    fact = windows.read(policy).as_fact()
    events = fact.pop("events")
    objects = fact.pop("objects")
    assert fact == {
        "uses_server": True,
        "server_url": SERVER,
        "settings": {"server_url": SERVER, "status_server_url": SERVER, "use_server": True},
        "mistyped": {"target_group": "REG_DWORD"},
        "unreadable_settings": [],
        # Of what nobody knows only numbers are shown: a text may be a password.
        "other": {
            "Odd": "REG_SZ",
            "Days": 3,
            "TargetReleaseVersion2": "REG_SZ",
            "PauseFeatureUpdatesEndTime": "2026-11-01",
        },
        "source": "group_policy",
        "managed": True,
        "domain_member": True,
        "domain": "example.com",
        "site": "Main",
        "last_processed": "2026-11-23T03:35:00.000000Z",
        "last_processed_age_hours": 0.7,
        "status": 0,
    }
    assert objects[2] == {
        "name": "WSUS clients",
        "id": "{6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}",
        "applied": True,
        "reason": "",
        "local": False,
    }
    assert [(each["event_id"], each["code"], each["channel"]) for each in events] == [(1129, "0x800704c6", "System")]


def test_settings_that_cannot_be_read_are_no_missing_ones() -> None:
    windows = Windows()
    denied = Answers([answer(registry.tree(registry_keys.POLICY), "", 5)])
    answers = windows.answers(policy.probe(CONTEXT)) | denied
    with pytest.raises(UnexpectedOutput):
        policy.read(answers, windows.system(), CONTEXT)
