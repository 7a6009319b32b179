# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Group Policy refreshed, and watched until the settings are in order or it is clear that they will not be."""

from __future__ import annotations

from .._components import Context, policy
from .._components.policy import Policy
from .._components.system import System
from .._exceptions import WsusClientError
from .._finding import Finding
from .._remote.session import Session
from .._windows.command import command
from .._windows.query import Answers

# /force has every setting written again, also one that was changed by hand since. It may ask whether to log off or restart:
# no. /wait:0 has it return at once; what it does is watched.
GPUPDATE = command("cmd.exe", "/d", "/c", "echo", "n", "|", "gpupdate.exe", "/target:computer", "/force", "/wait:0")


class RefreshFailed(WsusClientError):
    """Group Policy could not be processed."""

    reason = "refresh_failed"


class SettingsMissing(WsusClientError):
    """Group Policy was processed, and the settings are still missing or not in order."""

    reason = "settings_missing"


def refresh(session: Session, machine: System, context: Context, before: Policy, *, timeout: float) -> Policy:
    """Refresh the computer's Group Policy; policy as soon as nothing is wrong with it that a refresh can correct.

    ``timeout`` is in seconds. Raises RefreshFailed and SettingsMissing; both name the finding that is left.
    """
    first, *results = session.host.run([GPUPDATE, *(query.command for query in policy.probe(context))])
    if not first.ok:
        raise RefreshFailed(
            f"gpupdate.exe ended with {first.exit_code}: Group Policy could not be processed; look for events of "
            "Microsoft-Windows-GroupPolicy in the System log of the machine",
            code=first.exit_code,
        )
    now = session.poll(
        lambda: policy.read(session.host.probe(policy.probe(context)), machine, context),
        lambda seen: not open_problems(seen) or _failed_since(before, seen) or _processed_since(before, seen),
        lambda seen: f"Group Policy: {open_problems(seen)[0].summary}",
        timeout=timeout,
        first=policy.read(Answers(results), machine, context),
    )
    if problems := open_problems(now):
        raise _failure(before, now, problems[0], timeout)
    return now


def open_problems(facts: Policy) -> list[Finding]:
    """What is wrong with policy that a refresh may correct, most severe first."""
    return [each for each in policy.findings(facts) if each.remedy == "policy" and each.severity != "info"]


def _failure(before: Policy, now: Policy, problem: Finding, timeout: float) -> WsusClientError:
    """Why the settings are not in order: processing failed, brought others, or did not end in time."""
    if _failed_since(before, now):
        newest = now.group_policy.failures[0].as_fact()
        words = (f"event {newest['event_id']}", newest.get("code"), newest.get("name"))
        return RefreshFailed(
            f"Group Policy could not be processed ({' '.join(word for word in words if word)}): the machine does not reach "
            f"a domain controller, or its computer account is broken. Still: {problem.summary}",
            finding=problem.id,
        )
    if _processed_since(before, now):
        return SettingsMissing(
            f"Group Policy was processed, and still: {problem.summary}. Fix it in the domain: a GPO with these settings "
            "must apply to this computer",
            finding=problem.id,
        )
    return SettingsMissing(
        f"Group Policy was not processed within {timeout:g} s, and still: {problem.summary}. "
        "Increase the timeout option, or check whether the machine reaches a domain controller",
        finding=problem.id,
    )


def _processed_since(before: Policy, now: Policy) -> bool:
    old, new = before.group_policy.processed, now.group_policy.processed
    return new is not None and (old is None or new > old)


def _failed_since(before: Policy, now: Policy) -> bool:
    old = {failure.time for failure in before.group_policy.failures}
    return any(failure.time not in old for failure in now.group_policy.failures)
