# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where wrong settings come from: a domain, the machine itself, or a domain that the machine has left; and who can correct them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..._finding import Evidence, Finding
from ..._windows.urls import without_credentials
from ..shared.placeholder import is_itself, placeholder
from ..shared.registry_keys import POLICY
from . import finding_types
from .facts import Policy
from .settings import BY_NAME

_SERVERS = ("server_url", "status_server_url", "alternate_download_url")
COMPANIONS = ("use_server", "internet_locations_disabled", "access_disabled", "automatic_updates_disabled")
"""Settings that such tools set with the server."""
_ABOUT_VALUES = frozenset(
    {
        finding_types.NO_SERVER,
        finding_types.SERVER_UNUSED,
        finding_types.SERVER_URL,
        finding_types.SERVER_PORT,
        finding_types.STATUS_SERVER,
        finding_types.UNEXPECTED_SERVER,
    }
)
ON_THIS_MACHINE = (
    "No GPO of the domain applies settings to this machine: the values were set on it, manually or by a tool."
)


def blocked(policy: Policy) -> Iterator[Finding]:
    """A server that does not exist: an error for the server itself, a warning for the other URLs."""
    names: dict[str, object] = dict(_placeholders(policy))
    if not names:
        return
    server = policy.blocked is not None
    if server:
        names |= {
            BY_NAME[each].value: policy.settings.mistyped.get(each, policy.settings.values.get(each))
            for each in COMPANIONS
            if policy.settings.flag(each) or each in policy.settings.mistyped
        }
    listed = ", ".join(names)
    effect = ""
    url = policy.settings.text("server_url") or ""
    here = policy.group_policy.local_only or not policy.group_policy.manages
    shown = _shown(url) if server else str(next(iter(names.values()), ""))
    if not server:
        summary = f"Settings name a server that does not exist, {shown}: {listed}"
    elif policy.settings.flag("use_server"):
        summary = f"Updates are disabled by a server that does not exist: WUServer is {shown}"
        effect = " Scans, and requests to this server, fail as long as it is set."
    else:
        summary = f"The server does not exist, and is not used: WUServer is {shown}"
        effect = " Because UseWUServer is not 1, the agent uses Windows Update on the internet."
    where = "the machine, manually or by a tool" if here else "the machine by a tool, or in a GPO of the domain"
    yield finding_types.UPDATES_BLOCKED.found(
        f"{summary} ({policy.blocked})" if server and url.strip() else summary,
        cause=f"The values were set on {where}; tools use such a server to disable Windows Update." + effect,
        severity="error" if server else "warning",
        remedy="policy" if server and not here else "administrator",
        action=f"If the machine must receive updates, delete these values below {POLICY}: {listed}. Then set the right server"
        + (", or link a GPO that does." if policy.group_policy.manages else ".")
        + (
            ""
            if here
            else " gpupdate /target:computer /force restores the values that a GPO sets; gpresult shows which GPO sets them."
        ),
        evidence=(Evidence.value(name, value) for name, value in names.items()),
    )


def readdressed(policy: Policy, found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; those about values that no domain sets are for the administrator. Outside a domain the role can write settings."""
    group_policy = policy.group_policy
    for each in found:
        if each.type not in _ABOUT_VALUES or not group_policy.local_only or not group_policy.manages:
            yield each
            continue
        yield replace(
            each,
            remedy="administrator",
            cause=f"{each.cause} {ON_THIS_MACHINE}",
            action="Correct or delete the values where they were set, or link a GPO with the right settings to the computer.",
        )


def former_domain(policy: Policy) -> Iterator[Finding]:
    """Settings that remain although the machine is no member of a domain any more."""
    group_policy = policy.group_policy
    traces = group_policy.domain or group_policy.applied
    if group_policy.joined is False and traces and not policy.settings.empty:
        domain = f" {group_policy.domain}" if group_policy.domain else ""
        server = _shown(policy.settings.text("server_url") or "")
        yield finding_types.FORMER_DOMAIN.found(
            f"The machine has left its domain{domain}, but settings of the update client remain"
            + (f", with the server {server}" if server else ""),
            cause="Group Policy of that domain is no longer processed here, so a refresh neither removes nor corrects the settings.",
            evidence=(
                Evidence.value("domain member", False),
                Evidence.value("former domain", group_policy.domain),
                *(Evidence.value("group policy object", each.name) for each in group_policy.applied),
                Evidence.value("server_url", server or None),
            ),
        )


def _placeholders(policy: Policy) -> Iterator[tuple[str, str]]:
    settings = policy.settings
    for name in _SERVERS:
        url = settings.text(name)
        # An alternate download server may be on the machine itself: Configuration Manager and caches do that.
        own = url is not None and is_itself(url) and (name == "alternate_download_url" or policy.blocked is None)
        if url is not None and not own and placeholder(url):
            yield BY_NAME[name].value, _shown(url)
    for path, value in settings.other.items():
        # Values that Windows does not read: only those that clearly belong to the others are listed.
        data = value.data
        if isinstance(data, str) and "://" in data and not is_itself(data) and placeholder(data):
            yield path, _shown(data)


def _shown(url: str) -> str:
    return without_credentials(url) if url.strip() else "blank"
