"""Changes of services as sc.exe reads them: the equals sign belongs to the name, the value is a word of its own."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnquotableArgument
from ansible_collections.wsus.client.plugins.plugin_utils._windows import sc
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command
from ansible_collections.wsus.client.plugins.plugin_utils._windows.service_key import FailureAction, FailureActions
from support.lab_host import Pc


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": 0x20}, ["type=", "share"]),
        ({"kind": 0x10}, ["type=", "own"]),
        ({"kind": 0x110, "account": "LocalSystem"}, ["type=", "own", "type=", "interact", "obj=", "LocalSystem"]),
        ({"start": "demand"}, ["start=", "demand"]),
        ({"start": "delayed_auto"}, ["start=", "delayed-auto"]),
        ({"error_control": 0}, ["error=", "ignore"]),
        ({"image_path": r"C:\Windows\a.exe -k x"}, ["binPath=", r"C:\Windows\a.exe -k x"]),
        ({"dependencies": ("RpcSs", "EventSystem")}, ["depend=", "RpcSs/EventSystem"]),
        ({"dependencies": ()}, ["depend=", "/"]),
    ],
)
def test_config(values: dict[str, object], words: list[str]) -> None:
    assert sc.config("BITS", **values) == Command("sc.exe", ("config", "BITS", *words))


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (sc.delete("BITS"), "sc.exe delete BITS"),
        (sc.privileges("BITS", ["SeA", "SeB"]), "sc.exe privs BITS SeA/SeB"),
        (sc.sid_type("BITS", 1), "sc.exe sidtype BITS unrestricted"),
        (sc.sid_type("BITS", 3), "sc.exe sidtype BITS restricted"),
        (sc.start("BITS"), "sc.exe start BITS"),
        (sc.stop("BITS"), "sc.exe stop BITS"),
    ],
)
def test_other_commands(command: Command, line: str) -> None:
    assert str(command) == line


@pytest.mark.parametrize("names", [("/",), ("SeA/SeB",), ("",), ("SeA", "")])
def test_a_name_that_sc_would_take_for_several_or_none_cannot_be_passed(names: tuple[str, ...]) -> None:
    with pytest.raises(UnquotableArgument, match="separates names with slashes"):
        sc.privileges("BITS", names)
    with pytest.raises(UnquotableArgument, match="separates names with slashes"):
        sc.config("BITS", dependencies=names)


def test_failure_actions_hold_an_empty_word_for_none() -> None:
    actions = FailureActions(
        86400, (FailureAction("restart", 60000), FailureAction("run_command", 5), FailureAction("none", 0))
    )
    assert sc.failure_actions("BITS", actions).arguments[2:] == (
        "reset=",
        "86400",
        "actions=",
        "restart/60000/run/5//0",
    )


def test_no_failure_action_at_all_cannot_be_passed() -> None:
    with pytest.raises(UnquotableArgument):
        sc.failure_actions("BITS", FailureActions(0, ()))


@pytest.mark.parametrize("actions", [("none",), ("restart", "none"), ("none", "reboot", "run_command")])
def test_failure_actions_come_back_as_they_were_set(actions: tuple[str, ...]) -> None:
    pc = Pc()
    wanted = FailureActions(3600, tuple(FailureAction(action, 1000) for action in actions))
    pc.do(sc.failure_actions("BITS", wanted))
    definition = pc.facts().service.definition
    assert definition is not None
    assert definition.failure_actions == wanted


def test_a_created_service_is_as_asked_for() -> None:
    pc = Pc(services={"BITS": {"deleted": True}})
    pc.do(
        sc.create(
            "BITS",
            "@%SystemRoot%\\system32\\qmgr.dll,-1000",
            image_path=r"%SystemRoot%\System32\svchost.exe -k netsvcs",
            kind=0x20,
            start="delayed_auto",
            error_control=2,
            account="LocalSystem",
            dependencies=["RpcSs", "EventSystem"],
        )
    )
    definition = pc.facts().service.definition
    assert definition is not None
    assert (definition.image_path, definition.type, definition.start_type, definition.error_control_word) == (
        r"%SystemRoot%\System32\svchost.exe -k netsvcs",
        0x20,
        "delayed_auto",
        "severe",
    )
    assert (definition.account, definition.dependencies) == ("LocalSystem", ("RpcSs", "EventSystem"))


def test_no_dependencies_are_none_afterwards() -> None:
    pc = Pc()
    pc.do(sc.config("BITS", dependencies=()))
    definition = pc.facts().service.definition
    assert definition is not None
    assert definition.dependencies == ()
