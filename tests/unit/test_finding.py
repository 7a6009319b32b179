"""Findings as they are declared and raised, in order, and what they say of a client."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._finding import (
    NO_ACTION,
    Evidence,
    Finding,
    FindingType,
    Severity,
    health,
    ranked,
)

KIND = FindingType("bits.x", ("error", "warning", "info"), "It is wrong.", "Correct it.", ("bits", "network"), ("0x1",))


def finding(identifier: str, severity: Severity) -> Finding:
    return FindingType(identifier, (severity,), "meaning", "action", ("none",)).found("summary", cause="cause")


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        ((), "healthy"),
        (("info",), "healthy"),
        (("info", "warning"), "degraded"),
        (("warning", "error", "info"), "broken"),
    ],
)
def test_health(severities: tuple[Severity, ...], expected: str) -> None:
    assert health(finding("bits.x", severity) for severity in severities) == expected


def test_the_most_severe_comes_first_and_equals_keep_their_order() -> None:
    given = [finding("a.1", "info"), finding("b.2", "error"), finding("c.3", "warning"), finding("d.4", "error")]
    assert [each.id for each in ranked(given)] == ["b.2", "d.4", "c.3", "a.1"]


def test_as_published() -> None:
    evidence = (Evidence.value("Start", 4, expected=3), Evidence.event({"time": "t", "kind": "start"}))
    fact = KIND.found("s", cause="c", severity="error", remedy="bits", evidence=evidence).as_fact()
    assert fact.pop("reference").endswith("/guide_findings.rst#bitsx")
    assert fact == {
        "id": "bits.x",
        "severity": "error",
        "component": "bits",
        "summary": "s",
        "evidence": [
            {"type": "value", "what": "Start", "value": 4, "expected": 3},
            {"type": "event", "time": "t", "kind": "start"},
        ],
        "codes": ["0x1"],
        "cause": "c",
        "action": "Correct it.",
        "remedy": "bits",
        "resolved": False,
    }


def test_the_case_may_know_better_than_the_declaration() -> None:
    found = KIND.found("s", cause="c", severity="info", remedy="network", action="Wait.", codes=())
    assert (found.severity, found.remedy, found.action, found.codes) == ("info", "network", "Wait.", ())


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"severity": "error"}, "remedy None"),
        ({"remedy": "bits"}, "severity None"),
        ({"severity": "error", "remedy": "agent"}, "remedy agent"),
        ({"severity": "fatal", "remedy": "bits"}, "severity fatal"),
    ],
)
def test_what_is_not_declared_is_refused(given: dict[str, str], what: str) -> None:
    with pytest.raises(ValueError, match=f"bits.x: {what} is not one of"):
        KIND.found("s", cause="c", **given)  # type: ignore[arg-type]


def test_what_is_resolved_is_information_and_asks_for_nothing() -> None:
    raised = KIND.found("s", cause="c", resolved=True)
    joined = KIND.found("s", cause="c", severity="error", remedy="bits").as_resolved("it is gone")
    for each in (raised, joined):
        assert (each.severity, each.remedy, each.action, each.resolved) == ("info", "none", NO_ACTION, True)
    assert joined.summary == "s (resolved: it is gone)"


def test_only_events_may_be_of_the_past() -> None:
    event, value = Evidence.event({"time": "t"}), Evidence.value("Start", 4)
    for evidence, expected in (((), False), ((event,), True), ((event, value), False), ((value,), False)):
        found = KIND.found("s", cause="c", evidence=evidence, severity="error", remedy="bits")
        assert found.by_events is expected


def test_joined_keeps_every_code_once() -> None:
    found = KIND.found("s", cause="c", severity="error", remedy="bits").joined([Evidence.value("a", 1)], ["0x2", "0x1"])
    assert (len(found.evidence), found.codes) == (1, ("0x1", "0x2"))
