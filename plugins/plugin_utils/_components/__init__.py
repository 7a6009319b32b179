# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The components that an audit checks, each in a module or package of its own.

A component consists of pure functions over data; it uses no connection and no clock. See ``Component`` for the functions.
Its module or package exports it as ``COMPONENT``. To add a component, add it here and in ``_operations.audit.COMPONENTS``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from .._finding import Finding, FindingType
    from .._windows.query import Answers, Query
    from .system import System


@dataclass(frozen=True)
class Context:
    """The options and the time of an audit: ``now`` is the time of the controller, from which ages are calculated.

    ``event_days``: how far back events are read, in days. ``expected_server``: the WSUS server that the user expects,
    None if any is accepted. ``tested_url`` and ``proxy`` (host:port) replace the values from the settings of the machine
    when the connection to the server is tested. ``request_timeout``: seconds for each request. ``repair_volatile``: whether machines that lose
    changes at the next restart are repaired like others.
    """

    now: datetime
    event_days: int = 14
    expected_server: str | None = None
    tested_url: str | None = None
    proxy: str | None = None
    request_timeout: int = 15
    repair_volatile: bool = False


class Facts(Protocol):
    """The facts that a component read: a frozen dataclass."""

    def as_fact(self) -> dict[str, Any]:
        """The facts as published: plain data with stable names."""


FactsT = TypeVar("FactsT", bound=Facts)


def _nothing(_facts: object) -> Sequence[Query[Any]]:
    return ()


@dataclass(frozen=True)
class Component(Generic[FactsT]):
    """The functions of a component.

    ``probe``: the queries, which are sufficient for a healthy machine. ``read``: the facts from the available answers;
    raises UnexpectedOutput if an answer cannot be parsed. ``follow_up``: additional queries that the facts show to be
    necessary, none by default; afterward ``read`` is called again with all answers. ``findings``: the problems found,
    each of one of the ``finding_types``.
    """

    probe: Callable[[Context], Sequence[Query[Any]]]
    read: Callable[[Answers, System, Context], FactsT]
    findings: Callable[[FactsT], Sequence[Finding]]
    finding_types: tuple[FindingType, ...]
    follow_up: Callable[[FactsT], Sequence[Query[Any]]] = _nothing
