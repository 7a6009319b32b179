"""The fleet in one picture: statuses, totals, the table and the document."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import repair as repairs
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import report as reports
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import reporting
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.files import NotReadable
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import Machine, machine
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.report import Report
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.table import Show, table
from support.documentation import COLLECTION
from support.fleet import FLEET, NOW, audit, repaired

SCHEMA = COLLECTION / "docs" / "schema" / "audit-1.schema.json"


def lines(fleet: list[Machine], show: Show) -> list[str]:
    return [line for line, _status in table(Report(tuple(fleet), NOW), show)]


def test_where_a_machines_status_comes_from() -> None:
    assert {each.name: each.status for each in FLEET} == {
        "b-healthy": "healthy",
        "a-broken": "broken",
        "lost": "unreachable",
        "denied": "failed",
        "cached": "degraded",
        "unknown": "not_audited",
    }


def test_a_machine_that_is_off_shows_its_last_known_state() -> None:
    lost = FLEET[2]
    assert (lost.message, lost.stale, lost.age_hours(NOW)) == ("refused by the machine", True, 50.0)
    assert lost.facts["wsus_health"] == "healthy"
    never = machine("never", [{"unreachable": True, "msg": "no route"}], {})
    assert (never.stale, never.facts, never.age_hours(NOW)) == (False, {}, None)


def test_a_machine_whose_repair_failed_keeps_the_facts_from_before() -> None:
    before = audit("broken", ("bits.disabled", "error"))
    failed = machine("pc", [before, {"failed": True, "msg": "access denied"}, {"skipped": True}], {})
    assert (failed.status, failed.message, [each["id"] for each in failed.findings]) == (
        "failed",
        "access denied",
        ["bits.disabled"],
    )
    done = machine("pc", [before, {"changed": True}, audit("healthy")], before["ansible_facts"])
    assert (done.status, done.findings) == ("healthy", [])


def test_totals_count_resolved_and_informational_findings_apart() -> None:
    assert reports.totals(FLEET) == {
        "machines": 6,
        "broken": 1,
        "degraded": 1,
        "failed": 1,
        "unreachable": 1,
        "not_audited": 1,
        "healthy": 1,
        "findings": {"bits.disabled": 1, "bits.sens": 1},
        "severities": {"error": 1, "warning": 1, "info": 1, "resolved": 1},
        "remedies": {"bits": 2},
        "outcomes": dict.fromkeys(repairs.OUTCOMES, 0),
    }


def test_the_table_starts_with_what_is_most_severe_and_ends_with_the_totals() -> None:
    shown = lines(FLEET, "all")
    assert shown[0] == "a-broken   broken       Windows 11 Pro 24H2 26100"
    assert shown[1] == "           error        bits.disabled: about bits.disabled -> bits"
    assert shown[2] == "                        Fix bits.disabled."
    assert [line.split()[0] for line in shown if line and not line.startswith(" ")][:6] == [
        "a-broken",
        "cached",
        "denied",
        "lost",
        "unknown",
        "b-healthy",
    ]
    assert "facts from 50 h ago" in next(line for line in shown if line.startswith("lost"))
    assert shown[-4:] == [
        "      1  bits.disabled",
        "      1  bits.sens",
        "1 resolved finding is not counted",
        "6 machines: 1 broken, 1 degraded, 1 failed, 1 unreachable, 1 not audited, 1 healthy",
    ]
    assert not any("about bits.drift" in line for line in shown)


def test_facts_of_an_earlier_release_have_no_action() -> None:
    facts = audit("broken", ("bits.disabled", "error"))["ansible_facts"]
    del facts["wsus_findings"][0]["action"]
    assert lines([machine("old", [], facts)], "all")[1:3] == [
        "     error        bits.disabled: about bits.disabled -> bits",
        "",
    ]


def test_less_can_be_shown() -> None:
    problems = lines(FLEET, "problems")
    assert not any("b-healthy" in line for line in problems)
    assert any("a-broken" in line for line in problems)
    assert lines(FLEET, "totals") == problems[-4:]


def test_an_empty_fleet_and_one_machine() -> None:
    assert lines([], "all") == ["0 machines: none"]
    assert lines(FLEET[:1], "totals")[-1] == "1 machine: 1 healthy"


def test_a_repair_ends_with_its_changes_and_outcomes() -> None:
    shown = lines([repaired("pc-1"), repaired("pc-2", failure="access denied")], "problems")
    assert shown[-2:] == ["2 machines: 1 failed, 1 healthy", "1 repaired, 1 failed"]
    assert "machine  role  attribute   before    after" in shown
    assert "pc-1     bits  start_type  disabled  demand" in shown


def test_what_a_machine_says_reaches_no_terminal() -> None:
    hostile = audit("broken", ("bits.disabled", "error"))["ansible_facts"]
    hostile["wsus_findings"][0]["summary"] = "\x1b[2J\u202egone\nnew line"
    hostile["wsus_system"]["product"] = "Windows\x9b31m"
    fleet = [machine("pc\x07", [{"failed": True, "msg": "\x1b]0;title\x07", "ansible_facts": hostile}], {})]
    text = "\n".join(lines(fleet, "all"))
    assert [character for character in text if not character.isprintable() and character != "\n"] == []
    assert "\\u001b[2J\\u202egone new line" in text


def test_the_document_is_strict_json_that_the_schema_describes() -> None:
    fleet = [*FLEET, repaired("pc-1"), repaired("pc-2", failure="access denied")]
    document = json.loads(json.dumps(reports.document(Report(tuple(fleet), NOW)), allow_nan=False))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(document)
    assert document["format"] == "wsus.client audit 1"
    assert document["collection"]["version"]
    entry = document["machines"]["a-broken"]
    assert (entry["status"], entry["bits"], entry["age_hours"]) == ("broken", {"installed": True}, 1.0)
    assert entry["findings"][0]["id"] == "bits.disabled"
    assert document["machines"]["pc-1"]["repair"]["changes"] == [
        {"action": "bits", "attribute": "start_type", "before": "disabled", "after": "demand"}
    ]


def test_no_two_reports_have_the_same_run() -> None:
    made = [Report(tuple(FLEET), NOW) for _time in range(2)]
    first, second = (reports.document(each) for each in made)
    assert first["run"] != second["run"]
    assert first | {"run": ""} == second | {"run": ""}
    assert [reporting.stats(each)["run"] for each in made] == [first["run"], second["run"]]


@pytest.mark.parametrize(
    "wrong", [{"run": ""}, {"machines": []}, {"totals": 1}, {"machines": {"pc": {"status": "fine"}}}]
)
def test_the_schema_refuses_what_is_no_audit(wrong: dict[str, Any]) -> None:
    document = json.loads(json.dumps(reports.document(Report(tuple(FLEET), NOW))))
    schema = json.loads(SCHEMA.read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(document | wrong)


def test_a_document_is_read_as_the_machines_that_it_was_made_of() -> None:
    fleet = [*FLEET, repaired("pc-1")]
    document = json.loads(json.dumps(reports.document(Report(tuple(fleet), NOW))))
    again = reports.machines_of(reports.require_audit(document, "audit.json"), "audit.json")
    assert reports.document(Report(again, NOW))["machines"] == document["machines"]


@pytest.mark.parametrize(
    "content",
    [[], {}, {"machines": {}}, {"machines": {}, "format": "other"}, {"format": reports.FORMAT, "machines": []}],
)
def test_what_is_no_audit_file_is_refused(content: Any) -> None:
    with pytest.raises(NotReadable, match=r"audit\.json"):
        reports.require_audit(content, "audit.json")


@pytest.mark.parametrize("entry", [None, 1, {}, {"status": "fine"}])
def test_an_entry_that_is_no_machine_is_refused(entry: Any) -> None:
    with pytest.raises(NotReadable, match=r"slice\.json is not an audit file"):
        reports.machines_of({"machines": {"pc": entry}}, "slice.json")


def test_of_several_reports_the_latest_facts_count() -> None:
    def at(hours: int, status: str) -> Machine:
        facts = {"wsus_health": status, "wsus_gathered": (NOW - timedelta(hours=hours)).isoformat()}
        return machine("pc", [], facts)

    old, new = at(9, "broken"), at(1, "healthy")
    assert [each.status for each in reports.joined([[new], [old]])] == ["healthy"]
    assert [each.status for each in reports.joined([[old], [new]])] == ["healthy"]
    unknown, lost = machine("pc", [], {}), machine("pc", [{"unreachable": True, "msg": "no route"}], {})
    assert [each.status for each in reports.joined([[unknown], [lost]])] == ["unreachable"]
    assert [each.name for each in reports.joined([FLEET[:2], [new]])] == ["a-broken", "b-healthy", "pc"]


def test_times_without_a_zone_are_not_guessed() -> None:
    for text in ("2026-11-23T05:00:00", "yesterday", "", None, 5):
        assert machine("pc", [], {"wsus_health": "healthy", "wsus_gathered": text}).gathered is None
    seen = machine("pc", [], {"wsus_health": "healthy", "wsus_gathered": "2026-11-23T05:00:00.1234567Z"}).gathered
    assert seen == datetime(2026, 11, 23, 5, 0, 0, 123456, tzinfo=timezone.utc)


def test_the_schema_is_where_the_documents_say(tmp_path: Path) -> None:
    assert reports.SCHEMA.endswith(str(SCHEMA.relative_to(COLLECTION)))
