# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's "reset the Windows Update components", as far as it is safe: the services that run are stopped and started.

Left out on purpose, because it does harm or nothing (Microsoft says so of a part, reports of the rest): access control lists
of services, registering libraries, resetting Winsock or the WinHTTP proxy, deleting jobs of BITS, pending.xml, registry.pol,
the policy key. The store is the business of a role of its own, which renames it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import _service, _service_definition
from ._command import Command, Result
from ._control import ServiceControl, ServiceHangs
from ._exceptions import WsusClientError
from ._host import Host
from ._plan import Change
from .components.agent import Agent

# What starts detections first, so that nothing starts the agent again while it is stopped.
SERVICES = ("UsoSvc", "wuauserv", "BITS")
_STATES: Mapping[str, Command] = {name: _service.query_state(name) for name in SERVICES}
_STARTS: Mapping[str, Command] = {name: _service_definition.query_start(name) for name in SERVICES}
_DISABLED = 4


class RebootPending(WsusClientError):
    """Windows waits for a restart: what the services do now must be finished by it first."""

    reason = "reboot_pending"


@dataclass(frozen=True)
class ComponentsReset:
    """Restarts those services of the update client that run."""

    host: Host
    control: ServiceControl

    def prepare(self, agent: Agent) -> tuple[str, ...]:
        """The services that would be restarted. Raises RebootPending."""
        if agent.conditions.reboot:
            raise RebootPending(
                f"Windows waits for a restart ({', '.join(agent.conditions.reboot)}): restart the machine, then reset its "
                "components. Nothing was changed"
            )
        answers = self.host.probe([*_STATES.values(), *_STARTS.values()])
        return tuple(name for name in SERVICES if _can_be_restarted(name, answers))

    def carry_out(self, names: tuple[str, ...]) -> None:
        """Stop the services in their order, and start them in reverse; those that were stopped run again, whatever fails.

        Raises StopFailed, StartFailed, ServiceHangs.
        """
        begun: list[str] = []
        failure: WsusClientError | None = None
        try:
            for name in names:
                begun.append(name)
                self.control.stop(name)
        except WsusClientError as error:
            failure = error
        # What hangs would only be waited for once more.
        down = [begun.pop()] if isinstance(failure, ServiceHangs) else []
        for name in reversed(begun):
            try:
                if failure:  # one that is still stopping would be taken for running
                    self.control.settled(name, "stop", {1, 4})
                self.control.start(name)
            except WsusClientError as error:
                failure = failure or error
                down.append(name)
        if failure and down:
            left = " ".join(f"{name} does not run as it did before." for name in down)
            failure.message = f"{failure.message.rstrip('.')}. {left}"
        if failure:
            raise failure


def changes(names: tuple[str, ...]) -> tuple[Change, ...]:
    """What a reset changes, as published."""
    return tuple(Change(f"{name}.state", "running", "restarted") for name in names)


def _can_be_restarted(name: str, answers: Mapping[Command, Result]) -> bool:
    """Whether a service runs and would start again: one that was disabled since it started would not."""
    disabled = _service_definition.read_start(answers[_STARTS[name]]) == _DISABLED
    return _service.read_state(answers[_STATES[name]]).running and not disabled
