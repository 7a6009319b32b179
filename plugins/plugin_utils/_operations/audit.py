# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of one machine: which components, their commands in one batch, their facts and findings as one result."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from .._components import (
    Component,
    Context,
    agent,
    bits,
    client_id,
    correlation,
    policy,
    proxy,
    reachability,
    system,
    timeline,
    update_store,
)
from .._components.system import System
from .._exceptions import WrongOption, WsusClientError
from .._finding import Evidence, Finding, FindingType, health, ranked
from .._remote.host import Host
from .._windows.command import Results

T = TypeVar("T")

COMPONENTS: Mapping[str, Component[Any]] = {
    "policy": policy,
    "bits": bits,
    "agent": agent,
    "update_store": update_store,
    "client_id": client_id,
    "events": timeline,
    "proxy": proxy,
    "reachability": reachability,
}
"""The components beside ``system``, in the order in which findings of one severity are reported."""

UNREADABLE: Mapping[str, FindingType] = {
    name: FindingType(
        f"{name}.unreadable",
        ("warning",),
        f"An answer of the machine for the component {name} cannot be read, so nothing is known of it.",
        "Run the audit with -vvv to see where reading failed, correct the value on the machine or report the output.",
        ("administrator",),
    )
    for name in COMPONENTS
}
"""The border of each component: what it cannot read."""

FINDINGS: tuple[FindingType, ...] = (
    *chain.from_iterable(component.FINDINGS for component in COMPONENTS.values()),
    *UNREADABLE.values(),
)
"""Every kind of finding that an audit can have."""

MAX_EVENT_DAYS = 365

SUBSETS = ("all", "system", *COMPONENTS)
"""What the option gather_subset accepts."""


@dataclass(frozen=True)
class Audit:
    """What was learned of a machine: facts by their published names, findings with the gravest first, and what it cost."""

    facts: Mapping[str, Mapping[str, Any]]
    findings: tuple[Finding, ...]
    executions: int
    commands: int

    def as_result(self) -> dict[str, Any]:
        """The audit as the result of a facts module."""
        return {
            "changed": False,
            "ansible_facts": {
                **self.facts,
                "wsus_findings": [finding.as_fact() for finding in self.findings],
                "wsus_health": health(self.findings),
            },
            "remote_executions": self.executions,
            "native_commands": self.commands,
        }


def context_of(options: Mapping[str, Any], now: datetime) -> Context:
    """The context that a module's options describe, at the controller's time.

    Raises WrongOption for a number of days out of range, or a server_url that is none.
    """
    days = options["event_days"]
    if not 1 <= days <= MAX_EVENT_DAYS:
        raise WrongOption(f"event_days is {days}; it must be a number of days from 1 to {MAX_EVENT_DAYS}")
    server_url = options.get("server_url")
    if server_url and (why := policy.fault(server_url)):
        raise WrongOption(f"server_url is not the URL of a WSUS server: {why}")
    return Context(now=now, event_days=days, server_url=server_url)


class _Border:
    """The components end here: what one of them cannot read is its finding ``X.unreadable``, and the others go on."""

    def __init__(self, debug: Callable[[str], None]) -> None:
        self._debug = debug
        self.findings: dict[str, Finding] = {}

    def attempt(self, name: str, work: Callable[[], T]) -> T | None:
        """What the component makes of the answers, None where it fails: then its finding is there."""
        try:
            return work()
        except Exception as error:
            self._debug(traceback.format_exc())
            # The text of an exception that is not ours may hold anything that the machine answered.
            said = error.message if isinstance(error, WsusClientError) else f"{type(error).__name__} in its parser"
            self.findings[name] = UNREADABLE[name].found(
                f"{name.replace('_', ' ').capitalize()}: the machine's answers could not be read: {said}",
                cause="A value on the machine is damaged, or a program answered in a form that this collection does not know. "
                "Nothing is known of this component until it can be read; -vvv shows where reading failed.",
                evidence=(Evidence.value("error", type(error).__name__),),
            )
            return None


def gather(
    host: Host, subset: Collection[str], context: Context, debug: Callable[[str], None] = lambda _text: None
) -> Audit:
    """Audit a machine: one remote execution, and one more only where the first answers ask for it.

    ``subset`` contains names out of SUBSETS; ``debug`` receives the traceback where a component could not be read. Raises what
    Host.run raises, and UnexpectedOutput where the machine does not tell its Windows: without it nothing can be judged.
    """
    chosen = {name: component for name, component in COMPONENTS.items() if name in subset or "all" in subset}
    results = host.probe(
        [*system.probe(), *chain.from_iterable(component.probe(context) for component in chosen.values())]
    )
    machine = system.read(results)
    border = _Border(debug)
    further = [
        border.attempt(name, partial(component.follow_up, results, machine, context)) or ()
        for name, component in chosen.items()
    ]
    results |= host.probe(chain.from_iterable(further))
    facts: dict[str, Mapping[str, Any]] = {"wsus_system": machine.as_fact()}
    findings: list[Finding] = []
    known: dict[str, Any] = {}
    for name, component in chosen.items():
        judged = None
        if name not in border.findings:
            judged = border.attempt(name, partial(_judge, component, results, machine, context))
        if judged is None:
            facts[f"wsus_{name}"] = {"unreadable": border.findings[name].summary}
            findings.append(border.findings[name])
        else:
            known[name], facts[f"wsus_{name}"], own = judged
            findings += own
    for name, seen in known.items():
        for test in correlation.live_tests(COMPONENTS[name].FINDINGS):
            findings = correlation.correlate(findings, test, tested=test.tested(seen))
    return Audit(facts, tuple(ranked(findings)), host.executions, host.commands)


def _judge(
    component: Component[Any], results: Results, machine: System, context: Context
) -> tuple[Any, Mapping[str, Any], Sequence[Finding]]:
    """A component's facts, the same as published, and its findings."""
    facts = component.read(results, machine, context)
    return facts, facts.as_fact(), component.findings(facts)
