"""The audit of one machine as one result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import system
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import UnexpectedOutput, WrongOption
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit as _gather
from ansible_collections.wsus.client.plugins.plugin_utils._windows.command import Command, Result
from support.event_xml import job
from support.lab_host import Pc
from support.recording_host import MemoryHost
from support.web_responses import broken
from support.windows_answers import CONTEXT, Windows


def gather(windows: Windows, subset: list[str]) -> dict[str, Any]:
    return _gather.gather(MemoryHost(windows), subset, CONTEXT).as_result()  # type: ignore[arg-type]


EVERYTHING = {"system", *_gather.COMPONENTS}


@pytest.mark.parametrize(
    ("subset", "facts", "commands", "executions"),
    [
        (["all"], EVERYTHING, 23, 2),
        (["policy"], {"system", "policy"}, 5, 1),
        (["bits"], {"system", "bits"}, 8, 1),
        (["agent"], {"system", "agent"}, 11, 1),
        (["update_store"], {"system", "update_store"}, 8, 1),
        (["client_id"], {"system", "client_id"}, 3, 1),
        (["events"], {"system", "events"}, 5, 1),
        (["policy", "events"], {"system", "policy", "events"}, 7, 1),
        (["proxy"], {"system", "proxy"}, 5, 1),
        (["reachability"], {"system", "reachability"}, 6, 2),
        (["proxy", "reachability"], {"system", "proxy", "reachability"}, 6, 2),
        (["system"], {"system"}, 1, 1),
    ],
)
def test_subsets(subset: list[str], facts: set[str], commands: int, executions: int) -> None:
    result = gather(Windows(), subset)
    assert set(result["ansible_facts"]) == {f"wsus_{name}" for name in (*facts, "findings", "health")}
    assert (result["changed"], result["remote_executions"], result["native_commands"]) == (False, executions, commands)
    assert result["ansible_facts"]["wsus_health"] == "healthy"


@pytest.mark.parametrize("windows", ["windows-10-22h2", "server-2019", "server-2025"])
def test_what_a_healthy_machine_with_curl_costs(windows: str) -> None:
    pc = Pc(windows)
    audit = _gather.gather(pc.host, ["all"], pc.context)
    assert (audit.findings, audit.executions, audit.commands) == ((), 2, 24)
    assert len(pc.ran) == 24
    assert [line for line in pc.ran if line.startswith("curl.exe")] == pc.ran[-1:]
    assert audit.facts["wsus_reachability"]["reachable"] is True


def test_without_a_server_nobody_is_asked() -> None:
    result = gather(Windows(policy={}, au={}), ["reachability"])
    assert (result["remote_executions"], result["native_commands"]) == (1, 5)
    assert result["ansible_facts"]["wsus_reachability"]["url"] is None


def test_a_broken_machine() -> None:
    result = gather(Windows(bits={"Start": ("REG_DWORD", "0x4")}), ["all"])
    assert result["ansible_facts"]["wsus_health"] == "broken"
    assert [finding["id"] for finding in result["ansible_facts"]["wsus_findings"]] == ["bits.disabled"]


@pytest.mark.parametrize(("subset", "commands"), [("bits", 10), ("all", 25)])
def test_an_unusual_dependency_and_the_server_are_asked_for_in_the_second_execution(subset: str, commands: int) -> None:
    result = gather(
        Windows(bits={"DependOnService": ("REG_MULTI_SZ", "Gone")}, states={"Gone": 1060}, starts={"Gone": None}),
        [subset],
    )
    assert (result["remote_executions"], result["native_commands"]) == (2, commands)


@pytest.mark.parametrize("days", [0, -1, 366])
def test_days_out_of_range(days: int) -> None:
    with pytest.raises(WrongOption, match=f"event_days is {days}"):
        _gather.context_of({"event_days": days}, CONTEXT.now)


@pytest.mark.parametrize("server", [{}, {"server_url": None}, {"server_url": "http://wsus.example.com:8530"}])
def test_the_context_is_what_the_options_say(server: dict[str, str | None]) -> None:
    context = _gather.context_of({"event_days": 3, **server}, CONTEXT.now)
    assert (context.event_days, context.now, context.server_url) == (3, CONTEXT.now, server.get("server_url"))


@pytest.mark.parametrize("server", ["wsus:8530", "http://wsus/x", "http://me:secret@wsus"])
def test_a_server_that_is_no_url(server: str) -> None:
    with pytest.raises(WrongOption, match="server_url is not the URL of a WSUS server") as caught:
        _gather.context_of({"event_days": 3, "server_url": server}, CONTEXT.now)
    assert "secret" not in caught.value.message


def test_the_expected_server_reaches_policy() -> None:
    host, context = MemoryHost(Windows()), replace(CONTEXT, server_url="http://new:8530")
    audit = _gather.gather(host, ["all"], context)  # type: ignore[arg-type]
    assert [finding.id for finding in audit.findings] == ["policy.unexpected_server"]


def test_the_gravest_finding_comes_first_whatever_its_component() -> None:
    windows = Windows(
        au={"UseWUServer": 1, "NoAutoUpdate": 1}, bits={"Start": ("REG_DWORD", "0x4")}, servicing=("RebootPending",)
    )
    result = gather(windows, ["all"])["ansible_facts"]
    assert [(each["severity"], each["id"]) for each in result["wsus_findings"]] == [
        ("error", "bits.disabled"),
        ("warning", "policy.updates_disabled"),
        ("warning", "agent.reboot_pending"),
    ]
    assert result["wsus_health"] == "broken"


@pytest.mark.parametrize("build", [7601, 9600, 14393, 19045, 26100])
def test_a_healthy_machine_of_any_build_is_asked_twice_and_has_no_findings(build: int) -> None:
    result = gather(Windows(build=build), ["all"])
    assert (result["remote_executions"], result["ansible_facts"]["wsus_findings"]) == (2, [])


def test_a_failed_job_and_the_fault_that_explains_it_are_one_finding() -> None:
    windows = Windows(bits_log=job(0x80072EE7), web={None: broken(6, lookup=0, connect=0)})
    (finding,) = gather(windows, ["all"])["ansible_facts"]["wsus_findings"]
    assert (finding["id"], finding["remedy"], finding["resolved"]) == ("reachability.name_resolution", "network", False)
    assert [("stage" in each, "time" in each) for each in finding["evidence"]] == [(True, False), (False, True)]


@pytest.mark.parametrize(("subset", "resolved"), [(["bits", "reachability"], True), (["bits"], False)])
def test_only_a_test_of_the_way_makes_a_failed_job_resolved(subset: list[str], resolved: bool) -> None:
    (finding,) = gather(Windows(bits_log=job(0x80072EE7)), subset)["ansible_facts"]["wsus_findings"]
    assert finding["resolved"] is resolved


class Garbled(MemoryHost):
    """A machine one of whose programs answers in a form that nobody knows, and says that it succeeded."""

    def __init__(self, windows: Windows, garbled: Command, lines: tuple[str, ...]) -> None:
        super().__init__(windows)
        self._garbled, self._lines = garbled, lines

    def probe(self, commands: Iterable[Command]) -> dict[Command, Result]:
        answers = super().probe(commands)
        if self._garbled in answers:
            answers[self._garbled] = Result(self._garbled, 0, self._lines)
        return answers


def asked() -> list[Command]:
    """What a full audit asks of a machine that has a bit of everything, but for what tells its Windows."""
    host = MemoryHost(Windows(bits={"Start": ("REG_DWORD", "0x4")}))
    _gather.gather(host, ["all"], CONTEXT)  # type: ignore[arg-type]
    return [each for each in host.asked if each not in system.probe()]


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
    facts = _gather.gather(host, ["all"], CONTEXT).as_result()["ansible_facts"]  # type: ignore[arg-type]
    assert set(facts) == {f"wsus_{name}" for name in (*EVERYTHING, "findings", "health")}
    unreadable = {name.removeprefix("wsus_") for name in facts if "unreadable" in facts[name]}
    told = {each["component"]: each for each in facts["wsus_findings"] if each["id"].endswith(".unreadable")}
    assert set(told) == unreadable
    assert all((each["severity"], each["remedy"]) == ("warning", "administrator") for each in told.values())


def test_a_parser_that_fails_is_told_without_what_the_machine_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise ValueError("secret of the machine")

    monkeypatch.setattr(_gather.COMPONENTS["update_store"], "read", fail)
    traces: list[str] = []
    audit = _gather.gather(MemoryHost(Windows()), ["all"], CONTEXT, traces.append)  # type: ignore[arg-type]
    assert [finding.id for finding in audit.findings] == ["update_store.unreadable"]
    assert "secret" not in str(audit.as_result())
    assert "ValueError in its parser" in audit.facts["wsus_update_store"]["unreadable"]
    assert "secret of the machine" in traces[0]


def test_without_its_windows_nothing_is_judged() -> None:
    host = Garbled(Windows(), system.probe()[0], ("*** ???",))
    with pytest.raises(UnexpectedOutput):
        _gather.gather(host, ["all"], CONTEXT)  # type: ignore[arg-type]
