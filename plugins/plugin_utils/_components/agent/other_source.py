# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Scans of an agent with a WSUS server that all ask Windows Update or Microsoft Update.

The scans decide, not the settings: which settings select another source differs between releases and documents
(MicrosoftDocs/windows-itpro-docs issue 11376 reports it on Windows 11 22H2). A policy that was applied a moment ago looks the same
until the next scan. Group Policy records such a change as event 1502 ("new settings were detected and applied") in the
System log; nothing records a local change.

From Windows 10 on the agent reads a copy of the policy, which a scheduled task writes (thedxt.ca, "Windows Update settings stuck"):
``UpdatePolicy\GPCache`` contains two sets, and its value ActiveCache is the number of the one in use, 1 if it is missing
(PolicyRefreshCacheHelper::RefreshGPCache in the stored file 55809529182).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..._finding import Evidence, Finding, FindingType
from ..._windows import registry
from ..._windows.query import Answers, Query
from ..._windows.registry import Key
from ..shared import domain, event_queries
from ..shared.harmless import harmless
from ..shared.managers import DEVICE_MANAGEMENT
from ..shared.registry_keys import POLICY
from .history import Scan

_USER_INTERFACE = registry.key(r"HKLM\SOFTWARE\Microsoft\WindowsUpdate\UX\Settings")
_CACHE = r"HKLM\SOFTWARE\Microsoft\WindowsUpdate\UpdatePolicy\GPCache"
_ACTIVE_CACHE = registry.value(_CACHE, "ActiveCache")
_CACHES = tuple(registry.key(rf"{_CACHE}\CacheSet00{number}\WindowsUpdate") for number in (1, 2))
_SELECTING = re.compile(
    r"(Defer|BranchReadinessLevel|TargetReleaseVersion|ProductVersion|ManagePreviewBuilds|SetPolicyDriven)",
    re.IGNORECASE,
)
"""How the names of settings begin that select Windows Update as the source, in policy, device management and the user interface
(Microsoft, "Using Windows Update client policies and WSUS together"; "Configure Windows Update client policies")."""

OTHER_SOURCE = FindingType(
    "agent.other_source",
    ("error", "info"),
    "All recorded scans used Windows Update or Microsoft Update; none used the WSUS server.",
    "Remove the settings that select another source: deferrals, target version or scan source in Group Policy or device management (MDM).",
    ("administrator", "none"),
)


@dataclass(frozen=True)
class OtherSource:
    """The newest such scan; whether the policy is known to be older than it; and the settings that select another source.

    ``settings`` are pairs of the path of a registry value and what is shown of its data; ``remembered`` are those of the agent's copy of the policy
    that the policy itself does not have.
    """

    scan: Scan
    policy_is_older: bool
    settings: tuple[tuple[str, object], ...]
    remembered: tuple[tuple[str, object], ...]


def probe(days: int) -> tuple[Query[Any], ...]:
    """The queries that show why; only for an agent with such scans."""
    return (
        event_queries.policy_changes(days),
        domain.MEMBERSHIP,
        DEVICE_MANAGEMENT,
        _USER_INTERFACE,
        _ACTIVE_CACHE,
        *_CACHES,
    )


def read(answers: Answers, scan: Scan, days: int) -> OtherSource:
    """The facts from the answers to the probe, as far as they are there.

    If Group Policy manages the machine and has not changed its settings since the scan, the policy is older than the scan.
    """
    log = answers.get(event_queries.policy_changes(days), None)
    changed = max((event.time for event in log.events), default="") if log else ""
    known = log is not None and not log.error and domain.joined(answers) is True
    settings = tuple(_settings(answers))
    names = {_name(path).lower() for path, _data in settings}
    cached = _selecting(_active_cache(answers))
    remembered = tuple((path, data) for path, data in cached if _name(path).lower() not in names)
    return OtherSource(scan, known and changed < scan.time, settings, remembered)


def _settings(answers: Answers) -> Iterator[tuple[str, object]]:
    policy = answers.get(registry.tree(POLICY), None)
    yield from _selecting(policy.key(POLICY) if policy else None)
    yield from _selecting(answers.get(DEVICE_MANAGEMENT, None))
    yield from _selecting(answers.get(_USER_INTERFACE, None))


def _active_cache(answers: Answers) -> Key | None:
    active = answers.get(_ACTIVE_CACHE, None)
    return answers.get(_CACHES[1 if active and active.number("ActiveCache") == 2 else 0], None)


def _selecting(key: Key | None) -> Iterator[tuple[str, object]]:
    for value in key.values.values() if key else ():
        if key and _SELECTING.match(value.name):
            yield rf"{key.path}\{value.name}", harmless(value)


def _name(path: str) -> str:
    """The name of a registry value, from its path."""
    return path.rpartition("\\")[2]


_REFRESH = (
    "If the settings are not intended, remove them from the GPO that sets them (gpresult /scope computer /v). Then run gpupdate /target:computer, the "
    r"scheduled task \Microsoft\Windows\WindowsUpdate\Refresh Group Policy Cache, and a scan."
)
_IN_WORDS = {"windows_update": "Windows Update", "microsoft_update": "Microsoft Update"}


def finding(source: OtherSource) -> Finding:
    """An error if the policy is older than the scan; otherwise the next scan may ask WSUS."""
    evidence = (
        Evidence.event(source.scan.as_fact()),
        *(Evidence.value(path, data) for path, data in (*source.settings, *source.remembered)),
    )
    asked = _IN_WORDS.get(source.scan.service or "", source.scan.service)
    if not source.policy_is_older:
        return OTHER_SOURCE.found(
            f"No scan of WSUS is recorded; the last scan used {asked}",
            cause="The policy may be newer than the last scan: then the next scan uses WSUS. Otherwise another update source is selected.",
            severity="info",
            remedy="none",
            action="Start a scan with the role wsus.client.agent (wsus_agent_mode: always), then run the audit again.",
            evidence=evidence,
        )
    return OTHER_SOURCE.found(
        f"Updates do not come from WSUS: all recorded scans used {asked}",
        cause=_cause(source),
        severity="error",
        remedy="administrator",
        action=_REFRESH if source.remembered and not source.settings else None,
        evidence=evidence,
    )


def _cause(source: OtherSource) -> str:
    if source.settings:
        names = ", ".join(_name(path) for path, _data in source.settings)
        return f"A WSUS server is set, but these settings select another source: {names}."
    if source.remembered:
        names = ", ".join(_name(path) for path, _data in source.remembered)
        return (
            f"A WSUS server is set. The policy key does not select another source, but the agent's copy of the policy (GPCache) still does: {names}. "
            "Something deleted the values after Group Policy had set them, or the copy was not refreshed."
        )
    return (
        "A WSUS server is set, but the agent uses another source; none of the known settings that select it was found. A GPO may set deferrals "
        "that something deleted from the registry: the agent still applies them. gpresult /scope computer /v shows what the GPOs set."
    )
