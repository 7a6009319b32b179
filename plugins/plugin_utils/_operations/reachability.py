# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What wsus_reachability takes and demands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .._components import Context, policy, proxy
from .._exceptions import WrongOption, WsusClientError
from .audit import Audit

_LONGEST_S = 300


class ServerUnreachable(WsusClientError):
    """The machine cannot use its WSUS server, or it is not known whether it can."""

    reason = "server_unreachable"


def check(options: Mapping[str, Any]) -> None:
    """Look at the options before anything is sent. Raises WrongOption; credentials are refused and never shown."""
    if options["url"] and (why := policy.fault(options["url"])):
        raise WrongOption(f"url is not the URL of a WSUS server: {why}")
    if options["proxy"]:
        proxy.check_server("proxy", options["proxy"])
    if not 1 <= options["timeout"] <= _LONGEST_S:
        raise WrongOption(f"timeout is {options['timeout']}; it must be a number of seconds from 1 to {_LONGEST_S}")


def context_of(options: Mapping[str, Any], now: datetime) -> Context:
    """The context that the options describe."""
    return Context(now=now, url=options["url"], proxy=options["proxy"], request_timeout=options["timeout"])


def require(audit: Audit) -> None:
    """Raises ServerUnreachable, with the stage and who must act, where the server cannot be used from the machine."""
    server = audit.facts["wsus_reachability"]
    if unreadable := server.get("unreadable"):
        raise ServerUnreachable(f"{unreadable}. Whether the server is reachable is not known", stage="")
    if server["url"] is None:
        raise ServerUnreachable(
            "the machine has no WSUS server whose way could be tested: its policy sets none (wsus_policy tells why); "
            "name one with the option url",
            stage="policy",
            remedy="policy",
        )
    broken = next(
        (each for each in audit.findings if each.component == "reachability" and each.severity != "info"), None
    )
    if broken is None:
        return
    way = server["agent_route"] or {}
    raise ServerUnreachable(
        f"{broken.summary}. {broken.cause} {broken.action} Responsible: {broken.remedy.replace('_', ' ')}",
        stage=way.get("stage") or "",
        finding=broken.id,
        cause=broken.cause,
        action=broken.action,
        remedy=broken.remedy,
        codes=list(broken.codes),
        url=server["url"],
    )
