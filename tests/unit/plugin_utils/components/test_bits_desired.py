"""What the options of wsus_bits ask for."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils import _baselines
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnquotableArgument, WrongOption
from ansible_collections.wsus.client.plugins.plugin_utils._service_definition import FailureAction, FailureActions
from ansible_collections.wsus.client.plugins.plugin_utils.components.bits import Desired, check, desired
from windows import OPTIONS, Windows

EVERYTHING = {
    "image_path",
    "service_type",
    "start_type",
    "error_control",
    "account",
    "dependencies",
    "privileges",
    "sid_type",
    "failure_actions",
    "service_dll",
    "svchost_group",
}


def want(build: int = 19045, **options: object) -> Desired:
    return desired(OPTIONS | options, Windows(build=build).system())


@pytest.mark.parametrize(
    ("build", "baseline", "start_type"),
    [
        (7601, "windows-7", "delayed_auto"),
        (9600, "windows-7", "delayed_auto"),
        (10240, "windows-10-1507", "delayed_auto"),
        (10586, "windows-10-1507", "demand"),
        (14393, "windows-10-1507", "demand"),
        (16299, "windows-10-1709", "demand"),
        (26100, "windows-10-1709", "demand"),
    ],
)
def test_the_default_is_the_one_of_the_build(build: int, baseline: str, start_type: str) -> None:
    wanted = want(build)
    assert wanted.definition == _baselines.bits(build)
    assert (wanted.definition.name, wanted.start_type, wanted.state) == (baseline, start_type, "startable")
    assert wanted.managed == EVERYTHING


@pytest.mark.parametrize("build", [7601, 26100])
def test_the_article_is_the_same_on_every_windows(build: int) -> None:
    wanted = want(build, definition="kb10132")
    definition = wanted.definition
    assert wanted.managed == EVERYTHING
    assert (definition.image_path, definition.type, definition.account) == (
        r"%SystemRoot%\System32\svchost.exe -k netsvcs",
        0x110,
        "LocalSystem",
    )
    assert definition.dependencies == ("RpcSs", "EventSystem")
    assert definition.privileges == (
        "SeCreateGlobalPrivilege",
        "SeImpersonatePrivilege",
        "SeTcbPrivilege",
        "SeAssignPrimaryTokenPrivilege",
        "SeIncreaseQuotaPrivilege",
    )
    assert (definition.sid_type, definition.error_control, definition.starts) == (
        "unrestricted",
        "normal",
        {"auto", "delayed_auto", "demand"},
    )
    assert definition.failure_actions == FailureActions(
        86400, (FailureAction("restart", 60_000), FailureAction("restart", 120_000))
    )


def test_unmanaged_asks_for_nothing() -> None:
    assert want(definition="unmanaged").managed == frozenset()


@pytest.mark.parametrize(
    ("option", "value", "attribute", "field", "wanted"),
    [
        ("path", r"C:\a.exe", "image_path", "image_path", r"C:\a.exe"),
        ("service_type", "own_process", "service_type", "type", 0x10),
        ("service_type", "share_process", "service_type", "type", 0x20),
        ("start_type", "auto", "start_type", "starts", {"auto"}),
        ("error_control", "ignore", "error_control", "error_control", "ignore"),
        ("account", r"NT AUTHORITY\LocalService", "account", "account", r"NT AUTHORITY\LocalService"),
        ("dependencies", ["RpcSs"], "dependencies", "dependencies", ("RpcSs",)),
        ("dependencies", [], "dependencies", "dependencies", ()),
        ("privileges", ["SeTcbPrivilege"], "privileges", "privileges", ("SeTcbPrivilege",)),
        ("sid_type", "none", "sid_type", "sid_type", "none"),
        ("service_dll", r"C:\q.dll", "service_dll", "service_dll", r"C:\q.dll"),
        (
            "failure_actions",
            {"reset_period_s": 60, "actions": [{"action": "reboot", "delay_ms": 5}]},
            "failure_actions",
            "failure_actions",
            FailureActions(60, (FailureAction("reboot", 5),)),
        ),
    ],
)
def test_a_single_attribute(option: str, value: object, attribute: str, field: str, wanted: object) -> None:
    alone = want(definition="unmanaged", **{option: value})
    over = want(**{option: value})
    assert alone.managed == {attribute}
    assert over.managed == EVERYTHING
    assert getattr(alone.definition, field) == getattr(over.definition, field) == wanted


def test_an_asked_for_start_type_is_the_one_that_is_set() -> None:
    assert want(7601, start_type="demand").start_type == "demand"


@pytest.mark.parametrize("state", ["startable", "started", "restarted"])
@pytest.mark.parametrize("definition", ["windows_default", "kb10132", "unmanaged"])
def test_a_disabled_service_cannot_start(definition: str, state: str) -> None:
    with pytest.raises(WrongOption, match=f"start_type is disabled and state is {state}"):
        check(OPTIONS | {"definition": definition, "start_type": "disabled", "state": state})


def test_a_disabled_service_may_be_stopped() -> None:
    options = {"start_type": "disabled", "state": "stopped"}
    check(OPTIONS | options)
    assert (want(**options).start_type, want(**options).state) == ("disabled", "stopped")


def test_the_defaults_are_right() -> None:
    check(OPTIONS)


@pytest.mark.parametrize("timeout", [0, -1])
def test_a_timeout_is_at_least_a_second(timeout: int) -> None:
    with pytest.raises(WrongOption, match=f"timeout is {timeout}"):
        check(OPTIONS | {"timeout": timeout})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("path", '"C:\\Program Files\\x.exe"'),
        ("account", ""),
        ("service_dll", "a\nb"),
        ("backup_dir", "C:\\My Backup\\"),
        ("dependencies", ["RpcSs", ""]),
        ("privileges", ['Se"']),
    ],
)
def test_text_that_no_command_line_can_carry_is_refused_by_option(option: str, value: object) -> None:
    with pytest.raises(UnquotableArgument, match=f"option {option}"):
        check(OPTIONS | {option: value})
