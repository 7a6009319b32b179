# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wsus_reachability: test from the machine whether its WSUS server can be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .._components import Context
from .._components.policy import require_server
from .._components.proxy import require_proxy
from .._components.reachability import CONTENT_PORT
from .._exceptions import WsusClientError
from .._options import Options, Range, Spec
from .._remote.session import Session
from .audit import Audit, gather
from .operation import Operation, Outcome


class ServerUnreachable(WsusClientError):
    """The machine cannot use its WSUS server, or this is unknown."""

    reason = "server_unreachable"


@dataclass(frozen=True)
class ReachabilityOptions(Options):
    """The options of wsus_reachability. Credentials in them are rejected and never shown."""

    SPEC: ClassVar[Spec] = Spec(
        {
            "url": {"type": "str"},
            "proxy": {"type": "str"},
            "timeout": {"type": "int", "default": 15},
            "required": {"type": "bool", "default": False},
        },
        {"timeout": Range("seconds", 1, 300)},
    )

    url: str | None
    proxy: str | None
    timeout: int
    required: bool

    def validate(self) -> None:
        """Raises WrongOption."""
        require_server("url", self.url)
        if self.proxy:
            require_proxy("proxy", self.proxy)


def run(session: Session, options: ReachabilityOptions, *, check_mode: bool) -> Outcome:
    """Test the server from the machine. Raises ServerUnreachable if it is ``required`` and cannot be used."""
    context = Context(now=session.now, tested_url=options.url, proxy=options.proxy, request_timeout=options.timeout)
    audit = gather(session, ["proxy", "reachability"], context)
    if options.required:
        require_reachable(audit)
    return audit.as_outcome(session.now)


OPERATION = Operation(ReachabilityOptions, run)


def require_reachable(audit: Audit) -> None:
    """Raises ServerUnreachable, with the stage and who is responsible, if the machine cannot use the server."""
    server = audit.facts["wsus_reachability"]
    if unreadable := server.get("unreadable"):
        raise ServerUnreachable(f"{unreadable}. It is unknown whether the server is reachable", stage="")
    if server["url"] is None:
        raise ServerUnreachable(
            "the machine's policy sets no WSUS server (wsus_policy shows why). Set the url option to test a server",
            stage="policy",
            remedy="policy",
        )
    faults = (each for each in audit.findings if each.component == "reachability" and each.severity != "info")
    # Without the content port scans succeed, and whether the server uses it is not known.
    broken = next((each for each in faults if each.type is not CONTENT_PORT), None)
    if broken is None:
        return
    route = server["agent_route"] or {}
    raise ServerUnreachable(
        f"{broken.summary}. {broken.cause} {broken.action} Responsible: {broken.remedy.replace('_', ' ')}",
        stage=route.get("stage") or "",
        finding=broken.id,
        cause=broken.cause,
        action=broken.action,
        remedy=broken.remedy,
        codes=list(broken.codes),
        url=server["url"],
    )
