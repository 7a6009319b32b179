# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wsus_proxy: read the machine's proxy, set it, and verify the result."""

from __future__ import annotations

from dataclasses import dataclass

from .._components import Context, proxy, system
from .._components.proxy import Desired, Proxy, ProxyOptions
from .._components.system import System
from .._plan import Step, changes_of
from .._remote import transaction
from .._remote.session import Session
from .._remote.transaction import Target
from .operation import Operation, Outcome


@dataclass(frozen=True)
class ProxyPlan:
    """The plan of a run: one step or none."""

    system: System
    facts: Proxy
    wanted: Desired
    steps: tuple[Step, ...]


def run(session: Session, options: ProxyOptions, *, check_mode: bool) -> Outcome:
    """Plan, and apply the plan except in check mode. Raises Unverifiable, BackupFailed, StepFailed and NotVerified."""
    context = Context(now=session.now)
    plan = _plan(session, options, context)
    facts, file = plan.facts, None
    if plan.steps and not check_mode:
        file = _back_up(session, options, plan)
        session.begin("A change of the machine's proxy", (), changes_of(plan.steps), backup=file)
        facts = transaction.apply(
            session.host, _target(plan, context), plan.steps, plan.facts, file, proxy.restore(file)
        )
    return Outcome({"proxy": facts.as_fact(), "backup": file}, changes_of(plan.steps), "WinHTTP proxy")


OPERATION = Operation(ProxyOptions, run)


def _plan(session: Session, options: ProxyOptions, context: Context) -> ProxyPlan:
    answers = session.host.probe((*system.probe(), *proxy.probe(context)))
    machine = system.read(answers)
    facts = proxy.read(answers, machine, context)
    wanted = proxy.desired(options, facts)
    return ProxyPlan(machine, facts, wanted, proxy.plan(facts, wanted))


def _back_up(session: Session, options: ProxyOptions, plan: ProxyPlan) -> str | None:
    if plan.facts.blob is None:
        return None  # nothing to back up
    file = transaction.backup_file(
        options.backup_dir, plan.system.system_root, "proxy", session.now, session.unguessable
    )
    transaction.back_up(session.host, proxy.backup(file), "the machine's proxy", file)
    return file


def _target(plan: ProxyPlan, context: Context) -> Target[Proxy]:
    return Target(
        "the machine's proxy",
        proxy.probe(context),
        lambda answers: proxy.read(answers, plan.system, context),
        lambda facts: proxy.plan(facts, plan.wanted),
        lambda facts: facts.blob,
    )
