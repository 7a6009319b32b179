# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of wsus_policy on a machine: look, refresh group policy or write settings, look again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._components import Context, policy, system
from .._components.policy import Policy
from .._components.system import System
from .._exceptions import WrongOption, WsusClientError
from .._finding import health, ranked
from .._plan import Change, Step, changes_of, diff_of
from .._remote import transaction
from .._remote.host import Host
from .._remote.transaction import Target
from .._windows.query import Answers
from .policy_refresh import PolicyRefresh, wrong


class ManagedByGroupPolicy(WsusClientError):
    """Settings shall be written on a machine whose settings the domain's policy owns."""

    reason = "managed_by_group_policy"


@dataclass(frozen=True)
class Task:
    """What a run is about to do: refresh group policy, or make steps; often neither."""

    system: System
    facts: Policy
    refresh: bool
    steps: tuple[Step, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes; what a refresh will bring is not known before."""
        refreshed = (Change("group_policy", "not in order", "refreshed"),) if self.refresh else ()
        return (*refreshed, *changes_of(self.steps))


def check(options: Mapping[str, Any]) -> None:
    """Look at the options of wsus_policy before anything is sent. Raises WrongOption and UnquotableArgument."""
    if options["timeout"] < 1:
        raise WrongOption(f"timeout is {options['timeout']}; it must be a number of seconds from 1 on")
    if options["refresh"] and options["settings"]:
        raise WrongOption(
            "refresh and settings exclude each other: the one has the domain set them, the other this module"
        )
    policy.check(options["settings"] or {})


class PolicyChange:
    """One run; ``say`` tells what is being waited for."""

    def __init__(self, host: Host, options: Mapping[str, Any], context: Context, say: Callable[[str], None]) -> None:
        self._host = host
        self._options = options
        self._context = context
        self._say = say

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        """Plan, carry it out outside check mode, and return the result of the module.

        Raises ManagedByGroupPolicy, RefreshFailed, SettingsMissing, BackupFailed, StepFailed and NotVerified.
        """
        task = self._prepare()
        facts, file = task.facts, None
        if not check_mode:
            if task.refresh:
                facts = PolicyRefresh(self._host, task.system, self._context, self._options["timeout"], self._say).run(
                    task.facts
                )
            elif task.steps:
                file = self._back_up(task)
                facts = transaction.carry_out(self._host, self._target(task.system), task.steps, task.facts, file)
        return self._result(task, facts, file) | {"check_mode": check_mode}

    def _prepare(self) -> Task:
        answers = self._host.probe((*system.probe(), *policy.probe(self._context)))
        machine = system.read(answers)
        facts = policy.read(answers, machine, self._context)
        steps = policy.plan(facts, self._options["settings"] or {})
        if steps and facts.group_policy.manages and not self._options["force"]:
            names = ", ".join(each.name for each in facts.group_policy.applied)
            raise ManagedByGroupPolicy(
                f"the settings of this machine belong to the group policy of {facts.group_policy.domain or 'its domain'}"
                + (f" (applied: {names})" if names else "")
                + ": change them there. Written here they would be lost at its next processing; force: true writes them all the same"
            )
        return Task(machine, facts, self._options["refresh"] and bool(wrong(facts)), steps)

    def _back_up(self, task: Task) -> str | None:
        if not task.facts.settings.values and not task.facts.settings.mistyped and not task.facts.settings.other:
            return None  # there is nothing to save
        file = transaction.backup_file(
            self._options["backup_dir"], task.system.system_root, "policy", self._context.now
        )
        transaction.back_up(self._host, policy.backup(file), "the policy of the update client", file)
        return file

    def _target(self, machine: System) -> Target[Policy]:
        def read(answers: Answers) -> Policy:
            return policy.read(answers, machine, self._context)

        def left(facts: Policy) -> tuple[Step, ...]:
            return policy.plan(facts, self._options["settings"])

        return Target("the policy", policy.probe(self._context), read, left, lambda facts: facts.settings)

    def _result(self, task: Task, facts: Policy, file: str | None) -> dict[str, Any]:
        before, after = task.facts.settings.values, facts.settings.values
        published = facts.as_fact()
        arrived = {name: published["settings"][name] for name, value in after.items() if before.get(name) != value}
        gone = sorted(set(before) - set(after))
        found = ranked(policy.findings(facts))
        return {
            "changed": bool(task.changes),
            "changes": [change.as_result() for change in task.changes],
            "diff": diff_of(task.changes),
            "arrived": arrived if task.refresh else {},
            "gone": gone if task.refresh else [],
            "policy": published,
            "findings": [finding.as_fact() for finding in found],
            "health": health(found),
            "backup": file,
            "remote_executions": self._host.executions,
            "native_commands": self._host.commands,
        }
