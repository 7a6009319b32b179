# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wsus_policy: read the policy, refresh Group Policy or write settings, and verify the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._components import Context, policy, system
from .._components.policy import Policy, PolicyOptions, Settings
from .._components.system import System
from .._exceptions import WsusClientError
from .._finding import health, ranked
from .._plan import Change, Step, changes_of
from .._remote import transaction
from .._remote.session import Session
from .._remote.transaction import Target
from . import policy_refresh
from .operation import Operation, Outcome


class ManagedByGroupPolicy(WsusClientError):
    """The settings to write are managed by Group Policy on this machine."""

    reason = "managed_by_group_policy"


@dataclass(frozen=True)
class PolicyPlan:
    """The plan of a run: refresh Group Policy, run steps, or neither."""

    system: System
    facts: Policy
    refresh: bool
    steps: tuple[Step, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes; the effect of a refresh is not known in advance."""
        how = "refreshed, first without /force" if policy_refresh.first_without_force(self.system) else "refreshed"
        refreshed = (Change("group_policy", "not in order", how),) if self.refresh else ()
        return (*refreshed, *changes_of(self.steps))


def run(session: Session, options: PolicyOptions, *, check_mode: bool) -> Outcome:
    """Plan, and apply the plan except in check mode.

    Raises ManagedByGroupPolicy, Unverifiable, RefreshFailed, SettingsMissing, BackupFailed, StepFailed and NotVerified.
    """
    context = Context(now=session.now, event_days=options.event_days, expected_server=options.server_url)
    plan = _plan(session, options, context)
    facts, file = plan.facts, None
    if not check_mode and options.refresh:
        policy_refresh.require_domain(facts)
    if not check_mode and plan.refresh:
        session.begin("A refresh of Group Policy", (), plan.changes)
        facts = policy_refresh.refresh(session, plan.system, context, plan.facts, timeout=options.timeout)
    elif not check_mode and plan.steps:
        file = _back_up(session, options, plan)
        target = _target(plan, options, context)
        session.begin("A change of the policy", (), plan.changes, backup=file)
        facts = transaction.apply(session.host, target, plan.steps, plan.facts, file, policy.restore(file))
    return Outcome(_values(plan, facts) | {"backup": file}, plan.changes, "Windows Update policy")


OPERATION = Operation(PolicyOptions, run)


def _plan(session: Session, options: PolicyOptions, context: Context) -> PolicyPlan:
    answers = session.host.probe((*system.probe(), *policy.probe(context)))
    machine = system.read(answers)
    facts = policy.read(answers, machine, context)
    if further := policy.follow_up(facts):
        answers |= session.host.probe(further)
        facts = policy.read(answers, machine, context)
    policy.require_verifiable(options.settings or {}, reads_unicode=session.host.reads_unicode)
    steps = policy.plan(facts, options.settings or {})
    if steps and facts.group_policy.manages and not options.force:
        names = ", ".join(each.name for each in facts.group_policy.applied)
        raise ManagedByGroupPolicy(
            f"this machine's settings are managed by Group Policy in {facts.group_policy.domain or 'its domain'}"
            + (f" (applied: {names})" if names else "")
            + "; change them there. Local values would be overwritten at the next refresh; "
            "use force=true to write them anyway"
        )
    refresh = options.refresh and facts.group_policy.refreshable and bool(policy_refresh.open_problems(facts))
    return PolicyPlan(machine, facts, refresh, steps)


def _back_up(session: Session, options: PolicyOptions, plan: PolicyPlan) -> str | None:
    settings = plan.facts.settings
    if settings.empty and not settings.other:
        return None  # nothing to back up
    file = transaction.backup_file(
        options.backup_dir, plan.system.system_root, "policy", session.now, session.unguessable
    )
    transaction.back_up(session.host, policy.backup(file), "the Windows Update client policy", file)
    return file


def _target(plan: PolicyPlan, options: PolicyOptions, context: Context) -> Target[Policy]:
    return Target(
        "the policy",
        policy.probe(context),
        lambda answers: policy.read(answers, plan.system, context),
        lambda facts: policy.plan(facts, options.settings or {}),
        lambda facts: facts.settings,
    )


def _all_of(settings: Settings) -> dict[str, Any]:
    """The settings with the unreadable ones, whose text is compared with itself."""
    return {**settings.values, **settings.unreadable}


def _values(plan: PolicyPlan, facts: Policy) -> dict[str, Any]:
    before, after = (_all_of(each.settings) for each in (plan.facts, facts))
    published = facts.as_fact()
    arrived = {name: published["settings"][name] for name, value in after.items() if before.get(name) != value}
    gone = sorted(set(before) - set(after))
    found = ranked(policy.findings(facts))
    return {
        "arrived": arrived if plan.refresh else {},
        "gone": gone if plan.refresh else [],
        "policy": published,
        "findings": [finding.as_fact() for finding in found],
        "health": health(found),
    }
