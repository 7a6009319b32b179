"""What the options of a module that repairs a service ask for."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent import definition as agent_definition
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits import BitsOptions
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits import definition as bits_definition
from ansible_collections.wsus.client.plugins.plugin_utils._components.service import desired
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.desired import Desired
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnquotableArgument, WrongOption
from ansible_collections.wsus.client.plugins.plugin_utils._windows.service_key import FailureAction, FailureActions
from support.task_options import options as given

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


def want(**options: object) -> Desired:
    return desired.desired(given(BitsOptions, **options), bits_definition.baseline(19045), "delayed_auto")


def want_agent(**options: object) -> Desired:
    return desired.desired(given(BitsOptions, **options), agent_definition.baseline(19045), "demand")


def test_a_profile_asks_for_all_that_its_baseline_tells() -> None:
    assert want().managed == EVERYTHING
    assert want_agent().managed == EVERYTHING - {"privileges"}
    assert want(definition="unmanaged").managed == frozenset()


@pytest.mark.parametrize("definition", ["windows_default", "unmanaged"])
def test_privileges_that_no_baseline_tells_can_be_asked_for(definition: str) -> None:
    wanted = want_agent(definition=definition, privileges=["SeTcbPrivilege"])
    assert "privileges" in wanted.managed
    assert wanted.definition.privileges == ("SeTcbPrivilege",)


def test_a_path_that_is_asked_for_is_the_only_right_one() -> None:
    assert want_agent().definition.other_image_paths
    wanted = want_agent(path="svchost.exe -k netsvcs")
    assert (wanted.definition.image_path, wanted.definition.other_image_paths) == ("svchost.exe -k netsvcs", ())


@pytest.mark.parametrize(
    ("options", "whole", "stopped"),
    [
        ({}, True, False),
        ({"state": "stopped"}, True, True),
        ({"definition": "unmanaged", "account": "LocalSystem"}, False, False),
    ],
)
def test_what_a_plan_asks_of_it(options: dict[str, str], whole: bool, stopped: bool) -> None:
    wanted = want(**options)
    assert (wanted.whole, wanted.stopped) == (whole, stopped)


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
    assert want().start_type == "delayed_auto"
    assert want(start_type="demand").start_type == "demand"


@pytest.mark.parametrize("state", ["startable", "started", "restarted"])
@pytest.mark.parametrize("definition", ["windows_default", "kb10132", "unmanaged"])
def test_a_disabled_service_cannot_start(definition: str, state: str) -> None:
    with pytest.raises(WrongOption, match=f"start_type is disabled and state is {state}"):
        given(BitsOptions, definition=definition, start_type="disabled", state=state)


def test_a_disabled_service_may_be_stopped() -> None:
    options = {"start_type": "disabled", "state": "stopped"}
    assert (want(**options).start_type, want(**options).state) == ("disabled", "stopped")


def test_the_defaults_are_right() -> None:
    assert given(BitsOptions).state == "startable"


@pytest.mark.parametrize("timeout", [0, -1])
def test_a_timeout_is_at_least_a_second(timeout: int) -> None:
    with pytest.raises(WrongOption, match=f"timeout is {timeout}"):
        given(BitsOptions, timeout=timeout)


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
        given(BitsOptions, **{option: value})
