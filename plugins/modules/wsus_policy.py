# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_policy
short_description: Manage the Windows Update client policy
version_added: 0.9.0
description:
  - Refreshes the computer's Group Policy and waits until the Windows Update settings are correct, or writes settings on a machine that no domain manages.
    Without O(refresh) and O(settings) it only reads.
  - On a machine that a domain manages, settings are written only with O(force). Correct them in the domain.
  - Before the first change it backs up the policy key on the machine. It verifies every value. If one fails, it rolls back the changes of this run.
  - The agent applies new settings at its next scan. M(wsus.client.wsus_agent) starts one.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.change
  - wsus.client.client.backup
  - wsus.client.client.events
  - wsus.client.client.server
options:
  refresh:
    description:
      - Runs C(gpupdate.exe /target:computer /force) if an error has the remedy V(policy), and polls until none is left. If nothing is wrong, nothing is run.
        A warning that remains is not a failure.
      - On a machine that no domain manages, nothing is run, and an error with the remedy V(policy) fails with V(settings_missing).
      - Fails as soon as it is clear that the settings will not arrive, and after O(timeout) at the latest.
      - Mutually exclusive with O(settings).
    type: bool
    default: false
  settings:
    description:
      - Settings to write, by name. V(null) removes a setting. Other settings are not changed.
      - Strings are V(server_url), V(status_server_url), V(alternate_download_url), V(target_group), V(target_release), V(target_product),
        V(pause_feature_updates_since), V(pause_quality_updates_since).
      - Booleans are V(use_server), V(automatic_updates_disabled), V(detection_frequency_enabled), V(use_update_class_source), V(microsoft_update),
        V(install_minor_updates), V(include_recommended), V(automatic_maintenance), V(no_reboot_with_users), V(always_reboot_at_time),
        V(install_every_week), V(install_first_week), V(install_second_week), V(install_third_week), V(install_fourth_week),
        V(reschedule_wait_enabled), V(reboot_relaunch_enabled), V(reboot_warning_enabled), V(fill_empty_content_urls), V(tls_pinning_disabled),
        V(user_proxy_fallback), V(internet_locations_disabled), V(access_disabled), V(user_interface_disabled), V(accept_trusted_publishers),
        V(elevate_non_administrators), V(target_group_enabled), V(dual_scan_disabled), V(defer_feature_updates), V(defer_quality_updates),
        V(pause_feature_updates), V(pause_quality_updates), V(manage_preview_builds), V(target_release_enabled), V(exclude_drivers),
        V(upgrade_disabled).
      - Integers are V(automatic_updates) (C(AUOptions)), V(install_day), V(install_hour), V(detection_frequency_hours), V(reschedule_wait_minutes),
        V(reboot_relaunch_minutes), V(reboot_warning_minutes), V(always_reboot_minutes), V(feature_updates_source), V(quality_updates_source),
        V(driver_updates_source), V(other_updates_source), V(defer_feature_updates_days), V(defer_quality_updates_days),
        V(branch_readiness_level), V(preview_builds).
    type: dict
  force:
    description:
      - Writes O(settings) even on a machine that a domain manages. Group Policy overwrites them at the next refresh.
    type: bool
    default: false
  timeout:
    description: How many seconds to wait for the settings after O(refresh).
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target, if not supported the action will be skipped.
    support: full
    details:
      - Reads the machine and plans the same changes, but makes none.
      - The result of a refresh cannot be predicted. Check mode only reports that one would run.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
seealso:
  - module: wsus.client.wsus_facts
  - module: wsus.client.wsus_agent
  - ref: ansible_collections.wsus.client.docsite.guide_policy_and_agent
    description: How Group Policy is distinguished from local settings, and the limits of that.
  - name: Manage additional Windows Update settings
    description: Microsoft's documentation of the settings.
    link: https://learn.microsoft.com/en-us/windows/deployment/update/waas-wu-settings
"""

EXAMPLES = r"""
- name: Refresh Group Policy if settings are missing or wrong
  wsus.client.wsus_policy:
    refresh: true
    server_url: http://wsus.example.com:8530

- name: Point a machine outside a domain at its server
  wsus.client.wsus_policy:
    settings:
      server_url: http://wsus.example.com:8530
      status_server_url: http://wsus.example.com:8530
      use_server: true
      automatic_updates: 4
      target_group_enabled: true
      target_group: Workshop
    backup_dir: D:\Backup

- name: Remove a deferral, which enables dual scan
  wsus.client.wsus_policy:
    settings:
      defer_quality_updates:
      defer_quality_updates_days:
"""

RETURN = r"""
changes:
  description:
    - The changes, in order. In check mode, the predicted ones. A refresh is one change of the attribute C(group_policy); RV(arrived) and RV(gone) contain its
      result.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description: The name of the setting, or C(group_policy).
      returned: success
      type: str
    before:
      description: The previous value. V(null) if there was none.
      returned: success
      type: raw
    after:
      description: The new value. V(null) if there is none.
      returned: success
      type: raw
  sample:
    - attribute: server_url
      before: http://wsus-old.example.com:8530
      after: http://wsus.example.com:8530
    - attribute: use_server
      before: null
      after: true
arrived:
  description: The settings that the refresh added or changed, by name.
  returned: success
  type: dict
  sample:
    server_url: http://wsus.example.com:8530
    status_server_url: http://wsus.example.com:8530
    use_server: true
gone:
  description: The names of the settings that the refresh removed.
  returned: success
  type: list
  elements: str
  sample: []
policy:
  description: Policy after the run, as in RV(wsus.client.wsus_facts#module:ansible_facts.wsus_policy).
  returned: success
  type: dict
findings:
  description: The findings about policy after the run, as in RV(wsus.client.wsus_facts#module:ansible_facts.wsus_findings).
  returned: success
  type: list
  elements: dict
health:
  description: V(broken) if a finding is an error, V(degraded) if one is a warning, else V(healthy).
  returned: success
  type: str
  sample: healthy
backup:
  description: The file on the machine with the previous values of the policy key. V(null) if nothing was written, or there was no setting to save.
  returned: success, and failure if one was made
  type: str
  sample: C:\Windows\Temp\wsus.client-policy-20261123T041500Z-1b4e28ba.reg
check_mode:
  description: Whether this was check mode, so C(changes) were only predicted.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: The number of remote executions.
  returned: success
  type: int
  sample: 3
native_commands:
  description: The number of programs that were run on the machine.
  returned: success
  type: int
  sample: 14
left_out:
  description:
    - The number of entries that were left out of lists. A result contains at most 500 entries of a list, and fewer if it were larger than 256 KB.
      Each name is the path of a list.
  returned: if entries were left out
  type: dict
  sample: {"changes": 12}
reason:
  description:
    - A stable identifier of the failure.
    - V(managed_by_group_policy), O(settings) would change settings that a domain manages. Nothing was written.
    - V(unverifiable), a text in O(settings) has characters that cannot be read back over this connection. Nothing was changed, or all changes were rolled back.
    - V(settings_missing), Group Policy was processed, or O(timeout) expired, or no domain manages the machine, and a finding remains.
    - V(refresh_failed), Group Policy could not be processed. The message contains what the newest event says.
    - V(backup_failed), V(step_failed), V(not_verified), as for M(wsus.client.wsus_bits), or one documented by M(wsus.client.wsus_facts).
  returned: failure
  type: str
  sample: settings_missing
finding:
  description: The ID of the most severe finding that remains.
  returned: when RV(reason=settings_missing), and when RV(reason=refresh_failed) unless C(gpupdate.exe) itself failed
  type: str
  sample: policy.not_targeted
code:
  description: The exit code of C(gpupdate.exe).
  returned: when C(gpupdate.exe) failed
  type: int
  sample: 1
step:
  description: The setting that could not be written.
  returned: when RV(reason=step_failed)
  type: str
  sample: server_url
rolled_back:
  description: Whether all changes were rolled back.
  returned: when a setting could not be written or verified
  type: bool
"""
