# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wsus_agent: repair the service, reset the components, start a scan and a report, as the options request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._components import agent
from .._components.agent import AgentOptions
from .._components.system import System
from .._exceptions import WsusClientError
from .._plan import Change
from .._remote.service_control import ServiceControl
from .._remote.session import Session
from .agent_reset import AgentReset, plan_reset
from .operation import Operation, Outcome
from .scan import NOTHING_DONE, run_scan
from .service_repair import ServiceRepair


def run(session: Session, options: AgentOptions, *, check_mode: bool) -> Outcome:
    """Plan, and apply the plan except in check mode.

    A scan or a report does not count as a change, because the agent would soon do it on its own. Raises the errors of
    ServiceRepair, AgentReset and run_scan.
    """
    repair = ServiceRepair(session, agent.SERVICE_COMPONENT, options)
    plan = repair.plan(wait=not check_mode)
    reset = plan_reset(session, plan.facts) if options.reset_components else AgentReset()
    repaired: Mapping[str, Any] = {"backup": None, "state": plan.state.name}
    scan = NOTHING_DONE
    if not check_mode:
        if plan.changes:
            repaired = repair.apply(plan)
        try:
            reset.apply(ServiceControl(session, options.timeout))
            scan = _scan(session, plan.system, options)
        except WsusClientError as error:
            raise _after_repair(plan.changes, repaired["backup"], error) from None
    said = {"msg": f"No scan was started. {why}."} if (why := agent.WITHOUT_TRIGGER.get(scan["not_expected"])) else {}
    return Outcome({**repaired, "scan": dict(scan), **said}, (*plan.changes, *reset.changes), agent.SERVICE.name)


OPERATION = Operation(AgentOptions, run)


def _scan(session: Session, machine: System, options: AgentOptions) -> Mapping[str, Any]:
    """Run the requested scan and report."""
    if not options.asks_for_scan:
        return NOTHING_DONE
    return run_scan(
        session,
        machine,
        scan=options.scan,
        report=options.report,
        wait=options.scan_timeout if options.wait_for_scan else None,
        renew_authorization=options.reset_components,
    )


def _after_repair(changes: tuple[Change, ...], file: str | None, error: WsusClientError) -> WsusClientError:
    """The error, extended with the changes made before it; the repair of the service is kept."""
    if not changes:
        return error
    names = ", ".join(change.attribute for change in changes)
    kept = f"The previous definition is saved in {file} on the machine." if file else ""
    done = f"The service repair made earlier in this run was kept: {names}."
    return error.extended(done, kept, changed=True, changes=[change.as_result() for change in changes], backup=file)
