"""The questions to the logs: what they select, and that Windows accepts them."""

from __future__ import annotations

import re

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.agent.scan_services import (
    SERVICES as ALL_SERVICES,
)
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import event_findings, event_queries
from ansible_collections.wsus.client.plugins.plugin_utils._windows.event_log import Log
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers, Query
from lab.fleet import AttemptSpec, EventSpec
from lab.fleet_agent import AgentSpec, DetectionSpec, FailureSpec
from support.event_xml import detection
from support.finding_checks import evidence_of
from support.lab_host import Pc
from support.windows_output import answer

SERVICES = [each for each, name in ALL_SERVICES.items() if name in ("wsus", "windows_update", "microsoft_update")]


@pytest.mark.parametrize(
    "question",
    [
        event_queries.bits(14),
        event_queries.update(14),
        event_queries.system(14),
        event_queries.application(14),
        event_queries.scans_of(SERVICES, 14),
        *event_queries.successes(14),
    ],
)
def test_windows_accepts_the_question(question: Query[Log]) -> None:
    xpath = question.command.arguments[-1]
    # More than 22 comparisons of values are refused.
    assert len(re.findall(r"EventID=|Level=|@Name=|<=|Data=|\]=", xpath)) <= 22
    assert "<=1209600000" in xpath
    assert Pc().host.run([question.command])[0].exit_code == 0


def test_what_a_machine_answers() -> None:
    pc = Pc(
        agent=AgentSpec(
            detections=(DetectionSpec(7200.0, 0x8024402C), DetectionSpec(3600.0)),
            downloads=(FailureSpec(60.0, 0x80D02002),),
            installs=(FailureSpec(30.0, 0x80070643),),
        ),
        services={"BITS": {"values": {"Start": 4}}},
        attempts=(AttemptSpec("BITS", 90.0),),
    )
    asked = [event_queries.update(14), event_queries.system(14)]
    logs = event_queries.read(pc.host.probe(asked), asked)
    assert [each.id for each in logs.events] == [31, 26, 25, 20, 7000]
    assert (logs.unreadable, logs.damaged) == ((), 0)


def test_several_logs_as_one() -> None:
    asked = [event_queries.bits(3), event_queries.update(3), event_queries.system(3)]
    given = Answers([answer(asked[0], "", 15007), answer(asked[1], detection() + "<Event>x</Event>")])
    logs = event_queries.read(given, asked)
    assert ([each.id for each in logs.events], logs.unreadable, logs.damaged) == (
        [26],
        ((event_queries.BITS_CHANNEL, 15007),),
        1,
    )


def test_whether_all_could_be_read() -> None:
    kind = event_findings.events_unreadable("agent", "the agent")
    assert list(event_findings.unreadable(kind, "the agent", (), 0)) == []
    (finding,) = event_findings.unreadable(kind, "the agent", (("System", 5),), 2)
    assert (finding.id, finding.severity, finding.remedy) == ("agent.events_unreadable", "info", "none")
    assert evidence_of(finding) == ({"what": "System", "error": 5}, {"what": "damaged events", "value": 2})


def test_errors_of_group_policy_are_selected_by_level_and_the_rest_by_number() -> None:
    xpath = event_queries.system(1).command.arguments[-1]
    assert f"(Provider[@Name='{event_queries.GROUP_POLICY}'] and (Level=2))" in xpath
    assert f"(Provider[@Name='{event_queries.UPDATE_CLIENT}'] and (EventID=16 or EventID=20))" in xpath


def test_an_event_that_two_questions_gave_is_there_once_and_a_cut_answer_says_so() -> None:
    asked = [event_queries.update(3), event_queries.scans_of(SERVICES, 3)]
    flood = "".join(detection(time=f"2026-11-20T08:{n:02}:00.0000000Z") for n in range(59, -1, -1))
    older = detection(time="2026-11-19T08:00:00.0000000Z")
    given = Answers([answer(asked[0].command, flood), answer(asked[1].command, flood[: len(flood) // 3] + older)])
    assert len(event_queries.read(given, asked).events) == 61
    assert (given[asked[0]].cut_at, given[asked[1]].cut_at) == (60, 20)
    assert Answers([answer(asked[0].command, older)])[asked[0]].cut_at is None


def test_databases_of_other_programs_fill_no_answer() -> None:
    def made(owner: str, age: float) -> EventSpec:
        return EventSpec("Application", "ESENT", 325, age, (("", "svchost"), ("", owner)), None, None)

    others = tuple(made("TILEREPOSITORYS-1-5-18: ", age) for age in range(1, 60))
    asked = event_queries.application(14)
    answers = Pc(events=(*others, made(event_queries.DATABASE_OWNER, 3600))).host.probe([asked])
    assert [each.data["param2"] for each in answers[asked].events] == [event_queries.DATABASE_OWNER]


def test_scans_are_asked_for_by_service_in_either_case() -> None:
    def scan(service: str, age: float) -> EventSpec:
        data = (("updateCount", "0"), ("serviceGuid", f"{{{service}}}"))
        return EventSpec(event_queries.UPDATE_CHANNEL, event_queries.UPDATE_CLIENT, 26, age, data, None, None)

    wsus, store = SERVICES[0], "855e8a7c-ecb4-4ca3-b045-1dfa50104289"
    asked = event_queries.scans_of([wsus], 14)
    events = (scan(wsus, 30), scan(store, 20), scan(wsus.upper(), 10))
    found = Pc(events=events, agent=AgentSpec(detections=())).host.probe([asked])[asked].events
    assert [each.data["serviceGuid"].strip("{}").lower() for each in found] == [wsus, wsus]
