"""The plan for BITS: the definition of its Windows or the article's, what it needs, the folder for its jobs."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import bits
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from support.plans import lines, only, undo_of
from support.task_options import options as given
from support.windows_answers import Windows
from support.windows_output import dword, multi

PATH = r"%SystemRoot%\System32\svchost.exe -k netsvcs -p"
MODERN_PRIVILEGES = (
    "SeCreateGlobalPrivilege/SeImpersonatePrivilege/SeTcbPrivilege/"
    "SeAssignPrimaryTokenPrivilege/SeIncreaseQuotaPrivilege/SeDebugPrivilege"
)


@pytest.mark.parametrize("build", [7601, 9600, 14393, 16299, 19045, 26100])
@pytest.mark.parametrize("start", [2, 3])
@pytest.mark.parametrize("delayed", [0, 1])
@pytest.mark.parametrize("state", ["startable", "started", "stopped", "restarted"])
def test_a_healthy_bits_is_left_alone(build: int, start: int, delayed: int, state: str) -> None:
    windows = Windows(build=build, bits={"Start": dword(start), "DelayedAutostart": dword(delayed)})
    assert windows.plan(state=state) == ()


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
    ("build", "name", "start"), [(19045, "RpcSs", "auto"), (7601, "EventSystem", "auto"), (19045, "SENS", "auto")]
)
def test_a_disabled_neighbor_is_enabled(build: int, name: str, start: str) -> None:
    windows = Windows(build=build, starts={name: "0x4"})
    step = only(windows.plan())
    assert (step.name, str(step.do)) == (f"{name}.start_type", f"sc.exe config {name} start= {start}")
    assert undo_of(step) == [f"sc.exe config {name} start= disabled"]
    assert windows.plan(state="stopped") == ()


def test_a_service_that_bits_does_not_need_is_left_alone() -> None:
    assert Windows(build=19045, starts={"EventSystem": "0x4"}).plan() == ()


def test_a_neighbor_is_enabled_and_started_once_whatever_asks_for_it() -> None:
    stopped = (1, "STOPPED", 0)
    windows = Windows(
        bits={"DependOnService": multi("RpcSs", "sens")}, starts={"SENS": "0x4"}, states={"SENS": stopped}
    )
    options = {"dependencies": ["RpcSs", "sens"]}
    assert only(windows.plan(**options)).name == "SENS.start_type"
    wanted = bits.desired(given(bits.BitsOptions, **options), windows.system())
    assert [each.name for each in bits.services_to_start(windows.facts_for_change(), wanted)] == ["SENS"]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["RpcSs", "EventSystem", "SENS"]),
        ({"state": "stopped"}, []),
        ({"definition": "unmanaged"}, ["RpcSs", "EventSystem"]),
    ],
)
def test_neighbors_that_do_not_run_are_started(options: dict[str, str], names: list[str]) -> None:
    windows = Windows(build=7601, states=dict.fromkeys(("RpcSs", "EventSystem", "SENS"), (1, "STOPPED", 1077)))
    wanted = bits.desired(given(bits.BitsOptions, **options), windows.system())
    assert [each.name for each in bits.services_to_start(windows.facts_for_change(), wanted)] == names


def test_a_dependency_that_does_not_exist_stops_the_run() -> None:
    windows = Windows(build=7601, states={"EventSystem": 1060}, starts={"EventSystem": None})
    with pytest.raises(WsusClientError, match="EventSystem, which does not exist") as caught:
        windows.plan()
    assert caught.value.reason == "dependency_missing"
    assert windows.plan(state="stopped") == ()


@pytest.mark.parametrize(
    ("failed_with", "folder", "planned"),
    [(3, False, True), (3, True, False), (0, False, False), (1077, False, False), (2, False, False)],
)
def test_the_folder_for_jobs_only_where_bits_missed_it(failed_with: int, folder: bool, planned: bool) -> None:
    windows = Windows(network_folder=folder, states={"BITS": (1, "STOPPED", failed_with)})
    expected = [r"cmd.exe /d /c mkdir %ALLUSERSPROFILE%\Microsoft\Network\Downloader"] if planned else []
    assert lines(windows.plan()) == expected


def test_the_probe_for_a_change_does_not_read_the_past() -> None:
    probe = bits.probe_for_change()
    assert not any(query.command.program == "wevtutil.exe" for query in probe)
    assert len(probe) == len(set(probe)) == 10
