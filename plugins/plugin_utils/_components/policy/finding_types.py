# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of findings about policy."""

from __future__ import annotations

from ..._finding import FindingType, Remedy, Severity


def _kind(name: str, meaning: str, action: str, *severities: Severity, remedy: Remedy = "policy") -> FindingType:
    return FindingType(f"policy.{name}", severities, meaning, action, (remedy,))


NOT_CONFIGURED = _kind(
    "not_configured",
    "No policy of the update client is set, and the machine is not in a domain.",
    "Set the WSUS server of the machine: role wsus.client.policy with wsus_policy_settings.",
    "error",
)
NOT_TARGETED = _kind(
    "not_targeted",
    "No policy of the update client is set, although Group Policy of the domain applies.",
    "Link a GPO with the Windows Update settings to the computer's OU and check its filters; then run the role wsus.client.policy.",
    "error",
)
UNREACHABLE = _kind(
    "unreachable",
    "No policy of the update client is set, and Group Policy of the domain is not processed.",
    "Check that the machine can reach a domain controller and that its computer account works; then run the role wsus.client.policy.",
    "error",
)
NO_SERVER = _kind(
    "no_server",
    "There is Windows Update policy, but no server is set (WUServer).",
    "Set the intranet update service location in the policy of the machine, then run the role wsus.client.policy.",
    "error",
)
SERVER_UNUSED = _kind(
    "server_unused",
    "A server is set, but UseWUServer is 0 or missing.",
    "Set UseWUServer to 1 in the policy of the machine, then run the role wsus.client.policy.",
    "error",
)
SERVER_URL = _kind(
    "server_url",
    "The value of WUServer or WUStatusServer is not the URL of a server.",
    "Correct the URL in the policy of the machine to http://server:port or https://server:port, then run the role wsus.client.policy.",
    "error",
)
SERVER_PORT = _kind(
    "server_port",
    "Scheme and port of WUServer do not match: http on 443 or 8531, or https on 80 or 8530.",
    "Correct the scheme or the port of the URL in the policy of the machine, then run the role wsus.client.policy.",
    "error",
)
STATUS_SERVER = _kind(
    "status_server",
    "WUServer and WUStatusServer differ, or WUStatusServer is missing.",
    "Set both URLs to the same server in the policy of the machine, then run the role wsus.client.policy.",
    "error",
)
UNEXPECTED_SERVER = _kind(
    "unexpected_server",
    "The machine uses a server other than wsus_server_url.",
    "Correct the server in the policy of the machine, or the expected server wsus_server_url; then run the role wsus.client.policy.",
    "error",
)
TARGET_GROUP = _kind(
    "target_group",
    "Client-side targeting is enabled, but no group is named.",
    "Set the target group name in the policy of the machine, then run the role wsus.client.policy.",
    "warning",
)
TEXT_UNREADABLE = _kind(
    "text_unreadable",
    "A setting contains text that cannot be read over this connection, so it is not judged.",
    "Audit the machine over winrm, which reads every character, or use names of ASCII characters only.",
    "warning",
    "info",
    remedy="administrator",
)
WRONG_TYPE = _kind(
    "wrong_type",
    "A setting has a registry type that Windows does not read.",
    "Remove the value from the script or preference that writes it and set it by administrative templates; then run the role wsus.client.policy.",
    "warning",
)
PROCESSING_FAILED = _kind(
    "processing_failed",
    "Group Policy processing has failed since the settings were applied.",
    "Check that the machine can reach a domain controller and that its computer account works.",
    "warning",
    remedy="network",
)
UPDATES_DISABLED = _kind(
    "updates_disabled",
    "All Windows Update features (DisableWindowsUpdateAccess) or automatic updates (NoAutoUpdate) are disabled.",
    "Remove DisableWindowsUpdateAccess or NoAutoUpdate from the policy if updates are wanted.",
    "error",
    "warning",
    remedy="administrator",
)
DUAL_SCAN = _kind(
    "dual_scan",
    "Dual scan is active: updates come from Windows Update although a server is set (Windows 10, Server 2016 to 2022).",
    "Remove the deferral policies, or set DisableDualScan to 1.",
    "error",
    remedy="administrator",
)
SCAN_SOURCE = _kind(
    "scan_source",
    "Policy takes update classes from Windows Update (error for quality updates), or sets sources that are ignored (info).",
    "Set the source of the update classes to 1 (WSUS), and UseUpdateClassPolicySource to 1 in the key AU.",
    "error",
    "warning",
    "info",
    remedy="administrator",
)

FINDINGS: tuple[FindingType, ...] = (
    NOT_CONFIGURED,
    NOT_TARGETED,
    UNREACHABLE,
    NO_SERVER,
    SERVER_UNUSED,
    SERVER_URL,
    SERVER_PORT,
    STATUS_SERVER,
    UNEXPECTED_SERVER,
    TARGET_GROUP,
    TEXT_UNREADABLE,
    WRONG_TYPE,
    PROCESSING_FAILED,
    UPDATES_DISABLED,
    DUAL_SCAN,
    SCAN_SOURCE,
)
