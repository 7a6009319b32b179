# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What operations have in common that stop the agent, take something away, and wait until the agent has recreated it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from .._components import Context
from .._components.system import System
from .._remote.service_control import ServiceControl
from .._remote.session import Session
from .scan import run_scan

T = TypeVar("T")


class Waits(Protocol):
    """The options that say how long to wait, in seconds."""

    @property
    def timeout(self) -> int:
        """For the agent."""

    @property
    def service_timeout(self) -> int:
        """For each start and stop of a service."""


OptionsT = TypeVar("OptionsT", bound=Waits)


class JournaledOperation(Generic[OptionsT]):
    """One run on one machine. What it is about to do is in the journal on the machine before it does it."""

    def __init__(self, session: Session, options: OptionsT, context: Context) -> None:
        self._session = session
        self._host = session.host
        self._options = options
        self._context = context
        self._control = ServiceControl(session, options.service_timeout)

    def _start_agent_work(self, machine: System) -> None:
        """Have the agent renew its authorization, scan and report, which is when it recreates what it lacks. Raises TriggerMissing."""
        run_scan(self._session, machine, scan=True, report=True, wait=None, renew_authorization=True)

    def _wait(self, observe: Callable[[], T], done: Callable[[T], bool], waiting_for: str) -> T:
        """What was observed last: done, or not yet done when the time was over."""
        return self._session.poll(observe, done, lambda _seen: waiting_for, timeout=self._options.timeout)
