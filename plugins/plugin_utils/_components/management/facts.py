# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of management: who manages updates, and whether the machine keeps changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from ..._exceptions import WsusClientError
from ..._windows import registry, sc
from ..._windows.query import Answers, Query
from .. import Context, policy
from ..policy import Policy
from ..shared import event_queries, managers
from ..shared.harmless import harmless
from ..system import System
from . import volatility
from .volatility import Volatility

Manager: TypeAlias = Literal[
    "group_policy",
    "local_policy",
    "windows_update_client_policies",
    "configuration_manager",
    "mdm",
    "azure_update_manager",
]

_SERVICE = sc.state("CcmExec")
_AZURE = registry.level(r"HKLM\SOFTWARE\Microsoft\Windows Azure\HandlerState")
r"""One key for each installed extension of an Azure VM, named publisher.type_version (troubleshooters in the stored files 26132665350
and 51964535185). That of Azure Update Manager is Microsoft.CPlat.Core.WindowsPatchExtension (Microsoft, "Update Manager overview")."""
_PATCH_EXTENSION = re.compile(r"\\(Microsoft\.CPlat\.Core\.WindowsPatchExtension[^\\]*)$", re.IGNORECASE)
_OF_CLIENT_POLICIES = re.compile(
    r"(defer_|pause_|branch_readiness_level|target_release|target_product|manage_preview_builds|preview_builds)"
)
_DEFERRING = re.compile(r"(Defer|Pause|BranchReadinessLevel|TargetReleaseVersion|ProductVersion)", re.IGNORECASE)
_BOOKKEEPING = re.compile(r"_(ProviderSet|WinningProvider|LastWrite)$", re.IGNORECASE)


@dataclass(frozen=True)
class Evidence:
    """A value that shows a manager: the registry key or service, and what it contains."""

    manager: Manager
    what: str
    value: Any


@dataclass(frozen=True)
class Management:
    """What manages the updates of one machine.

    ``evidence`` shows the managers. ``settings_known`` is whether the policy could be read. ``volatility`` and what else the
    follow-up asks are None if it was not sent. ``deferrals`` are those of device management, by name. ``policy`` is None if
    it was not queried. ``policy_changed`` is the time of the newest known change of the policy, empty if the log contains none,
    None if that is not known.
    """

    evidence: tuple[Evidence, ...]
    settings_known: bool
    volatility: Volatility | None
    deferrals: tuple[tuple[str, Any], ...]
    policy: Policy | None
    policy_changed: str | None
    now: datetime
    repair_volatile: bool

    @property
    def managers(self) -> tuple[Manager, ...]:
        """The managers, each once."""
        return tuple(dict.fromkeys(each.manager for each in self.evidence))

    @property
    def volatile(self) -> bool | None:
        """Whether the next restart reverts changes; None if that is not known."""
        return self.volatility.volatile if self.volatility else None

    def as_fact(self) -> dict[str, Any]:
        """The facts as published."""
        return {
            "managed_by": list(self.managers) if self.settings_known else None,
            "evidence": [asdict(each) for each in self.evidence],
            "volatile": self.volatile,
            "volatile_because": list(self.volatility.reasons) if self.volatility else [],
        }


def probe(context: Context) -> tuple[Query[Any], ...]:
    """The queries for who manages the machine, in one remote execution."""
    return (*policy.probe(context), *probe_for_judgment())


def probe_for_judgment() -> tuple[Query[Any], ...]:
    """The query without which the other components cannot be judged."""
    return (managers.CONFIGURATION_MANAGER,)


def follow_up(context: Context) -> tuple[Query[Any], ...]:
    """The queries for a machine with a problem: what explains it."""
    return (
        _SERVICE,
        managers.DEVICE_MANAGEMENT,
        _AZURE,
        *volatility.probe(),
        event_queries.policy_changes(context.event_days),
    )


def read(answers: Answers, system: System, context: Context) -> Management:
    """The facts from the answers, as far as they are there."""
    settings, known = _policy(answers, system, context)
    deferrals = tuple(_deferrals(answers))
    return Management(
        evidence=tuple(_evidence(answers, settings, deferrals)),
        settings_known=known,
        volatility=volatility.read(answers),
        deferrals=deferrals,
        policy=settings,
        policy_changed=_policy_changed(answers, context),
        now=context.now,
        repair_volatile=context.repair_volatile,
    )


def _policy(answers: Answers, system: System, context: Context) -> tuple[Policy | None, bool]:
    """The policy, None if it was not queried or cannot be read; and whether it could be read if it was queried."""
    if any(query not in answers for query in policy.probe(context)):
        return None, True
    try:
        return policy.read(answers, system, context), True
    except WsusClientError:
        return None, False  # the component policy reports why


def _evidence(answers: Answers, settings: Policy | None, deferrals: tuple[tuple[str, Any], ...]) -> Iterator[Evidence]:
    if settings and settings.source == "group_policy":
        names = ", ".join(each.name for each in settings.group_policy.applied)
        yield Evidence("group_policy", "applied objects", names)
    elif settings and settings.source:
        yield Evidence("local_policy", "settings without an object of the domain", sorted(settings.settings.values))
    if settings and (names := ", ".join(filter(_OF_CLIENT_POLICIES.match, sorted(settings.settings.values)))):
        yield Evidence("windows_update_client_policies", "settings", names)
    if version := managers.configuration_manager(answers):
        yield Evidence("configuration_manager", "version of the client", version)
    state = answers.get(_SERVICE, None)
    if state and state.code is not None:  # a state that cannot be read does not show that the service exists
        yield Evidence("configuration_manager", "service CcmExec", state.name)
    for name, data in deferrals:
        yield Evidence("mdm", rf"PolicyManager\current\device\Update\{name}", data)
    extensions = answers.get(_AZURE, None)
    for path in (key.path for key in extensions.keys.values()) if extensions else ():
        if match := _PATCH_EXTENSION.search(path):
            yield Evidence("azure_update_manager", "extension", match[1])


def _deferrals(answers: Answers) -> Iterator[tuple[str, Any]]:
    """What device management defers: a number other than 0, or a text; not what it keeps of where a value comes from."""
    key = answers.get(managers.DEVICE_MANAGEMENT, None)
    for value in key.values.values() if key else ():
        if _DEFERRING.match(value.name) and not _BOOKKEEPING.search(value.name) and value.data:
            yield value.name, harmless(value)


def _policy_changed(answers: Answers, context: Context) -> str | None:
    log = answers.get(event_queries.policy_changes(context.event_days), None)
    if log is None or log.error is not None:
        return None
    return max((event.time for event in log.events), default="")
