"""An agent with a WSUS server whose scans all ask another service: the scans decide, not the settings."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding
from ansible_collections.wsus.client.plugins.plugin_utils._operations import audit
from lab.fleet import EventSpec
from lab.fleet_agent import AgentSpec
from support.finding_checks import evidence_of
from support.lab_host import Pc

CHANNEL, PROVIDER = "Microsoft-Windows-WindowsUpdateClient/Operational", "Microsoft-Windows-WindowsUpdateClient"
WINDOWS_UPDATE = "{9482F4B4-E343-43B6-B170-9A65BC822C77}"
KEY = r"HKLM\SOFTWARE\Microsoft\PolicyManager\current\device\Update"


def scan(hours: float) -> EventSpec:
    """A scan of Windows Update that succeeded."""
    return EventSpec(CHANNEL, PROVIDER, 26, hours * 3600, (("updateCount", "0"), ("serviceGuid", WINDOWS_UPDATE)))


def policy_changed(hours: float) -> EventSpec:
    """New settings of Group Policy were applied."""
    return EventSpec(
        "System", "Microsoft-Windows-GroupPolicy", 1502, hours * 3600, (("NumberOfGroupPolicyObjects", "2"),), level=4
    )


def found(*events: EventSpec, **spec: Any) -> Finding:
    """The only finding about the agent."""
    pc = Pc(agent=AgentSpec(detections=()), events=events, windows="windows-11-23h2", **spec)
    (finding,) = [each for each in audit.gather(pc.session, ["all"], pc.context).findings if each.component == "agent"]
    return finding


@pytest.mark.parametrize(
    ("events", "spec", "severity", "remedy"),
    [
        ([scan(3), scan(25)], {}, "error", "administrator"),
        ([scan(3), policy_changed(50)], {}, "error", "administrator"),
        ([scan(3), policy_changed(1)], {}, "info", "none"),
        ([scan(3), scan(25)], {"domain": None}, "info", "none"),
    ],
)
def test_it_is_an_error_if_the_policy_is_older_than_the_scan(
    events: list[EventSpec], spec: dict[str, Any], severity: str, remedy: str
) -> None:
    if spec:
        server = {"WUServer": "http://wsus.example.test:8530", "WUStatusServer": "http://wsus.example.test:8530"}
        key = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
        spec = {**spec, "registry": {key: server, rf"{key}\AU": {"UseWUServer": 1}}}
    finding = found(*events, **spec)
    assert (finding.id, finding.severity, finding.remedy) == ("agent.other_source", severity, remedy)
    assert evidence_of(finding)[0]["service"] == "windows_update"


def test_the_settings_that_select_it_are_named() -> None:
    finding = found(scan(3), registry={KEY: {"DeferQualityUpdatesPeriodInDays": 7, "AllowAutoUpdate": 1}})
    assert finding.cause.endswith("select another source: DeferQualityUpdatesPeriodInDays.")
    assert {"what": KEY.replace("HKLM", "HKEY_LOCAL_MACHINE") + r"\DeferQualityUpdatesPeriodInDays", "value": 7} in [
        {key: each[key] for key in ("what", "value") if key in each} for each in evidence_of(finding)
    ]
    assert "none of the known settings" in found(scan(3)).cause


CACHE = r"HKLM\SOFTWARE\Microsoft\WindowsUpdate\UpdatePolicy\GPCache"
DEFERRAL = {"DeferQualityUpdates": 1, "WUServer": "http://wsus.example.test:8530"}


@pytest.mark.parametrize(
    ("registry", "said"),
    [
        ({rf"{CACHE}\CacheSet001\WindowsUpdate": DEFERRAL}, True),
        ({rf"{CACHE}\CacheSet001\WindowsUpdate": DEFERRAL, CACHE: {"ActiveCache": 1}}, True),
        ({rf"{CACHE}\CacheSet001\WindowsUpdate": DEFERRAL, CACHE: {"ActiveCache": 2}}, False),
        ({rf"{CACHE}\CacheSet002\WindowsUpdate": DEFERRAL, CACHE: {"ActiveCache": 2}}, True),
    ],
)
def test_the_copy_in_use_of_the_policy_is_compared_with_it(registry: dict[str, Any], *, said: bool) -> None:
    finding = found(scan(3), registry=registry)
    assert ("(GPCache) still does: DeferQualityUpdates." in finding.cause) is said
    assert ("Refresh Group Policy Cache" in finding.action) is said


def test_what_the_policy_has_itself_is_not_called_remembered() -> None:
    copied = {rf"{CACHE}\CacheSet001\WindowsUpdate": {"deferqualityupdatesperiodindays": 7}}
    finding = found(scan(3), registry={KEY: {"DeferQualityUpdatesPeriodInDays": 7}, **copied})
    assert "GPCache" not in finding.cause
