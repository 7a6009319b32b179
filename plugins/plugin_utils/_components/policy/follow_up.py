# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The further queries about policy, for a machine that the first answers show to have a problem."""

from __future__ import annotations

from typing import Any

from ..._windows.query import Query
from .. import Context
from ..shared import blocked_server, managers
from ..shared.placeholder import is_itself
from . import group_policy
from .facts import Policy, probe
from .findings import findings


def follow_up(policy: Policy) -> tuple[Query[Any], ...]:
    """What processing succeeded, which objects give settings, who manages the machine, and whether it is a WSUS server."""
    queries: list[Query[Any]] = []
    of_group_policy = policy.group_policy.manages and not policy.settings.empty
    if policy.group_policy.failing:
        queries += (*group_policy.follow_up(policy.event_days), managers.CONFIGURATION_MANAGER)
    elif of_group_policy and any(each.remedy == "policy" for each in findings(policy)):
        queries += group_policy.follow_up(policy.event_days)
    if is_itself(policy.settings.text("server_url") or ""):
        queries.append(blocked_server.SERVER_ROLE)
    return tuple(queries)


def probe_with_group_policy(context: Context) -> tuple[Query[Any], ...]:
    """The queries for all facts, with those about Group Policy that an audit sends only if there is a problem."""
    return (*probe(context), *group_policy.follow_up(context.event_days))
