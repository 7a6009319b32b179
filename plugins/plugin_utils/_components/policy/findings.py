# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems with policy: no settings are applied, or those applied do not make the client use one server."""

from __future__ import annotations

from collections.abc import Iterator

from ... import _error_codes
from ..._finding import Evidence, Finding
from ..._windows.urls import without_credentials
from . import finding_types, origin, server_url
from .facts import Policy
from .processing_findings import codes_of, group_policy_evidence, of_domain, processing, without_settings
from .settings import BY_NAME, URLS
from .update_sources import source_findings

FINDINGS = finding_types.FINDINGS

_NOTHING_SET = "No Windows Update policy is set"
# Source: Configuration Manager, "Integrate with Windows Update client policies".
_UNUSUAL_USE = {2: " Configuration Manager sets 2 on machines that it lets update from Windows Update."}


def findings(policy: Policy) -> tuple[Finding, ...]:
    """All findings about the policy of a machine."""
    if policy.settings.empty:
        return (_without_settings(policy),)
    return (
        *_unreadable(policy),
        *origin.blocked(policy),
        *origin.former_domain(policy),
        *(() if policy.blocked else _of_use(policy)),
        *_target_group(policy),
        *_mistyped(policy),
        *_unusual(policy),
        *processing(policy.group_policy, configuration_manager=policy.configuration_manager),
    )


def _of_use(policy: Policy) -> Iterator[Finding]:
    """Findings about whether and how the server is used."""
    yield from origin.readdressed(policy, _server(policy))
    yield from _switched_off(policy)
    yield from source_findings(policy)


def _without_settings(policy: Policy) -> Finding:
    """No settings: the domain's policy does not reach the machine, or has no settings for it."""
    group_policy = policy.group_policy
    if group_policy.reaches:
        denied = [each for each in group_policy.objects if not each.applied]
        names = ", ".join(f"{each.name} ({each.reason.replace('_', ' ')})" for each in denied)
        return finding_types.NOT_TARGETED.found(
            f"{_NOTHING_SET}, although Group Policy{of_domain(group_policy)} applies (objects: {len(group_policy.applied)})",
            cause="No GPO with the settings is linked to the OU of the computer"
            + (
                f", or it is filtered out: {names} did not apply."
                if names
                else ", or it was linked since the last processing."
            ),
            evidence=group_policy_evidence(group_policy),
        )
    if not group_policy.manages:
        return finding_types.NOT_CONFIGURED.found(
            f"{_NOTHING_SET}, and the machine is not in a domain that could set one",
            cause="No WSUS server is configured; the machine uses Windows Update on the internet.",
            evidence=(Evidence.value("domain member", group_policy.joined),),
        )
    if known := without_settings(group_policy, configuration_manager=policy.configuration_manager):
        return known
    never = "has never been processed" if group_policy.processed is None else "is no longer processed"
    return finding_types.UNREACHABLE.found(
        f"{_NOTHING_SET}: Group Policy{of_domain(group_policy)} {never} on this machine",
        cause="The machine cannot reach a domain controller (name resolution, network), or its computer account is broken.",
        evidence=group_policy_evidence(group_policy),
        codes=codes_of(group_policy.open_failures),
    )


def _server(policy: Policy) -> Iterator[Finding]:
    settings = policy.settings
    server, status = settings.text("server_url"), settings.text("status_server_url")
    if "server_url" in settings.unreadable:
        return
    if not server:
        yield finding_types.NO_SERVER.found(
            "UseWUServer is 1, but no server is set (WUServer)"
            if settings.flag("use_server")
            else "Windows Update policy is set, but it specifies no server (WUServer)",
            remedy="policy",
            cause="The server setting was not applied, or was removed: the agent uses Windows Update on the internet.",
            evidence=(
                Evidence.value("use_server", settings.values.get("use_server")),
                Evidence.value("server_url", server),
            ),
        )
        return
    shown = without_credentials(server)
    if not settings.flag("use_server"):
        yield finding_types.SERVER_UNUSED.found(
            f"The server {_named(shown)} is set, but not used: UseWUServer is {_flag(policy, 'use_server')}",
            remedy="policy",
            cause="Without UseWUServer the agent ignores both URLs and uses Windows Update on the internet."
            + _UNUSUAL_USE.get(settings.unusual.get("use_server", 0), ""),
            evidence=(
                Evidence.value("server_url", shown),
                Evidence.value("use_server", settings.unusual.get("use_server", settings.values.get("use_server"))),
            ),
        )
    yield from _urls(server, status, status_known="status_server_url" not in settings.unreadable)
    if policy.expected_server and not server_url.same(server, policy.expected_server):
        yield finding_types.UNEXPECTED_SERVER.found(
            f"The machine uses the server {_named(shown)} and not the expected one, {policy.expected_server}",
            remedy="policy",
            cause="The settings come from an older GPO or were written manually, or this machine belongs to another server.",
            evidence=(Evidence.value("server_url", shown, expected=policy.expected_server),),
        )


def _flag(policy: Policy, name: str) -> str:
    """The value of a flag that is not 1, as text."""
    unusual = policy.settings.unusual.get(name)
    return "missing" if name not in policy.settings.values else "0" if unusual is None else str(unusual)


def _urls(server: str, status: str | None, *, status_known: bool) -> Iterator[Finding]:
    bad = [
        (name, without_credentials(url), why)
        for name, url in (("WUServer", server), ("WUStatusServer", status))
        if url and (why := server_url.url_error(url))
    ]
    if bad:
        names = " and ".join(f"{name} {url}".rstrip() for name, url, _why in bad)
        yield finding_types.SERVER_URL.found(
            f"{names}: not the URL of a server, {bad[0][2]}",
            remedy="policy",
            cause="The URL was mistyped in the GPO; it must be http://server:port or https://server:port.",
            evidence=(Evidence.value(name, url) for name, url, _why in bad),
        )
    shown, status_shown = without_credentials(server), without_credentials(status or "") or None
    if not bad and (scheme := server_url.wrong_port(server)):
        yield finding_types.SERVER_PORT.found(
            f"Scheme and port of WUServer {shown} do not match: that port uses {scheme}",
            remedy="policy",
            cause="WSUS uses http on ports 80 and 8530, and https on ports 443 and 8531.",
            evidence=(Evidence.value("server_url", shown),),
        )
    if status_known and (not status or (not bad and not server_url.same(server, status))):
        yield finding_types.STATUS_SERVER.found(
            f"WUServer {_named(shown)} and WUStatusServer {_named(status_shown)} differ"
            if status
            else f"WUServer is set to {_named(shown)}, but WUStatusServer is not",
            remedy="policy",
            cause="The agent uses both URLs or neither, and reports to the second: both must name the same server.",
            evidence=(Evidence.value("server_url", shown), Evidence.value("status_server_url", status_shown)),
        )


def _named(shown: str | None) -> str:
    """A URL for a message."""
    return shown or "(not a URL)"


def _switched_off(policy: Policy) -> Iterator[Finding]:
    """Disabled updates: an administrator's decision, which no role reverts."""
    settings = policy.settings
    if settings.flag("access_disabled"):
        yield finding_types.UPDATES_DISABLED.found(
            "All Windows Update features are disabled (DisableWindowsUpdateAccess is 1)",
            cause=_error_codes.explain(0x8024002E).meaning,
            severity="error",
            evidence=(Evidence.value("access_disabled", True),),
            codes=("0x8024002e",),
        )
    elif settings.flag("automatic_updates_disabled"):
        yield finding_types.UPDATES_DISABLED.found(
            "Automatic updates are disabled (NoAutoUpdate is 1)",
            cause="The agent neither scans nor reports by itself; only a scan that is started manually reaches the server.",
            severity="warning",
            evidence=(Evidence.value("automatic_updates_disabled", True),),
        )


def _target_group(policy: Policy) -> Iterator[Finding]:
    settings = policy.settings
    if "target_group" in settings.unreadable:
        return
    if settings.flag("target_group_enabled") and not (settings.text("target_group") or "").strip():
        yield finding_types.TARGET_GROUP.found(
            "Client-side targeting is enabled (TargetGroupEnabled is 1), but no group is named (TargetGroup)",
            cause="The machine stays in Unassigned Computers and does not get the approvals of its group.",
            evidence=(
                Evidence.value("target_group_enabled", True),
                Evidence.value("target_group", settings.text("target_group")),
            ),
        )


def _unreadable(policy: Policy) -> Iterator[Finding]:
    """Text that may have been damaged on the way: what it says on the machine is not judged."""
    names = sorted(policy.settings.unreadable)
    if names:
        yield finding_types.TEXT_UNREADABLE.found(
            f"Settings contain text that cannot be read over this connection: {', '.join(names)}",
            cause="Characters that are not ASCII were changed in transfer. The setting itself may be correct.",
            severity="warning" if set(names) & set(URLS) else "info",
            evidence=(Evidence.value(name, None, arrived_as=_arrived(name, policy)) for name in names),
        )


def _arrived(name: str, policy: Policy) -> str:
    text = policy.settings.unreadable[name]
    return without_credentials(text) if name in URLS else text


def _unusual(policy: Policy) -> Iterator[Finding]:
    """Flags that are neither 0 nor 1. That of UseWUServer is part of the finding that the server is not used."""
    unusual = {name: value for name, value in policy.settings.unusual.items() if name != "use_server"}
    if unusual:
        listed = ", ".join(f"{BY_NAME[name].value} is {value}" for name, value in sorted(unusual.items()))
        yield finding_types.FLAG_VALUE.found(
            f"Settings that must be 0 or 1 have another value: {listed}",
            cause="The value was not written by the administrative templates; how Windows treats it is not documented.",
            evidence=(Evidence.value(name, value) for name, value in sorted(unusual.items())),
        )


def _mistyped(policy: Policy) -> Iterator[Finding]:
    # What belongs to a server that does not exist is listed there.
    mistyped = sorted(
        item for item in policy.settings.mistyped.items() if not (policy.blocked and item[0] in origin.COMPANIONS)
    )
    if mistyped:
        names = ", ".join(f"{name} ({kind})" for name, kind in mistyped)
        yield finding_types.WRONG_TYPE.found(
            f"Settings have a registry type that Windows does not read: {names}",
            cause="A script or preference wrote text instead of a number, or a number instead of text; Windows ignores the value.",
            evidence=(Evidence.value(name, kind) for name, kind in mistyped),
        )
