# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of one machine: which components, their commands in one batch, their facts and findings as one result."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from .._components import Component, Context, agent, bits, policy, proxy, system
from .._components import client_id as identity
from .._components import reachability as server
from .._components import timeline as events
from .._components import update_store as store
from .._components.correlation import joined_with_server, joined_with_store
from .._exceptions import WrongOption
from .._finding import Finding, health, ranked
from .._remote.host import Host

COMPONENTS: Mapping[str, Component[Any]] = {
    "policy": policy,
    "bits": bits,
    "agent": agent,
    "store": store,
    "client_id": identity,
    "events": events,
    "proxy": proxy,
    "server": server,
}
"""The components beside ``system``, in the order in which findings of one severity are reported."""

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


def gather(host: Host, subset: Collection[str], context: Context) -> Audit:
    """Audit a machine: one remote execution, and one more only where the first answers ask for it.

    ``subset`` holds names out of SUBSETS. Raises what Host.run raises, and UnexpectedOutput for answers that cannot be read.
    """
    chosen = {name: component for name, component in COMPONENTS.items() if name in subset or "all" in subset}
    results = host.probe(
        [*system.probe(), *chain.from_iterable(component.probe(context) for component in chosen.values())]
    )
    machine = system.read(results)
    results |= host.probe(
        chain.from_iterable([component.follow_up(results, machine, context) for component in chosen.values()])
    )
    facts: dict[str, Mapping[str, Any]] = {"wsus_system": machine.as_fact()}
    findings: list[Finding] = []
    read_facts: dict[str, Any] = {}
    for name, component in chosen.items():
        read_facts[name] = component.read(results, machine, context)
        facts[f"wsus_{name}"] = read_facts[name].as_fact()
        findings += component.findings(read_facts[name])
    if "store" in chosen:
        findings = joined_with_store(findings)
    if "server" in chosen:
        findings = joined_with_server(findings, tested=read_facts["server"].tested)
    return Audit(facts, tuple(ranked(findings)), host.executions, host.commands)
