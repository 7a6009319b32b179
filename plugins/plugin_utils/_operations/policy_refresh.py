# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refreshes Group Policy, and polls until the settings are correct or the refresh has failed."""

from __future__ import annotations

from .._components import Context, policy
from .._components.policy import Policy, ProcessingFailure
from .._components.system import System
from .._exceptions import WsusClientError
from .._finding import Finding
from .._remote.session import Session
from .._windows.command import command
from .._windows.query import Answers

# /force reapplies every setting, including those that were changed locally. If it asks whether to log off or restart,
# the answer is no. /wait:0 returns at once; progress is polled.
GPUPDATE = command("cmd.exe", "/d", "/c", "echo", "n", "|", "gpupdate.exe", "/target:computer", "/force", "/wait:0")
# Applies only what changed in the domain, such as an object that was linked since.
GPUPDATE_CHANGES = command("cmd.exe", "/d", "/c", "echo", "n", "|", "gpupdate.exe", "/target:computer", "/wait:0")

_INSTALLING_BUILDS = (14393, 17763)
_ASKING = (2, 3, 5, 7)
"""The values of AUOptions with which updates wait for an administrator."""


class RefreshFailed(WsusClientError):
    """Group Policy could not be processed."""

    reason = "refresh_failed"


class SettingsMissing(WsusClientError):
    """Settings are still missing or incorrect after the refresh of Group Policy."""

    reason = "settings_missing"


def refresh(session: Session, machine: System, context: Context, before: Policy, *, timeout: float) -> Policy:
    """Refresh the computer's Group Policy; return the policy as soon as it has no problem that a refresh can correct.

    ``timeout`` is in seconds. Raises RefreshFailed if Group Policy could not be processed, SettingsMissing if a problem
    remains.
    """
    since = before
    if first_without_force(machine):
        now = _refresh(session, machine, context, before, since, timeout=timeout, forced=False)
        if not (problems := _left(before, now)):
            return now
        if _failures_since(since, now) or _waiting_updates_may_install(now):
            raise _failure(since, now, problems[0], timeout, forced=False)
        since = now
    now = _refresh(session, machine, context, before, since, timeout=timeout, forced=True)
    if problems := _left(before, now):
        raise _failure(since, now, problems[0], timeout)
    return now


def first_without_force(machine: System) -> bool:
    """Whether a forced refresh may install waiting updates: on Server 2016 and 2019.

    It removes the settings of automatic updates for a moment, and the defaults apply (MicrosoftDocs/SupportArticles-docs, "Unexpected
    automatic update when disabled by group policy": avoid gpupdate /force there with AUOptions 2, 3, 5 or 7).
    """
    return machine.server and machine.build in _INSTALLING_BUILDS


def _waiting_updates_may_install(seen: Policy) -> bool:
    """Whether the settings that a forced refresh removes for a moment prevent installations."""
    settings = seen.settings
    return settings.number("automatic_updates") in _ASKING or settings.flag("automatic_updates_disabled")


def _refresh(
    session: Session, machine: System, context: Context, before: Policy, since: Policy, *, timeout: float, forced: bool
) -> Policy:
    """Refresh once, and return the policy when it is correct, when processing ended, or after the timeout.

    ``before`` has the problems, ``since`` is the policy that was read right before. Raises RefreshFailed.
    """
    gpupdate = GPUPDATE if forced else GPUPDATE_CHANGES
    queries = policy.probe_with_group_policy(context)
    first, *results = session.host.run([gpupdate, *(query.command for query in queries)])
    if not first.ok:
        raise RefreshFailed(
            f"gpupdate.exe exited with {first.exit_code}: Group Policy could not be processed. Check the events of "
            "Microsoft-Windows-GroupPolicy in the machine's System log",
            code=first.exit_code,
        )
    return session.poll(
        lambda: policy.read(session.host.probe(queries), machine, context),
        lambda seen: not _left(before, seen) or bool(_failures_since(since, seen)) or _processed_since(since, seen),
        lambda seen: f"Group Policy: {_left(before, seen)[0].summary}",
        timeout=timeout,
        first=policy.read(Answers(results), machine, context),
    )


def require_domain(facts: Policy) -> None:
    """Raises SettingsMissing if the machine has a problem, but no domain manages it: then a refresh brings no settings."""
    problems = open_problems(facts)
    if problems and not facts.group_policy.refreshable:
        raise SettingsMissing(
            f"{problems[0].summary}. No domain manages this machine, so Group Policy was not refreshed. Set the settings with "
            "wsus_policy_settings of the role wsus.client.policy, or correct them where they were set",
            finding=problems[0].id,
        )


def open_problems(facts: Policy) -> list[Finding]:
    """The findings that a refresh may correct, most severe first.

    Only errors: a warning is about a value that no administrative template writes, so it remains after a refresh.
    """
    return [each for each in policy.findings(facts) if each.remedy == "policy" and each.severity == "error"]


def _left(before: Policy, now: Policy) -> list[Finding]:
    """The problems that remain, and new ones: the refresh may show that someone else must correct what it was to correct."""
    others = {each.id for each in policy.findings(before) if each.remedy != "policy"}
    errors = (each for each in policy.findings(now) if each.severity == "error")
    return [each for each in errors if each.remedy == "policy" or each.id not in others]


def _failure(since: Policy, now: Policy, problem: Finding, timeout: float, *, forced: bool = True) -> WsusClientError:
    """The error that explains why: processing failed, applied other settings, or did not complete in time."""
    remains = f"The problem remains: {problem.summary}"
    if failures := _failures_since(since, now):
        newest = failures[0]
        return RefreshFailed(
            f"Group Policy could not be processed: {policy.in_words(newest, now.group_policy)}. {policy.cause_of(newest)} "
            f"{policy.action_of(newest)} {remains}",
            finding=problem.id,
        )
    if not forced and _processed_since(since, now):
        return SettingsMissing(
            f"Group Policy was processed without /force, and the problem remains: {problem.summary}. A forced refresh was not run, because on "
            "Server 2016 and 2019 it may install waiting updates. Fix it in the domain, or run gpupdate /force when updates may be installed",
            finding=problem.id,
        )
    if _processed_since(since, now):
        return SettingsMissing(
            f"Group Policy was processed, but the problem remains: {problem.summary}. {_where_to_fix(problem, now)}",
            finding=problem.id,
        )
    return SettingsMissing(
        f"Group Policy was not processed within {timeout:g} s, and the problem remains: {problem.summary}. "
        "Increase the timeout option, or check whether the machine can reach a domain controller",
        finding=problem.id,
    )


def _where_to_fix(problem: Finding, now: Policy) -> str:
    fix = "Fix it in the domain: a GPO with these settings must apply to this computer"
    if now.settings.empty:
        return fix
    giving = now.group_policy.giving or ()
    names = ", ".join(each.name for each in now.group_policy.applied if each.id in giving)
    return (
        f"{fix}. GPOs that apply settings to it: {names or 'not known'}. If none of them sets the value (gpresult /scope computer /v), "
        "it was set on the machine, manually or by a tool: delete it there"
    )


def _processed_since(before: Policy, now: Policy) -> bool:
    old, new = before.group_policy.processed, now.group_policy.processed
    return new is not None and (old is None or new > old)


def _failures_since(before: Policy, now: Policy) -> list[ProcessingFailure]:
    """The failures of processing that are new, newest first, as far as they are open."""
    old = {failure.time for failure in before.group_policy.failures}
    return [failure for failure in now.group_policy.open_failures if failure.time not in old]
