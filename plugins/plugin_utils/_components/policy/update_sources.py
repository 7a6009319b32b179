# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that make the agent scan another source although a WSUS server is set.

Source: Microsoft, "Use Windows Update for Business and WSUS together" (dual scan, scan source, and both at once on Windows 10).
"""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Evidence, Finding
from ..._windows.urls import without_credentials
from .facts import Policy
from .finding_types import DUAL_SCAN, SCAN_SOURCE

_FIRST_WITH_DUAL_SCAN = 14393  # Windows 10 1607, Server 2016
_FIRST_WITH_SOURCES = 19041  # Windows 10 2004, Server 2022; not Server 2016 and 2019
_FIRST_WITHOUT_DUAL_SCAN = 22000  # Windows 11; Server 2025 (26100)
_WINDOWS_UPDATE = 0

_CLASSES = ("feature_updates", "quality_updates", "driver_updates", "other_updates")
_DEFERRALS = ("defer_feature_updates", "defer_quality_updates", "pause_feature_updates", "pause_quality_updates")
_DEFERRAL_VALUES = (
    "branch_readiness_level",
    "pause_feature_updates_since",
    "pause_quality_updates_since",
)


def source_findings(policy: Policy) -> Iterator[Finding]:
    """Findings about update sources that bypass the configured WSUS server."""
    if not policy.uses_server:
        return
    if policy.build >= _FIRST_WITH_SOURCES:
        yield from _scan_source(policy)
    if _FIRST_WITH_DUAL_SCAN <= policy.build < _FIRST_WITHOUT_DUAL_SCAN:
        yield from _dual_scan(policy)


def _scan_source(policy: Policy) -> Iterator[Finding]:
    settings = policy.settings
    sources = {name: settings.number(f"{name}_source") for name in _CLASSES}
    elsewhere = [name for name, source in sources.items() if source == _WINDOWS_UPDATE]
    unset = [name for name, source in sources.items() if source is None]
    evidence = (
        *(Evidence.value(f"{name}_source", source) for name, source in sources.items()),
        Evidence.value("use_update_class_source", settings.values.get("use_update_class_source")),
    )
    if not settings.flag("use_update_class_source"):
        if len(unset) < len(_CLASSES):
            yield SCAN_SOURCE.found(
                "Update sources are configured but ignored: UseUpdateClassPolicySource is not 1",
                cause="The flag must be in the key AU beside UseWUServer; scripts that set only the four values omit it.",
                severity="info",
                remedy="administrator",
                evidence=evidence,
            )
    elif elsewhere and settings.flag("dual_scan_disabled") and policy.build < _FIRST_WITHOUT_DUAL_SCAN:
        yield SCAN_SOURCE.found(
            f"These updates come from no source: {_in_words(elsewhere)}",
            cause="Their source is 0 (Windows Update), but DisableDualScan is 1. With both, Windows 10 gets no updates from Windows Update.",
            severity="error",
            remedy="administrator",
            action="Remove DisableDualScan, which the policy for update sources replaces, or set the source of these classes to 1 (WSUS).",
            evidence=(*evidence, Evidence.value("dual_scan_disabled", True)),
        )
    elif elsewhere and not unset:
        yield SCAN_SOURCE.found(
            f"Policy takes updates from Windows Update and not from WSUS: {_in_words(elsewhere)}",
            cause="The source of these classes is 0 (Windows Update), and all sources are set: WSUS approvals do not apply to these classes.",
            severity="info",
            remedy="none",
            action="If this is intended, no action is required. Otherwise set the source of these update classes to 1 (WSUS).",
            evidence=evidence,
        )
    elif unset:
        yield SCAN_SOURCE.found(
            f"The source of some updates is not set: {_in_words(unset)}"
            + (f". From Windows Update: {_in_words(elsewhere)}" if elsewhere else ""),
            cause="UseUpdateClassPolicySource is 1: then Microsoft recommends setting the source of all four classes.",
            severity="warning" if elsewhere else "info",
            remedy="administrator",
            evidence=evidence,
        )


def _dual_scan(policy: Policy) -> Iterator[Finding]:
    settings = policy.settings
    active = [name for name in _DEFERRALS if settings.flag(name)]
    active += [name for name in _DEFERRAL_VALUES if settings.values.get(name)]
    decided_by_class = policy.build >= _FIRST_WITH_SOURCES and settings.flag("use_update_class_source")
    if active and not settings.flag("dual_scan_disabled") and not decided_by_class:
        server = without_credentials(settings.text("server_url") or "")
        yield DUAL_SCAN.found(
            f"Dual scan is active: updates come from Windows Update although the WSUS server {server} is set",
            cause="Deferral policies together with a WSUS server activate dual scan; DisableDualScan is not 1.",
            evidence=(
                *(Evidence.value(name, settings.values[name]) for name in active),
                Evidence.value("dual_scan_disabled", settings.values.get("dual_scan_disabled")),
            ),
        )


def _in_words(classes: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in classes)
