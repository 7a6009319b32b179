"""The fleet in one picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._exceptions import WsusClientError
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import report
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.json_file import write_json


def audit(health: str, *findings: tuple[str, str]) -> dict[str, Any]:
    return {
        "changed": False,
        "ansible_facts": {
            "wsus_system": {"product": "Windows 11 Pro", "release": "24H2", "build": 26100},
            "wsus_bits": {"installed": True},
            "wsus_health": health,
            "wsus_findings": [
                {
                    "id": name,
                    "severity": severity,
                    "summary": f"about {name}",
                    "action": f"Fix {name}.",
                    "remedy": "bits",
                }
                for name, severity in findings
            ],
        },
    }


FLEET = [
    report.machine("b-healthy", [audit("healthy", ("bits.drift", "info"))], {}),
    report.machine("a-broken", [audit("broken", ("bits.disabled", "error"), ("bits.drift", "info"))], {}),
    report.machine(
        "lost", [{"unreachable": True, "msg": "refused\n by  the machine"}], audit("healthy")["ansible_facts"]
    ),
    report.machine("denied", [{"failed": True, "msg": "not an administrator"}], {}),
    report.machine("cached", [], audit("degraded", ("bits.sens", "warning"))["ansible_facts"]),
    report.machine("unknown", [], {}),
]


def test_where_a_machines_status_comes_from() -> None:
    assert {each.name: each.status for each in FLEET} == {
        "b-healthy": "healthy",
        "a-broken": "broken",
        "lost": "unreachable",
        "denied": "failed",
        "cached": "degraded",
        "unknown": "not_audited",
    }
    lost = FLEET[2]
    assert (lost.message, lost.facts) == ("refused by the machine", {})


def test_a_machine_whose_repair_failed_keeps_the_facts_from_before() -> None:
    before = audit("broken", ("bits.disabled", "error"))
    failed = report.machine("pc", [before, {"failed": True, "msg": "access denied"}, {"skipped": True}], {})
    assert (failed.status, failed.message, [each["id"] for each in failed.findings]) == (
        "failed",
        "access denied",
        ["bits.disabled"],
    )
    repaired = report.machine("pc", [before, {"changed": True}, audit("healthy")], before["ansible_facts"])
    assert (repaired.status, repaired.findings) == ("healthy", [])


def test_totals() -> None:
    assert report.totals(FLEET) == {
        "machines": 6,
        "broken": 1,
        "degraded": 1,
        "failed": 1,
        "unreachable": 1,
        "not_audited": 1,
        "healthy": 1,
        "findings": {"bits.drift": 2, "bits.disabled": 1, "bits.sens": 1},
    }


def test_the_table_starts_with_what_is_most_severe() -> None:
    lines = [line for line, _status in report.table(FLEET, "all")]
    assert lines[0] == "a-broken   broken       Windows 11 Pro 24H2 26100"
    assert lines[1] == "           error        bits.disabled: about bits.disabled -> bits"
    assert lines[2] == "                        Fix bits.disabled."
    assert [line.split()[0] for line in lines if line and not line.startswith(" ")][:6] == [
        "a-broken",
        "cached",
        "denied",
        "lost",
        "unknown",
        "b-healthy",
    ]
    assert lines[-4] == "6 machines: 1 healthy, 1 not audited, 1 unreachable, 1 failed, 1 degraded, 1 broken"
    assert lines[-3:] == ["      2  bits.drift", "      1  bits.disabled", "      1  bits.sens"]
    assert not any("about bits.drift" in line for line in lines)


def test_facts_of_an_earlier_release_have_no_action() -> None:
    facts = audit("broken", ("bits.disabled", "error"))["ansible_facts"]
    del facts["wsus_findings"][0]["action"]
    lines = [line for line, _status in report.table([report.machine("old", [], facts)], "all")]
    assert lines[1:3] == ["     error        bits.disabled: about bits.disabled -> bits", ""]


def test_less_can_be_shown() -> None:
    problems = [line for line, _status in report.table(FLEET, "problems")]
    assert not any("b-healthy" in line for line in problems)
    assert any("a-broken" in line for line in problems)
    assert [line for line, _status in report.table(FLEET, "totals")] == problems[-4:]


def test_an_empty_fleet() -> None:
    assert [line for line, _status in report.table([], "all")] == ["0 machines: none"]


def test_the_document_is_plain_data() -> None:
    document = json.loads(json.dumps(report.document(FLEET, "2026-11-23T05:00:00+00:00")))
    assert document["format"] == "wsus.client audit 1"
    assert document["machines"]["a-broken"]["status"] == "broken"
    assert document["machines"]["a-broken"]["bits"] == {"installed": True}
    assert document["machines"]["a-broken"]["findings"][0]["id"] == "bits.disabled"
    assert document["machines"]["lost"] == {"status": "unreachable", "message": "refused by the machine"}


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "audit.json"
    write_json(str(target), {"ä": 1})
    write_json(str(target), {"ä": 2})
    assert json.loads(target.read_text(encoding="utf-8")) == {"ä": 2}
    assert [path.name for path in target.parent.iterdir()] == ["audit.json"]


def test_a_file_that_cannot_be_written_is_an_error_and_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "audit.json"
    write_json(str(target), {"old": True})
    with pytest.raises(TypeError):
        write_json(str(target), {"not JSON": object()})
    assert json.loads(target.read_text(encoding="utf-8")) == {"old": True}
    assert [path.name for path in tmp_path.iterdir()] == ["audit.json"]
    with pytest.raises(WsusClientError, match="cannot be written"):
        write_json(str(target / "below" / "a file"), {})
