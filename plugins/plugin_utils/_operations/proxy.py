# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of wsus_proxy on a machine: look at the machine's proxy, set it, look again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._components import Context, proxy, system
from .._components.proxy import Desired, Proxy
from .._components.system import System
from .._plan import Step, changes_of, diff_of
from .._remote import transaction
from .._remote.host import Host
from .._remote.transaction import Target
from .._windows.query import Answers


@dataclass(frozen=True)
class Task:
    """What a run is about to do: one step, or none."""

    system: System
    facts: Proxy
    wanted: Desired
    steps: tuple[Step, ...]


class ProxyChange:
    """One run."""

    def __init__(self, host: Host, options: Mapping[str, Any], context: Context) -> None:
        self._host = host
        self._options = options
        self._context = context

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        """Plan, carry it out outside check mode, and return the result of the module.

        Raises BackupFailed, StepFailed and NotVerified.
        """
        task = self._prepare()
        facts, file = task.facts, None
        if task.steps and not check_mode:
            file = self._back_up(task)
            facts = transaction.carry_out(self._host, self._target(task), task.steps, task.facts, file)
        changes = changes_of(task.steps)
        return {
            "changed": bool(changes),
            "changes": [change.as_result() for change in changes],
            "diff": diff_of(changes),
            "proxy": facts.as_fact(),
            "backup": file,
            "check_mode": check_mode,
            "remote_executions": self._host.executions,
            "native_commands": self._host.commands,
        }

    def _prepare(self) -> Task:
        answers = self._host.probe((*system.probe(), *proxy.probe(self._context)))
        machine = system.read(answers)
        facts = proxy.read(answers, machine, self._context)
        wanted = proxy.desired(self._options, facts)
        return Task(machine, facts, wanted, proxy.plan(facts, wanted))

    def _back_up(self, task: Task) -> str | None:
        if task.facts.blob is None:
            return None  # there is nothing to save
        file = transaction.backup_file(self._options["backup_dir"], task.system.system_root, "proxy", self._context.now)
        transaction.back_up(self._host, proxy.backup(file), "the machine's proxy", file)
        return file

    def _target(self, task: Task) -> Target[Proxy]:
        def read(answers: Answers) -> Proxy:
            return proxy.read(answers, task.system, self._context)

        return Target(
            "the machine's proxy",
            proxy.probe(self._context),
            read,
            lambda facts: proxy.plan(facts, task.wanted),
            lambda facts: facts.blob,
        )
