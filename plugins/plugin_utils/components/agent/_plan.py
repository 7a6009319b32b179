# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What wuauserv shall be, and the steps that make it so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ... import _baselines, _service_desired, _service_neighbours, _service_plan
from ..._plan import Step
from ..._service_desired import UNMANAGED, Desired
from ..._service_facts import Neighbour
from ..system import System
from ._facts import Agent
from ._helpers import ENABLED, RUNNING

PROFILES = ("windows_default", UNMANAGED)


def desired(options: Mapping[str, Any], system: System) -> Desired:
    """What the options of wsus_agent ask for on a machine's Windows."""
    build = system.build
    return _service_desired.desired(options, _baselines.agent(build), _baselines.agent_start_type(build))


def plan(agent: Agent, wanted: Desired, system: System) -> tuple[Step, ...]:
    """The steps that bring wuauserv to what is wanted, and enable what it works with; as ``_service_plan.plan``."""
    return _service_plan.plan(agent.service, wanted, system.system_root, ENABLED if wanted.whole else ())


def neighbours_to_start(agent: Agent, wanted: Desired) -> tuple[Neighbour, ...]:
    """The services that must run before."""
    return _service_neighbours.neighbours_to_start(agent.service, wanted, RUNNING if wanted.whole else ())
