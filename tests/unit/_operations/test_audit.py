"""The audit of one machine as one result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import system
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import registry_keys
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput, WrongOption
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import (
    COMPONENTS,
    FACTS,
    BitsFactsOptions,
    FactsOptions,
    gather,
)
from ansible_collections.wsus.client.plugins.plugin_utils._windows import registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, Result
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers, Query
from lab.fleet_agent import AgentSpec, DetectionSpec
from lab.fleet_store import StoreSpec
from support.cost import ADDED, ADMINISTRATOR, FULL
from support.event_xml import job
from support.lab_host import Pc
from support.recording_host import MemoryHost
from support.task_options import options
from support.web_responses import broken
from support.windows_answers import CONTEXT, Windows


def facts_of(windows: Windows, subset: list[str]) -> dict[str, Any]:
    host = MemoryHost(windows)
    return gather(host.session, subset, CONTEXT).as_outcome(CONTEXT.now).as_result(host, check_mode=False)  # type: ignore[arg-type]


EVERYTHING = {"system", *COMPONENTS}


def test_each_component_says_what_it_adds_to_the_programs_of_an_audit() -> None:
    asked = {query.command for query in system.probe()}
    added = {"system": len(asked)}
    for name, component in COMPONENTS.items():
        own = {query.command for query in component.probe(CONTEXT)} - asked
        added[name] = len(own)
        asked |= own
    assert added == ADDED


@pytest.mark.parametrize(
    ("subset", "facts", "commands", "executions"),
    [
        (["all"], EVERYTHING, FULL - ADMINISTRATOR, 2),
        (["policy"], {"system", "policy"}, 6, 1),
        (["bits"], {"system", "bits"}, 9, 1),
        (["agent"], {"system", "agent"}, 12, 1),
        (["update_store"], {"system", "update_store"}, 10, 1),
        (["client_id"], {"system", "client_id"}, 4, 1),
        (["events"], {"system", "events"}, 5, 1),
        (["policy", "events"], {"system", "policy", "events"}, 8, 1),
        (["management"], {"system", "management"}, 15, 2),
        (["proxy"], {"system", "proxy"}, 5, 1),
        (["reachability"], {"system", "reachability"}, 6, 2),
        (["proxy", "reachability"], {"system", "proxy", "reachability"}, 6, 2),
        (["system"], {"system"}, 1, 1),
    ],
)
def test_subsets(subset: list[str], facts: set[str], commands: int, executions: int) -> None:
    result = facts_of(Windows(), subset)
    assert set(result["ansible_facts"]) == {f"wsus_{name}" for name in (*facts, "findings", "health", "gathered")}
    assert (result["changed"], result["remote_executions"], result["native_commands"]) == (False, executions, commands)
    assert result["ansible_facts"]["wsus_health"] == "healthy"


@pytest.mark.parametrize("windows", ["windows-10-22h2", "server-2019", "server-2025"])
def test_what_a_healthy_machine_with_curl_costs(windows: str) -> None:
    pc = Pc(windows)
    audit = gather(pc.session, ["all"], pc.context)
    assert (audit.findings, pc.host.executions, pc.host.commands) == ((), 2, FULL)
    assert len(pc.ran) == FULL
    assert [line for line in pc.ran if line.startswith("curl.exe")] == pc.ran[-1:]
    assert audit.facts["wsus_reachability"]["reachable"] is True


def test_without_a_server_nobody_is_asked() -> None:
    result = facts_of(Windows(policy={}, au={}), ["reachability"])
    assert (result["remote_executions"], result["native_commands"]) == (1, 5)
    assert result["ansible_facts"]["wsus_reachability"]["url"] is None


def test_a_broken_machine() -> None:
    result = facts_of(Windows(bits={"Start": ("REG_DWORD", "0x4")}), ["all"])
    assert result["ansible_facts"]["wsus_health"] == "broken"
    assert [finding["id"] for finding in result["ansible_facts"]["wsus_findings"]] == ["bits.disabled"]


@pytest.mark.parametrize(("subset", "commands"), [("bits", 20), ("all", FULL - ADMINISTRATOR + 11)])
def test_an_unusual_dependency_and_the_server_are_asked_for_in_the_second_execution(subset: str, commands: int) -> None:
    result = facts_of(
        Windows(bits={"DependOnService": ("REG_MULTI_SZ", "Gone")}, states={"Gone": 1060}, starts={"Gone": None}),
        [subset],
    )
    assert (result["remote_executions"], result["native_commands"]) == (2, commands)


@pytest.mark.parametrize("days", [0, -1, 366])
def test_days_out_of_range(days: int) -> None:
    with pytest.raises(WrongOption, match=f"event_days is {days}"):
        options(BitsFactsOptions, event_days=days)


@pytest.mark.parametrize("server", ["wsus:8530", "http://wsus/x", "http://me:secret@wsus"])
def test_a_server_that_is_no_url(server: str) -> None:
    with pytest.raises(WrongOption, match="server_url is not the URL of a WSUS server") as caught:
        options(FactsOptions, server_url=server)
    assert "secret" not in caught.value.message


def test_the_expected_server_reaches_policy() -> None:
    given = options(FactsOptions, server_url="http://new:8530")
    facts = FACTS.run(MemoryHost(Windows()).session, given, check_mode=False).values["ansible_facts"]
    assert [finding["id"] for finding in facts["wsus_findings"]] == ["policy.unexpected_server"]


def test_the_gravest_finding_comes_first_whatever_its_component() -> None:
    windows = Windows(
        au={"UseWUServer": 1, "NoAutoUpdate": 1}, bits={"Start": ("REG_DWORD", "0x4")}, servicing=("RebootPending",)
    )
    result = facts_of(windows, ["all"])["ansible_facts"]
    assert [(each["severity"], each["id"]) for each in result["wsus_findings"]] == [
        ("error", "bits.disabled"),
        ("warning", "agent.reboot_pending"),
        ("info", "policy.updates_disabled"),
    ]
    assert result["wsus_health"] == "broken"


@pytest.mark.parametrize("build", [7601, 9600, 14393, 19045, 26100])
def test_a_healthy_machine_of_any_build_is_asked_twice_and_has_no_findings(build: int) -> None:
    result = facts_of(Windows(build=build), ["all"])
    assert (result["remote_executions"], result["ansible_facts"]["wsus_findings"]) == (2, [])


def test_a_failed_job_and_the_fault_that_explains_it_are_one_finding() -> None:
    windows = Windows(bits_log=job(0x80072EE7), web={None: broken(6, lookup=0, connect=0)})
    (finding,) = facts_of(windows, ["all"])["ansible_facts"]["wsus_findings"]
    assert (finding["id"], finding["remedy"], finding["resolved"]) == ("reachability.name_resolution", "network", False)
    assert [("stage" in each, "time" in each) for each in finding["evidence"]] == [(True, False), (False, True)]


@pytest.mark.parametrize(("subset", "resolved"), [(["bits", "reachability"], True), (["bits"], False)])
def test_only_a_test_of_the_way_makes_a_failed_job_resolved(subset: list[str], resolved: bool) -> None:
    (finding,) = facts_of(Windows(bits_log=job(0x80072EE7)), subset)["ansible_facts"]["wsus_findings"]
    assert finding["resolved"] is resolved


class Garbled(MemoryHost):
    """A machine one of whose programs answers in a form that nobody knows, and says that it succeeded."""

    def __init__(self, windows: Windows, garbled: Command, lines: tuple[str, ...]) -> None:
        super().__init__(windows)
        self._garbled, self._lines = garbled, lines

    def probe(self, queries: Iterable[Query[Any]]) -> Answers:
        asked = tuple(queries)
        garbled = self._garbled in {query.command for query in asked}
        return super().probe(asked) | Answers([Result(self._garbled, 0, self._lines)] if garbled else [])


def asked() -> list[Command]:
    """What a full audit asks of a machine that has a bit of everything, but for what tells its Windows."""
    host = MemoryHost(Windows(bits={"Start": ("REG_DWORD", "0x4")}))
    gather(host.session, ["all"], CONTEXT)
    return [each for each in host.asked if each != system.probe()[0].command]


GARBAGE = [
    ("*** ???",),
    ("HKEY_LOCAL_MACHINE\\SOFTWARE\\x", "    v    REG_DWORD    0xzz"),
    ("<Event>", "\x00" * 40),
    ("",),
]


@pytest.mark.parametrize("lines", GARBAGE, ids=["words", "number", "event", "empty"])
@pytest.mark.parametrize("garbled", asked(), ids=str)
def test_an_answer_that_cannot_be_read_ends_no_audit(garbled: Command, lines: tuple[str, ...]) -> None:
    host = Garbled(Windows(bits={"Start": ("REG_DWORD", "0x4")}), garbled, lines)
    facts = gather(host.session, ["all"], CONTEXT).as_facts()
    assert set(facts) == {f"wsus_{name}" for name in (*EVERYTHING, "findings", "health")}
    unreadable = {name.removeprefix("wsus_") for name in facts if "unreadable" in facts[name]}
    told = {each["component"]: each for each in facts["wsus_findings"] if each["id"].endswith(".unreadable")}
    assert set(told) == unreadable
    assert all((each["severity"], each["remedy"]) == ("warning", "administrator") for each in told.values())


def test_a_parser_that_fails_is_told_without_what_the_machine_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "secret of the machine"

    def fail(*_arguments: object) -> None:
        raise ValueError(said)

    failing = replace(COMPONENTS["update_store"], read=fail)
    monkeypatch.setitem(COMPONENTS, "update_store", failing)  # type: ignore[arg-type]
    traces: list[str] = []
    audit = gather(replace(MemoryHost(Windows()).session, debug=traces.append), ["all"], CONTEXT)
    assert [finding.id for finding in audit.findings] == ["update_store.unreadable"]
    assert "secret" not in str(audit.as_facts())
    assert "ValueError in its parser" in audit.facts["wsus_update_store"]["unreadable"]
    assert "secret of" not in traces[0]
    assert "test_audit.py" in traces[0]
    assert traces[0].endswith("ValueError")


def test_queries_are_equal_whenever_they_are_made() -> None:
    """Else an output would be parsed again: answers are kept by the query."""
    for component in COMPONENTS.values():
        assert component.probe(CONTEXT) == component.probe(CONTEXT)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Command]:
    """The command of each output, whenever it is parsed."""
    seen: list[Command] = []
    parse = Answers._parse

    def counted(answers: Answers, query: Query[Any], result: Result) -> Any:
        seen.append(query.command)
        return parse(answers, query, result)

    monkeypatch.setattr(Answers, "_parse", counted)
    return seen


@pytest.mark.parametrize(
    ("pc", "commands"),
    [
        (Pc(), FULL),
        (Pc("windows-7-sp1", services={"SENS": {"values": {"Start": 4}}}, agent=AgentSpec(detections=())), FULL + 13),
        (
            Pc(
                agent=AgentSpec(detections=(DetectionSpec(7200, 0x80248007), DetectionSpec(3600, 0x80248007))),
                store=StoreSpec(path=r"D:\WU\S"),
            ),
            FULL + 13,
        ),
    ],
    ids=["healthy", "in trouble", "store elsewhere"],
)
def test_each_output_is_parsed_once(pc: Pc, commands: int, parsed: list[Command]) -> None:
    gather(pc.session, ["all"], pc.context)
    assert len(parsed) == len(set(parsed)) == commands - 1  # the question for the administrator is the host's
    assert pc.host.commands == commands


def test_an_output_that_cannot_be_read_is_tried_once(parsed: list[Command]) -> None:
    windows = Windows(policy={"WUServer": ("REG_DWORD", "0xgarbage")})
    facts = facts_of(windows, ["all"])["ansible_facts"]
    assert [name for name, each in facts.items() if "unreadable" in each] == [
        f"wsus_{name}" for name in ("policy", "bits", "agent", "update_store", "events", "proxy", "reachability")
    ]
    assert parsed.count(registry.tree(registry_keys.POLICY).command) == 1


def test_without_its_windows_nothing_is_judged() -> None:
    host = Garbled(Windows(), system.probe()[0].command, ("*** ???",))
    with pytest.raises(UnexpectedOutput):
        gather(host.session, ["all"], CONTEXT)
