# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds a machine while a run changes what only one run at a time may change: the update store and the client ID."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

from ansible.errors import AnsibleConnectionFailure

from .._components.shared import holder
from .._components.shared.holder import Holder
from .._components.shared.journal import JOURNAL, JournalFailed
from .._exceptions import WsusClientError
from .._remote.host import Host
from .._remote.session import Session
from .._windows.command import Command, Result

_PAUSE_S = 5.0
_CLAIMS = 4
_LONGEST_BACKOFF_S = 3.0


class Busy(WsusClientError):
    """Another run holds the machine; nothing was changed."""

    reason = "busy"


class TakenOver(WsusClientError):
    """Another run took the machine over from this one, because this one made no step for too long."""

    reason = "taken_over"


class _Lost(Exception):
    """The record of this run is gone. Not an error that a rollback handles: the other run decides what is rolled back."""


@dataclass(frozen=True)
class Hold:
    """The record of this run on the machine, rewritten with each remote execution. ``session.token`` identifies the run."""

    session: Session
    _steps: Iterator[int] = field(default_factory=count)

    def step(self) -> Command:
        """Rewrite the record, if it still exists."""
        return self.if_held(self._record())

    def if_held(self, change: Command) -> Command:
        """The command, which runs only if this run still holds the machine."""
        return holder.if_held(self.session.token, change)

    def require(self, step: Result) -> None:
        """Raises an exception that ends the run if its record is gone, by the result of ``step``."""
        if not step.ok:
            raise _Lost

    def claim(self) -> None:
        """Write the record. Raises Busy if another run holds the machine, JournalFailed if nothing can be written."""
        others = self._interrupted()
        for _attempt in range(_CLAIMS):
            found = self._read(*(holder.release(each.token) for each in others), self._record())
            if self.session.token not in {each.token for each in found}:
                raise JournalFailed
            others = self._others(found)
            if not others:
                return
            self.release()  # the other one began at the same time
            self.session.sleep(random.uniform(0.5, _LONGEST_BACKOFF_S))
            if others := self._others(self._read()):
                break
        raise _busy(others)

    def release(self) -> None:
        """Delete the record; it may be deleted twice, so a lost connection is no obstacle."""
        self.session.host.run_repeatable([holder.release(self.session.token)])

    def _record(self) -> Command:
        session = self.session
        return holder.step(session.token, session.controller, os.getpid(), session.current_time(), next(self._steps))

    def _interrupted(self) -> tuple[Holder, ...]:
        """The other runs, if they were interrupted: none made a step for ``session.owner_timeout`` seconds. Raises Busy.

        By the times alone only a run of the same controller counts as interrupted, because the clocks of two may differ.
        """
        session = self.session
        began, first = session.clock(), self._others(self._read())
        others = first
        while others:
            if any(each not in first for each in others):
                raise _busy(others)
            waited = session.clock() - began
            if all(max(waited, self._age(each)) >= session.owner_timeout for each in others):
                break
            session.progress(f"waiting to see whether {others[0]} was interrupted")
            session.sleep(_PAUSE_S)
            others = self._others(self._read())
        return others

    def _age(self, other: Holder) -> float:
        session = self.session
        if other.controller != session.controller or other.time is None:
            return 0.0
        return (session.current_time() - other.time).total_seconds()

    def _others(self, found: tuple[Holder, ...]) -> tuple[Holder, ...]:
        return tuple(each for each in found if each.token != self.session.token)

    def _read(self, *first: Command) -> tuple[Holder, ...]:
        """The records after commands that write or delete them; all of these may run twice."""
        return holder.read(JOURNAL.parse(self.session.host.run_repeatable([*first, JOURNAL.command])[-1]))


@contextmanager
def held(session: Session) -> Iterator[None]:
    """Hold the machine in this block: each remote execution in it is a step of this run.

    Raises Busy and JournalFailed before the block. If the connection is lost, the machine stays held, until this run continues or
    another one takes over.
    """
    hold = Hold(session)
    hold.claim()
    session.host.hold = hold
    try:
        yield
    except WsusClientError:
        _release(hold)
        raise
    _release(hold)


@contextmanager
def stops_if_taken_over(host: Host) -> Iterator[None]:
    """Raises TakenOver if another run took the machine over in this block."""
    try:
        yield
    except _Lost:
        host.hold = None
        raise TakenOver(
            "another run took this machine over, because this run made no progress for too long. This run stopped and changed nothing more. "
            "The other run finishes or rolls back what this one started"
        ) from None


def _release(hold: Hold) -> None:
    hold.session.host.hold = None
    with suppress(AnsibleConnectionFailure, WsusClientError):
        hold.release()


def _busy(others: tuple[Holder, ...]) -> Busy:
    return Busy(
        f"the machine is being changed by {others[0]}. Nothing was changed. Wait until that run ends, then run this task again",
        controller=others[0].controller,
    )
