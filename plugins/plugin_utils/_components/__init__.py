# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways a client breaks, a component each.

A component is a few pure functions over data, without a connection or a clock of its own; Component says which. Its module or
package exports it as ``COMPONENT``. To add a way to break is to add one of them here and to name it in
``_operations.audit.COMPONENTS``.
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
    """What the user asked of an audit, and when: ``now`` is the controller's time, to which ages are counted.

    ``event_days``: how far back events are read, in days. ``expected_server``: the WSUS server that the machine should have,
    None where any is right. ``tested_url`` and ``proxy`` (host:port) take the place of those that the machine's own settings
    name where the way to the server is tested, with ``request_timeout`` seconds for each request.
    """

    now: datetime
    event_days: int = 14
    expected_server: str | None = None
    tested_url: str | None = None
    proxy: str | None = None
    request_timeout: int = 15


class Facts(Protocol):
    """What a component read: a frozen dataclass."""

    def as_fact(self) -> dict[str, Any]:
        """The facts as published: plain data with stable names."""


FactsT = TypeVar("FactsT", bound=Facts)


def _nothing(_facts: object) -> Sequence[Query[Any]]:
    return ()


@dataclass(frozen=True)
class Component(Generic[FactsT]):
    """What every component offers.

    ``probe``: its queries, which tell all of a healthy machine. ``read``: its facts from the answers, as far as they were
    given; raises UnexpectedOutput for answers that cannot be read. ``follow_up``: the queries that only the facts show to be
    needed as well, after which ``read`` makes the facts anew from all answers; by default nothing. ``findings``: what is
    wrong, each of one of the ``finding_types``.
    """

    probe: Callable[[Context], Sequence[Query[Any]]]
    read: Callable[[Answers, System, Context], FactsT]
    findings: Callable[[FactsT], Sequence[Finding]]
    finding_types: tuple[FindingType, ...]
    follow_up: Callable[[FactsT], Sequence[Query[Any]]] = _nothing
