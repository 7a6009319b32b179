# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and stops services, and waits for the new state, because sc.exe returns as soon as the request is accepted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .. import _error_codes
from .._exceptions import WsusClientError
from .._windows import sc
from .._windows.sc import ServiceState, State
from .session import Session

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 2.0

IDLE_OR_RUNNING = frozenset({ServiceState.STOPPED, ServiceState.RUNNING})
"""The states in which a start is complete: a service may have run and stopped because it is idle."""


class StartFailed(WsusClientError):
    """A service did not start."""

    reason = "start_failed"


class StopFailed(WsusClientError):
    """A service did not stop."""

    reason = "stop_failed"


class ServiceHangs(WsusClientError):
    """A service was still in a pending state after the timeout."""

    reason = "service_hangs"


@dataclass(frozen=True)
class ServiceControl:
    """Starts and stops services on one machine; never kills them. ``timeout`` is in seconds, for each state change."""

    session: Session
    timeout: float

    def start(self, name: str, context: _error_codes.CodeContext = "") -> State:
        """Start a service and wait until it runs, or has run and stopped; ``context`` applies to its error codes.

        Raises StartFailed with the error code, ServiceHangs after the timeout.
        """
        answer = self.session.host.run([sc.start(name)])[0]
        if answer.exit_code not in (0, sc.ALREADY_RUNNING):
            raise _failed(StartFailed, name, "start", answer.exit_code, context)
        state = self.settled(name, "start", IDLE_OR_RUNNING)
        if state.failed_with is not None:
            raise _failed(StartFailed, name, "start", state.failed_with, context)
        return state

    def stop(self, name: str, context: _error_codes.CodeContext = "") -> State:
        """Stop a service and wait until it is stopped; ``context`` as in ``start``. Raises StopFailed and ServiceHangs."""
        answer = self.session.host.run([sc.stop(name)])[0]
        if answer.exit_code not in (0, sc.NOT_ACTIVE):
            raise _failed(StopFailed, name, "stop", answer.exit_code, context)
        return self.settled(name, "stop", {ServiceState.STOPPED})

    def settled(self, name: str, what: str, states: Collection[ServiceState]) -> State:
        """Wait until a service is in one of the states; return its state. Raises ServiceHangs after the timeout."""
        query = sc.state(name)
        state = self.session.poll(
            lambda: self.session.host.probe([query])[query],
            lambda seen: seen.code in states or not seen.installed,
            lambda seen: f"the {what} of {name}: {seen.name}",
            timeout=self.timeout,
            first_pause=_FIRST_PAUSE_S,
            longest_pause=_LONGEST_PAUSE_S,
        )
        if state.installed and state.code not in states:
            raise ServiceHangs(
                f"{name} was still {state.name} {self.timeout:g} s after the {what} request. It was not killed; "
                "check the service on the machine, or increase the timeout option",
                service=name,
                state=state.name,
            )
        return state


def _failed(
    kind: type[WsusClientError], name: str, what: str, error: int, context: _error_codes.CodeContext
) -> WsusClientError:
    explanation = _error_codes.explain(_error_codes.of_win32(error), context)
    said = f"{explanation.hex} {explanation.name}".rstrip()
    return kind(f"{name} did not {what}: {said}: {explanation.meaning}", service=name, code=explanation.hex)
