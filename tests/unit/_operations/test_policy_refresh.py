"""Group policy processed anew: the settings come, or it is said at once that they will not."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import policy
from ansible_collections.wsus.client.plugins.plugin_utils._components.policy import Policy
from ansible_collections.wsus.client.plugins.plugin_utils._operations import policy_refresh
from ansible_collections.wsus.client.plugins.plugin_utils._operations.policy_refresh import (
    RefreshFailed,
    SettingsMissing,
    open_problems,
)
from lab.fleet_policy import ObjectSpec, PolicySpec
from support.lab_host import Pc
from support.windows_answers import SERVER, Windows

KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
SETTINGS = {KEY: {"WUServer": SERVER, "WUStatusServer": SERVER}, rf"{KEY}\AU": {"UseWUServer": 1}}
DOMAIN = ObjectSpec("Default Domain Policy", "{31B2F340-016D-11D2-945F-00C04FB984F9}")
WAITING = ObjectSpec("WSUS clients", "{6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}", SETTINGS, "waiting")
GPUPDATE = "cmd.exe /d /c echo n | gpupdate.exe"


def machine(*objects: ObjectSpec, windows: str = "windows-10-22h2", **spec: Any) -> Pc:
    return Pc(windows, group_policy=PolicySpec(objects=(DOMAIN, *objects), **spec))


def look(pc: Pc) -> Policy:
    return policy.read(pc.host.probe(policy.probe(pc.context)), pc.system(), pc.context)


def refresh(pc: Pc, timeout: float = 300) -> Policy:
    """Policy after a refresh, in the machine's time."""
    return policy_refresh.refresh(pc.session, pc.system(), pc.context, look(pc), timeout=timeout)


@pytest.mark.parametrize("language", ["en", "de"])
def test_settings_that_arrive_at_once_need_no_second_look(language: str) -> None:
    pc = Pc(language=language, group_policy=PolicySpec(objects=(DOMAIN, WAITING), takes=0))
    assert [each.id for each in open_problems(look(pc))] == ["policy.not_targeted"]
    assert refresh(pc).settings.text("server_url") == SERVER
    assert " ".join(pc.machine.log[-1].commands[0].argv).startswith(
        GPUPDATE
    )  # the last execution is the refresh itself
    assert pc.said == []


@pytest.mark.parametrize(("takes", "polls", "waited"), [(0.5, 1, 1), (5, 3, 7), (60, 9, 65)])
def test_settings_that_arrive_later_are_waited_for(takes: float, polls: int, waited: float) -> None:
    pc = machine(WAITING, takes=takes)
    begun = pc.clock.time
    assert open_problems(refresh(pc)) == []
    assert (len(pc.said), pc.clock.time - begun) == (polls, waited)
    assert pc.said[0].startswith("waiting for Group Policy: No Windows Update policy is set")
    assert [line for line in pc.written() if "gpupdate" in line] == pc.written()


def test_it_processes_all_and_asks_nobody() -> None:
    pc = machine(WAITING, asks=True)
    refresh(pc)
    assert pc.written() == [f"{GPUPDATE} /target:computer /force /wait:0"]


@pytest.mark.parametrize(
    "objects",
    [
        (),
        (ObjectSpec("Other", WAITING.id, {rf"{KEY}X": {"A": 1}}),),
        (ObjectSpec("WSUS", WAITING.id, SETTINGS, "denied"),),
    ],
)
def test_settings_that_never_come_are_told_as_soon_as_policy_was_processed(objects: tuple[ObjectSpec, ...]) -> None:
    pc = machine(*objects, takes=5)
    begun = pc.clock.time
    with pytest.raises(
        SettingsMissing, match="Group Policy was processed, but the problem remains: No Windows Update policy"
    ) as caught:
        refresh(pc)
    assert (caught.value.reason, caught.value.details) == ("settings_missing", {"finding": "policy.not_targeted"})
    assert pc.clock.time - begun == 7


def test_what_is_left_is_named() -> None:
    half = ObjectSpec("WSUS", WAITING.id, {KEY: SETTINGS[KEY]}, "waiting")
    with pytest.raises(SettingsMissing) as caught:
        refresh(machine(half))
    assert caught.value.details == {"finding": "policy.server_unused"}


@pytest.mark.parametrize("windows", ["windows-7-sp1", "server-2025"])
def test_no_domain_controller_ends_the_wait_by_its_event(windows: str) -> None:
    pc = machine(WAITING, windows=windows, reachable=False, takes=5)
    begun = pc.clock.time
    with pytest.raises(
        RefreshFailed, match=r"fails: no domain controller can be reached \(event 1129 0x800704c6[ )]"
    ) as caught:
        refresh(pc)
    assert (caught.value.reason, caught.value.details["finding"]) == ("refresh_failed", "policy.unreachable")
    assert "cannot reach a domain controller" in caught.value.message
    assert pc.clock.time - begun == 7


def test_the_event_says_why_nothing_came() -> None:
    """A file in SYSVOL that cannot be read is no missing domain controller."""
    pc = machine(WAITING, takes=1000)
    file = r"\\example.test\SysVol\example.test\Policies\{6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}\gpt.ini"
    data = [("ErrorCode", "3"), ("GPOCNName", f"cn={WAITING.id},cn=policies"), ("FilePath", file)]
    pc.before[GPUPDATE] = lambda: pc.machine.events.write("System", "Microsoft-Windows-GroupPolicy", 1058, data)
    with pytest.raises(RefreshFailed) as caught:
        refresh(pc)
    assert f"{file}, could not be read (event 1058 0x80070003" in caught.value.message
    assert "restore the GPO" in caught.value.message
    assert "domain controller cannot" not in caught.value.message


def test_a_failure_from_before_does_not_end_the_wait() -> None:
    pc = machine(WAITING, takes=5)
    pc.machine.policy.reachable = False
    pc.machine.policy.process(force=False)
    pc.machine.policy.reachable = True
    pc.sleep(60)
    assert len(look(pc).group_policy.failures) == 1
    assert open_problems(refresh(pc)) == []


def test_the_timeout() -> None:
    pc = machine(WAITING, takes=1000)
    begun = pc.clock.time
    with pytest.raises(SettingsMissing, match="not processed within 30 s") as caught:
        refresh(pc, 30)
    assert caught.value.details == {"finding": "policy.not_targeted"}
    assert 30 <= pc.clock.time - begun <= 40


def test_a_refused_gpupdate() -> None:
    pc = machine(WAITING)
    pc.faults = {GPUPDATE: 1}
    with pytest.raises(RefreshFailed, match=r"gpupdate\.exe exited with 1") as caught:
        refresh(pc)
    assert caught.value.details == {"code": 1}
    assert pc.said == []


@pytest.mark.parametrize(
    "ends_before",
    [
        r"reg.exe query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy",
        rf"reg.exe query {KEY}",
        "wevtutil.exe qe System",
    ],
)
def test_processing_that_ends_between_two_questions_is_no_missing_setting(ends_before: str) -> None:
    """The settings are never older than the processing that they are held against."""
    pc = machine(WAITING, takes=1000)
    pc.before[GPUPDATE] = lambda: pc.before.update({ends_before: lambda: pc.machine.policy.process(force=True)})
    assert open_problems(refresh(pc)) == []


def test_the_state_of_processing_is_asked_for_before_the_settings() -> None:
    pc = Pc()
    look(pc)
    state, settings = (next(i for i, line in enumerate(pc.ran) if key in line) for key in ("Group Policy", KEY))
    assert state < settings


@pytest.mark.parametrize(
    ("windows", "ids"),
    [
        (Windows(), []),
        (Windows(policy={}, au={}), ["policy.not_targeted"]),
        (Windows(policy={"WUServer": SERVER, "WUStatusServer": SERVER, "DeferQualityUpdates": 1}), []),
        (Windows(au={"UseWUServer": 1, "NoAutoUpdate": 1}), []),
        (
            Windows(policy={"WUServer": SERVER, "TargetGroupEnabled": 1}, au={}),
            ["policy.server_unused", "policy.status_server"],
        ),
    ],
)
def test_what_a_refresh_may_mend(windows: Windows, ids: list[str]) -> None:
    assert [each.id for each in open_problems(windows.read(policy))] == ids


@pytest.mark.parametrize(
    ("windows", "forced"),
    [("server-2016", False), ("server-2019", False), ("windows-10-1809", True), ("server-2022", True)],
)
def test_a_new_object_needs_no_force_where_that_may_install_updates(windows: str, *, forced: bool) -> None:
    pc = machine(WAITING, windows=windows)
    refresh(pc)
    runs = [line for line in pc.ran if "gpupdate.exe" in line]
    assert ["/force" in line for line in runs] == [forced]


@pytest.mark.parametrize(("options", "forced"), [(3, False), (4, True)])
def test_force_is_used_there_only_if_no_update_waits_for_an_administrator(options: int, *, forced: bool) -> None:
    key = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
    broken = Pc(
        "server-2019", group_policy=PolicySpec(objects=(DOMAIN,)), registry={rf"{key}\AU": {"AUOptions": options}}
    )
    with pytest.raises(SettingsMissing, match="remains" if forced else "without /force"):
        refresh(broken)
    runs = ["/force" in line for line in broken.ran if "gpupdate.exe" in line]
    assert runs == ([False, True] if forced else [False])
