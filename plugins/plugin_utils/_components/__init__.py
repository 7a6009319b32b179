# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways a client breaks, a component each.

A component is a module of pure functions over data, without a connection or a clock of its own; Component says which.
To add a way to break is to add one module here and to name it in ``_operations.audit.COMPONENTS``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from .._finding import Finding, FindingType
    from .._windows.command import Command, Results
    from .system import System


@dataclass(frozen=True)
class Context:
    """What the user asked of an audit, and when: ``now`` is the controller's time, to which ages are counted.

    ``event_days``: how far back events are read, in days. ``server_url``: the WSUS server that the machine should have,
    None where any is right. ``url`` and ``proxy`` (host:port) take the place of those that the machine's own settings
    name where the way to the server is tested, with ``request_timeout`` seconds for each request.
    """

    now: datetime
    event_days: int = 14
    server_url: str | None = None
    url: str | None = None
    proxy: str | None = None
    request_timeout: int = 15


class Facts(Protocol):
    """What a component read: a frozen dataclass."""

    def as_fact(self) -> dict[str, Any]:
        """The facts as published: plain data with stable names."""


FactsT = TypeVar("FactsT", bound=Facts)


class Component(Protocol[FactsT]):
    """What every component offers."""

    FINDINGS: tuple[FindingType, ...]
    """The kinds of findings that it can have."""

    def probe(self, context: Context) -> Sequence[Command]:
        """The read-only commands that it needs."""

    def follow_up(self, results: Results, system: System, context: Context) -> Sequence[Command]:
        """What only the answers to the probe show to be needed as well; on a healthy machine nothing."""

    def read(self, results: Results, system: System, context: Context) -> FactsT:
        """Its facts, from the answers. Raises UnexpectedOutput for answers that cannot be read."""

    def findings(self, facts: FactsT) -> Sequence[Finding]:
        """What is wrong, with evidence, cause and remedy."""
