"""Who manages a machine and what it loses at a restart; what follows from it for the findings of the other components."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components import Context
from ansible_collections.wsus.client.plugins.plugin_utils._finding import Finding
from ansible_collections.wsus.client.plugins.plugin_utils._operations.audit import Audit, gather
from lab.fleet_agent import AgentSpec, DetectionSpec
from support.lab_host import Pc

HOUR = 3600.0
WINDOWS_UPDATE = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
NO_AUTO_UPDATE = {rf"{WINDOWS_UPDATE}\AU": {"NoAutoUpdate": 1}}
MOBILE_CLIENT = {r"HKLM\SOFTWARE\Microsoft\SMS\Mobile Client": {"ProductVersion": "5.00.9128.1000"}}
PATCH_EXTENSION = {
    r"HKLM\SOFTWARE\Microsoft\Windows Azure\HandlerState\Microsoft.CPlat.Core.WindowsPatchExtension_1.5.74": {
        "InstallState": "Enabled"
    }
}
FILTER = r"HKLM\SYSTEM\CurrentControlSet\Services\uwfvol"
DISABLED = {"wuauserv": {"values": {"Start": 4}, "state": "stopped"}}


def scanned(*hours: float) -> AgentSpec:
    """An agent whose scans ended well that long ago."""
    return AgentSpec(detections=tuple(DetectionSpec(each * HOUR) for each in hours))


def audited(pc: Pc, *subset: str, repair_volatile: bool = False) -> Audit:
    context = Context(now=pc.context.now, repair_volatile=repair_volatile)
    return gather(pc.session, subset or ("policy", "management", "bits", "agent"), context)


def found(audit: Audit) -> dict[str, Finding]:
    return {each.id: each for each in audit.findings}


def severities(audit: Audit) -> dict[str, str]:
    return {each.id: each.severity for each in audit.findings}


def uwf(enabled: int | None, current: int = 0, start: int = 0) -> dict[str, Any]:
    """The keys of the write filter; the copy that is not current says the opposite."""
    keys: dict[str, Any] = {FILTER: {"Start": start}}
    if enabled is not None:
        keys[rf"{FILTER}\Parameters\Static"] = {"CurrentSettings": current}
        keys[rf"{FILTER}\Parameters\Static\Copy{current}"] = {"UwfEnabled": enabled}
        keys[rf"{FILTER}\Parameters\Static\Copy{1 - current}"] = {"UwfEnabled": 1 - enabled}
    return keys


VOLATILE: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    (uwf(1), "unified_write_filter"),
    (uwf(1, current=1), "unified_write_filter"),
    (uwf(0), None),
    (uwf(0, current=1), None),
    (uwf(None), "unified_write_filter"),
    (uwf(None, start=4), None),
    (uwf(None, start=3), None),
    ({r"HKLM\SOFTWARE\VMware, Inc.\ViewComposer\nga": {"VmForked": 1}}, "instant_clone"),
    ({r"HKLM\SOFTWARE\VMware, Inc.\ViewComposer\nga": {"VmForked": 0}}, None),
    ({r"HKLM\SYSTEM\CurrentControlSet\Services\bnistack\PvsAgent": {"WriteCacheType": 9}}, "citrix_provisioning"),
    ({r"HKLM\SYSTEM\CurrentControlSet\Services\bnistack\PvsAgent": {"WriteCacheType": 0}}, None),
    ({r"HKLM\SYSTEM\CurrentControlSet\Services\bnistack\PvsAgent": {"WriteCacheType": 10}}, None),
    ({r"HKLM\SOFTWARE\Citrix\MachineIdentityServiceAgent": {"CleanOnBoot": 1}}, "citrix_machine_creation"),
]


@pytest.mark.parametrize(("registry", "reason"), VOLATILE)
def test_disabled_services_are_intended_only_where_changes_are_lost(
    registry: dict[str, Any], reason: str | None
) -> None:
    audit = audited(Pc("windows-10-1809", registry=registry, services=DISABLED, agent=scanned()))
    fact = audit.facts["wsus_management"]
    assert (fact["volatile"], fact["volatile_because"]) == (reason is not None, [reason] if reason else [])
    disabled = found(audit)["agent.disabled"]
    assert (disabled.severity, disabled.remedy) == (("info", "none") if reason else ("error", "agent"))
    assert ("management.volatile" in found(audit)) is (reason is not None)


def test_a_volatile_machine_is_repaired_only_if_asked_and_is_not_healthy_then() -> None:
    pc = Pc("windows-10-1809", registry=uwf(1), services=DISABLED, agent=scanned())
    findings = found(audited(pc, repair_volatile=True))
    assert (findings["agent.disabled"].severity, findings["agent.disabled"].remedy) == ("error", "agent")
    assert findings["management.volatile"].severity == "warning"


def test_other_faults_of_a_volatile_machine_are_for_its_image() -> None:
    pc = Pc("windows-10-1809", registry=uwf(1), services={"BITS": {"values": {"ObjectName": "LocalService"}}})
    finding = found(audited(pc, "bits"))["bits.account"]
    assert (finding.severity, finding.remedy) == ("error", "administrator")
    assert "image" in finding.action


@pytest.mark.parametrize("hours", [(13 * 24, 6 * 24), (9 * 24,)])
def test_a_client_of_configuration_manager_that_scans_every_week_is_healthy(hours: tuple[float, ...]) -> None:
    pc = Pc("windows-11-23h2", registry=MOBILE_CLIENT | NO_AUTO_UPDATE, agent=scanned(*hours))
    audit = audited(pc)
    assert severities(audit) == {"policy.updates_disabled": "info"}
    assert "configuration_manager" in audit.facts["wsus_management"]["managed_by"]


def test_without_a_manager_a_week_without_a_scan_is_too_long() -> None:
    audit = audited(Pc("windows-11-23h2", registry=NO_AUTO_UPDATE, agent=scanned(9 * 24)))
    assert severities(audit) == {"policy.updates_disabled": "warning", "agent.no_scan": "warning"}


def test_a_client_of_configuration_manager_that_does_not_scan_is_for_its_administrator() -> None:
    finding = found(audited(Pc("windows-11-23h2", registry=MOBILE_CLIENT, agent=scanned())))["agent.no_scan"]
    assert (finding.severity, finding.remedy) == ("warning", "administrator")


def test_azure_update_manager_disables_automatic_updates_by_design() -> None:
    pc = Pc("server-2022", registry=PATCH_EXTENSION | NO_AUTO_UPDATE, agent=scanned(5 * 24))
    audit = audited(pc)
    assert severities(audit)["policy.updates_disabled"] == "info"
    assert "azure_update_manager" in audit.facts["wsus_management"]["managed_by"]


@pytest.mark.parametrize(("hours", "severity"), [((51, 28, 5), "info"), ((200,), "error"), ((), "error")])
def test_a_setting_that_should_prevent_scans_is_judged_by_the_scans(hours: tuple[float, ...], severity: str) -> None:
    registry = {WINDOWS_UPDATE: {"DisableWindowsUpdateAccess": 1}}
    audit = audited(Pc("windows-10-1809", registry=registry, agent=scanned(*hours)))
    assert severities(audit)["policy.updates_disabled"] == severity


def test_a_restart_comes_before_the_next_scan() -> None:
    update = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
    pc = Pc("windows-7-sp1", registry={update: {"12a3b4c5-0000-4d7e-8f90-a1b2c3d4e5f6": 1}}, agent=scanned(13 * 24))
    finding = found(audited(pc))["agent.no_scan"]
    assert (finding.remedy, finding.action) == ("administrator", "Restart the machine.")


def test_deferrals_of_device_management_beside_a_server() -> None:
    key = r"HKLM\SOFTWARE\Microsoft\PolicyManager\current\device\Update"
    registry = {key: {"DeferQualityUpdatesPeriodInDays": 7, "DeferFeatureUpdatesPeriodInDays": 0}}
    failing = AgentSpec(detections=(DetectionSpec(30 * HOUR, 0x8024500C), DetectionSpec(3 * HOUR, 0x8024500C)))
    audit = audited(Pc("windows-10-1607", registry=registry, agent=failing))
    finding = found(audit)["management.mdm_deferrals"]
    assert (finding.severity, finding.remedy) == ("warning", "administrator")
    assert finding.summary.endswith(": DeferQualityUpdatesPeriodInDays")
    assert "mdm" in audit.facts["wsus_management"]["managed_by"]
    healthy = audited(Pc("windows-10-1607", registry=registry, agent=scanned(5)))
    assert severities(healthy) == {"management.mdm_deferrals": "info"}
