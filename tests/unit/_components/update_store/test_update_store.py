"""The update store: where it lies, what shows that it is damaged, what blocks a rebuild, and what the journal says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import (
    Context,
    agent,
    correlation,
    system,
    update_store,
)
from ansible_collections.wsus.client.plugins.plugin_utils._components.update_store.findings import LIVE_TEST
from ansible_collections.wsus.client.plugins.plugin_utils._windows import dir_listing
from lab.fleet import EventSpec
from lab.fleet_agent import AgentSpec, DetectionSpec, FailureSpec
from lab.fleet_store import CopySpec, StoreSpec
from support.finding_checks import evidence_of
from support.lab_host import Pc

CODE = 0x80248007
SICK = AgentSpec(detections=(DetectionSpec(7200, CODE), DetectionSpec(3600, CODE)))
IN_PROGRESS = {r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootInProgress": {}}
KEY = r"HKLM\SOFTWARE\wsus.client"


def read(pc: Pc, days: int = 14) -> update_store.Store:
    context = Context(now=pc.context.now, event_days=days)
    answers = pc.host.probe((*system.probe(), *update_store.probe(context)))
    machine = system.read(answers)
    further = update_store.follow_up(update_store.read(answers, machine, context))
    return update_store.read(answers | pc.host.probe(further), machine, context)


def engine(number: int, age: float, error: str = "-501", owner: str = "SUS20ClientDataStore: ") -> EventSpec:
    return EventSpec("Application", "ESENT", number, age, (("", "wuaueng.dll"), ("", owner), ("", error)), None, None)


@pytest.mark.parametrize(
    "windows", ["windows-7-sp1", "windows-8.1", "windows-10-1607", "windows-11-24h2", "server-2025"]
)
def test_a_sound_one(windows: str) -> None:
    facts = read(Pc(windows))
    assert (facts.path, facts.redirected, facts.exists, facts.size_class) == (
        r"C:\Windows\SoftwareDistribution",
        False,
        True,
        "small",
    )
    assert (facts.evidence, facts.blocked, facts.copies, facts.unfinished, facts.last, facts.made) == (
        (),
        (),
        (),
        None,
        None,
        None,
    )
    assert update_store.findings(facts) == ()


@pytest.mark.parametrize(("size", "word"), [(1, "small"), (256 << 20, "medium"), (1 << 30, "large")])
def test_size_classes(size: int, word: str) -> None:
    facts = read(Pc(store=StoreSpec(size=size)))
    assert (facts.database, facts.size_class) == (size, word)


def test_one_that_lies_elsewhere() -> None:
    copies = (CopySpec("Store.20261001T000000Z"), CopySpec("Store.bak"))
    facts = read(Pc(store=StoreSpec(path=r"D:\WU\Store", copies=copies)))
    assert (facts.path, facts.redirected, facts.exists) == (r"D:\WU\Store", True, True)
    assert [(copy.name, copy.ours) for copy in facts.copies] == [("Store.20261001T000000Z", True), ("Store.bak", False)]


def test_one_that_is_gone() -> None:
    facts = read(Pc(store=StoreSpec(missing=True)))
    assert (facts.exists, facts.database, facts.size_class) == (False, None, "none")
    assert [finding.id for finding in update_store.findings(facts)] == ["update_store.missing"]


@pytest.mark.parametrize(
    ("events", "codes"),
    [
        ((engine(454, 3600),), [0xC80001F5]),
        ((engine(412, 3600, "-546"),), [0xC8000222]),
        ((engine(623, 3600, "(0)"), engine(623, 7200, "(0)")), [None, None]),
        ((engine(623, 3600, "(0)"),), []),  # a long transaction does it, too
        ((engine(454, 3600, "-1032"),), []),  # the file is in use
        ((engine(454, 3600, "-1808"),), []),  # the disk is full
        ((engine(454, 3600, owner="Windows: "),), []),  # another program's database
        ((engine(454, 7200), engine(325, 3600)), []),  # made anew since
        ((engine(325, 7200), engine(454, 3600)), [0xC80001F5]),
        ((engine(454, 20 * 86400),), []),  # too long ago
    ],
)
def test_what_the_engine_reports(events: tuple[EventSpec, ...], codes: list[int | None]) -> None:
    facts = read(Pc(events=events, agent=AgentSpec(detections=(DetectionSpec(30 * 86400.0),))))
    assert [each.code for each in facts.evidence] == codes


def test_a_success_disproves_detections_and_the_engine_but_no_failed_download() -> None:
    past = AgentSpec(
        detections=(DetectionSpec(7200, CODE), DetectionSpec(3600)),
        downloads=(FailureSpec(7200, 0x80246010, "one"), FailureSpec(7100, 0x80246010, "another")),
    )
    facts = read(Pc(agent=past, events=(engine(454, 7000),)))
    assert [(each.kind, each.code) for each in facts.evidence] == [("download", 0x80246010)] * 2


def test_what_came_later_is_asked_for_only_where_something_failed() -> None:
    """Nothing more is asked of a sound machine, nor where only scans failed."""
    for past, asked in ((AgentSpec(), 0), (SICK, 0), (AgentSpec(downloads=(FailureSpec(7200, 0x80246010),)), 2)):
        pc = Pc(agent=past)
        read(pc)
        assert len([line for line in pc.ran if "(EventID=41)" in line or "(EventID=19)" in line]) == asked


def test_a_suspicion_is_a_warning_and_rebuilds_nothing() -> None:
    facts = read(Pc(agent=AgentSpec(detections=(DetectionSpec(3600, CODE),))))
    (finding,) = update_store.findings(facts)
    assert (finding.id, finding.severity, finding.remedy) == ("update_store.suspected", "warning", "retry")
    assert finding.codes == ("0x80248007",)
    assert ([each["code"] for each in facts.as_fact()["suspicions"]], facts.as_fact()["evidence"]) == (
        ["0x80248007"],
        [],
    )


def stamp(pc: Pc, age: float) -> str:
    """A time so many seconds ago, as the journal and the names of copies have it."""
    return (pc.context.now - timedelta(seconds=age)).strftime("%Y%m%dT%H%M%SZ")


def remember(pc: Pc, state: str, age: float) -> None:
    """Have the journal say what was done last, and how many seconds ago."""
    text = f"state={state}; time={stamp(pc, age)}; copy=SoftwareDistribution.x"
    pc.machine.run_program(
        ("reg.exe", "add", KEY, "/v", "UpdateStoreLast", "/t", "REG_SZ", "/d", text, "/f"),
        next(iter(pc.machine.users.values())),
    )


@pytest.mark.parametrize("state", ["rebuilt", "restored"])
@pytest.mark.parametrize(("age", "found"), [(3600, 2), (7200, 0)])
def test_only_what_came_after_the_last_rebuild_or_restoration_counts(age: int, found: int, state: str) -> None:
    pc = Pc(agent=AgentSpec(detections=(DetectionSpec(age, CODE), DetectionSpec(age - 60, CODE))))
    assert len(read(pc).evidence) == 2
    remember(pc, state, 5400)
    assert len(read(pc).evidence) == found


def test_the_latest_of_journal_copies_and_engine_is_what_evidence_counts_from() -> None:
    for journal, copy, made in ((5400, 9000, 9000), (9000, 5400, 9000), (9000, 9000, 5400)):
        pc = Pc()
        pc = Pc(
            agent=AgentSpec(detections=tuple(DetectionSpec(age, CODE) for age in (7200, 3600, 1800))),
            store=StoreSpec(copies=(CopySpec(f"SoftwareDistribution.{stamp(pc, copy)}"),)),
            events=(engine(325, made),),
        )
        remember(pc, "rebuilt", journal)
        assert len(read(pc).evidence) == 2, (journal, copy, made)


@pytest.mark.parametrize(("state", "hours"), [("rebuilt", 1.5), ("restored", None)])
def test_a_store_that_was_put_back_was_not_made_then(state: str, hours: float | None) -> None:
    pc = Pc()
    remember(pc, state, 5400)
    assert read(pc).as_fact()["age_hours"] == hours


def test_a_copy_of_ours_tells_of_a_rebuild_whose_record_is_lost() -> None:
    now = stamp(Pc(), 0)
    pc = Pc(
        agent=SICK,
        store=StoreSpec(copies=(CopySpec(f"SoftwareDistribution.{now}"),)),
    )
    assert read(pc).evidence == ()


@pytest.mark.parametrize(
    ("spec", "blocked"),
    [
        ({"free_space": 1 << 29}, ("space",)),
        ({"services": {"TrustedInstaller": {"state": "running"}}}, ()),
        (
            {"services": {"TrustedInstaller": {"state": "running"}}, "registry": IN_PROGRESS},
            ("servicing_in_progress", "installation"),
        ),
        ({"files": {r"C:\Windows\WinSxS\pending.xml": "<x/>"}}, ("pending_xml",)),
        ({}, ()),
    ],
)
def test_what_blocks_a_rebuild(spec: dict[str, Any], blocked: tuple[str, ...]) -> None:
    facts = read(Pc(agent=SICK, **spec))
    assert facts.installing is ("services" in spec)
    (finding,) = update_store.findings(facts)
    assert (facts.blocked, finding.id, finding.codes) == (blocked, "update_store.damaged", ("0x80248007",))
    assert ("Before it can be rebuilt" in finding.cause) == bool(blocked)
    assert finding.action.startswith("Resolve what prevents the rebuild" if blocked else "Run the role")


def test_the_agents_failures_are_joined_with_the_damage() -> None:
    for scans, expected in (
        (SICK.detections, [("update_store.damaged", "error", False)]),
        ((DetectionSpec(3600, CODE),), [("update_store.suspected", "warning", False)]),
        ((DetectionSpec(3600, 0x8024402C),), [("agent.scan_failed", "error", False)]),
    ):
        pc = Pc(agent=AgentSpec(detections=scans))
        context = pc.context
        answers = pc.host.probe((*system.probe(), *agent.probe(context)))
        machine = system.read(answers)
        further = agent.follow_up(agent.read(answers, machine, context))
        answers |= pc.host.probe(further)
        store = read(pc)
        found = (*agent.findings(agent.read(answers, machine, context)), *update_store.findings(store))
        joined = correlation.correlate(found, LIVE_TEST, store)
        assert [(each.id, each.severity, each.resolved) for each in joined if each.severity != "info"] == expected


@pytest.mark.parametrize(("state", "word"), [("rebuilt", "rebuild"), ("restored", "restore")])
def test_a_run_that_was_interrupted_is_a_finding(state: str, word: str) -> None:
    pc = Pc()
    text = f"state={state}; begun=20261122T201500Z; moves=C:\\Windows\\SoftwareDistribution>SoftwareDistribution.20261122T201500Z"
    pc.machine.run_program(
        ("reg.exe", "add", KEY, "/v", "UpdateStoreUnfinished", "/t", "REG_SZ", "/d", text, "/f"),
        next(iter(pc.machine.users.values())),
    )
    finding = update_store.findings(read(pc))[0]
    assert (finding.id, finding.severity, finding.remedy) == ("update_store.unfinished", "error", "update_store")
    assert finding.summary == f"A {word} of the update store was started and not finished"


def test_a_log_that_cannot_be_read_is_a_finding() -> None:
    facts = replace(read(Pc()), unreadable_logs=(("Application", 15007), ("System", 5)))
    (finding,) = update_store.findings(facts)
    assert (finding.id, finding.severity, finding.remedy) == ("update_store.events_unreadable", "info", "none")
    assert evidence_of(finding)[0] == {"what": "Application", "error": 15007}
    assert len(finding.evidence) == 2


def assert_refused(pc: Pc) -> None:
    """The audit tells the damage of the journal; nothing of the record is taken for a value."""
    facts = read(pc)
    assert facts.unfinished is None
    (finding,) = update_store.findings(facts)
    assert (finding.id, finding.severity, finding.remedy) == ("update_store.journal_damaged", "error", "administrator")
    assert "UpdateStoreUnfinished" in finding.summary


@pytest.mark.parametrize(
    "text",
    ["", "state=rebuilt", "state=rebuilt; begun=today; moves=C:\\a>b", "state=x; begun=20261122T201500Z", "junk"],
)
def test_a_journal_that_is_not_ours_is_a_finding(text: str) -> None:
    pc = Pc()
    data = ("/d", text) if text else ()
    pc.machine.run_program(
        ("reg.exe", "add", KEY, "/v", "UpdateStoreUnfinished", "/t", "REG_SZ", *data, "/f"),
        next(iter(pc.machine.users.values())),
    )
    assert_refused(pc)


@pytest.mark.parametrize(
    "renaming", [r"C:\Windows\x&calc>y", r"C:\Windows\x>..\y", r"C:\Windows\x>y%z", "x>y", r"C:\Windows\x"]
)
def test_no_move_of_a_journal_can_carry_a_command(renaming: str) -> None:
    pc = Pc()
    text = f"state=rebuilt; begun=20261122T201500Z; moves={renaming}"
    pc.machine.run_program(
        ("reg.exe", "add", KEY, "/v", "UpdateStoreUnfinished", "/t", "REG_SZ", "/d", text, "/f"),
        next(iter(pc.machine.users.values())),
    )
    assert_refused(pc)


def test_a_drive_whose_free_space_is_unknown_blocks_a_rebuild_and_no_restore(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a language whose totals are not understood: the listing has its entries."""
    monkeypatch.setattr(dir_listing, "_total", lambda _line: None)
    facts = read(Pc(agent=SICK, store=StoreSpec(copies=(CopySpec("SoftwareDistribution.20261001T000000Z"),))))
    assert (facts.free_space, facts.listed, facts.blocked) == (None, True, ("space_unknown",))
    (finding,) = update_store.findings(facts)
    assert "how much space is free on the drive could not be read" in finding.cause
