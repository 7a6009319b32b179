# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The safe part of "reset the Windows Update components" in the article: a restart of the running services.

Omitted on purpose, because it is harmful or has no effect (according to Microsoft or to field reports): changing access
control lists of services, registering DLLs, resetting Winsock or the WinHTTP proxy, deleting BITS jobs, pending.xml,
registry.pol or the policy key. A separate role renames the store.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._components.agent import Agent
from .._exceptions import WsusClientError
from .._plan import Change
from .._remote import stopped_services
from .._remote.service_control import ServiceControl
from .._remote.session import Session

# UsoSvc stops first, because it starts scans, which would start the agent again.
SERVICES = ("UsoSvc", "wuauserv", "BITS")
_NAME = "A restart of the services of the agent"


class RebootPending(WsusClientError):
    """A restart of Windows is pending and must complete first."""

    reason = "reboot_pending"


@dataclass(frozen=True)
class AgentReset:
    """A restart of the named services, in stop order."""

    names: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes, as published."""
        return tuple(Change(f"{name}.state", "running", "restarted") for name in self.names)

    def apply(self, control: ServiceControl) -> None:
        """Stop the services, and start them in reverse order, even if a stop fails.

        Those that an attempt stopped which lost the connection are started, too. Raises StopFailed, StartFailed, ServiceHangs.
        """
        session = control.session
        earlier = dict.fromkeys(name for begun in session.begun if begun.what == _NAME for name in begun.services)
        if not (self.names or earlier):
            return
        session.begin(_NAME, tuple(dict.fromkeys((*earlier, *self.names))), self.changes)
        with stopped_services.stopped_services(control, self.names, stopped_before=earlier):
            pass


def plan_reset(session: Session, agent: Agent) -> AgentReset:
    """Plan the restart of the update client's running services. Raises RebootPending if Windows must restart."""
    if agent.prerequisites.reboot:
        raise RebootPending(
            f"a restart of Windows is pending ({', '.join(agent.prerequisites.reboot)}). Nothing was changed. "
            "Restart the machine, then reset its components"
        )
    services = stopped_services.read(SERVICES, session.host.probe(stopped_services.probe(SERVICES)))
    # A service that was disabled after it started would not start again.
    return AgentReset(tuple(each.name for each in services if each.running and not each.disabled))
