# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The functions of a component whose service can be repaired: its facts, its desired state, and the plan between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from ..._plan import Step
from ..._windows.query import Answers, Query
from .. import Context
from ..system import System
from .desired import Desired
from .facts import RelatedService, ServiceFacts
from .spec import ServiceSpec


class FactsWithService(Protocol):
    """The facts of a component that manages a service."""

    @property
    def service(self) -> ServiceFacts:
        """The facts of the service."""


FactsT = TypeVar("FactsT", bound=FactsWithService)


@dataclass(frozen=True)
class ServiceComponent(Generic[FactsT]):
    """The functions of one component.

    ``probe`` returns the queries that a change requires; ``follow_up`` and ``read`` are as in Component.
    ``services_to_start`` returns the services that must run before the service starts.
    """

    service: ServiceSpec
    probe: Callable[[], Sequence[Query[Any]]]
    follow_up: Callable[[FactsT], Sequence[Query[Any]]]
    read: Callable[[Answers, System, Context], FactsT]
    desired: Callable[[Any, System], Desired]
    plan: Callable[[FactsT, Desired, System], Sequence[Step]]
    services_to_start: Callable[[FactsT, Desired], Sequence[RelatedService]]
