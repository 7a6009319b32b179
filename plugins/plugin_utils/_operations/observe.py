# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the facts of one component, sends the follow-up queries that they require, and reads them again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from .._components import Context
from .._components.system import System
from .._remote.session import Session
from .._windows.query import Answers, Query

FactsT = TypeVar("FactsT")


class Readable(Protocol[FactsT]):
    """The common part of the components of an audit and of a service repair."""

    @property
    def read(self) -> Callable[[Answers, System, Context], FactsT]:
        """The facts from the available answers."""

    @property
    def follow_up(self) -> Callable[[FactsT], Sequence[Query[Any]]]:
        """The additional queries that the facts show to be necessary."""


def read(session: Session, component: Readable[FactsT], answers: Answers, machine: System, context: Context) -> FactsT:
    """The facts from the answers and, if the facts require follow-up queries, from one more remote execution."""
    facts = component.read(answers, machine, context)
    if further := component.follow_up(facts):
        facts = component.read(answers | session.host.probe(further), machine, context)
    return facts
