# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with policy: nothing arrives, or what arrives does not point at one server that is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ... import _error_codes
from ..._finding import Finding, Remedy, Severity
from ..._windows.urls import without_credentials
from . import server_url
from .facts import Policy
from .group_policy import GroupPolicy, as_text
from .update_sources import source_findings

_NOTHING_SET = "No setting of the update client is set"


def findings(policy: Policy) -> tuple[Finding, ...]:
    """All that is wrong with policy on a machine, or worth knowing."""
    if not policy.settings.values and not policy.settings.mistyped:
        return (_without_settings(policy),)
    return (
        *_server(policy),
        *_switched_off(policy),
        *_target_group(policy),
        *source_findings(policy),
        *_mistyped(policy),
        *_processing(policy.group_policy),
    )


def _without_settings(policy: Policy) -> Finding:
    """No settings at all: the domain's policy does not reach the machine, or reaches it and holds none for it."""
    group_policy = policy.group_policy
    if group_policy.reaches:
        denied = [each for each in group_policy.objects if not each.applied]
        names = ", ".join(f"{each.name} ({each.reason.replace('_', ' ')})" for each in denied)
        return _finding(
            "policy.not_targeted",
            "error",
            f"{_NOTHING_SET}, although group policy of the domain applies (objects: {len(group_policy.applied)})",
            "No object with the settings is linked to the computer's place in the domain"
            + (
                f", or it is filtered out: {names} did not apply."
                if names
                else ", or it was linked since the last processing."
            ),
            *_group_policy_evidence(group_policy),
        )
    if not group_policy.manages:
        return _finding(
            "policy.not_configured",
            "error",
            f"{_NOTHING_SET}, and the machine is in no domain that could set one",
            "Nobody told this machine of a WSUS server: it asks Windows Update on the internet.",
            {"what": "domain member", "value": group_policy.joined},
        )
    never = "has never been processed" if group_policy.processed is None else "is not processed any more"
    return _finding(
        "policy.unreachable",
        "error",
        f"{_NOTHING_SET}: the domain's policy {never} on this machine",
        "The machine does not reach a domain controller (name resolution, network), or its account in the domain is broken.",
        *_group_policy_evidence(group_policy),
        codes=_codes(group_policy),
    )


def _server(policy: Policy) -> Iterator[Finding]:
    settings = policy.settings
    server, status = settings.text("server_url"), settings.text("status_server_url")
    if not server:
        yield _finding(
            "policy.no_server",
            "error",
            "UseWUServer is 1, but no server is set (WUServer)"
            if settings.flag("use_server")
            else "There are settings of the update client, but no server among them (WUServer)",
            "The setting of the server did not arrive, or was taken away: the agent asks Windows Update on the internet.",
            _value("use_server", settings.values.get("use_server")),
            _value("server_url", server),
        )
        return
    if not settings.flag("use_server"):
        yield _finding(
            "policy.server_unused",
            "error",
            f"A server is set, but it is not used: UseWUServer is {'0' if 'use_server' in settings.values else 'missing'}",
            "Without UseWUServer the agent heeds neither server and asks Windows Update on the internet.",
            _value("server_url", without_credentials(server)),
            _value("use_server", settings.values.get("use_server")),
        )
    yield from _urls(server, status)
    if policy.expected_server and not server_url.same(server, policy.expected_server):
        yield _unexpected(policy, server)


def _urls(server: str, status: str | None) -> Iterator[Finding]:
    bad = [
        (name, url, why)
        for name, url in (("WUServer", server), ("WUStatusServer", status))
        if url and (why := server_url.fault(url))
    ]
    if bad:
        names = " and ".join(name for name, _url, _why in bad)
        yield _finding(
            "policy.server_url",
            "error",
            f"{names}: not the URL of a server, {bad[0][2]}",
            "The URL was mistyped where it was set; it must be http://server:port or https://server:port.",
            *(_value(name, without_credentials(url)) for name, url, _why in bad),
        )
    if not bad and (scheme := server_url.wrong_port(server)):
        yield _finding(
            "policy.server_port",
            "error",
            f"Scheme and port of WUServer do not fit: that port speaks {scheme}",
            "WSUS speaks http on 80 and 8530 and https on 443 and 8531.",
            _value("server_url", without_credentials(server)),
        )
    if not status or (not bad and not server_url.same(server, status)):
        yield _finding(
            "policy.status_server",
            "error",
            "WUServer and WUStatusServer differ" if status else "WUServer is set, but WUStatusServer is not",
            "The agent takes both or none, and reports to the second: both must be the same server.",
            _value("server_url", without_credentials(server)),
            _value("status_server_url", without_credentials(status or "") or None),
        )


def _unexpected(policy: Policy, server: str | None) -> Finding:
    return _finding(
        "policy.unexpected_server",
        "error",
        "The machine points at another server than the expected one" if server else "The machine points at no server",
        "The settings are an older object's, were written by hand, or the expected server is not this machine's.",
        _value("server_url", None if server is None else without_credentials(server))
        | {"expected": policy.expected_server},
    )


def _switched_off(policy: Policy) -> Iterator[Finding]:
    """Updates switched off: a decision of somebody, which no role of ours takes back."""
    settings = policy.settings
    if settings.flag("access_disabled"):
        yield _finding(
            "policy.updates_disabled",
            "error",
            "All update features are switched off (DisableWindowsUpdateAccess is 1)",
            _error_codes.explain(0x8024002E).meaning,
            _value("access_disabled", True),
            remedy="administrator",
            codes=("0x8024002e",),
        )
    elif settings.flag("automatic_updates_disabled"):
        yield _finding(
            "policy.updates_disabled",
            "warning",
            "Automatic updates are switched off (NoAutoUpdate is 1)",
            "The agent neither detects nor reports by itself; only a search that somebody starts reaches the server.",
            _value("automatic_updates_disabled", True),
            remedy="administrator",
        )


def _target_group(policy: Policy) -> Iterator[Finding]:
    settings = policy.settings
    if settings.flag("target_group_enabled") and not (settings.text("target_group") or "").strip():
        yield _finding(
            "policy.target_group",
            "warning",
            "Client-side targeting is on (TargetGroupEnabled is 1), but no group is named (TargetGroup)",
            "The machine stays in Unassigned Computers and gets none of the approvals for its group.",
            _value("target_group_enabled", True),
            _value("target_group", settings.text("target_group")),
        )


def _mistyped(policy: Policy) -> Iterator[Finding]:
    if policy.settings.mistyped:
        names = ", ".join(f"{name} ({kind})" for name, kind in sorted(policy.settings.mistyped.items()))
        yield _finding(
            "policy.wrong_type",
            "warning",
            f"Settings have a registry type that Windows does not read: {names}",
            "They were written by a script or preference as text in place of a number, or the reverse; Windows ignores them.",
            *({"what": name, "value": kind} for name, kind in sorted(policy.settings.mistyped.items())),
        )


def _processing(group_policy: GroupPolicy) -> Iterator[Finding]:
    if group_policy.failing and group_policy.manages:
        yield _finding(
            "policy.processing_failed",
            "warning",
            "Group policy fails to be processed: the settings may be out of date",
            "The machine does not reach a domain controller (name resolution, network), or its account in the domain is broken.",
            *_group_policy_evidence(group_policy),
            remedy="network",
            codes=_codes(group_policy),
        )


def _group_policy_evidence(group_policy: GroupPolicy) -> tuple[dict[str, Any], ...]:
    processed = None if group_policy.processed is None else as_text(group_policy.processed)
    return (
        {"what": "domain", "value": group_policy.domain},
        {"what": "last processed", "value": processed, "status": group_policy.status},
        *(
            {"what": "group policy object", "value": each.name, "applied": each.applied, "reason": each.reason}
            for each in group_policy.objects
        ),
        *(failure.as_fact() for failure in group_policy.failures[:3]),
    )


def _codes(group_policy: GroupPolicy) -> tuple[str, ...]:
    codes = (failure.code for failure in group_policy.failures)
    return tuple(dict.fromkeys(_error_codes.hexadecimal(code) for code in codes if code is not None))


def _finding(
    identifier: str,
    severity: Severity,
    summary: str,
    cause: str,
    *evidence: dict[str, Any],
    remedy: Remedy = "policy",
    codes: tuple[str, ...] = (),
) -> Finding:
    return Finding(identifier, severity, summary, cause, remedy, evidence, codes)


def _value(name: str, value: Any) -> dict[str, Any]:
    return {"what": name, "value": value}
