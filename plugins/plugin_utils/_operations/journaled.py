# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of operations that stop the agent, remove something, and wait until the agent has recreated it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from .._components import Context
from .._components.system import System
from .._remote.service_control import ServiceControl
from .._remote.session import Session
from .._windows.command import Command
from .hold import held, stops_if_taken_over
from .operation import Outcome
from .scan import run_scan

T = TypeVar("T")
SeenT = TypeVar("SeenT")


class Waits(Protocol):
    """The timeouts in the options, in seconds."""

    @property
    def timeout(self) -> int:
        """For the agent."""

    @property
    def service_timeout(self) -> int:
        """For each start and stop of a service."""


OptionsT = TypeVar("OptionsT", bound=Waits)


class JournaledOperation(Generic[OptionsT, SeenT]):
    """One run on one machine. It records its plan in the journal on the machine before the first change."""

    def __init__(self, session: Session, options: OptionsT, context: Context) -> None:
        self._session = session
        self._host = session.host
        self._options = options
        self._context = context
        self._control = ServiceControl(session, options.service_timeout)

    def run(self, *, check_mode: bool) -> Outcome:
        """Plan, and apply the plan except in check mode; a run that has something to apply holds the machine and plans again.

        Raises Busy, TakenOver, and the errors of ``_work``.
        """
        with stops_if_taken_over(self._host):
            planned = self._work(self._observe(), check_mode=True)
            # After a lost connection this run may hold the machine although everything is done.
            if check_mode or not (planned.changes or self._host.hold):
                return planned
            with held(self._session):
                return self._work(self._observe(), check_mode=False)

    @abstractmethod
    def _observe(self) -> SeenT:
        """The state of the machine."""

    @abstractmethod
    def _work(self, seen: SeenT, *, check_mode: bool) -> Outcome:
        """Plan, and apply the plan except in check mode. In check mode it raises every error that can be known before a change."""

    def _run_if_held(self, *changes: Command) -> None:
        """Run commands, each only if this run still holds the machine."""
        self._host.run([self._host.if_held(each) for each in changes])

    def _start_agent_work(self, machine: System) -> None:
        """Make the agent renew its authorization, scan and report; it then recreates what is missing.

        Raises TriggerMissing if a program that triggers the agent does not exist.
        """
        run_scan(self._session, machine, scan=True, report=True, wait=None, renew_authorization=True, look_first=False)

    def _wait(self, observe: Callable[[], T], done: Callable[[T], bool], waiting_for: str) -> T:
        """Observe until ``done`` or until the timeout; return the last observation."""
        return self._session.poll(observe, done, lambda _seen: waiting_for, timeout=self._options.timeout)
