# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The update service of a scan: from Windows 10 on, other programs scan with the same agent, and their scans do not concern WSUS.

Of 221 events for successful scans on four Windows 10 and 11 images, 83 were for flighting and 54 for the Store (statistics in the
stored public file 70912964034). Such a scan can therefore fail while WSUS responds, and the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..._windows import registry
from ..._windows.query import Answers
from ..._windows.registry import Key, Tree
from ..shared.registry_keys import POLICY

_FIRST_THAT_NAMES_THEM = 10240  # Windows 10
_FIRST_WITH_SOURCES = 19041  # As in policy.update_sources.
_CLASSES = ("FeatureUpdates", "QualityUpdates", "DriverUpdates", "OtherUpdates")
_WINDOWS_UPDATE = 0

SERVICES: Mapping[str, str] = {
    "3da21691-e39d-4da6-8a4b-b43877bcb1b7": "wsus",
    "9482f4b4-e343-43b6-b170-9a65bc822c77": "windows_update",
    "7971f918-a847-4430-9279-4a52d1efe18d": "microsoft_update",
    "855e8a7c-ecb4-4ca3-b045-1dfa50104289": "store",
    "117cab2d-82b1-4b5a-a08c-4d62dbee7782": "store",
    "8b24b027-1dee-babb-9a95-3517dfb9c552": "flighting",
}
"""The IDs of update services (source: provider manifests and captures; 8b24b027 is "OS Flighting" in Microsoft's "Windows Update
log files", stored file 11821048692; 117cab2d is the Windows Store, stored file 48237984972)."""
_NEVER_THE_AGENTS = frozenset({"store", "flighting"})
OF_MICROSOFT = frozenset({"windows_update", "microsoft_update"})
"""Services that the agent scans by default. They offer the same kinds of updates as WSUS."""


@dataclass(frozen=True)
class ScanServices:
    """The services whose scans and updates are evaluated: ``names`` from SERVICES; None for all except the Store and flighting."""

    names: frozenset[str] | None = None

    def judges(self, service: str | None) -> bool:
        """Whether events with this service are evaluated. Before Windows 10, events contain no service."""
        if service is None:
            return True
        return service not in _NEVER_THE_AGENTS if self.names is None else service in self.names

    def ids(self) -> Iterator[str]:
        """The IDs of those services that are in SERVICES."""
        return (each for each, name in SERVICES.items() if self.judges(name))


def read_services(answers: Answers, build: int) -> ScanServices:
    """The services according to the policy key; all if it was not queried.

    If a server is used, other services are scanned only for update classes whose source is Windows Update (Microsoft, "Using
    Windows Update client policies and WSUS together").
    """
    tree = answers.get(registry.tree(POLICY), Tree({}))
    policy, automatic = tree.key(POLICY), tree.key(rf"{POLICY}\AU")
    uses_server = policy and policy.text("WUServer") and automatic and automatic.number("UseWUServer") == 1
    if build < _FIRST_THAT_NAMES_THEM or not (policy and automatic and uses_server):
        return ScanServices()
    elsewhere = build >= _FIRST_WITH_SOURCES and automatic.number("UseUpdateClassPolicySource") == 1
    return ScanServices(frozenset({"wsus"}) | (OF_MICROSOFT if elsewhere and _any_elsewhere(policy) else frozenset()))


def _any_elsewhere(policy: Key) -> bool:
    return any(policy.number(f"SetPolicyDrivenUpdateSourceFor{each}") == _WINDOWS_UPDATE for each in _CLASSES)
