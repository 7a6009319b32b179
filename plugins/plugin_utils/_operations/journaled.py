# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs have in common that stop the agent, take something away, and wait until it has made that anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from .._components import Context
from .._components.system import System
from .._plan import Change, diff_of
from .._remote.host import Host
from .._remote.polling import Waiting
from .._remote.service_control import ServiceControl
from .scan import AgentWatch

T = TypeVar("T")


class Remaking:
    """One run. ``options`` hold ``timeout`` and ``service_timeout`` in seconds; ``say`` tells what is being waited for."""

    def __init__(
        self,
        host: Host,
        options: Mapping[str, Any],
        context: Context,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._host = host
        self._options = options
        self._context = replace(context, now=context.now.replace(microsecond=0))  # as names and journal have it
        self._say = say
        self._clock, self._sleep, self._begun = clock, sleep, clock()
        self._control = ServiceControl(host, options["service_timeout"], say, clock, sleep)

    def _now(self) -> datetime:
        """The controller's time."""
        return self._context.now + timedelta(seconds=self._clock() - self._begun)

    def _have_it_work(self, machine: System) -> None:
        """Have the agent renew its authorization, detect and report, which is when it makes what it lacks. Raises TriggerMissing."""
        watch = AgentWatch(self._host, machine, self._options["timeout"], self._say, self._clock, self._sleep)
        watch.run(detect=True, report=True, wait=False, renew_authorization=True)

    def _wait(self, done: Callable[[T], bool], look: Callable[[], T], what: str) -> T:
        """What was seen last: done, or not yet done when the time was over."""
        waiting = Waiting(self._options["timeout"], self._say, self._clock, self._sleep)
        return waiting.until(done, look, lambda _seen: what)

    def _result(self, why: str, changes: tuple[Change, ...], *, check_mode: bool, **own: Any) -> dict[str, Any]:
        """The result of the module, with what is its ``own``."""
        return {
            "changed": bool(changes),
            "changes": [change.as_result() for change in changes],
            "diff": diff_of(changes),
            "decision": why,
            **own,
            "check_mode": check_mode,
            "remote_executions": self._host.executions,
            "native_commands": self._host.commands,
        }
