"""The plan for BITS: only what differs, each step with its undo where there is one."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnquotableArgument, WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._plan import Step
from ansible_collections.wsus.client.plugins.plugin_utils.components import bits
from windows import OPTIONS, Windows

BITS = r"HKLM\SYSTEM\CurrentControlSet\Services\BITS"
SVCHOST = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost"
PATH = r"%SystemRoot%\System32\svchost.exe -k netsvcs -p"
DEFAULT_FAILURE = "sc.exe failure BITS reset= 86400 actions= restart/60000/restart/120000//0"
MODERN_PRIVILEGES = (
    "SeCreateGlobalPrivilege/SeImpersonatePrivilege/SeTcbPrivilege/"
    "SeAssignPrimaryTokenPrivilege/SeIncreaseQuotaPrivilege/SeDebugPrivilege"
)
RESTART_ONCE = "80510100000000000000000001000000140000000100000060EA0000"


def dword(value: int) -> tuple[str, str]:
    return ("REG_DWORD", f"{value:#x}")


def multi(*names: str) -> tuple[str, str]:
    return ("REG_MULTI_SZ", r"\0".join(names))


def text(data: str) -> tuple[str, str]:
    return ("REG_SZ", data)


def only(steps: tuple[Step, ...]) -> Step:
    assert len(steps) == 1, [step.name for step in steps]
    return steps[0]


def undo_of(step: Step) -> list[str]:
    return [str(command) for command in step.undo]


def lines(steps: tuple[Step, ...]) -> list[str]:
    return [str(step.do) for step in steps]


@pytest.mark.parametrize("build", [7601, 9600, 14393, 16299, 19045, 26100])
@pytest.mark.parametrize("start", [2, 3])
@pytest.mark.parametrize("delayed", [0, 1])
@pytest.mark.parametrize("state", ["startable", "started", "stopped", "restarted"])
def test_a_healthy_bits_is_left_alone(build: int, start: int, delayed: int, state: str) -> None:
    windows = Windows(build=build, bits={"Start": dword(start), "DelayedAutostart": dword(delayed)})
    assert windows.plan(state=state) == ()


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
            ("image_path", r"C:\Tools\x.exe -k other", PATH),
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
    ("build", "start", "wanted", "change"),
    [
        (19045, "0x4", {}, ("disabled", "demand")),
        (7601, "0x4", {}, ("disabled", "delayed_auto")),
        (19045, "0x2", {"start_type": "demand"}, ("auto", "demand")),
        (19045, "0x3", {"start_type": "delayed_auto"}, ("demand", "delayed_auto")),
        (19045, "0x2", {"start_type": "delayed_auto"}, ("auto", "delayed_auto")),
        (19045, "0x3", {"start_type": "disabled", "state": "stopped"}, ("demand", "disabled")),
    ],
)
def test_the_start_type_where_one_is_asked_for(
    build: int, start: str, wanted: dict[str, str], change: tuple[str, str]
) -> None:
    step = only(Windows(build=build, bits={"Start": ("REG_DWORD", start)}).plan(**wanted))
    assert [(each.before, each.after) for each in step.changes] == [change]
    assert str(step.do).endswith("start= " + change[1].replace("_", "-"))


def test_the_article_on_a_modern_windows() -> None:
    steps = Windows().plan(definition="kb10132")
    assert lines(steps) == [
        (
            "sc.exe config BITS type= own type= interact "
            r"binPath= %SystemRoot%\System32\svchost.exe -k netsvcs obj= LocalSystem depend= RpcSs/EventSystem"
        ),
        f"sc.exe privs BITS {MODERN_PRIVILEGES.removesuffix('/SeDebugPrivilege')}",
        "sc.exe failure BITS reset= 86400 actions= restart/60000/restart/120000",
    ]
    assert undo_of(steps[0]) == [f"sc.exe config BITS type= share binPath= {PATH} depend= RpcSs"]


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


@pytest.mark.parametrize(
    ("build", "name", "start"), [(19045, "RpcSs", "auto"), (7601, "EventSystem", "auto"), (19045, "SENS", "auto")]
)
def test_a_disabled_neighbour_is_enabled(build: int, name: str, start: str) -> None:
    windows = Windows(build=build, starts={name: "0x4"})
    step = only(windows.plan())
    assert (step.name, str(step.do)) == (f"{name}.start_type", f"sc.exe config {name} start= {start}")
    assert undo_of(step) == [f"sc.exe config {name} start= disabled"]
    assert windows.plan(state="stopped") == ()


def test_a_disabled_dependency_that_no_windows_has_is_enabled_on_demand() -> None:
    windows = Windows(bits={"DependOnService": multi("RpcSs", "Extra")}, starts={"Extra": "0x4"})
    step = only(windows.plan(definition="unmanaged"))
    assert str(step.do) == "sc.exe config Extra start= demand"


def test_a_service_that_bits_does_not_need_is_left_alone() -> None:
    assert Windows(build=19045, starts={"EventSystem": "0x4"}).plan() == ()


def test_a_dependency_that_goes_is_not_enabled() -> None:
    windows = Windows(bits={"DependOnService": multi("RpcSs", "Extra")}, starts={"Extra": "0x4"})
    assert only(windows.plan()).name == "dependencies"


def test_a_neighbour_is_enabled_and_started_once_whatever_asks_for_it() -> None:
    stopped = (1, "STOPPED", 0)
    windows = Windows(
        bits={"DependOnService": multi("RpcSs", "sens")}, starts={"SENS": "0x4"}, states={"SENS": stopped}
    )
    options = {"dependencies": ["RpcSs", "sens"]}
    assert only(windows.plan(**options)).name == "SENS.start_type"
    wanted = bits.desired(OPTIONS | options, windows.system())
    assert [each.name for each in bits.neighbours_to_start(windows.facts_for_change(), wanted)] == ["SENS"]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["RpcSs", "EventSystem", "SENS"]),
        ({"state": "stopped"}, []),
        ({"definition": "unmanaged"}, ["RpcSs", "EventSystem"]),
    ],
)
def test_neighbours_that_do_not_run_are_started(options: dict[str, str], names: list[str]) -> None:
    windows = Windows(build=7601, states=dict.fromkeys(("RpcSs", "EventSystem", "SENS"), (1, "STOPPED", 1077)))
    wanted = bits.desired(OPTIONS | options, windows.system())
    assert [each.name for each in bits.neighbours_to_start(windows.facts_for_change(), wanted)] == names


def test_a_dependency_that_does_not_exist_stops_the_run() -> None:
    windows = Windows(build=7601, states={"EventSystem": 1060}, starts={"EventSystem": None})
    with pytest.raises(WsusClientError, match="EventSystem, which does not exist") as caught:
        windows.plan()
    assert caught.value.reason == "dependency_missing"
    assert windows.plan(state="stopped") == ()


def test_a_dependency_that_goes_may_be_missing() -> None:
    windows = Windows(bits={"DependOnService": multi("RpcSs", "Gone")}, states={"Gone": 1060}, starts={"Gone": None})
    assert only(windows.plan()).name == "dependencies"


@pytest.mark.parametrize(
    ("failed_with", "folder", "planned"),
    [(3, False, True), (3, True, False), (0, False, False), (1077, False, False), (2, False, False)],
)
def test_the_folder_for_jobs_only_where_bits_missed_it(failed_with: int, folder: bool, planned: bool) -> None:
    windows = Windows(network_folder=folder, states={"BITS": (1, "STOPPED", failed_with)})
    expected = [r"cmd.exe /d /c mkdir %ALLUSERSPROFILE%\Microsoft\Network\Downloader"] if planned else []
    assert lines(windows.plan()) == expected


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


def test_the_backup_saves_the_whole_key() -> None:
    assert str(bits.backup(r"C:\b.reg")) == rf"reg.exe export {BITS} C:\b.reg /y"


def test_the_probe_for_a_change_does_not_read_the_past() -> None:
    probe = bits.probe_for_change()
    assert not any(command.program == "wevtutil.exe" for command in probe)
    assert len(probe) == len(set(probe)) == 10
