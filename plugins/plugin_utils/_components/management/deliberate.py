# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is intended on a machine is shown and not judged, and nobody is responsible who cannot change it.

What was observed to work outweighs a setting that should prevent it. Each rule takes a finding and returns it, or the finding
that replaces it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ..._finding import Finding, Remedy
from ..agent import Agent
from .facts import Management
from .volatility import IN_WORDS

_REPAIRS: frozenset[Remedy] = frozenset({"policy", "bits", "agent", "update_store", "client_id"})
"""The roles that change the machine itself."""
_DISABLED = frozenset({"bits.disabled", "agent.disabled", "agent.helper_disabled"})
_SETTINGS = frozenset({"policy.updates_disabled", "policy.dual_scan", "policy.scan_source", "management.mdm_deferrals"})
"""Settings that should prevent scans of WSUS: successful scans of WSUS show that they do not."""
_BY_DESIGN = {
    "configuration_manager": "Configuration Manager starts the scans itself; its documentation recommends disabling automatic updates.",
    "azure_update_manager": "Azure Update Manager sets NoAutoUpdate by design: it assesses and installs on its own schedule.",
}

_Rule: TypeAlias = Callable[[Finding, Management, Agent | None], Finding]


def judge(findings: Iterable[Finding], management: Management, agent: Agent | None) -> list[Finding]:
    """The findings as they apply to this machine. ``agent`` is None if its component was not queried."""
    judged: list[Finding] = []
    for finding in findings:
        for rule in _RULES:
            if finding.severity != "info":
                finding = rule(finding, management, agent)
        judged.append(finding)
    return judged


def _disabled_by_design(finding: Finding, management: Management, _agent: Agent | None) -> Finding:
    """NoAutoUpdate, where another product starts the scans."""
    reason = next((text for name, text in _BY_DESIGN.items() if name in management.managers), None)
    # DisableWindowsUpdateAccess is an error, because the API that these products use does not work with it either.
    if finding.id == "policy.updates_disabled" and finding.severity == "warning" and reason:
        return finding.as_deliberate(reason)
    return finding


def _without_effect(finding: Finding, management: Management, agent: Agent | None) -> Finding:
    """A setting that should prevent scans of WSUS, if such a scan succeeded since it was set."""
    last = agent.last_good_scan if agent else None
    if finding.id not in _SETTINGS or agent is None or last is None or not agent.scans_regularly:
        return finding
    if agent.newest is None or not agent.newest.succeeded or not _is_older(management, last.time):
        return finding
    return finding.as_deliberate(
        f"It has no effect: a scan of WSUS succeeded since ({last.time[:16].replace('T', ' ')} UTC)."
    )


def _is_older(management: Management, time: str) -> bool:
    """Whether the policy is older than a time: its last change is known, or else its last processing; local changes are not recorded."""
    if management.policy_changed is not None:
        return management.policy_changed < time
    processed = management.policy.group_policy.processed if management.policy else None
    return processed is not None and processed.strftime("%Y-%m-%dT%H:%M:%S") < time


def _by_configuration_manager(finding: Finding, management: Management, _agent: Agent | None) -> Finding:
    """Policy that Configuration Manager sets: neither a refresh nor our settings correct it."""
    if finding.remedy != "policy" or "configuration_manager" not in management.managers:
        return finding
    return finding.as_readdressed(
        "administrator",
        "Check the software update point and the client settings in Configuration Manager, and whether a GPO of the domain sets another server "
        "(0x87D00692). To have the client set its policy again, restart the service CcmExec.",
        "Configuration Manager sets the WSUS server in the local policy of this machine.",
    )


def _on_volatile(finding: Finding, management: Management, _agent: Agent | None) -> Finding:
    """A machine that loses changes: disabled services are intended, and a repair would not last."""
    if not management.volatile or management.repair_volatile or finding.remedy not in _REPAIRS:
        return finding
    reasons = "; ".join(IN_WORDS[each] for each in management.volatility.reasons) if management.volatility else ""
    why = f"The machine loses changes at the next restart: {reasons}."
    if finding.id in _DISABLED:
        return finding.as_deliberate(f"{why} Services are usually disabled there on purpose.")
    return finding.as_readdressed(
        "administrator", "Correct it in the image of the machine, or while the write filter is off.", why
    )


_RULES: tuple[_Rule, ...] = (_disabled_by_design, _without_effect, _by_configuration_manager, _on_volatile)
