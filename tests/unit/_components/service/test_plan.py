"""The plan for a service: only what differs, each step with its undo where there is one. BITS stands for any, and one that is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits import BitsOptions
from ansible_collections.wsus.client.plugins.plugin_utils._components.bits import definition as bits_definition
from ansible_collections.wsus.client.plugins.plugin_utils._components.service import desired
from ansible_collections.wsus.client.plugins.plugin_utils._components.service import plan as service_plan
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.dependencies import services_to_start
from ansible_collections.wsus.client.plugins.plugin_utils._components.service.desired import Desired
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnquotableArgument, WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._plan import Step
from support.other_service import BASELINE, COURIER, courier
from support.plans import lines, only, undo_of
from support.task_options import options as given
from support.windows_answers import Windows
from support.windows_output import dword, multi, text

BITS = r"HKLM\SYSTEM\CurrentControlSet\Services\BITS"
SVCHOST = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"
PATH = r"%SystemRoot%\System32\svchost.exe -k netsvcs -p"
DEFAULT_FAILURE = "sc.exe failure BITS reset= 86400 actions= restart/60000/restart/120000//0"
MODERN_PRIVILEGES = (
    "SeCreateGlobalPrivilege/SeImpersonatePrivilege/SeTcbPrivilege/"
    "SeAssignPrimaryTokenPrivilege/SeIncreaseQuotaPrivilege/SeDebugPrivilege"
)
RESTART_ONCE = "80510100000000000000000001000000140000000100000060EA0000"


@pytest.mark.parametrize(
    "spelled",
    [
        {"ObjectName": text(r"NT AUTHORITY\SYSTEM")},
        {"ImagePath": text(r"c:\windows\system32\SVCHOST.EXE  -k netsvcs -p")},
        {"DependOnService": multi("rpcss")},
    ],
)
def test_another_spelling_is_no_difference(spelled: dict[str, tuple[str, str] | None]) -> None:
    assert Windows(bits=spelled).plan() == ()


@pytest.mark.parametrize(
    ("broken", "change", "do", "undo"),
    [
        (
            {"ImagePath": text(r"C:\Tools\x.exe -k other")},
            ("image_path", r"C:\Tools\x.exe ...", PATH),
            f"sc.exe config BITS binPath= {PATH}",
            r"sc.exe config BITS binPath= C:\Tools\x.exe -k other",
        ),
        (
            {"Type": dword(0x10)},
            ("service_type", "own_process", "share_process"),
            "sc.exe config BITS type= share",
            "sc.exe config BITS type= own",
        ),
        (
            {"Type": dword(0x110)},
            ("service_type", "own_process (interactive)", "share_process"),
            "sc.exe config BITS type= share",
            "sc.exe config BITS type= own type= interact obj= LocalSystem",
        ),
        (
            {"Start": dword(4)},
            ("start_type", "disabled", "demand"),
            "sc.exe config BITS start= demand",
            "sc.exe config BITS start= disabled",
        ),
        (
            {"ErrorControl": dword(0)},
            ("error_control", "ignore", "normal"),
            "sc.exe config BITS error= normal",
            "sc.exe config BITS error= ignore",
        ),
        (
            {"DependOnService": multi("RpcSs", "EventSystem")},
            ("dependencies", ["RpcSs", "EventSystem"], ["RpcSs"]),
            "sc.exe config BITS depend= RpcSs",
            "sc.exe config BITS depend= RpcSs/EventSystem",
        ),
        (
            {"DependOnService": None},
            ("dependencies", [], ["RpcSs"]),
            "sc.exe config BITS depend= RpcSs",
            "sc.exe config BITS depend= /",
        ),
        (
            {"RequiredPrivileges": multi("SeTcbPrivilege")},
            ("privileges", ["SeTcbPrivilege"], MODERN_PRIVILEGES.split("/")),
            f"sc.exe privs BITS {MODERN_PRIVILEGES}",
            "sc.exe privs BITS SeTcbPrivilege",
        ),
        (
            {"ServiceSidType": dword(3)},
            ("sid_type", "restricted", "unrestricted"),
            "sc.exe sidtype BITS unrestricted",
            "sc.exe sidtype BITS restricted",
        ),
    ],
)
def test_an_attribute(
    broken: dict[str, tuple[str, str] | None], change: tuple[str, Any, Any], do: str, undo: str
) -> None:
    step = only(Windows(bits=broken).plan())
    assert [(each.attribute, each.before, each.after) for each in step.changes] == [change]
    assert str(step.do) == do
    assert undo_of(step) == [undo]


def test_failure_actions() -> None:
    step = only(Windows(bits={"FailureActions": ("REG_BINARY", RESTART_ONCE)}).plan())
    restart = {"action": "restart", "delay_ms": 60000}
    assert step.changes[0].before == {"reset_period_s": 86400, "actions": [restart]}
    assert step.changes[0].after == {
        "reset_period_s": 86400,
        "actions": [restart, {"action": "restart", "delay_ms": 120000}, {"action": "none", "delay_ms": 0}],
    }
    assert str(step.do) == DEFAULT_FAILURE
    assert undo_of(step) == ["sc.exe failure BITS reset= 86400 actions= restart/60000"]


@pytest.mark.parametrize(
    ("dll", "before", "undo"),
    [
        (None, None, rf"reg.exe delete {BITS}\Parameters /v ServiceDll /f"),
        (
            r"C:\Temp\evil.dll",
            r"C:\Temp\evil.dll",
            rf"reg.exe add {BITS}\Parameters /v ServiceDll /t REG_EXPAND_SZ /d C:\Temp\evil.dll /f",
        ),
    ],
)
def test_the_library(dll: str | None, before: str | None, undo: str) -> None:
    step = only(Windows(parameters={} if dll is None else {"ServiceDll": ("REG_EXPAND_SZ", dll)}).plan())
    assert (step.changes[0].attribute, step.changes[0].before) == ("service_dll", before)
    assert (
        str(step.do)
        == rf"reg.exe add {BITS}\Parameters /v ServiceDll /t REG_EXPAND_SZ /d %SystemRoot%\System32\qmgr.dll /f"
    )
    assert undo_of(step) == [undo]


def test_the_group_gets_bits_at_its_end_and_keeps_its_order() -> None:
    step = only(Windows(netsvcs=r"wuauserv\0Themes\0CertPropSvc\0AeLookupSvc").plan())
    assert [(each.attribute, each.before, each.after) for each in step.changes] == [("svchost_group", False, True)]
    start = rf"reg.exe add {SVCHOST} /v netsvcs /t REG_MULTI_SZ /d wuauserv\0Themes\0CertPropSvc\0AeLookupSvc"
    assert str(step.do) == rf"{start}\0BITS /f"
    assert undo_of(step) == [f"{start} /f"]


def test_a_group_that_cannot_be_read_is_not_written() -> None:
    assert Windows(netsvcs=None).plan() == ()
    created = Windows(netsvcs=None, key=False, states={"BITS": 1060}).plan()
    assert not any("netsvcs /t" in line for line in lines(created))


def test_what_sc_config_sets_is_one_call() -> None:
    windows = Windows(
        bits={
            "Start": dword(4),
            "ErrorControl": dword(3),
            "ObjectName": text("NT AUTHORITY\\SYSTEM"),
            "Type": dword(16),
        }
    )
    step = only(windows.plan())
    assert step.name == "service_type, start_type, error_control"
    assert str(step.do) == "sc.exe config BITS type= share start= demand error= normal"
    assert undo_of(step) == ["sc.exe config BITS type= own start= disabled error= critical"]


@pytest.mark.parametrize(
    ("broken", "option", "value"),
    [
        ({"ObjectName": text(r".\x")}, "account", "LocalSystem"),
        ({"Start": dword(4)}, "start_type", "demand"),
        ({"ServiceSidType": dword(0)}, "sid_type", "unrestricted"),
    ],
)
def test_unmanaged_changes_only_what_is_given(
    broken: dict[str, tuple[str, str] | None], option: str, value: str
) -> None:
    everything = {
        "ObjectName": text(r".\x"),
        "Start": dword(4),
        "ServiceSidType": dword(0),
        "ImagePath": text("other.exe"),
    }
    windows = Windows(bits=everything | broken, parameters={}, netsvcs="Themes")
    assert windows.plan(definition="unmanaged", state="stopped") == ()
    assert only(windows.plan(definition="unmanaged", **{option: value})).name == option


def test_a_service_that_is_gone_is_created() -> None:
    steps = Windows(build=7601, key=False, states={"BITS": 1060}, netsvcs="Themes").plan()
    assert [step.name for step in steps] == [
        "installed",
        "privileges",
        "sid_type",
        "failure_actions",
        "service_dll",
        "svchost_group",
    ]
    assert str(steps[0].do) == (
        "sc.exe create BITS type= share start= delayed-auto error= normal "
        r"binPath= %SystemRoot%\System32\svchost.exe -k netsvcs obj= LocalSystem depend= RpcSs/EventSystem "
        r"DisplayName= @%SystemRoot%\system32\qmgr.dll,-1000"
    )
    assert undo_of(steps[0]) == ["sc.exe delete BITS"]
    assert all(step.undo == () for step in steps[1:-1])
    assert undo_of(steps[-1]) == [rf"reg.exe add {SVCHOST} /v netsvcs /t REG_MULTI_SZ /d Themes /f"]


def test_a_created_service_is_whole_even_where_nothing_is_managed() -> None:
    steps = Windows(key=False, states={"BITS": 1060}).plan(definition="unmanaged", account="LocalSystem")
    assert [step.name for step in steps] == ["installed", "privileges", "sid_type", "failure_actions", "service_dll"]


def test_a_disabled_dependency_that_no_windows_has_is_enabled_on_demand() -> None:
    windows = Windows(bits={"DependOnService": multi("RpcSs", "Extra")}, starts={"Extra": "0x4"})
    step = only(windows.plan(definition="unmanaged"))
    assert str(step.do) == "sc.exe config Extra start= demand"


def test_a_dependency_that_goes_is_not_enabled() -> None:
    windows = Windows(bits={"DependOnService": multi("RpcSs", "Extra")}, starts={"Extra": "0x4"})
    assert only(windows.plan()).name == "dependencies"


def test_a_dependency_that_goes_may_be_missing() -> None:
    windows = Windows(bits={"DependOnService": multi("RpcSs", "Gone")}, states={"Gone": 1060}, starts={"Gone": None})
    assert only(windows.plan()).name == "dependencies"


@pytest.mark.parametrize(
    "broken",
    [
        {"ImagePath": ("REG_EXPAND_SZ", r'"C:\Program Files\x.exe" -k netsvcs')},
        {"ObjectName": text(r".\svc-backup")},
        {"Type": dword(0x1)},
        {"Start": dword(0)},
        {"ErrorControl": None},
        {"RequiredPrivileges": None},
        {"ServiceSidType": dword(9)},
        {"ServiceSidType": None},
        {"FailureActions": None},
        {"FailureActions": ("REG_BINARY", "8051010000000000000000000100000014000000" + "0900000000000000")},
    ],
)
def test_what_no_command_can_put_back_has_no_undo(broken: dict[str, tuple[str, str] | None]) -> None:
    assert only(Windows(bits=broken).plan()).undo == ()


def test_a_library_that_no_command_can_put_back_has_no_undo() -> None:
    assert only(Windows(parameters={"ServiceDll": ("REG_SZ", r'"C:\q.dll" x')}).plan()).undo == ()


def test_a_wanted_value_that_no_command_line_can_carry_is_refused() -> None:
    with pytest.raises(UnquotableArgument):
        Windows().plan(path=r'"C:\Program Files\x.exe" -k netsvcs')


def test_a_load_order_group_is_no_service() -> None:
    windows = Windows(bits={"DependOnService": multi("RpcSs", "+TDI")})
    assert windows.plan(definition="unmanaged") == ()


def want(**options: Any) -> Desired:
    return desired.desired(given(BitsOptions, **options), BASELINE, "demand")


def plan(*extra_services: str, facts: dict[str, Any] | None = None, **options: Any) -> tuple[Step, ...]:
    """The plan for a service that is not BITS."""
    return service_plan.plan(courier(**(facts or {})), want(**options), r"C:\Windows", extra_services)


def test_the_backup_saves_the_whole_key() -> None:
    command = service_plan.backup(COURIER, r"C:\b.reg")
    assert str(command) == r"reg.exe export HKLM\SYSTEM\CurrentControlSet\Services\Courier C:\b.reg /y"


def test_another_service_that_is_as_it_should_be_is_left_alone() -> None:
    assert plan() == ()
    assert plan(facts={"ImagePath": text(BASELINE.other_image_paths[0])}) == ()
    assert plan(facts={"RequiredPrivileges": multi("SeShutdownPrivilege")}) == ()


def test_another_service_is_changed_under_its_own_names() -> None:
    steps = plan(
        facts={
            "Start": dword(4),
            "ObjectName": text("LocalSystem"),
            "ServiceSidType": dword(0),
            "FailureActions": None,
            "dll": r"C:\x.dll",
            "members": "Themes",
        }
    )
    assert lines(steps) == [
        r"sc.exe config Courier start= demand obj= NT AUTHORITY\LocalService",
        "sc.exe sidtype Courier unrestricted",
        "sc.exe failure Courier reset= 60 actions= restart/1000",
        (
            r"reg.exe add HKLM\SYSTEM\CurrentControlSet\Services\Courier\Parameters /v ServiceDll /t REG_EXPAND_SZ "
            r"/d %SystemRoot%\System32\courier.dll /f"
        ),
        rf"reg.exe add {SVCHOST} /v couriers /t REG_MULTI_SZ /d Themes\0Courier /f",
    ]
    assert undo_of(steps[0]) == ["sc.exe config Courier start= disabled obj= LocalSystem"]
    assert undo_of(steps[1]) == ["sc.exe sidtype Courier none"]
    assert undo_of(steps[4]) == [rf"reg.exe add {SVCHOST} /v couriers /t REG_MULTI_SZ /d Themes /f"]


UNCONFIRMED = replace(BASELINE, unconfirmed=frozenset({"dependencies", "sid_type", "failure_actions"}))
DIFFERENT = {"ServiceSidType": dword(3), "FailureActions": None, "ErrorControl": dword(0)}


@pytest.mark.parametrize(
    ("definition", "states", "asked", "changed"),
    [
        (None, {"Post": 4}, {}, {"error_control"}),
        (None, {"Post": 0}, {}, {"error_control", "dependencies"}),
        (None, {"Post": 4}, {"sid_type": "unrestricted"}, {"error_control", "sid_type"}),
        ("unmanaged", {"Post": 4}, {"dependencies": ["Stable"]}, {"dependencies"}),
        (None, {"Courier": 0}, {}, {"installed", "sid_type", "failure_actions", "service_dll"}),
    ],
)
def test_an_unconfirmed_default_is_written_only_where_the_service_cannot_start(
    definition: str | None, states: dict[str, int], asked: dict[str, Any], changed: set[str]
) -> None:
    facts = courier(states=states, DependOnService=multi("Stable", "Post"), **DIFFERENT)
    options = given(BitsOptions, **({"definition": definition} if definition else {}), **asked)
    wanted = service_plan.narrowed(desired.desired(options, UNCONFIRMED, "demand"), facts)
    steps = service_plan.plan(facts, wanted, r"C:\Windows")
    assert {change.attribute for step in steps for change in step.changes} == changed


@pytest.mark.parametrize("before", [None, multi("SeShutdownPrivilege")])
def test_privileges_that_no_baseline_tells_are_set_only_where_asked_for(before: tuple[str, str] | None) -> None:
    facts = {"RequiredPrivileges": before}
    assert plan(facts=facts) == ()
    assert lines(plan(facts=facts, privileges=["SeTcbPrivilege"])) == ["sc.exe privs Courier SeTcbPrivilege"]


def test_another_service_that_is_gone_is_created_without_a_list_of_privileges() -> None:
    gone = {"states": {"Courier": 0}, "members": "Themes"}
    steps = plan(facts=gone)
    assert [step.name for step in steps] == ["installed", "sid_type", "failure_actions", "service_dll", "svchost_group"]
    assert str(steps[0].do) == (
        r"sc.exe create Courier type= share start= demand error= normal binPath= %SystemRoot%\System32\svchost.exe -k couriers "
        r"obj= NT AUTHORITY\LocalService depend= Stable DisplayName= @%SystemRoot%\System32\courier.dll,-7"
    )
    with_privileges = plan(facts=gone, privileges=["SeTcbPrivilege"])
    assert str(with_privileges[1].do) == "sc.exe privs Courier SeTcbPrivilege"


@pytest.mark.parametrize(
    ("extra_services", "expected"),
    [
        ((), ["sc.exe config Stable start= delayed-auto"]),
        (("post",), ["sc.exe config Stable start= delayed-auto", "sc.exe config Post start= auto"]),
    ],
)
def test_disabled_neighbors_get_the_start_type_of_the_description(
    extra_services: tuple[str, ...], expected: list[str]
) -> None:
    facts: dict[str, Any] = {"states": {"Stable": 1, "Post": 1}, "starts": {"Stable": 4, "Post": 4}}
    assert lines(plan(*extra_services, facts=facts)) == expected
    assert plan(*extra_services, facts=facts, state="stopped") == ()
    started = services_to_start(courier(**facts), want(), extra_services)
    assert [each.name for each in started] == [line.split()[2] for line in expected]
    assert services_to_start(courier(**facts), want(state="stopped"), extra_services) == ()


def test_a_dependency_that_another_service_misses_is_told_in_its_words() -> None:
    facts = {"states": {"Stable": 0}}
    with pytest.raises(WsusClientError, match=r"^The courier \(Courier\) must depend on Stable, which") as caught:
        plan(facts=facts)
    assert caught.value.reason == "dependency_missing"
    assert plan(facts=facts, state="stopped") == ()


def test_a_service_without_a_readable_key_is_not_touched() -> None:
    machine = Windows(key=False)
    facts = machine.facts_for_change().service
    wanted = desired.desired(given(BitsOptions), bits_definition.baseline(19045), "demand")
    with pytest.raises(WsusClientError, match="still lists BITS") as caught:
        service_plan.plan(facts, wanted, r"C:\Windows")
    assert caught.value.reason == "definition_unreadable"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("ErrorControl", 5),
        ("ServiceSidType", 9),
        ("Start", 7),
        ("Type", 0x40),
        ("Type", 0x10000),
        ("Start", 0xFFFFFFFF),
    ],
)
def test_a_number_that_windows_does_not_define_is_corrected_and_not_restored(value: str, number: int) -> None:
    (step,) = Windows(bits={value: dword(number)}).plan()
    assert "sc.exe" in str(step.do)
    assert step.undo == ()


def test_an_undefined_number_does_not_keep_the_other_attributes_from_being_restored() -> None:
    (step,) = Windows(bits={"ErrorControl": dword(5), "ObjectName": text(r"NT AUTHORITY\LocalService")}).plan()
    assert undo_of(step) == [r"sc.exe config BITS obj= NT AUTHORITY\LocalService"]


def test_failure_actions_of_an_undefined_type_are_corrected_and_not_restored() -> None:
    blob = "80510100000000000000000001000000140000000900000060EA0000"
    (step,) = Windows(bits={"FailureActions": ("REG_BINARY", blob)}).plan()
    assert step.undo == ()
