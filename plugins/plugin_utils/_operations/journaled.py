# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of operations that stop the agent, remove something, and wait until the agent has recreated it."""

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
    """The timeouts in the options, in seconds."""

    @property
    def timeout(self) -> int:
        """For the agent."""

    @property
    def service_timeout(self) -> int:
        """For each start and stop of a service."""


OptionsT = TypeVar("OptionsT", bound=Waits)


class JournaledOperation(Generic[OptionsT]):
    """One run on one machine. It records its plan in the journal on the machine before the first change."""

    def __init__(self, session: Session, options: OptionsT, context: Context) -> None:
        self._session = session
        self._host = session.host
        self._options = options
        self._context = context
        self._control = ServiceControl(session, options.service_timeout)

    def _start_agent_work(self, machine: System) -> None:
        """Make the agent renew its authorization, scan and report; it then recreates what is missing.

        Raises TriggerMissing if a program that triggers the agent does not exist.
        """
        run_scan(self._session, machine, scan=True, report=True, wait=None, renew_authorization=True, look_first=False)

    def _wait(self, observe: Callable[[], T], done: Callable[[T], bool], waiting_for: str) -> T:
        """Observe until ``done`` or until the timeout; return the last observation."""
        return self._session.poll(observe, done, lambda _seen: waiting_for, timeout=self._options.timeout)
