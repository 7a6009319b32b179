"""Findings in order, and what they say of a client."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding, Severity, health, ranked


def finding(identifier: str, severity: Severity) -> Finding:
    return Finding(identifier, severity, "summary", "cause", "none")


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


def test_the_gravest_comes_first_and_equals_keep_their_order() -> None:
    given = [finding("a.1", "info"), finding("b.2", "error"), finding("c.3", "warning"), finding("d.4", "error")]
    assert [each.id for each in ranked(given)] == ["b.2", "d.4", "c.3", "a.1"]


def test_as_published() -> None:
    fact = finding("bits.account", "error").as_fact()
    assert (fact["component"], fact["severity"], fact["evidence"], fact["resolved"]) == ("bits", "error", [], False)
    assert fact["reference"].startswith("https://learn.microsoft.com/")
