# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ..._windows import registry
from ..._windows.query import Answers, Query
from ..._windows.urls import without_credentials
from .. import Context
from ..shared import blocked_server, event_queries, managers
from ..shared.harmless import harmless
from ..shared.registry_keys import POLICY
from ..system import System
from . import group_policy
from .group_policy import GroupPolicy
from .settings import URLS, Settings, read_settings


@dataclass(frozen=True)
class Policy:
    """The policy of one machine: the settings of the update client, and Group Policy, which may have set them.

    ``expected_server`` is the server that the user expects, None if any is accepted. ``build`` is the Windows build.
    ``event_days``: how far back events were read. ``blocked``: why WUServer can be no server, None if it may be one.
    ``configuration_manager``: whether its client is installed.
    """

    settings: Settings
    group_policy: GroupPolicy
    build: int
    expected_server: str | None
    now: datetime
    event_days: int
    blocked: str | None = None
    configuration_manager: bool = False

    @property
    def source(self) -> Literal["group_policy", "local"] | None:
        """The source of the settings, as far as it can be determined; None if there are none.

        If domain GPOs apply to the machine, a value that was written manually cannot be distinguished from theirs.
        """
        if not self.settings.values and not self.settings.unreadable:
            return None
        return "group_policy" if self.group_policy.applied and self.group_policy.registry_settings else "local"

    @property
    def uses_server(self) -> bool:
        """Whether the client is configured to use a WSUS server: a server is set, and UseWUServer is 1."""
        return bool(self.settings.text("server_url")) and self.settings.flag("use_server")

    def as_fact(self) -> dict[str, Any]:
        """The facts as published."""
        values = dict(self.settings.values)
        for name in URLS:
            if url := self.settings.text(name):
                values[name] = without_credentials(url)
        return {
            "uses_server": None if "server_url" in self.settings.unreadable else self.uses_server,
            "server_url": values.get("server_url"),
            "settings": values | dict.fromkeys(self.settings.unreadable),
            "unreadable_settings": sorted(self.settings.unreadable),
            "mistyped": dict(self.settings.mistyped),
            "other": {path: harmless(value) for path, value in self.settings.other.items()},
            "source": self.source,
            "managed": self.group_policy.manages,
            **self.group_policy.as_fact(self.now),
            "events": [failure.as_fact() for failure in self.group_policy.failures],
        }


def probe(context: Context) -> tuple[Query[Any], ...]:
    """The queries for all facts, in one remote execution.

    The state of processing is read before the settings, so that the settings are never older than it.
    """
    return (*group_policy.probe(), registry.tree(POLICY), event_queries.system(context.event_days))


def read(answers: Answers, system: System, context: Context) -> Policy:
    """The facts from the answers to the probe. Raises UnexpectedOutput if the output of reg.exe cannot be parsed."""
    logs = event_queries.read(answers, [event_queries.system(context.event_days)])
    return Policy(
        settings=read_settings(answers[registry.tree(POLICY)]),
        group_policy=group_policy.read_group_policy(answers, logs.events, context.event_days),
        build=system.build,
        expected_server=context.expected_server,
        now=context.now,
        event_days=context.event_days,
        blocked=blocked_server.blocked(answers),
        configuration_manager=managers.configuration_manager(answers) is not None,
    )
