# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of wsus_agent on a machine: repair the service, reset the components, have it detect and report - what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from .._components import agent
from .._components.service import desired
from .._components.system import System
from .._exceptions import WrongOption, WsusClientError
from .._plan import Change, diff_of
from .._remote.host import Host
from .._remote.service_control import ServiceControl
from .agent_reset import ComponentsReset
from .agent_reset import changes as changes_of_reset
from .scan import AgentWatch
from .service_repair import ServiceRepair

NOTHING_DONE: Mapping[str, Any] = {"triggered": False, "reported": False, "waited": 0, "outcome": None}


def check(options: Mapping[str, Any]) -> None:
    """Look at the options of wsus_agent before anything is sent. Raises WrongOption and UnquotableArgument."""
    desired.check(options)
    if options["detection_timeout"] < 1:
        raise WrongOption(
            f"detection_timeout is {options['detection_timeout']}; it must be a number of seconds from 1 on"
        )
    asks_for_work = (
        options["detect"] or options["report"] or options["wait_for_detection"] or options["reset_components"]
    )
    if options["state"] == "stopped" and asks_for_work:
        raise WrongOption(
            "state is stopped: a stopped agent neither detects nor reports, and its components are not reset"
        )


def run(
    host: Host, options: Mapping[str, Any], now: datetime, say: Callable[[str], None], *, check_mode: bool
) -> dict[str, Any]:
    """Plan, carry it out outside check mode, and return the result of the module.

    Triggering a detection or a report is no change: it leaves the machine as it would soon have been by itself. Raises what
    ServiceRepair, ComponentsReset and AgentWatch raise.
    """
    control = ServiceControl(host, options["timeout"], say)
    repair = ServiceRepair(host, control, agent, options, now)
    reset = ComponentsReset(host, control)
    task = repair.prepare(wait=not check_mode)
    names = reset.prepare(task.facts) if options["reset_components"] else ()
    outcome: Mapping[str, Any] = {"backup": None, "state": task.state.name}
    detection = NOTHING_DONE
    if not check_mode:
        if task.changes:
            outcome = repair.carry_out(task)
        try:
            reset.carry_out(names)
            detection = _have_it_work(host, task.system, options, say)
        except WsusClientError as error:
            raise _after(task.changes, outcome["backup"], error) from None
    changes: tuple[Change, ...] = (*task.changes, *changes_of_reset(names))
    return {
        "changed": bool(changes),
        "changes": [change.as_result() for change in changes],
        "diff": diff_of(changes),
        **outcome,
        "detection": dict(detection),
        "check_mode": check_mode,
        "remote_executions": host.executions,
        "native_commands": host.commands,
    }


def _have_it_work(
    host: Host, system: System, options: Mapping[str, Any], say: Callable[[str], None]
) -> Mapping[str, Any]:
    """The detection and the report that are asked for."""
    if not (options["detect"] or options["report"] or options["wait_for_detection"]):
        return NOTHING_DONE
    return AgentWatch(host, system, options["detection_timeout"], say).run(
        detect=options["detect"],
        report=options["report"],
        wait=options["wait_for_detection"],
        renew_authorization=options["reset_components"],
    )


def _after(changes: tuple[Change, ...], file: str | None, error: WsusClientError) -> WsusClientError:
    """The error with what was changed before it: the service that was repaired stays repaired."""
    if not changes:
        return error
    names = ", ".join(change.attribute for change in changes)
    kept = f"The definition as it was is saved on the machine in {file}." if file else ""
    done = f"The agent's service was repaired before, and stays so: {names}."
    return error.extended(done, kept, changed=True, changes=[change.as_result() for change in changes], backup=file)
