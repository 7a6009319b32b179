"""The store rebuilt and restored: what is done, what is left alone, and what becomes of a run that fails or is cut."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._windows import dir_listing
from lab.fleet_agent import AgentSpec, DetectionSpec, FailureSpec, NextSpec
from lab.fleet_store import FOREVER, CopySpec, StoreSpec
from lab.simulated.service_record import Status
from support.cuts import after_each_program, cut, left, telling
from support.lab_host import Pc
from support.store_runs import FAILED, STORE, STORE_CODE, WAITS, copies, database, journal, rebuild, running, sick

IN_PROGRESS: dict[str, Any] = {
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootInProgress": {}
}
BUSY: dict[str, Any] = {"BITS": {"state": "running", "stop_delay": 2}, "wuauserv": {"state": "running"}}


@pytest.mark.parametrize(
    "windows",
    [
        "windows-7-sp1",
        "windows-8.1",
        "server-2012-r2",
        "windows-10-1607",
        "windows-10-22h2",
        "windows-11-24h2",
        "server-2025",
    ],
)
@pytest.mark.parametrize("services", [{}, BUSY], ids=["idle", "busy"])
def test_a_damaged_store_is_rebuilt_once(windows: str, services: dict[str, Any]) -> None:
    pc = sick(windows, services=services)
    before, state = running(pc), pc.machine.state()
    predicted = rebuild(pc, check_mode=True)
    assert pc.machine.state() == state
    done = rebuild(pc)
    assert (done["changes"], done["changed"], done["decision"]) == (predicted["changes"], True, "evidence")
    assert (database(pc), len(copies(pc))) == (b"", 1)
    assert set(before) <= set(running(pc))
    assert journal(pc) == {"": ["UpdateStoreLast"]}
    again = rebuild(pc)
    assert (again["changed"], again["decision"], len(copies(pc))) == (False, "no_evidence", 1)


def test_services_that_did_not_run_are_not_started_by_us() -> None:
    pc = sick(services={"UsoSvc": {"state": "stopped"}, "DoSvc": {"state": "stopped"}})
    rebuild(pc)
    assert [line for line in pc.written() if line.startswith("sc.exe")] == []


def test_the_order_of_stops_and_starts() -> None:
    pc = sick(services=BUSY)
    rebuild(pc)
    asked = [line.split()[1:] for line in pc.written() if line.startswith("sc.exe")]
    names = ["UsoSvc", "wuauserv", "BITS", "DoSvc"]
    # DoSvc is protected: it refuses to stop, and so it is not started either.
    assert asked[:4] == [["stop", name] for name in names]
    assert [name for verb, name in asked[4:] if verb == "start"][-3:] == ["BITS", "wuauserv", "UsoSvc"]


@pytest.mark.parametrize(
    ("agent", "why"),
    [
        (AgentSpec(), "no_evidence"),
        (AgentSpec(detections=(DetectionSpec(18000, STORE_CODE), DetectionSpec(7200))), "no_evidence"),
        (AgentSpec(detections=(DetectionSpec(72000), DetectionSpec(7200, 0x8024402C))), "no_evidence"),
        (AgentSpec(installs=(FailureSpec(7200, 0x80070643),)), "no_evidence"),
        (AgentSpec(installs=(FailureSpec(7200, 0x800B0100),)), "no_evidence"),
        (AgentSpec(detections=(DetectionSpec(7200, 0xC80001F5),)), "evidence"),
        (AgentSpec(detections=(DetectionSpec(7200, STORE_CODE),)), "no_evidence"),
        (AgentSpec(downloads=(FailureSpec(14400, 0x80246010),)), "no_evidence"),
        (
            AgentSpec(downloads=(FailureSpec(14400, 0x80070003), FailureSpec(9000, 0x80070003, "2026-10 .NET"))),
            "evidence",
        ),
        (
            AgentSpec(installs=(FailureSpec(7200, 0x80242006), FailureSpec(7200, 0x80242006, "2026-10 .NET"))),
            "no_evidence",
        ),
    ],
)
def test_what_is_evidence(agent: AgentSpec, why: str) -> None:
    pc = Pc(agent=agent)
    assert rebuild(pc, check_mode=True)["decision"] == why


def scan_again(pc: Pc) -> None:
    """Have the agent scan once more; its scan ends as its fleet file says."""
    pc.machine.agent.start_scan()
    pc.sleep(60)


def test_an_error_before_the_rebuild_triggers_nothing_and_the_same_one_after_it_triggers_one() -> None:
    pc = Pc(agent=AgentSpec(detections=FAILED.detections, next=NextSpec(takes=30, code=STORE_CODE)))
    assert rebuild(pc)["decision"] == "evidence"
    assert rebuild(pc, min_interval_hours=0)["decision"] == "no_evidence"
    pc.sleep(60)  # the detection that the first run began has failed by now
    assert rebuild(pc, min_interval_hours=0)["decision"] == "no_evidence"
    scan_again(pc)
    assert rebuild(pc)["decision"] == "too_recent"
    pc.sleep(timedelta(hours=24).total_seconds())
    assert (rebuild(pc)["decision"], len(copies(pc))) == ("evidence", 2)
    assert rebuild(pc, min_interval_hours=0)["decision"] == "no_evidence"


def test_a_restore_is_no_rebuild() -> None:
    pc = Pc()
    rebuild(pc, force=True)
    pc.sleep(timedelta(hours=25).total_seconds())
    assert rebuild(pc, state="restored")["changed"] is True
    pc.sleep(60)
    assert rebuild(pc, force=True)["decision"] == "forced"


def test_an_error_before_a_restoration_triggers_nothing_and_the_same_one_after_it_triggers_a_rebuild() -> None:
    copy = CopySpec("SoftwareDistribution.20260101T000000Z")
    past = AgentSpec(detections=FAILED.detections, next=NextSpec(takes=30, code=STORE_CODE))
    # Without a store no copy of it is made, whose name would tell the time as well.
    pc = Pc(agent=past, store=StoreSpec(missing=True, copies=(copy,)))
    assert rebuild(pc, check_mode=True)["decision"] == "evidence"
    assert (rebuild(pc, state="restored")["decision"], copies(pc)) == ("requested", [])
    assert rebuild(pc)["decision"] == "no_evidence"
    pc.sleep(60)  # the detection that the restoration began has failed by now
    scan_again(pc)
    assert rebuild(pc)["decision"] == "evidence"


def test_without_its_journal_the_newest_copy_tells_when_the_store_was_rebuilt() -> None:
    pc = Pc()
    rebuild(pc, force=True)
    words = ("reg.exe", "delete", r"HKLM\SOFTWARE\wsus.client", "/f")
    pc.machine.run_program(words, next(iter(pc.machine.users.values())))
    pc.sleep(60)
    assert rebuild(pc, force=True)["decision"] == "too_recent"


def test_always_is_idempotent_for_the_interval() -> None:
    pc = Pc()
    assert rebuild(pc, force=True)["decision"] == "forced"
    assert rebuild(pc, force=True)["decision"] == "too_recent"
    pc.sleep(1)
    assert rebuild(pc, force=True, min_interval_hours=0)["changed"] is True


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"store": StoreSpec(damage=STORE_CODE, held=FOREVER)}, "store_held"),
        ({"store": StoreSpec(damage=STORE_CODE, denied=True)}, "store_held"),
        ({"store": StoreSpec(damage=STORE_CODE, takes=None)}, "no_new_store"),
        ({"services": {"wuauserv": {"values": {"Start": 4}}}}, "service_disabled"),
        ({"services": {"wuauserv": {"deleted": True}}}, "service_disabled"),
        ({"services": {"BITS": {"values": {"Start": 4}, "state": "running"}}}, "service_disabled"),
        ({"services": {"BITS": {"state": "running", "stoppable": False}}}, "stop_failed"),
        ({"free_space": 100 << 20}, "blocked"),
        ({"registry": IN_PROGRESS}, "blocked"),
        ({"files": {r"C:\Windows\WinSxS\pending.xml": "<x/>"}}, "blocked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_run_that_fails_leaves_all_as_it_was(spec: dict[str, Any], reason: str) -> None:
    pc = sick(**spec)
    before = running(pc)
    with pytest.raises(WsusClientError) as raised:
        rebuild(pc)
    assert (raised.value.reason, raised.value.details.get("rolled_back", True)) == (reason, True)
    assert database(pc) == b"damaged 0x80248007"
    assert [name for name in copies(pc) if not name.endswith("-incomplete")] == []
    assert set(before) <= set(running(pc))
    assert "UpdateStoreUnfinished" not in journal(pc).get("", [])


def test_a_service_that_hangs_is_told_and_the_others_run_again() -> None:
    pc = sick(services={"wuauserv": {"state": "running", "hangs": "stopping"}})
    with pytest.raises(WsusClientError, match="wuauserv was still stop_pending"):
        rebuild(pc)
    assert (database(pc), copies(pc), pc.machine.services.running("UsoSvc")) == (b"damaged 0x80248007", [], True)


@pytest.mark.parametrize("ends", [True, False])
def test_an_installer_that_runs_is_waited_for_and_blocks_nothing(ends: bool) -> None:
    """It runs for minutes after each scan; where it is still there in the end, the rename shows what it holds."""
    pc = sick(services={"TrustedInstaller": {"state": "running"}})
    assert rebuild(pc, check_mode=True)["decision"] == "evidence"
    if ends:
        pc.machine.schedule.after(10, partial(pc.machine.services.set_state, "TrustedInstaller", Status(1, 0)))
    before = pc.clock.time
    assert rebuild(pc)["decision"] == "evidence"
    assert (database(pc), pc.clock.time - before >= (10 if ends else WAITS["service_timeout"])) == (b"", True)
    assert any("TrustedInstaller to stop" in line for line in pc.said)


def test_what_an_installer_leaves_behind_blocks_after_the_wait() -> None:
    pc = sick(services={"TrustedInstaller": {"state": "running"}})
    words = ("reg.exe", "add", next(iter(IN_PROGRESS)), "/f")
    pc.machine.schedule.after(5, partial(pc.machine.run_program, words, next(iter(pc.machine.users.values()))))
    with pytest.raises(WsusClientError, match="must not be changed now") as raised:
        rebuild(pc)
    assert raised.value.details["blocked_by"] == ["servicing_in_progress", "installation"]
    assert (database(pc), copies(pc)) == (b"damaged 0x80248007", [])


@pytest.mark.parametrize(
    "service",
    [
        {"state": "running", "hangs": "stopping", "values": {"LaunchProtected": 0}},
        {"state": "running", "values": {"Start": 4}},
    ],
)
def test_delivery_optimization_keeps_no_store_from_being_rebuilt(service: dict[str, Any]) -> None:
    """Where it does not end in time, or is disabled and runs on, which nobody can change, as Windows protects it."""
    pc = sick("windows-11-24h2", services={"DoSvc": service})
    before = running(pc)
    assert rebuild(pc)["decision"] == "evidence"
    assert (database(pc), journal(pc)) == (b"", {"": ["UpdateStoreLast"]})
    assert set(before) - {"DoSvc"} <= set(running(pc))
    hangs = "hangs" in service
    assert (pc.state("DoSvc"), "sc.exe stop DoSvc" in pc.ran) == ("STOP_PENDING" if hangs else "RUNNING", hangs)
    assert "sc.exe start DoSvc" not in pc.ran


def test_what_lets_go_in_time_is_waited_for() -> None:
    pc = sick(store=StoreSpec(damage=STORE_CODE, held=8))
    assert rebuild(pc)["changed"] is True
    assert any("to be released" in line for line in pc.said)


def test_a_journal_that_cannot_be_written_changes_nothing() -> None:
    pc = sick()
    pc.faults["reg.exe add"] = 1
    before = pc.machine.state()
    with pytest.raises(WsusClientError, match="nothing was changed"):
        rebuild(pc)
    assert pc.machine.state() == before


def test_the_store_is_put_back_from_the_copy_and_only_once() -> None:
    pc = sick()
    rebuild(pc)
    pc.sleep(60)
    done = rebuild(pc, state="restored")
    assert (done["decision"], database(pc), len(copies(pc))) == ("requested", b"damaged 0x80248007", 1)
    assert rebuild(pc, state="restored")["changed"] is False
    assert rebuild(pc, state="restored", restore_from=copies(pc)[0])["changed"] is True
    assert database(pc) == b""


def test_without_a_copy_nothing_can_be_put_back() -> None:
    with pytest.raises(
        WsusClientError, match=r"contains no copy of the update store made by wsus\.client; .*SoftwareDistribution\.old"
    ):
        rebuild(Pc(store=StoreSpec(copies=(CopySpec("SoftwareDistribution.old"),))), state="restored")


def test_old_copies_of_ours_go_and_nothing_else() -> None:
    names = ("SoftwareDistribution.20260101T000000Z", "SoftwareDistribution.20260201T000000Z")
    others = ("SoftwareDistribution.old", "SoftwareDistribution.bak2")
    pc = Pc(store=StoreSpec(copies=tuple(CopySpec(name) for name in (*names, *others))))
    assert rebuild(pc, keep_copies=2)["changed"] is False
    predicted = rebuild(pc, keep_copies=1, check_mode=True)
    done = rebuild(pc, keep_copies=1)
    assert done["changes"] == predicted["changes"] != []
    assert (done["pruned"], sorted(copies(pc))) == ([names[0]], sorted((names[1], *others)))
    assert rebuild(pc, keep_copies=1)["changed"] is False


def test_an_old_copy_with_long_paths_goes_too() -> None:
    names = ("SoftwareDistribution.20260101T000000Z", "SoftwareDistribution.20260201T000000Z")
    pc = Pc(store=StoreSpec(copies=tuple(CopySpec(name) for name in names)))
    path = rf"C:\Windows\{names[0]}"
    for folder in ("a" * 120, "b" * 120):
        path = rf"{path}\{folder}"
        pc.machine.files.create_folder(path)
    assert len(path) >= 260
    assert (rebuild(pc, keep_copies=1)["pruned"], copies(pc)) == ([names[0]], [names[1]])


def test_a_store_that_lies_elsewhere_is_rebuilt_there() -> None:
    pc = sick(store=StoreSpec(path=r"D:\WU\Store", damage=STORE_CODE))
    rebuild(pc)
    assert (database(pc), copies(pc)) == (b"", [])
    entry = pc.machine.files.get(STORE)
    assert entry is not None
    assert entry.target == r"D:\WU\Store"
    assert [each.name.split(".")[0] for each in pc.machine.files.children(r"D:\WU")] == ["Store", "Store"]
    assert rebuild(pc)["changed"] is False


def test_catroot2_only_where_it_is_asked_for() -> None:
    pc = sick()
    done = rebuild(pc, catroot2=True)
    assert [change["attribute"] for change in done["changes"]] == ["store", "catroot2"]
    names = [
        each.name for each in pc.machine.files.children(r"C:\Windows\System32") if each.name.startswith("catroot2")
    ]
    assert (len(names), names[0], pc.machine.services.running("CryptSvc")) == (2, "catroot2", True)


def _rebuilt() -> Pc:
    pc = sick()
    rebuild(pc)
    pc.sleep(60)
    return pc


CUT = {
    "idle": sick,
    "busy": lambda: sick(services=BUSY),
    "old": lambda: sick("windows-7-sp1", services=BUSY),
    "elsewhere": lambda: sick(store=StoreSpec(path=r"D:\WU\Store", damage=STORE_CODE)),
    "restored": _rebuilt,
    "catroot2": sick,
}


CUT_OPTIONS: dict[str, dict[str, Any]] = {"restored": {"state": "restored"}, "catroot2": {"catroot2": True}}


@pytest.mark.slow
@pytest.mark.parametrize("way", CUT)
def test_a_run_cut_after_any_command_ends_there_and_leaves_what_the_whole_run_had_then(way: str) -> None:
    run = partial(rebuild, **CUT_OPTIONS.get(way, {}))
    states = after_each_program(CUT[way](), run)
    for point, state in enumerate(states, 1):
        assert left(cut(CUT[way](), run, point).machine) == state, point
    assert 5 < len(telling(states)) < len(states)


@pytest.mark.slow
@pytest.mark.parametrize("way", CUT)
@pytest.mark.parametrize("restart", [False, True], ids=["", "power"])
def test_a_run_cut_after_any_command_is_finished_or_undone_by_the_next(way: str, restart: bool) -> None:
    options = CUT_OPTIONS.get(way, {})
    run = partial(rebuild, **options)
    states = after_each_program(CUT[way](), run)
    assert len(states) > 25
    good = b"damaged 0x80248007" if way == "restored" else b""
    for point in telling(states):
        pc = CUT[way]()
        before = running(pc)
        cut(pc, run, point)
        if restart:
            _restart(pc)
            # What was not stopped by us need not be started by us.
            before = before if "UpdateStoreUnfinished" in journal(pc).get("", []) else running(pc)
        pc.sleep(30)
        predicted = rebuild(pc, check_mode=True, **options)
        done = rebuild(pc, **options)
        assert done["changes"] == predicted["changes"], point
        assert database(pc) == good, (point, copies(pc))
        assert set(before) <= set(running(pc)), point
        assert "UpdateStoreUnfinished" not in journal(pc).get("", []), point
        pc.sleep(30)
        assert rebuild(pc, **options)["changed"] is False, point


def _restart(pc: Pc) -> None:
    """The machine lost power: what starts with Windows runs, nothing else."""
    for record in pc.machine.services.records():
        if record.status.state != 1 and record.start > 2:
            pc.machine.services.set_state(record.name, Status())
    for record in list(pc.machine.services.records()):
        if record.start == 2:
            pc.machine.services.start(record.name)


def test_where_files_are_not_listed_as_cmd_does_nothing_is_touched() -> None:
    pc = sick()
    pc.faults["cmd.exe /d /c dir"] = 1
    before = pc.machine.state()
    with pytest.raises(WsusClientError, match="cannot be parsed") as raised:
        rebuild(pc)
    assert (raised.value.reason, pc.machine.state()) == ("unexpected_output", before)


def test_a_journal_that_somebody_changed_is_an_error() -> None:
    pc = sick()
    key = r"HKLM\SOFTWARE\wsus.client"
    words = ("reg.exe", "add", key, "/v", "UpdateStoreUnfinished", "/t", "REG_SZ", "/d", "state=rebuilt; moves=x", "/f")
    pc.machine.run_program(words, next(iter(pc.machine.users.values())))
    with pytest.raises(WsusClientError, match=r"is not as wsus\.client wrote it") as raised:
        rebuild(pc)
    assert (raised.value.reason, database(pc)) == ("journal_damaged", b"damaged 0x80248007")


def test_nothing_is_deleted_beside_a_store_that_lies_elsewhere() -> None:
    copies = tuple(CopySpec(f"SoftwareDistribution.2026010{day}T000000Z") for day in (1, 2, 3))
    pc = Pc(store=StoreSpec(path=r"D:\WU&calc\SoftwareDistribution", copies=copies))
    for copy in copies:
        pc.machine.files.create_folder(rf"C:\Windows\{copy.name}")
    before = pc.machine.state()
    assert rebuild(pc, keep_copies=1)["changed"] is False
    assert pc.machine.state() == before
    assert not any("&calc" in line for line in pc.ran)


def test_nothing_is_asked_of_a_path_that_cmd_would_read_otherwise() -> None:
    pc = sick(store=StoreSpec(path=r"D:\WU&calc", damage=STORE_CODE))
    before = pc.machine.state()
    with pytest.raises(WsusClientError, match=r"characters that cmd\.exe would change"):
        rebuild(pc)
    assert pc.machine.state() == before
    assert not any("&calc" in line for line in pc.ran)


def test_no_rebuild_where_the_free_space_is_unknown_and_a_restore_nevertheless(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a language whose totals are not understood."""
    monkeypatch.setattr(dir_listing, "_total", lambda _line: None)
    pc = sick(store=StoreSpec(damage=STORE_CODE, copies=(CopySpec("SoftwareDistribution.20261001T000000Z"),)))
    before = pc.machine.state()
    with pytest.raises(WsusClientError, match="free on the drive could not be read") as raised:
        rebuild(pc, force=True)
    assert (raised.value.reason, raised.value.details["blocked_by"]) == ("blocked", ["space_unknown"])
    assert (pc.written(), pc.machine.state()) == ([], before)
    assert rebuild(Pc())["decision"] == "no_evidence"  # nothing is needed, so nothing is refused
    assert rebuild(pc, state="restored")["decision"] == "requested"


def test_a_store_behind_a_junction_whose_path_is_damaged_is_refused() -> None:
    pc = sick(console="oem", language="de", store=StoreSpec(path="D:\\Größe\\Store", damage=STORE_CODE))
    with pytest.raises(WsusClientError) as raised:
        rebuild(pc)
    assert (raised.value.reason, pc.written()) == ("unsupported_path", [])
