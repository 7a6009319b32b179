# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's "reset the Windows Update components", as far as it is safe: the services that run are restarted.

Left out on purpose, because it does harm or nothing (Microsoft says so of a part, reports of the rest): access control lists
of services, registering libraries, resetting Winsock or the WinHTTP proxy, deleting jobs of BITS, pending.xml, registry.pol,
the policy key. A role of its own renames the store.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._components.agent import Agent
from .._exceptions import WsusClientError
from .._plan import Change
from .._remote import stopped_services
from .._remote.service_control import ServiceControl
from .._remote.session import Session

# What starts scans first, so that nothing starts the agent again while it is stopped.
SERVICES = ("UsoSvc", "wuauserv", "BITS")


class RebootPending(WsusClientError):
    """A restart of Windows is pending: what the services do now must be finished by it first."""

    reason = "reboot_pending"


@dataclass(frozen=True)
class AgentReset:
    """A restart of the services with these names, in the order in which they are stopped."""

    names: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """What it changes, as published."""
        return tuple(Change(f"{name}.state", "running", "restarted") for name in self.names)

    def apply(self, control: ServiceControl) -> None:
        """Stop the services, and start them in reverse; those that were stopped run again, whatever fails.

        Raises StopFailed, StartFailed, ServiceHangs.
        """
        with stopped_services.stopped_services(control, self.names):
            pass


def plan_reset(session: Session, agent: Agent) -> AgentReset:
    """The restart of those services of the update client that run. Raises RebootPending."""
    if agent.prerequisites.reboot:
        raise RebootPending(
            f"a restart of Windows is pending ({', '.join(agent.prerequisites.reboot)}): restart the machine, then reset its "
            "components. Nothing was changed"
        )
    services = stopped_services.read(SERVICES, session.host.probe(stopped_services.probe(SERVICES)))
    # One that was disabled since it started would not start again.
    return AgentReset(tuple(each.name for each in services if each.running and not each.disabled))
