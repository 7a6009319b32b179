# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates that are installed again and again: each installation reports success, and later scans offer the update again.

Reports: ansible-collections/ansible.windows issue 530 (definitions of Microsoft Defender) and issue 604 (an update that is rolled
back at each restart), rgl/packer-plugin-windows-update pull request 162 (the Windows Security platform).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from ... import _error_codes
from ..._finding import Evidence, Finding, FindingType
from . import known_issues, update_title
from .facts import Agent
from .history import Failure, Success

_ENOUGH = 3
"""Twice may be an update that was removed, or installed again after a restart that was interrupted."""
_LASTING = timedelta(days=2)
_SUCCESS = 0

INSTALL_REPEATS = FindingType(
    "agent.install_repeats",
    ("warning", "info"),
    "Each installation of an update reports success, but scans offer it again.",
    "Check whether the update is rolled back at the restart (CBS.log), and install it by other means; decline it on the server if the "
    "machine does not need it.",
    ("administrator",),
)


def installed_again(agent: Agent) -> Mapping[str, Sequence[Success]]:
    """The successful installations of each version of an update that was installed often and is still offered, by product.

    They are newest first. Empty if the newest scan found no updates.
    """
    if not agent.always_offers:
        return {}
    versions: dict[str, list[Success]] = {}
    for each in sorted(agent.successes, key=lambda each: each.time, reverse=True):
        if each.installed and (name := each.update or each.update_id):
            versions.setdefault(name, []).append(each)
    return {update_title.product(name): times for name, times in versions.items() if len(times) >= _ENOUGH}


def repeated_updates(agent: Agent) -> Iterator[Finding]:
    """A finding for each update that is installed again and again, with its failures between."""
    for product, times in installed_again(agent).items():
        failed = [each for each in agent.failures if each.kind == "install" and each.subject == product]
        yield _repeated(agent, times, failed)


def _repeated(agent: Agent, times: Sequence[Success], failed: Sequence[Failure]) -> Finding:
    title = times[0].update
    issue = known_issues.find(_SUCCESS, update_title.article(title), agent.build)
    lasting = agent.age(times[-1].time) - agent.age(times[0].time) >= _LASTING
    recent = agent.age(times[0].time) <= agent.stale_after
    return INSTALL_REPEATS.found(
        f"{update_title.shown(title) or 'An update'} was installed {len(times)} times since {times[-1].time[:10]}, and scans offer updates again",
        cause=f"{issue.cause} Source: {issue.source} ({issue.date})."
        if issue
        else "The installation has no effect, or it is rolled back at the restart.",
        action=issue.action if issue else None,
        severity="warning" if lasting and recent else "info",
        evidence=(
            *(Evidence.event({"time": each.time, "kind": "install", "update": each.update}) for each in times[:3]),
            *(Evidence.event(each.as_fact()) for each in failed[:3]),
        ),
        codes=dict.fromkeys(_error_codes.hexadecimal(each.code) for each in failed),
    )
