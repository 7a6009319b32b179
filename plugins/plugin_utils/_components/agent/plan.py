# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that bring wuauserv to its desired state."""

from __future__ import annotations

from ..._plan import Step
from ..service import dependencies
from ..service import plan as service_plan
from ..service.desired import Desired
from ..service.facts import RelatedService
from ..system import System
from .facts import Agent
from .helpers import ENABLED, RUNNING


def plan(agent: Agent, wanted: Desired, system: System) -> tuple[Step, ...]:
    """The steps to the desired state of wuauserv, and those that enable its helpers; raises as ``service_plan.plan``."""
    return service_plan.plan(agent.service, wanted, system.system_root, ENABLED if wanted.whole else ())


def services_to_start(agent: Agent, wanted: Desired) -> tuple[RelatedService, ...]:
    """The services that must run before wuauserv starts."""
    return dependencies.services_to_start(agent.service, wanted, RUNNING if wanted.whole else ())
