# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a service that another one depends on cannot start: its own code, its own svchost group, and who can repair that.

A role restores only the definition of its own service: of another one it sets the start type, if it is disabled, and starts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ... import _error_codes
from ..._error_codes import Explanation
from .facts import RelatedService

_NOT_IN_GROUP = 1083  # ERROR_SERVICE_NOT_IN_EXE
MAY_START = frozenset({1053, 1055, 1056, 1058, 1067, 1070})
"""Exit codes after which a start may succeed: timeout, busy, already running, disabled, aborted, hung."""
_GROUPS: Mapping[str, str] = {
    "EventSystem": "LocalService",
    "SENS": "netsvcs",
    "RpcSs": "rpcss",
    "CryptSvc": "NetworkService",
}
"""The svchost groups of the services, after -k in their image paths (SYSTEM hives of builds 7601 to 18362)."""


def explain(service: RelatedService) -> Explanation | None:
    """The code with which the service ended, as its own; None if it did not fail."""
    code = service.state.failed_with
    return None if code is None else _error_codes.explain(_error_codes.of_win32(code), "service_start", "administrator")


def needs_administrator(services: Iterable[RelatedService]) -> bool:
    """Whether one of the services failed with a code that neither a start type nor a start changes."""
    return any(
        not each.disabled and each.state.failed_with is not None and each.state.failed_with not in MAY_START
        for each in services
    )


def cause(services: Iterable[RelatedService]) -> str:
    """What the own codes of the services mean, as sentences; empty if none has one."""
    explained = ((each.name, explain(each)) for each in services)
    return " ".join(f"{name} ended with {each.hex} {each.name}: {each.meaning}" for name, each in explained if each)


def action(services: Iterable[RelatedService]) -> str:
    """What an administrator must do before the services can start."""
    return "; ".join(_step(each) for each in services) + "."


def _step(service: RelatedService) -> str:
    if service.state.failed_with == _NOT_IN_GROUP:
        known = {name.lower(): group for name, group in _GROUPS.items()}.get(service.name.lower())
        group = (
            f"{known}, the group of its default image path svchost.exe -k {known},"
            if known
            else "after -k in its ImagePath"
        )
        return (
            rf"Add {service.name} to the list {group} in HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Svchost (REG_MULTI_SZ), "
            f"then start {service.name}"
        )
    return f"Compare the registry key of {service.name} with that of a healthy machine of the same build, restore what differs, and start it"
