# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scans of an agent with a WSUS server that all ask Windows Update or Microsoft Update.

The scans decide, not the settings: which settings select another source differs between releases and documents
(MicrosoftDocs/windows-itpro-docs issue 11376 reports it on Windows 11 22H2). A policy that has just been applied looks the same
until the next scan. Group Policy records such a change as event 1502 ("new settings were detected and applied") in the
System log; nothing records a local change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..._finding import Evidence, Finding, FindingType
from ..._windows import registry
from ..._windows.query import Answers, Query
from ..shared import domain, event_queries
from ..shared.managers import DEVICE_MANAGEMENT
from ..shared.registry_keys import POLICY
from .history import Scan

_USER_INTERFACE = registry.key(r"HKLM\SOFTWARE\Microsoft\WindowsUpdate\UX\Settings")
_SELECTING = re.compile(
    r"(Defer|BranchReadinessLevel|TargetReleaseVersion|ProductVersion|ManagePreviewBuilds|SetPolicyDriven)",
    re.IGNORECASE,
)
"""How the names of settings begin that select Windows Update as the source, in policy, device management and the user interface
(Microsoft, "Using Windows Update client policies and WSUS together"; "Configure Windows Update client policies")."""

OTHER_SOURCE = FindingType(
    "agent.other_source",
    ("error", "info"),
    "All recorded scans asked Windows Update or Microsoft Update, none asked the WSUS server.",
    "Remove the settings that select another source: deferrals, target version or scan source in Group Policy or device management (MDM).",
    ("administrator", "none"),
)


@dataclass(frozen=True)
class OtherSource:
    """The newest such scan; whether the policy is known to be older than it; and the settings that select another source.

    ``settings`` are pairs of the path of a registry value and its data.
    """

    scan: Scan
    policy_is_older: bool
    settings: tuple[tuple[str, object], ...]


def probe(days: int) -> tuple[Query[Any], ...]:
    """The queries that show why; only for an agent with such scans."""
    return (event_queries.policy_changes(days), domain.MEMBERSHIP, DEVICE_MANAGEMENT, _USER_INTERFACE)


def read(answers: Answers, scan: Scan, days: int) -> OtherSource:
    """The facts from the answers to the probe, as far as they are there.

    If Group Policy manages the machine and has not changed its settings since the scan, the policy is older than the scan.
    """
    log = answers.get(event_queries.policy_changes(days), None)
    changed = max((event.time for event in log.events), default="") if log else ""
    known = log is not None and not log.error and domain.joined(answers) is True
    return OtherSource(scan, known and changed < scan.time, tuple(_settings(answers)))


def _settings(answers: Answers) -> Iterator[tuple[str, object]]:
    policy = answers.get(registry.tree(POLICY), None)
    keys = (
        policy.key(POLICY) if policy else None,
        answers.get(DEVICE_MANAGEMENT, None),
        answers.get(_USER_INTERFACE, None),
    )
    for key in keys:
        for value in key.values.values() if key else ():
            if _SELECTING.match(value.name):
                yield rf"{key.path}\{value.name}" if key else "", value.data


_IN_WORDS = {"windows_update": "Windows Update", "microsoft_update": "Microsoft Update"}


def finding(source: OtherSource) -> Finding:
    """An error if the policy is older than the scan; otherwise the next scan may ask WSUS."""
    evidence = (
        Evidence.event(source.scan.as_fact()),
        *(Evidence.value(path, data) for path, data in source.settings),
    )
    asked = _IN_WORDS.get(source.scan.service or "", source.scan.service)
    names = ", ".join(path.rpartition("\\")[2] for path, _data in source.settings)
    if not source.policy_is_older:
        return OTHER_SOURCE.found(
            f"No scan of WSUS is recorded; the last scan asked {asked}",
            cause="The policy may be newer than the last scan: then the next scan asks WSUS. Otherwise another update source is selected.",
            severity="info",
            remedy="none",
            action="Start a scan with the role wsus.client.agent (wsus_agent_when: always), then run the audit again.",
            evidence=evidence,
        )
    return OTHER_SOURCE.found(
        f"Updates do not come from WSUS: all recorded scans asked {asked}",
        cause=f"A WSUS server is set, but these settings select another source: {names}."
        if names
        else "A WSUS server is set, but the agent uses another source; none of the known settings that select it was found. A GPO may give deferrals "
        "that something deleted from the registry: the agent still applies them. gpresult /scope computer /v shows what the GPOs give.",
        severity="error",
        remedy="administrator",
        evidence=evidence,
    )
