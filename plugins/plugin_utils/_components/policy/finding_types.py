# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of findings about policy."""

from __future__ import annotations

from typing import Any

from ... import _error_codes
from ..._finding import Finding, FindingType, LiveTest, Remedy, Severity


def _kind(
    name: str,
    meaning: str,
    action: str,
    *severities: Severity,
    remedy: Remedy = "policy",
    or_else: tuple[Remedy, ...] = (),
) -> FindingType:
    return FindingType(f"policy.{name}", severities, meaning, action, (remedy, *or_else))


def _about_value(name: str, meaning: str, action: str) -> FindingType:
    """A wrong value: the role repairs it, or the administrator if it is known that no GPO of the domain sets it."""
    return _kind(name, meaning, action, "error", or_else=("administrator",))


NOT_CONFIGURED = _kind(
    "not_configured",
    "No Windows Update policy is set, and the machine is not in a domain.",
    "Set the WSUS server of the machine: role wsus.client.policy with wsus_policy_settings.",
    "error",
)
NOT_TARGETED = _kind(
    "not_targeted",
    "No Windows Update policy is set, although Group Policy of the domain applies.",
    "Link a GPO with the Windows Update settings to the computer's OU and check its filters; then run the role wsus.client.policy.",
    "error",
)
UNREACHABLE = _kind(
    "unreachable",
    "No Windows Update policy is set, and Group Policy of the domain is not processed.",
    "Check that the machine can reach a domain controller and that its computer account works; then run the role wsus.client.policy.",
    "error",
)
NO_SERVER = _about_value(
    "no_server",
    "There is Windows Update policy, but no server is set (WUServer).",
    "Set the intranet update service location in the policy of the machine, then run the role wsus.client.policy.",
)
SERVER_UNUSED = _about_value(
    "server_unused",
    "A server is set, but UseWUServer is 0 or missing.",
    "Set UseWUServer to 1 in the policy of the machine, then run the role wsus.client.policy.",
)
SERVER_URL = _about_value(
    "server_url",
    "The value of WUServer or WUStatusServer is not the URL of a server.",
    "Correct the URL in the policy of the machine to http://server:port or https://server:port, then run the role wsus.client.policy.",
)
SERVER_PORT = _about_value(
    "server_port",
    "Scheme and port of WUServer do not match: http on 443 or 8531, or https on 80 or 8530.",
    "Correct the scheme or the port of the URL in the policy of the machine, then run the role wsus.client.policy.",
)
STATUS_SERVER = _about_value(
    "status_server",
    "WUServer and WUStatusServer differ, or WUStatusServer is missing.",
    "Set both URLs to the same server in the policy of the machine, then run the role wsus.client.policy.",
)
UNEXPECTED_SERVER = _about_value(
    "unexpected_server",
    "The machine uses a server other than wsus_server_url.",
    "Correct the server in the policy of the machine, or the expected server wsus_server_url; then run the role wsus.client.policy.",
)
TARGET_GROUP = _kind(
    "target_group",
    "Client-side targeting is enabled, but no group is named.",
    "Set the target group name in the policy of the machine, or disable client-side targeting.",
    "warning",
    remedy="administrator",
)
TEXT_UNREADABLE = _kind(
    "text_unreadable",
    "A setting contains text that cannot be read over this connection, so it is not judged.",
    "Audit the machine over winrm, which reads every character, or use names with ASCII characters only.",
    "warning",
    "info",
    remedy="administrator",
)
WRONG_TYPE = _kind(
    "wrong_type",
    "A setting has a registry type that Windows does not read.",
    "Remove the value from the script or preference that writes it, delete it on the machine, and set it with administrative templates.",
    "warning",
    remedy="administrator",
)
PROCESSING_FAILED = _kind(
    "processing_failed",
    "Group Policy processing has failed since the settings were applied, because no domain controller could be reached.",
    "Check name resolution (nltest /dsgetdc:) and the network from the machine to a domain controller.",
    "warning",
    remedy="network",
)
PROCESSING_INCOMPLETE = _kind(
    "processing_incomplete",
    "Group Policy processing has failed since it last succeeded, for a cause that the code of the event names.",
    "Look up the event ID and the code in the evidence, resolve the cause, then run gpupdate /target:computer on the machine.",
    "error",
    "warning",
    remedy="administrator",
)
SYSVOL = _kind(
    "sysvol_unreadable",
    "A GPO of the domain, or one of its files in SYSVOL (gpt.ini, registry.pol), could not be read since processing last succeeded.",
    "Check on the domain controller named in the evidence that the file exists, that Authenticated Users or Domain Computers may read it, and that "
    "SYSVOL is replicated; if the file is damaged, restore the GPO from its backup.",
    "error",
    "warning",
    remedy="administrator",
)
LOCAL_FILE = _kind(
    "local_file_unreadable",
    "The registry.pol of the machine's local policy is missing, damaged or locked, so Group Policy cannot apply settings.",
    r"Find out what writes to %windir%\System32\GroupPolicy\Machine\registry.pol and what locks it, replace a damaged file with a backup, then "
    "run gpupdate /target:computer.",
    "error",
    "warning",
    remedy="administrator",
)
ACCOUNT = _kind(
    "account_refused",
    "The domain does not accept or find the account of the computer, so Group Policy is not processed.",
    "Test the account with nltest /sc_verify:DOMAIN on the machine and check the computer account in the directory; repair the trust "
    "relationship with Test-ComputerSecureChannel -Repair.",
    "error",
    "warning",
    remedy="administrator",
)
CLOCK = _kind(
    "clock_differs",
    "The clock of the machine differs from that of the domain, so Group Policy is not processed.",
    "Check time and time zone of the machine, then run w32tm /resync.",
    "error",
    "warning",
    remedy="administrator",
)
EXTENSION = _kind(
    "extension_failed",
    "The extension of Group Policy that applies administrative templates failed.",
    "Look up the code, resolve the cause, then run gpupdate /target:computer /force on the machine.",
    "warning",
    remedy="administrator",
)
FORMER_DOMAIN = _kind(
    "former_domain",
    "The machine has left its domain, but the settings of the update client remain.",
    r"If the server is not the right one for this machine, delete the settings below HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate, or "
    "set new ones with wsus_policy_settings (role wsus.client.policy, wsus_policy_mode: always).",
    "warning",
    remedy="administrator",
)
FLAG_VALUE = _kind(
    "flag_value",
    "A setting that must be 0 or 1 has another value, and is treated as not set.",
    "Set the value to 0 or 1 in the policy of the machine.",
    "info",
    remedy="none",
)


def _by_server(finding: Finding) -> bool:
    """Whether a server that does not exist explains the finding: the way to it, or the policy that forbids another one."""
    return bool(finding.codes) and all(_of_the_way(code) for code in finding.codes)


def _of_the_way(code: str) -> bool:
    cause = _error_codes.explain(int(code, 16), "scan").cause
    return cause.startswith("network-") or cause in ("policy", "server")


def _never(_facts: Any, _finding: Finding) -> bool:
    return False


BLOCKED_TEST = LiveTest(
    component="policy",
    explains=_by_server,
    disproves=_never,
    tested=_never,
    resolved="",
    context="",
    readdressed=lambda finding: finding.remedy,
)
UPDATES_BLOCKED = FindingType(
    "policy.updates_blocked",
    ("error", "warning"),
    "The settings name a server that does not exist, as tools that disable Windows Update do.",
    "If the machine must receive updates, find out which tool set the values, and delete them.",
    ("policy", "administrator"),
    live_test=BLOCKED_TEST,
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
    "Policy takes update classes from Windows Update (info), with DisableDualScan from no source (error), or sets the sources incompletely.",
    "Set the source of all update classes to 1 (WSUS) or 0 (Windows Update), and UseUpdateClassPolicySource to 1 in the key AU.",
    "error",
    "warning",
    "info",
    remedy="administrator",
    or_else=("none",),
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
    PROCESSING_INCOMPLETE,
    SYSVOL,
    LOCAL_FILE,
    ACCOUNT,
    CLOCK,
    EXTENSION,
    FORMER_DOMAIN,
    FLAG_VALUE,
    UPDATES_BLOCKED,
    UPDATES_DISABLED,
    DUAL_SCAN,
    SCAN_SOURCE,
)
