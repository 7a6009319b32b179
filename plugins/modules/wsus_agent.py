# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_agent
short_description: Manage the Windows Update agent, and trigger scans and reports
version_added: 0.9.0
description:
  - Repairs the definition of the update agent (the service C(wuauserv)) and ensures that it can start. It changes only what differs, with backup,
    verification and rollback as in M(wsus.client.wsus_bits).
  - A stopped agent is healthy. Since Windows 8, triggers start it when there is work, and it stops by itself.
  - With O(definition=windows_default) its helper services UsoSvc and CryptSvc, and RpcSs, on which it depends, are enabled if they are disabled; CryptSvc
    and RpcSs, which always run, are started. DoSvc is not changed, because Windows protects it.
  - On request it resets the components of the agent, starts a scan, waits for the result, and starts a report, in this order.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.change
  - wsus.client.client.backup
  - wsus.client.client.service
options:
  definition:
    description:
      - The desired definition.
      - V(windows_default) is the default of the machine's Windows version.
      - V(unmanaged) manages only the attributes that are specified.
    type: str
    choices: [windows_default, unmanaged]
    default: windows_default
  reset_components:
    description:
      - Stops UsoSvc, wuauserv and BITS if they are running, and starts them again. With O(scan), the agent also requests a new
        authorization from the server. Since Windows 10 this effect is not confirmed.
      - Refused while a restart of Windows is pending.
      - The guide lists the steps of the article's "reset Windows Update components" that are omitted on purpose.
    type: bool
    default: false
  scan:
    description:
      - Starts a scan with C(UsoClient.exe StartScan), or before Windows 10 and Server 2016 with C(wuauclt.exe /detectnow).
      - This does not count as a change.
    type: bool
    default: false
  report:
    description:
      - Starts a report to the server with C(wuauclt.exe /reportnow), after the scan if O(wait_for_scan) is set.
      - Since Windows 10 and Server 2016 this runs nothing, because a scan reports by itself some minutes later.
      - This does not count as a change.
    type: bool
    default: false
  wait_for_scan:
    description:
      - Waits for evidence of a scan that ended after this task started, whether O(scan) started it or not. The evidence is an event in the log
        Microsoft-Windows-WindowsUpdateClient/Operational or, up to Windows 10 1511, the time of the last success in the registry.
      - A failed scan does not fail the task. RV(scan) contains its code.
      - If no scan is expected, the module does not wait and the task does not fail. RV(scan.not_expected) is the reason.
    type: bool
    default: false
  scan_timeout:
    description: How many seconds to wait for the scan.
    type: int
    default: 600
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: partial
    details:
      - Not with O(state=restarted), nor with O(reset_components) if one of the services is running.
      - Scans and reports are started every time and do not count as changes.
seealso:
  - module: wsus.client.wsus_facts
  - module: wsus.client.wsus_bits
  - module: wsus.client.wsus_policy
  - ref: ansible_collections.wsus.client.docsite.guide_policy_and_agent
    description: How a scan is started and observed, and what a reset of the components omits.
"""

EXAMPLES = r"""
- name: Restore the default definition of the update agent
  wsus.client.wsus_agent:

- name: Start a scan and wait for the result
  wsus.client.wsus_agent:
    scan: true
    report: true
    wait_for_scan: true
  register: agent

- name: Verify that the scan succeeded
  ansible.builtin.assert:
    that: agent.scan.outcome == 'succeeded'
    fail_msg: "{{ agent.scan.code | default('') }} {{ agent.scan.meaning | default('') }}"

- name: Reset the components, then scan
  wsus.client.wsus_agent:
    reset_components: true
    scan: true
    wait_for_scan: true
    scan_timeout: 1200

- name: Only start a scan
  wsus.client.wsus_agent:
    definition: unmanaged
    scan: true
"""

RETURN = r"""
changes:
  description: The changes, in order. In check mode, the predicted ones.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description:
        - The attribute, named as in RV(wsus.client.wsus_facts#module:ansible_facts.wsus_agent.drift), or C(state), or C(installed). Attributes of other
          services have the name of the service as a prefix, such as C(UsoSvc.start_type).
      returned: success
      type: str
    before:
      description: The previous value. V(null) if there was none.
      returned: success
      type: raw
    after:
      description: The new value.
      returned: success
      type: raw
  sample:
    - attribute: start_type
      before: disabled
      after: demand
    - attribute: state
      before: stopped
      after: running
scan:
  description: The result of O(scan), O(report) and O(wait_for_scan).
  returned: success
  type: dict
  contains:
    triggered:
      description: Whether a scan was started.
      returned: success
      type: bool
    reported:
      description: Whether a report was requested.
      returned: success
      type: bool
    waited:
      description: The number of seconds spent waiting for the scan.
      returned: success
      type: float
    outcome:
      description: V(succeeded) or V(failed). V(null) without O(wait_for_scan), or if no scan is expected.
      returned: success
      type: str
    not_expected:
      description:
        - Why no scan is expected, so that O(wait_for_scan) did not wait. V(null) if one is expected, or without O(scan) and O(wait_for_scan).
        - V(restart_pending), installed updates require a restart, and the agent does not scan before it. No scan is started.
        - V(automatic_updates_disabled), the policy disables automatic updates (NoAutoUpdate is 1).
        - V(configuration_manager), the machine has the Configuration Manager client, which starts the scans on its own schedule. No scan is started.
        - V(no_user_logged_on), Windows 10 or later on which no user has a profile, so that no user has ever logged on.
      returned: success
      type: str
    time:
      description: When it ended (UTC).
      returned: if a scan was observed
      type: str
    source:
      description: The evidence, such as V(event 26) or V(registry).
      returned: if a scan was observed
      type: str
    updates:
      description: The number of updates that were found. V(null) if unknown.
      returned: if a scan was observed
      type: int
    service:
      description: The update service that was used, such as V(wsus) or V(windows_update). V(null) before Windows 10, which does not record it.
      returned: if a scan was observed
      type: str
    code:
      description: The error code.
      returned: if the scan failed
      type: str
    name:
      description: The name of the code.
      returned: if the scan failed
      type: str
    meaning:
      description: What the code means for a scan.
      returned: if the scan failed
      type: str
    cause:
      description: The class of the cause.
      returned: if the scan failed
      type: str
    remedy:
      description: A role of this collection, or who is responsible.
      returned: if the scan failed
      type: str
  sample:
    triggered: true
    reported: true
    waited: 34.2
    outcome: failed
    not_expected: null
    time: "2026-11-23T04:15:31.1234567Z"
    source: event 25
    updates: null
    service: wsus
    code: "0x8024402c"
    name: WU_E_PT_WINHTTP_NAME_NOT_RESOLVED
    meaning: The name of the server or of the proxy cannot be resolved.
    cause: network-dns
    remedy: network
backup:
  description: The file on the machine with the previous definition. V(null) if none was required.
  returned: success, and failure if one was made
  type: str
  sample: C:\Windows\Temp\wsus.client-wuauserv-20261123T041500Z-1b4e28ba.reg
state:
  description: The state of the agent after the repair.
  returned: success
  type: str
  sample: stopped
check_mode:
  description: Whether this was check mode, so C(changes) were only predicted.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: The number of remote executions.
  returned: success
  type: int
  sample: 5
native_commands:
  description: The number of programs that were run on the machine.
  returned: success
  type: int
  sample: 34
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
    - V(no_scan), no scan was observed within O(scan_timeout). Earlier repairs of this run are kept.
    - V(no_evidence), neither a log nor the registry of this machine records scans, so none could be observed. No scan was started.
    - V(trigger_missing), the program that starts a scan or a report is missing.
    - V(trigger_failed), the program that starts a scan or a report failed with RV(code).
    - V(reboot_pending), O(reset_components) was set while a restart of Windows is pending. Nothing was changed.
    - Those of M(wsus.client.wsus_bits) for a repair or a reset, such as V(start_failed), or one documented by M(wsus.client.wsus_facts).
  returned: failure
  type: str
  sample: no_scan
rolled_back:
  description: Whether all changes were rolled back.
  returned: when a change or a start failed
  type: bool
step:
  description: The attributes that the failed command sets.
  returned: when RV(reason=step_failed)
  type: str
code:
  description: The error code, which the message explains.
  returned: if Windows returned one
  type: str
  sample: "0x8007042c"
"""
