# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run on one machine: the host, the controller's time, polling, and progress messages."""

from __future__ import annotations

import platform
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from .._plan import Change
from .._windows import batch
from .host import Host

T = TypeVar("T")


def _ignore(_text: str) -> None:
    """Show nothing."""


def _own_name() -> str:
    """The name of the controller, of characters that are the same in every code page."""
    return re.sub(r"[^\w.-]", "_", platform.node(), flags=re.ASCII)[:100] or "unknown"


@dataclass(frozen=True)
class Begun:
    """Work that was begun on the machine: its name, the services that may be stopped, and what the result says of it.

    ``journaled``: the journal on the machine shows it, so that the next run starts the services.
    """

    what: str
    services: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    journaled: bool = False


@dataclass(frozen=True)
class Session:
    """The context of an operation.

    ``now`` is the controller's time (UTC) at the start, from which ages are computed; ``progress`` receives messages
    for the user, ``debug`` those for developers. ``clock`` (seconds) and ``sleep`` are the controller's. ``names`` are those
    by which the controller knows the machine, its name in the inventory first, and ``user`` as whom it connects, if known.
    ``token`` identifies the run on the machine, where every user can read it; ``unguessable`` is not written before it is used. After
    ``owner_timeout`` seconds without a step another run counts as interrupted.
    ``begun`` is the work that this run has begun, the last one at the end.
    """

    host: Host
    now: datetime
    progress: Callable[[str], None] = _ignore
    debug: Callable[[str], None] = _ignore
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    names: tuple[str, ...] = ()
    user: str | None = None
    owner_timeout: float = 120
    controller: str = field(default_factory=_own_name)
    token: str = field(default_factory=batch.new_token)
    unguessable: str = field(default_factory=batch.new_token)
    begun: list[Begun] = field(default_factory=list)
    _started: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_started", self.clock())

    def current_time(self) -> datetime:
        """The controller's current time (UTC), in whole seconds."""
        return (self.now + timedelta(seconds=self.clock() - self._started)).replace(microsecond=0)

    def begin(
        self,
        what: str,
        services: tuple[str, ...] = (),
        changes: tuple[Change, ...] = (),
        *,
        journaled: bool = False,
        **values: Any,
    ) -> None:
        """Note that work begins on the machine; what a lost connection leaves of it is known by it. See Begun."""
        self.begun.append(Begun(what, services, changes, values, journaled))

    def poll(
        self,
        observe: Callable[[], T],
        done: Callable[[T], bool],
        waiting_for: Callable[[T], str],
        *,
        timeout: float,
        first: T | None = None,
        first_pause: float = 1.0,
        longest_pause: float = 10.0,
    ) -> T:
        """Observe until ``done`` or until ``timeout`` seconds have passed; return the last observation.

        ``first`` is an observation that was already made. The pause between observations doubles from ``first_pause``
        to ``longest_pause`` seconds.
        """
        end, pause = self.clock() + timeout, first_pause
        seen = observe() if first is None else first
        while not done(seen) and self.clock() < end:
            self.progress(f"waiting for {waiting_for(seen)}")
            self.sleep(pause)
            pause = min(pause * 2, longest_pause)
            seen = observe()
        return seen
