# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_agent
short_description: Manage the Windows Update agent, and trigger scans and reports
version_added: 0.1.0
description:
  - Repairs the definition of the update agent (the service C(wuauserv)) and makes sure that it can start. It changes only what differs from what is
    asked for, with backup, reading back and undo as M(wsus.client.wsus_bits) has them.
  - An agent that does not run is not broken. From Windows 8 on triggers start it when there is work, and it stops by itself.
  - With O(definition=windows_default) the services that it works with, UsoSvc and CryptSvc, are enabled where they are disabled, and so is RpcSs, on
    which it depends; CryptSvc and RpcSs, which always run, are started. DoSvc is left alone, because Windows protects it.
  - On request it resets the components of the agent, has it scan, waits for the result, and has it report, in this order.
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
      - The definition that is asked for.
      - V(windows_default) is the default of the machine's Windows.
      - V(unmanaged) asks for nothing but the single attributes that are given.
    type: str
    choices: [windows_default, unmanaged]
    default: windows_default
  reset_components:
    description:
      - Stops UsoSvc, wuauserv and BITS, those that run, and starts them again. With O(scan) the agent also drops its
        authorization and asks the server for a new one. Whether this has an effect from Windows 10 on is not confirmed.
      - Refused while Windows waits for a restart.
      - The guide says which steps of the article's "reset Windows Update components" are left out on purpose.
    type: bool
    default: false
  scan:
    description:
      - Starts a scan, with C(UsoClient.exe StartScan) from Windows 10 and Server 2016 on, with C(wuauclt.exe /detectnow) before.
      - This is no change.
    type: bool
    default: false
  report:
    description:
      - Sends what is to be reported to the server, with C(wuauclt.exe /reportnow). After a scan that is waited for.
      - From Windows 10 and Server 2016 on nothing is sent for it. There a scan reports by itself, some minutes later.
      - This is no change.
    type: bool
    default: false
  wait_for_scan:
    description:
      - Waits until there is evidence of a scan that ended after this task began, one that O(scan) started or any other. The evidence is an event
        of the log Microsoft-Windows-WindowsUpdateClient/Operational or, up to Windows 10 1511, the time of the last success in the registry.
      - A scan that failed does not fail the task. RV(scan) tells its code.
      - Where Windows will make no scan, nobody waits for it and the task does not fail. RV(scan.not_expected) says why.
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
      - Not with O(state=restarted), nor with O(reset_components) where one of the services runs.
      - Scans and reports are made every time, and are no change.
seealso:
  - module: wsus.client.wsus_facts
  - module: wsus.client.wsus_bits
  - module: wsus.client.wsus_policy
  - ref: ansible_collections.wsus.client.docsite.guide_policy_and_agent
    description: How a scan is triggered and proved, and what a reset of the components does not do.
"""

EXAMPLES = r"""
- name: Repair the update agent to the default of this Windows
  wsus.client.wsus_agent:

- name: Scan now, and say what became of it
  wsus.client.wsus_agent:
    scan: true
    report: true
    wait_for_scan: true
  register: agent

- name: Stop where the server was not reached
  ansible.builtin.assert:
    that: agent.scan.outcome == 'succeeded'
    fail_msg: "{{ agent.scan.code | default('') }} {{ agent.scan.meaning | default('') }}"

- name: The article's reset, its safe part, and a scan after it
  wsus.client.wsus_agent:
    reset_components: true
    scan: true
    wait_for_scan: true
    scan_timeout: 1200

- name: Only trigger, and leave the definition alone
  wsus.client.wsus_agent:
    definition: unmanaged
    scan: true
"""

RETURN = r"""
changes:
  description: Every change, in order. The same in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description:
        - What changes, as RV(wsus.client.wsus_facts#module:ansible_facts.wsus_agent.drift) names it, or C(state), or C(installed); with the name of the
          service before it where it is another one's, such as C(UsoSvc.start_type).
      returned: success
      type: str
    before:
      description: The previous value. V(null) where there was none.
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
  description: What became of O(scan), O(report) and O(wait_for_scan).
  returned: success
  type: dict
  contains:
    triggered:
      description: Whether a scan was started.
      returned: success
      type: bool
    reported:
      description: Whether a report was asked for.
      returned: success
      type: bool
    waited:
      description: How many seconds were waited for the scan.
      returned: success
      type: float
    outcome:
      description: V(succeeded), V(failed), or V(null) where it was not waited for or none is expected.
      returned: success
      type: str
    not_expected:
      description:
        - Why Windows will make no scan, so that O(wait_for_scan) did not wait. V(null) where one was expected or nobody asked to wait.
        - V(automatic_updates_disabled), policy turns automatic updating off (NoAutoUpdate is 1).
        - V(configuration_manager), the client of Configuration Manager runs (CcmExec), and has the agent scan itself.
        - V(no_user_logged_on), Windows 10 or later on which no account has a profile yet, so that nobody has ever logged on.
      returned: success
      type: str
    time:
      description: When it ended (UTC).
      returned: where a scan was seen
      type: str
    source:
      description: What shows it, such as V(event 26) or V(registry).
      returned: where a scan was seen
      type: str
    updates:
      description: How many updates were found, V(null) where that is not told.
      returned: where a scan was seen
      type: int
    service:
      description: The update service that was asked, such as V(wsus) or V(windows_update). V(null) before Windows 10, which does not tell it.
      returned: where a scan was seen
      type: str
    code:
      description: The code that it failed with.
      returned: where a scan failed
      type: str
    name:
      description: The name of the code.
      returned: where a scan failed
      type: str
    meaning:
      description: What the code means of a scan.
      returned: where a scan failed
      type: str
    cause:
      description: The class of the cause.
      returned: where a scan failed
      type: str
    remedy:
      description: A role of this collection, or who must act.
      returned: where a scan failed
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
  description: The file on the machine that holds the definition as it was. V(null) where there was no need of one.
  returned: success, and failure where one was made
  type: str
  sample: C:\Windows\Temp\wsus.client-wuauserv-20261123T041500Z.reg
state:
  description: The state of the agent after its repair.
  returned: success
  type: str
  sample: stopped
check_mode:
  description: Whether this was check mode, so that C(changes) were only planned.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: How many remote executions the call took.
  returned: success
  type: int
  sample: 5
native_commands:
  description: How many programs were run on the machine.
  returned: success
  type: int
  sample: 34
reason:
  description:
    - A stable identifier of the failure.
    - V(no_scan), none was seen within O(scan_timeout). What was repaired before stays.
    - V(no_evidence), neither a log nor the registry tells of scans on this machine, so none could be seen. Nothing was triggered.
    - V(trigger_missing), the machine does not have the program that starts a scan or a report.
    - V(trigger_failed), that program ended with an error, which RV(code) names. Nothing was waited for.
    - V(reboot_pending), O(reset_components) was asked for while Windows waits for a restart. Nothing was changed.
    - Of a repair or a reset those that M(wsus.client.wsus_bits) has, such as V(start_failed), or one that M(wsus.client.wsus_facts) documents.
  returned: failure
  type: str
  sample: no_scan
rolled_back:
  description: Whether all that was changed before the failure is put back.
  returned: when a change or a start failed
  type: bool
step:
  description: The attributes that the command which failed was to change.
  returned: when RV(reason=step_failed)
  type: str
code:
  description: The error code; the message explains it.
  returned: where Windows gave one
  type: str
  sample: "0x8007042c"
"""
