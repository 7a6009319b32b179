# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of one component that may need a second look: read, ask what they show to be needed as well, read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from .._components import Context
from .._components.system import System
from .._remote.session import Session
from .._windows.query import Answers, Query

FactsT = TypeVar("FactsT")


class Readable(Protocol[FactsT]):
    """What a component of an audit and one of a service repair have in common."""

    @property
    def read(self) -> Callable[[Answers, System, Context], FactsT]:
        """Its facts, from the answers as far as they were given."""

    @property
    def follow_up(self) -> Callable[[FactsT], Sequence[Query[Any]]]:
        """The queries that only the facts show to be needed as well."""


def read(session: Session, component: Readable[FactsT], answers: Answers, machine: System, context: Context) -> FactsT:
    """The facts from the answers, and from those to a follow-up where there is one: then one more remote execution."""
    facts = component.read(answers, machine, context)
    if further := component.follow_up(facts):
        facts = component.read(answers | session.host.probe(further), machine, context)
    return facts
