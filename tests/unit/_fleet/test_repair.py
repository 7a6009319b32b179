"""What a repair did, and its outcome."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._fleet.repair import from_data, repair
from support.fleet import audit

CHANGE = {"attribute": "start_type", "before": "disabled", "after": "demand"}
RAN = {"bits": {"changed": True, "changes": [CHANGE], "check_mode": False, "backup": r"C:\b.reg"}}
PLANNED = {"bits": {"changed": True, "changes": [CHANGE], "check_mode": True}}
NOTHING = {"bits": {"changed": False, "changes": [], "check_mode": False}}
BROKEN = audit("broken", ("bits.disabled", "error"), ("bits.drift", "info"))
HEALTHY = audit("healthy", ("bits.disabled", "resolved"))
OTHER = audit("degraded", ("agent.disk", "warning"))


@pytest.mark.parametrize(
    ("before", "after", "results", "failure", "outcome"),
    [
        (BROKEN, HEALTHY, RAN, "", "repaired"),
        (BROKEN, HEALTHY, RAN, "lost", "failed"),
        (BROKEN, OTHER, RAN, "", "partly"),
        (BROKEN, {}, RAN, "", "partly"),
        (BROKEN, {}, PLANNED, "", "planned"),
        (BROKEN, {}, {"bits": {"skipped": True}}, "", "administrator"),
        (BROKEN, BROKEN, NOTHING, "", "administrator"),
        (BROKEN, HEALTHY, NOTHING, "", "repaired"),
        (OTHER, {}, {}, "", "administrator"),
        (HEALTHY, {}, {}, "", "none"),
        (HEALTHY, {}, {"bits": {"skipped": True}}, "", "none"),
        ({}, {}, {}, "no route", "failed"),
    ],
)
def test_outcomes(before: Any, after: Any, results: Any, failure: str, outcome: str) -> None:
    assert repair(before, after, results, failure).outcome == outcome


def test_what_is_published() -> None:
    made = repair(BROKEN, HEALTHY, RAN | {"agent": {"skipped": True}}, "").as_data()
    assert made == {
        "outcome": "repaired",
        "before": ["bits.disabled"],
        "after": [],
        "roles": ["bits"],
        "changes": [{"action": "bits", **CHANGE}],
        "backups": [r"C:\b.reg"],
        "started": "2026-11-23T05:00:00+00:00",
        "ended": "2026-11-23T05:00:00+00:00",
        "failure": "",
    }
    again = from_data(made)
    assert again is not None
    assert again.as_data() == made


@pytest.mark.parametrize("data", [None, {}, [], {"outcome": "fine"}])
def test_what_is_no_repair(data: Any) -> None:
    assert from_data(data) is None
