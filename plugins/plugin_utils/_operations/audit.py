# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of one machine: which components, their commands in one batch, their facts and findings as one result."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, ClassVar, TypeVar

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
from .._components.policy import SERVER, require_server
from .._components.system import System
from .._exceptions import WsusClientError
from .._finding import Evidence, Finding, FindingType, health, ranked
from .._options import EVENTS, Options, Spec
from .._remote.session import Session
from .._windows.query import Answers, Query
from .operation import Operation, Outcome

T = TypeVar("T")

COMPONENTS: Mapping[str, Component[Any]] = {
    "policy": policy.COMPONENT,
    "bits": bits.COMPONENT,
    "agent": agent.COMPONENT,
    "update_store": update_store.COMPONENT,
    "client_id": client_id.COMPONENT,
    "events": timeline.COMPONENT,
    "proxy": proxy.COMPONENT,
    "reachability": reachability.COMPONENT,
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
    *chain.from_iterable(component.finding_types for component in COMPONENTS.values()),
    *UNREADABLE.values(),
)
"""Every kind of finding that an audit can have."""

SUBSETS = ("all", "system", *COMPONENTS)
"""What the option gather_subset accepts."""


@dataclass(frozen=True)
class FactsOptions(Options):
    """The options of wsus_facts."""

    SPEC: ClassVar[Spec] = (
        Spec({"gather_subset": {"type": "list", "elements": "str", "choices": list(SUBSETS), "default": ["all"]}})
        | SERVER
        | EVENTS
    )

    gather_subset: list[str]
    server_url: str | None
    event_days: int

    def validate(self) -> None:
        """Raises WrongOption."""
        require_server("server_url", self.server_url)


@dataclass(frozen=True)
class BitsFactsOptions(Options):
    """The options of wsus_bits_facts."""

    SPEC: ClassVar[Spec] = EVENTS

    event_days: int


@dataclass(frozen=True)
class Audit:
    """What was learned of a machine: facts by their published names, and findings, most severe first."""

    facts: Mapping[str, Mapping[str, Any]]
    findings: tuple[Finding, ...]

    def as_outcome(self) -> Outcome:
        """The audit as the outcome of a facts module."""
        findings = [finding.as_fact() for finding in self.findings]
        facts = {**self.facts, "wsus_findings": findings, "wsus_health": health(self.findings)}
        return Outcome({"ansible_facts": facts})


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


def gather(session: Session, subset: Collection[str], context: Context) -> Audit:
    """Audit a machine: one remote execution, and one more only where the first answers ask for it.

    ``subset`` contains names out of SUBSETS. Where a component could not be read the traceback goes to ``session.debug``. Raises
    what Host.run raises, and UnexpectedOutput if the Windows version cannot be read: without it nothing can be judged.
    """
    chosen = {name: component for name, component in COMPONENTS.items() if name in subset or "all" in subset}
    answers = session.host.probe(
        [*system.probe(), *chain.from_iterable(component.probe(context) for component in chosen.values())]
    )
    machine = system.read(answers)
    border = _Border(session.debug)
    first = {
        name: border.attempt(name, partial(_ask, each, answers, machine, context)) for name, each in chosen.items()
    }
    answers |= session.host.probe(chain.from_iterable(asked.further for asked in first.values() if asked))
    facts: dict[str, Mapping[str, Any]] = {"wsus_system": machine.as_fact()}
    findings: list[Finding] = []
    known: dict[str, Any] = {}
    for name, asked in first.items():
        judged = (
            border.attempt(name, partial(_judge, chosen[name], asked, answers, machine, context)) if asked else None
        )
        if judged is None:
            facts[f"wsus_{name}"] = {"unreadable": border.findings[name].summary}
            findings.append(border.findings[name])
        else:
            known[name], facts[f"wsus_{name}"], own = judged
            findings += own
    for name, seen in known.items():
        for test in correlation.live_tests(COMPONENTS[name].finding_types):
            findings = correlation.correlate(findings, test, tested=test.tested(seen))
    return Audit(facts, tuple(ranked(findings)))


def _run_facts(session: Session, options: FactsOptions, *, check_mode: bool) -> Outcome:
    context = Context(now=session.now, event_days=options.event_days, expected_server=options.server_url)
    return gather(session, options.gather_subset, context).as_outcome()


def _run_bits_facts(session: Session, options: BitsFactsOptions, *, check_mode: bool) -> Outcome:
    return gather(session, ["bits"], Context(now=session.now, event_days=options.event_days)).as_outcome()


FACTS = Operation(FactsOptions, _run_facts)
BITS_FACTS = Operation(BitsFactsOptions, _run_bits_facts)


@dataclass(frozen=True)
class _Asked:
    """A component's facts from the first answers, and what they show to be needed as well."""

    facts: Any
    further: Sequence[Query[Any]]


def _ask(component: Component[Any], answers: Answers, machine: System, context: Context) -> _Asked:
    facts = component.read(answers, machine, context)
    return _Asked(facts, component.follow_up(facts))


def _judge(
    component: Component[Any], asked: _Asked, answers: Answers, machine: System, context: Context
) -> tuple[Any, Mapping[str, Any], Sequence[Finding]]:
    """A component's facts, the same as published, and its findings; read anew only where it asked for more."""
    facts = component.read(answers, machine, context) if asked.further else asked.facts
    return facts, facts.as_fact(), component.findings(facts)
