"""Update sources that starve WSUS, at the builds where each rule begins and ends."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import policy
from support.finding_checks import evidence_of
from support.windows_answers import SERVER, Windows

URLS = {"WUServer": SERVER, "WUStatusServer": SERVER}
DEFER = {"DeferQualityUpdates": 1}
CLASSES = ("Feature", "Quality", "Driver", "Other")


def found(build: int, values: dict[str, Any], **au: int) -> dict[str, tuple[str, str]]:
    """Severity and remedy of the findings of a machine with these settings."""
    windows = Windows(build=build, policy=URLS | values, au={"UseWUServer": 1, **au})
    return {name: (each.severity, each.remedy) for name, each in windows.found(policy).items()}


def sources(**given: int) -> dict[str, Any]:
    """Sources of update classes: WSUS (1) but for those that are given."""
    return {f"SetPolicyDrivenUpdateSourceFor{name}Updates": given.get(name.lower(), 1) for name in CLASSES}


@pytest.mark.parametrize(
    ("build", "dual"),
    [
        (9600, False),
        (14392, False),
        (14393, True),
        (17763, True),
        (19041, True),
        (19045, True),
        (20348, True),
        (21999, True),
        (22000, False),
        (26100, False),
    ],
)
def test_dual_scan_by_build(build: int, dual: bool) -> None:
    assert found(build, DEFER) == ({"policy.dual_scan": ("error", "administrator")} if dual else {})


@pytest.mark.parametrize(
    "values",
    [
        {"DeferFeatureUpdates": 1},
        {"DeferQualityUpdates": 1},
        {"PauseFeatureUpdates": 1},
        {"PauseQualityUpdates": 1},
        {"BranchReadinessLevel": 16},
        {"PauseFeatureUpdatesStartTime": "2026-11-01"},
        {"PauseQualityUpdatesStartTime": "2026-11-01"},
    ],
)
def test_every_setting_that_turns_dual_scan_on(values: dict[str, Any]) -> None:
    assert list(found(19045, values)) == ["policy.dual_scan"]
    assert found(19045, values | {"DisableDualScan": 1}) == {}
    assert list(found(19045, values | {"DisableDualScan": 0})) == ["policy.dual_scan"]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"DeferQualityUpdates": 0, "DeferQualityUpdatesPeriodInDays": 7},
        {"BranchReadinessLevel": 0},
        {"PauseQualityUpdatesStartTime": ""},
        {"DeferUpgrade": 1},
    ],
)
def test_what_does_not_turn_it_on(values: dict[str, Any]) -> None:
    assert found(19045, values) == {}


def test_what_turns_dual_scan_on_is_the_evidence() -> None:
    finding = Windows(policy=URLS | DEFER | {"BranchReadinessLevel": 16}).found(policy)["policy.dual_scan"]
    assert evidence_of(finding) == (
        {"what": "defer_quality_updates", "value": True},
        {"what": "branch_readiness_level", "value": 16},
        {"what": "dual_scan_disabled", "value": None},
    )


def test_no_dual_scan_where_no_server_is_used() -> None:
    windows = Windows(policy=URLS | DEFER | sources(quality=0), au={"UseUpdateClassPolicySource": 1})
    assert list(windows.found(policy)) == ["policy.server_unused"]


@pytest.mark.parametrize(
    ("build", "rules"), [(18363, False), (19040, False), (19041, True), (20348, True), (26100, True)]
)
@pytest.mark.parametrize("source", ["quality", "feature", "driver", "other"])
def test_a_class_that_policy_takes_from_windows_update_is_information(build: int, rules: bool, source: str) -> None:
    windows = Windows(
        build=build, policy=URLS | sources(**{source: 0}), au={"UseWUServer": 1, "UseUpdateClassPolicySource": 1}
    )
    result = windows.found(policy)
    assert list(result) == (["policy.scan_source"] if rules else [])
    for finding in result.values():
        assert (finding.severity, finding.remedy) == ("info", "none")
        assert f"{source} updates" in finding.summary
        assert {"what": f"{source}_updates_source", "value": 0} in evidence_of(finding)
        assert {"what": "use_update_class_source", "value": True} in evidence_of(finding)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (18363, {}),  # it knows no sources
        (19045, {"policy.scan_source": ("error", "administrator")}),
        (22631, {"policy.scan_source": ("info", "none")}),  # it knows no dual scan
    ],
)
def test_with_both_policies_windows_10_gets_no_updates(build: int, expected: dict[str, tuple[str, str]]) -> None:
    values = sources(quality=0) | {"DisableDualScan": 1}
    assert found(build, values, UseUpdateClassPolicySource=1) == expected


@pytest.mark.parametrize("build", [19045, 22631])
def test_disabled_dual_scan_does_no_harm_where_all_classes_come_from_wsus(build: int) -> None:
    assert found(build, sources() | {"DisableDualScan": 1}, UseUpdateClassPolicySource=1) == {}


@pytest.mark.parametrize(("quality", "severity"), [(0, "warning"), (1, "info")])
def test_sources_that_are_not_all_set(quality: int, severity: str) -> None:
    values = {"SetPolicyDrivenUpdateSourceForQualityUpdates": quality}
    windows = Windows(build=22631, policy=URLS | values, au={"UseWUServer": 1, "UseUpdateClassPolicySource": 1})
    finding = windows.found(policy)["policy.scan_source"]
    assert (finding.severity, finding.remedy) == (severity, "administrator")
    assert "not set: feature updates, driver updates, other updates" in finding.summary
    assert ("From Windows Update: quality updates" in finding.summary) is (quality == 0)


def test_all_classes_from_wsus() -> None:
    assert found(22631, sources(), UseUpdateClassPolicySource=1) == {}


@pytest.mark.parametrize("au", [{}, {"UseUpdateClassPolicySource": 0}])
@pytest.mark.parametrize("quality", [0, 1])
def test_sources_without_their_flag_are_ignored(au: dict[str, int], quality: int) -> None:
    assert found(22631, sources(quality=quality), **au) == {"policy.scan_source": ("info", "administrator")}


@pytest.mark.parametrize(
    ("build", "au", "ids"),
    [
        (19045, {"UseUpdateClassPolicySource": 1}, []),  # the sources decide
        (19045, {}, ["policy.scan_source", "policy.dual_scan"]),
        (17763, {"UseUpdateClassPolicySource": 1}, ["policy.dual_scan"]),  # it knows no sources
    ],
)
def test_sources_decide_against_dual_scan_where_they_apply(build: int, au: dict[str, int], ids: list[str]) -> None:
    assert list(found(build, DEFER | sources(), **au)) == ids
