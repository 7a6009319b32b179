# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's "reset the Windows Update components", as far as it is safe: the services that run are stopped and started.

Left out on purpose, because it does harm or nothing (Microsoft says so of a part, reports of the rest): access control lists
of services, registering libraries, resetting Winsock or the WinHTTP proxy, deleting jobs of BITS, pending.xml, registry.pol,
the policy key. The store is the business of a role of its own, which renames it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._components.agent import Agent
from .._exceptions import WsusClientError
from .._plan import Change
from .._remote import stopped_services
from .._remote.host import Host
from .._remote.service_control import ServiceControl
from .._remote.stopped_services import Interruption

# What starts detections first, so that nothing starts the agent again while it is stopped.
SERVICES = ("UsoSvc", "wuauserv", "BITS")


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
        services = stopped_services.read(SERVICES, self.host.probe(stopped_services.probe(SERVICES)))
        # One that was disabled since it started would not start again.
        return tuple(each.name for each in services if each.running and not each.disabled)

    def carry_out(self, names: tuple[str, ...]) -> None:
        """Stop the services in their order, and start them in reverse; those that were stopped run again, whatever fails.

        Raises StopFailed, StartFailed, ServiceHangs.
        """
        interruption = Interruption(self.control)
        failure: WsusClientError | None = None
        try:
            interruption.stop(names)
        except WsusClientError as error:
            failure = error
        if failure := interruption.end(failure):
            raise failure


def changes(names: tuple[str, ...]) -> tuple[Change, ...]:
    """What a reset changes, as published."""
    return tuple(Change(f"{name}.state", "running", "restarted") for name in names)
