"""The report as CSV, as metrics and beside an earlier one."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet import prometheus, reporting, spreadsheet, trend
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.machine import Machine, machine
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.report import Report, document, machines_of
from support.documentation import COLLECTION
from support.fleet import FLEET, NOW, audit, repaired

HEADINGS = ("The JSON file\n", "The CSV file\n", "Metrics\n")

RICH = {
    "wsus_health": "broken",
    "wsus_gathered": "2026-11-23T05:00:00+00:00",
    "wsus_system": {"product": "Windows 11 Pro", "release": "24H2", "build": 26100, "revision": 4061},
    "wsus_policy": {"settings": {"server_url": "http://wsus.example.test:8530", "target_group": "=cmd|' /C calc'!A0"}},
    "wsus_agent": {"last_successful_scan": "2026-11-22T06:00:00.0000000Z", "reboot_pending": True},
    "wsus_update_store": {"free_space_bytes": 68719476736},
    "wsus_client_id": {"id": "5e1f0b2c-6a1d-4f0e-9b1a-0c1d2e3f4a5b"},
    "wsus_findings": [
        {"id": "bits.disabled", "severity": "error", "summary": "+1", "action": "@x\nnew line", "remedy": "bits"},
        {"id": "bits.sens", "severity": "warning", "summary": "", "action": "", "remedy": "bits"},
    ],
}


def rows(*machines: Machine) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(spreadsheet.csv_text(Report(machines, NOW)).removeprefix("\ufeff"))))


def test_a_row_has_what_an_administrator_joins_with_the_console() -> None:
    (row,) = rows(machine("pc", [], RICH))
    assert row["build"] == "26100.4061"
    assert row["server"] == "http://wsus.example.test:8530"
    assert (row["last_successful_scan_age_days"], row["restart_pending"], row["free_bytes"]) == (
        "1.0",
        "True",
        "68719476736",
    )
    assert (row["finding"], row["responsible"], row["findings"]) == ("bits.disabled", "bits", "bits.disabled bits.sens")
    assert list(row) == list(spreadsheet.COLUMNS)


def test_every_machine_has_a_row() -> None:
    assert [row["name"] for row in rows(*FLEET)] == sorted(each.name for each in FLEET)
    assert [row["outcome"] for row in rows(repaired("pc"))] == ["repaired"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\r="])
def test_no_cell_is_evaluated(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    facts = json.loads(json.dumps(RICH).replace("Windows 11 Pro", json.dumps(text)[1:-1]))
    cells = [cell for row in rows(machine(text, [{"failed": True, "msg": text}], facts)) for cell in row.values()]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


def samples(*machines: Machine) -> dict[str, float]:
    line = re.compile(r'([a-z_]+(?:\{(?:[a-z]+="(?:[^"\\\n]|\\[\\n"])*",?)*\})?) (\d+)')
    found = {}
    for text in prometheus.metrics(Report(machines, NOW)).splitlines():
        if not text.startswith("#"):
            match = line.fullmatch(text)
            assert match, text
            found[match[1]] = float(match[2])
    return found


def test_metrics() -> None:
    found = samples(machine("pc", [], RICH))
    assert found["wsus_client_report_timestamp_seconds"] == NOW.timestamp()
    assert found['wsus_client_status{machine="pc",status="broken"}'] == 1
    assert found['wsus_client_status{machine="pc",status="healthy"}'] == 0
    assert found['wsus_client_finding{machine="pc",id="bits.disabled",severity="error",responsible="bits"}'] == 1
    assert found['wsus_client_last_scan_timestamp_seconds{machine="pc"}'] == (NOW - timedelta(days=1)).timestamp()
    assert found['wsus_client_gathered_timestamp_seconds{machine="pc"}'] == (NOW - timedelta(hours=1)).timestamp()


def test_the_guide_names_every_column_key_and_metric_with_its_labels() -> None:
    guide = (COLLECTION / "docs" / "docsite" / "rst" / "guide_reports.rst").read_text(encoding="utf-8")
    parts = re.split(r"\n(?=[^\n]+\n-{3,}\n)", guide)
    keys, columns, measured = (next(part for part in parts if part.startswith(title)) for title in HEADINGS)
    assert re.findall(r"``(\w+)``", columns.partition("A cell")[0]) == list(spreadsheet.COLUMNS)
    schema = json.loads((COLLECTION / "docs" / "schema" / "audit-1.schema.json").read_text(encoding="utf-8"))
    listed = [
        name for row in re.findall(r"^   \* - (``.*)$", keys, re.MULTILINE) for name in re.findall(r"``(\w+)``", row)
    ]
    assert {*listed, "$schema"} == set(schema["properties"])
    real = {re.sub(r'="[^"]*"', "", each) for each in samples(machine("pc", [], RICH))}
    assert set(re.findall(r"^   \* - ``(wsus_.*)``$", measured, re.MULTILINE)) == real


def test_a_name_cannot_leave_its_label() -> None:
    name = 'a"} 1\nwsus_client_status{machine="b\\'
    assert len([each for each in samples(machine(name, [], {})) if each.startswith("wsus_client_status")]) == 6


def test_the_trend_names_what_is_new_gone_and_since_when() -> None:
    before = [
        machine("pc-1", [audit("broken", ("bits.disabled", "error"), ("bits.sens", "warning"))], {}),
        machine("pc-2", [audit("broken", ("agent.disabled", "error"))], {}),
        machine("off", [audit("broken", ("agent.disabled", "error"))], {}),
    ]
    earlier = NOW - timedelta(days=7)
    content: dict[str, Any] = json.loads(json.dumps(document(Report(tuple(before), earlier))))
    now = [
        machine("pc-1", [audit("broken", ("bits.disabled", "error"), ("bits.path", "error"))], {}),
        machine("pc-2", [audit("healthy", ("agent.disabled", "resolved"))], {}),
        machine("off", [{"unreachable": True, "msg": "no route"}], {}),
        machine("pc-3", [audit("broken", ("bits.disabled", "error"))], {}),
    ]
    found = trend.trend(now, machines_of(content, "last.json"), content, NOW)
    assert found.new == (("pc-1", "bits.path"),)
    assert found.gone == (("pc-1", "bits.sens"), ("pc-2", "agent.disabled"))
    assert found.since["pc-1"] == {"bits.disabled": earlier.isoformat(), "bits.path": NOW.isoformat()}
    assert "off" not in found.since
    assert found.totals["broken"] == 3

    later = NOW + timedelta(days=1)
    again = json.loads(json.dumps(document(Report(tuple(now), NOW, trend=found))))
    third = trend.trend(now, machines_of(again, "last.json"), again, later)
    assert (third.new, third.gone) == ((), ())
    assert third.since["pc-1"]["bits.disabled"] == earlier.isoformat()


def test_the_statistics_of_a_job() -> None:
    found = reporting.stats(Report((*FLEET, repaired("pc")), NOW))
    assert found["machines_by_status"]["unreachable"] == ["lost"]
    assert found["machines_by_responsible"] == {"bits": ["a-broken", "cached"]}
    assert found["changes"] == [
        {
            "machine": "pc",
            "action": "bits",
            "attribute": "start_type",
            "before": "disabled",
            "after": "demand",
            "outcome": "repaired",
        }
    ]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        ("never", set()),
        ("unreachable", {"lost", "denied", "unknown"}),
        ("broken", {"lost", "denied", "unknown", "a-broken"}),
        ("degraded", {"lost", "denied", "unknown", "a-broken", "cached"}),
    ],
)
def test_when_a_report_fails(fail_on: Any, failing: set[str]) -> None:
    report = Report(tuple(FLEET), NOW)
    if not failing:
        reporting.require_healthy(report, fail_on)
        return
    with pytest.raises(
        reporting.FleetNotHealthy, match=f"fail_on is {fail_on}, and {len(failing)} of 6 machines"
    ) as raised:
        reporting.require_healthy(report, fail_on)
    assert set(re.findall(r"([a-z-]+) \(", raised.value.message)) == failing
