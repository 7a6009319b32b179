"""One run of wsus_policy: look, refresh, or write settings with a backup, a check and an undo."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy import PolicyOptions
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnquotableArgument, WrongOption
from ansible_collections.wsus.client.plugins.plugin_utils._operations.policy import ManagedByGroupPolicy
from ansible_collections.wsus.client.plugins.plugin_utils._operations.policy_refresh import (
    SettingsMissing,
)
from lab.fleet_policy import ObjectSpec, PolicySpec
from support.lab_host import Pc
from support.policy_runs import BACKUP, KEY, OLD, WANTED, alone, failed, run
from support.task_options import options
from support.windows_answers import SERVER
from unit.lab.simulated_machines import ADMINISTRATOR

WAITING = ObjectSpec(
    "WSUS clients",
    "{6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}",
    {KEY: {"WUServer": SERVER, "WUStatusServer": SERVER}, rf"{KEY}\AU": {"UseWUServer": 1}},
    "waiting",
)
DOMAIN = ObjectSpec("Default Domain Policy", "{31B2F340-016D-11D2-945F-00C04FB984F9}")


@pytest.mark.parametrize(
    "given",
    [
        {"timeout": 0},
        {"timeout": -5},
        {"refresh": True, "settings": {"use_server": True}},
        {"settings": {"UseWUServer": True}},
        {"settings": {"use_server": "yes"}},
        {"settings": {"server_url": "wsus"}},
    ],
)
def test_wrong_options(given: dict[str, Any]) -> None:
    with pytest.raises(WrongOption):
        options(PolicyOptions, **given)


@pytest.mark.parametrize("text", ['a "b', "a\nb"])
def test_a_text_that_no_command_line_can_carry(text: str) -> None:
    with pytest.raises(UnquotableArgument):
        options(PolicyOptions, settings={"target_group": text})


@pytest.mark.parametrize("given", [{}, {"refresh": True, "settings": {}}, {"settings": WANTED, "timeout": 1}])
def test_right_options(given: dict[str, Any]) -> None:
    assert options(PolicyOptions, **given).timeout == given.get("timeout", 300)


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(("registry", "health"), [(None, "broken"), (OLD, "broken")])
def test_without_either_it_only_looks(registry: dict[str, Any] | None, health: str, check_mode: bool) -> None:
    pc = alone(registry)
    result = run(pc, check_mode=check_mode)
    assert (result["changed"], result["changes"], result["arrived"], result["gone"]) == (False, [], {}, [])
    assert (result["health"], result["backup"], result["check_mode"]) == (health, None, check_mode)
    assert [each["severity"] for each in result["findings"]] == ["error"]
    assert (pc.written(), result["remote_executions"]) == ([], 1)
    assert result["native_commands"] == len(pc.ran)


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_refresh_where_all_is_in_order_does_nothing(check_mode: bool) -> None:
    pc = Pc()
    result = run(pc, refresh=True, check_mode=check_mode)
    assert (result["changed"], result["health"], result["remote_executions"]) == (False, "healthy", 1)
    assert pc.written() == []


def test_a_refresh_says_what_arrived() -> None:
    pc = Pc(group_policy=PolicySpec(objects=(DOMAIN, WAITING), takes=5))
    predicted = run(pc, refresh=True, check_mode=True)
    assert pc.written() == []
    assert (predicted["changed"], predicted["arrived"], predicted["health"]) == (True, {}, "broken")
    result = run(pc, refresh=True)
    assert result["changes"] == predicted["changes"]
    assert result["changes"] == [{"attribute": "group_policy", "before": "not in order", "after": "refreshed"}]
    assert result["diff"] == {
        "before_header": "Windows Update policy",
        "after_header": "Windows Update policy",
        "before": {"group_policy": "not in order"},
        "after": {"group_policy": "refreshed"},
    }
    assert result["arrived"] == {"server_url": SERVER, "status_server_url": SERVER, "use_server": True}
    assert (result["gone"], result["health"], result["policy"]["source"]) == ([], "healthy", "group_policy")
    assert run(pc, refresh=True)["changed"] is False
    assert len(pc.written()) == 1


def test_a_refresh_says_what_is_gone() -> None:
    pc = Pc(registry={KEY: {"TargetGroup": "Old"}, rf"{KEY}\AU": {"UseWUServer": 0}})
    pc.before["cmd.exe /d /c echo"] = partial(
        pc.machine.run_program, ["reg.exe", "delete", KEY, "/v", "TargetGroup", "/f"], ADMINISTRATOR
    )
    result = run(pc, refresh=True)
    assert (result["arrived"], result["gone"]) == ({"use_server": True}, ["target_group"])


def test_no_credential_arrives() -> None:
    secret = {KEY: {**WAITING.settings[KEY], "UpdateServiceUrlAlternate": "http://me:secret@peer"}}
    pc = Pc(
        group_policy=PolicySpec(
            objects=(DOMAIN, ObjectSpec("x", WAITING.id, {**WAITING.settings, **secret}, "waiting"))
        )
    )
    result = run(pc, refresh=True)
    assert result["arrived"]["alternate_download_url"] == "http://peer"
    assert "secret" not in repr(result)


def test_a_refresh_that_does_not_help_says_what_is_left() -> None:
    pc = Pc(group_policy=PolicySpec(objects=(DOMAIN,)))
    assert failed(pc, SettingsMissing, refresh=True).details == {"finding": "policy.not_targeted"}


@pytest.mark.parametrize(
    "registry", [None, {rf"{KEY}\AU": {"UseWUServer": 0}, KEY: {"WUServer": SERVER, "WUStatusServer": SERVER}}]
)
def test_a_machine_that_no_domain_manages_is_never_refreshed(registry: dict[str, Any] | None) -> None:
    pc = alone(registry)
    predicted = run(pc, refresh=True, check_mode=True)
    assert (predicted["changed"], predicted["changes"]) == (False, [])
    error = failed(pc, SettingsMissing, refresh=True)
    assert "No domain manages this machine, so Group Policy was not refreshed" in error.message
    assert pc.written() == []


def test_a_server_that_does_not_exist_is_not_refreshed_outside_a_domain() -> None:
    pc = alone({KEY: {"WUServer": "http://intentionally.disabled"}})
    result = run(pc, refresh=True)
    assert [(each["id"], each["remedy"]) for each in result["findings"]] == [
        ("policy.updates_blocked", "administrator")
    ]
    assert pc.written() == []


def test_what_no_object_gives_remains_as_a_warning_and_is_no_failure() -> None:
    given = ObjectSpec("WSUS clients", WAITING.id, WAITING.settings)
    left = {"DoNotConnectToWindowsUpdateInternetLocations": "1", "WUSatusServer": "http://intentionally.disabled"}
    pc = Pc(
        group_policy=PolicySpec(objects=(DOMAIN, given)),
        registry={KEY: {"WUServer": "http://intentionally.disabled", **left}},
    )
    result = run(pc, refresh=True)
    assert result["arrived"] == {"server_url": SERVER}
    assert [(each["id"], each["severity"], each["remedy"]) for each in result["findings"]] == [
        ("policy.updates_blocked", "warning", "administrator"),
        ("policy.wrong_type", "warning", "administrator"),
    ]
    assert run(pc, refresh=True)["changed"] is False


def test_a_server_that_no_object_of_the_domain_gives_is_not_refreshed() -> None:
    pc = Pc(
        group_policy=PolicySpec(objects=(DOMAIN,)),
        registry={KEY: {"WUServer": "http://0.0.0.0"}, rf"{KEY}\AU": {"UseWUServer": 1}},
    )
    assert run(pc, refresh=True)["health"] == "broken"
    assert pc.written() == []


def test_a_refresh_that_brings_the_same_value_names_the_objects() -> None:
    blocking = ObjectSpec("Block updates", WAITING.id, {KEY: {"WUServer": "http://wsus.invalid"}})
    pc = Pc(group_policy=PolicySpec(objects=(DOMAIN, blocking)))
    error = failed(pc, SettingsMissing, refresh=True)
    assert error.details == {"finding": "policy.updates_blocked"}
    assert "GPOs that apply settings to it: Block updates" in error.message


@pytest.mark.parametrize(
    ("expected", "refreshed"), [(None, False), ("http://wsus.example.test:8530/", False), ("https://new:8531", True)]
)
def test_the_expected_server_decides_whether_a_refresh_is_due(expected: str | None, refreshed: bool) -> None:
    pc = Pc()
    result = run(pc, refresh=True, server_url=expected, check_mode=True)
    assert result["changed"] is refreshed


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_domain_owns_its_settings(check_mode: bool) -> None:
    pc = Pc()
    with pytest.raises(
        ManagedByGroupPolicy, match=r"Group Policy in example\.test \(applied: Default Domain Policy, WSUS clients\)"
    ) as caught:
        run(pc, settings={"automatic_updates": 3}, check_mode=check_mode)
    assert caught.value.reason == "managed_by_group_policy"
    assert pc.written() == []


def test_a_domain_whose_policy_never_came_owns_them_too() -> None:
    pc = Pc(group_policy=PolicySpec(processed=None))
    failed(pc, ManagedByGroupPolicy, settings=WANTED)
    assert pc.written() == []


def test_what_the_domain_has_set_already_may_be_asked_for() -> None:
    assert run(Pc(), settings={"use_server": True, "automatic_updates": 4})["changed"] is False


def test_force_writes_beside_the_domain() -> None:
    pc = Pc()
    result = run(pc, settings={"automatic_updates": 3}, force=True)
    assert result["changes"] == [{"attribute": "automatic_updates", "before": 4, "after": 3}]
    assert result["backup"] == BACKUP
