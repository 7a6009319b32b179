# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of one machine: queries the components in one batch, and returns their facts and findings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, ClassVar, TypeAlias

from .._components import (
    Component,
    Context,
    agent,
    bits,
    client_id,
    correlation,
    management,
    policy,
    proxy,
    reachability,
    system,
    timeline,
    update_store,
)
from .._components.policy import SERVER, require_server
from .._components.system import System
from .._finding import Finding, FindingType, health, ranked
from .._options import EVENTS, Options, Spec
from .._remote.session import Session
from .._windows.query import Answers, Query
from .border import Border
from .operation import Operation, Outcome

COMPONENTS: Mapping[str, Component[Any]] = {
    "policy": policy.COMPONENT,
    "management": management.COMPONENT,
    "bits": bits.COMPONENT,
    "agent": agent.COMPONENT,
    "update_store": update_store.COMPONENT,
    "client_id": client_id.COMPONENT,
    "events": timeline.COMPONENT,
    "proxy": proxy.COMPONENT,
    "reachability": reachability.COMPONENT,
}
"""The components other than ``system``, in the order in which findings of equal severity are reported."""

UNREADABLE: Mapping[str, FindingType] = {
    name: FindingType(
        f"{name}.unreadable",
        ("warning",),
        f"The output of the machine for the component {name} cannot be parsed, so its state is unknown.",
        "Run the audit with -vvv to see where parsing failed, then correct the value or report the output.",
        ("administrator",),
    )
    for name in COMPONENTS
}
"""For each component, the finding that its answers cannot be read."""

FINDINGS: tuple[FindingType, ...] = (
    *chain.from_iterable(component.finding_types for component in COMPONENTS.values()),
    *UNREADABLE.values(),
)
"""Every finding type that an audit can report."""

SUBSETS = ("all", "system", *COMPONENTS)
"""The choices of the option gather_subset."""


_VOLATILE = Spec({"repair_volatile": {"type": "bool", "default": False}})
_JUDGED = frozenset({"policy", "bits", "agent", "update_store", "client_id"})
"""The components whose findings depend on who manages the machine."""


@dataclass(frozen=True)
class FactsOptions(Options):
    """The options of wsus_facts."""

    SPEC: ClassVar[Spec] = (
        Spec({"gather_subset": {"type": "list", "elements": "str", "choices": list(SUBSETS), "default": ["all"]}})
        | _VOLATILE
        | SERVER
        | EVENTS
    )

    gather_subset: list[str]
    repair_volatile: bool
    server_url: str | None
    event_days: int

    def validate(self) -> None:
        """Raises WrongOption."""
        require_server("server_url", self.server_url)


@dataclass(frozen=True)
class BitsFactsOptions(Options):
    """The options of wsus_bits_facts."""

    SPEC: ClassVar[Spec] = _VOLATILE | EVENTS

    repair_volatile: bool
    event_days: int


@dataclass(frozen=True)
class Audit:
    """The facts of a machine by published name, and its findings, most severe first."""

    facts: Mapping[str, Mapping[str, Any]]
    findings: tuple[Finding, ...]

    def as_facts(self) -> dict[str, Any]:
        """The facts and findings as published."""
        findings = [finding.as_fact() for finding in self.findings]
        return {**self.facts, "wsus_findings": findings, "wsus_health": health(self.findings)}

    def as_outcome(self, gathered: datetime) -> Outcome:
        """The audit as the outcome of a facts module, with the time at which the facts were gathered."""
        return Outcome({"ansible_facts": {**self.as_facts(), "wsus_gathered": gathered.isoformat(timespec="seconds")}})


Ask: TypeAlias = Callable[[Iterable[Query[Any]]], Answers]
"""What answers queries: Host.probe, or a capture."""


def gather(session: Session, subset: Collection[str], context: Context) -> Audit:
    """Audit a machine in one remote execution, or in two if the first answers require further queries.

    ``subset`` contains names from SUBSETS. If a component cannot be read, the traceback goes to ``session.debug``.
    Raises the errors of Host.run, and UnexpectedOutput if the Windows version cannot be read.
    """
    return diagnose(session.host.probe, subset, context, session.debug)


def diagnose(ask: Ask, subset: Collection[str], context: Context, debug: Callable[[str], None]) -> Audit:
    """The audit of what answers, a machine or a capture of one; raises what ``ask`` does, otherwise as ``gather``."""
    chosen = {name: component for name, component in COMPONENTS.items() if name in subset or "all" in subset}
    judged_by_manager = not _JUDGED.isdisjoint(chosen)
    answers = ask(
        [
            *system.probe(),
            *chain.from_iterable(component.probe(context) for component in chosen.values()),
            *(management.probe_for_judgment() if judged_by_manager else ()),
        ]
    )
    machine = system.read(answers)
    border = Border(UNREADABLE, debug)
    first = {
        name: border.attempt(name, partial(_ask, each, answers, machine, context)) for name, each in chosen.items()
    }
    asks_for_manager = "management" in subset or (judged_by_manager and _in_trouble(chosen, first))
    answers |= ask(
        [
            *chain.from_iterable(asked.further for asked in first.values() if asked),
            *(management.follow_up(context) if asks_for_manager else ()),
        ]
    )
    facts: dict[str, Mapping[str, Any]] = {"wsus_system": machine.as_fact()}
    findings: list[Finding] = []
    known: dict[str, Any] = {}
    for name, asked in first.items():
        again = bool(asked and asked.further) or (name == "management" and asks_for_manager)
        judged = (
            border.attempt(name, partial(_judge, chosen[name], asked, answers, machine, context, again=again))
            if asked
            else None
        )
        if judged is None:
            facts[f"wsus_{name}"] = {"unreadable": border.findings[name].summary}
            findings.append(border.findings[name])
        else:
            known[name], facts[f"wsus_{name}"], own = judged
            findings += own
    for name, seen in known.items():
        for test in correlation.live_tests(COMPONENTS[name].finding_types):
            findings = correlation.correlate(findings, test, seen)
    if judged_by_manager and "management" not in chosen:
        read = border.attempt("management", partial(management.read, answers, machine, context))
        known["management"] = read
        findings += () if read else (border.findings["management"],)
    if manager := known.get("management"):
        findings = management.judge(findings, manager, known.get("agent"))
    return Audit(facts, tuple(ranked(findings)))


def _run_facts(session: Session, options: FactsOptions, *, check_mode: bool) -> Outcome:
    context = Context(
        now=session.now,
        event_days=options.event_days,
        expected_server=options.server_url,
        repair_volatile=options.repair_volatile,
    )
    return gather(session, options.gather_subset, context).as_outcome(session.now)


def _run_bits_facts(session: Session, options: BitsFactsOptions, *, check_mode: bool) -> Outcome:
    context = Context(now=session.now, event_days=options.event_days, repair_volatile=options.repair_volatile)
    return gather(session, ["bits"], context).as_outcome(session.now)


FACTS = Operation(FactsOptions, _run_facts)
BITS_FACTS = Operation(BitsFactsOptions, _run_bits_facts)


@dataclass(frozen=True)
class _Asked:
    """A component's facts from the first answers, and the further queries that they require."""

    facts: Any
    further: Sequence[Query[Any]]


def _ask(component: Component[Any], answers: Answers, machine: System, context: Context) -> _Asked:
    facts = component.read(answers, machine, context)
    return _Asked(facts, component.follow_up(facts))


def _in_trouble(chosen: Mapping[str, Component[Any]], first: Mapping[str, _Asked | None]) -> bool:
    """Whether the first answers show a problem, or could not be read."""
    return any(
        asked is None or any(finding.severity != "info" for finding in chosen[name].findings(asked.facts))
        for name, asked in first.items()
        if name in _JUDGED
    )


def _judge(
    component: Component[Any], asked: _Asked, answers: Answers, machine: System, context: Context, *, again: bool
) -> tuple[Any, Mapping[str, Any], Sequence[Finding]]:
    """A component's facts, its published facts and its findings; read again (``again``) only after further queries."""
    facts = component.read(answers, machine, context) if again else asked.facts
    return facts, facts.as_fact(), component.findings(facts)
