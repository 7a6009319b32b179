# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_bits_facts
short_description: Audit BITS, the Background Intelligent Transfer Service
version_added: 0.1.0
description:
  - Reads how BITS is defined and in which state it is, compares the definition with the default of the machine's Windows, reads the recent
    failures of its start and of its jobs, and explains their codes.
  - The findings cover every row of both tables of the article on BITS (does not start; jobs fail).
  - A stopped BITS that can start is healthy. So are both start types, demand and delayed automatic, since BITS switches between them by itself.
  - Failed jobs of other programs are reported, but not held against WSUS.
  - Changes nothing on the machine.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.facts
  - wsus.client.client.events
options: {}
seealso:
  - module: wsus.client.wsus_facts
  - name: Troubleshoot issues with WSUS client agents
    description: The article (original KB number 10132) whose tables on BITS the findings follow.
    link: https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents
"""

EXAMPLES = r"""
- name: Audit BITS
  wsus.client.wsus_bits_facts:
  register: bits

- name: Show what differs from the default of this Windows
  ansible.builtin.debug:
    msg: "{{ bits.ansible_facts.wsus_bits.drift }}"

- name: Look half a year back
  wsus.client.wsus_bits_facts:
    event_days: 180
"""

RETURN = r"""
ansible_facts:
  description: Facts of BITS and of the Windows it runs on.
  returned: success
  type: dict
  contains:
    wsus_system:
      description: The machine's Windows, as M(wsus.client.wsus_facts) returns it.
      returned: success
      type: dict
    wsus_bits:
      description: BITS on this machine.
      returned: success
      type: dict
      contains:
        installed:
          description: Whether the service control manager knows the service.
          returned: success
          type: bool
          sample: true
        definition:
          description: The service as it is configured. V(null) where the registry holds no definition.
          returned: success
          type: dict
          sample:
            image_path: '%SystemRoot%\System32\svchost.exe -k netsvcs -p'
            program: '%SystemRoot%\System32\svchost.exe'
            arguments: -k netsvcs -p
            service_type: share_process
            interactive: false
            start_type: delayed_auto
            error_control: normal
            account: LocalSystem
            dependencies: [RpcSs]
            privileges:
              - SeCreateGlobalPrivilege
              - SeImpersonatePrivilege
              - SeTcbPrivilege
              - SeAssignPrimaryTokenPrivilege
              - SeIncreaseQuotaPrivilege
              - SeDebugPrivilege
            sid_type: unrestricted
            failure_actions:
              reset_period_s: 86400
              actions:
                - action: restart
                  delay_ms: 60000
                - action: restart
                  delay_ms: 120000
                - action: none
                  delay_ms: 0
            service_dll: '%SystemRoot%\System32\qmgr.dll'
            svchost_group: netsvcs
            in_svchost_group: true
        state:
          description: The service as the service control manager sees it. C(error) explains the code that it ended with.
          returned: success
          type: dict
          sample:
            name: stopped
            code: 1
            win32_exit_code: 0
            service_exit_code: 0
            pid: null
            error: null
        dependencies:
          description:
            - The services that this BITS depends on, and their state.
            - Where SENS runs, RpcSs and EventSystem, on which it depends, are known to run and are not asked. Then their C(start_type) is V(null).
          returned: success
          type: list
          elements: dict
          sample:
            - name: RpcSs
              state: running
              start_type: null
              win32_exit_code: 0
        sens:
          description: System Event Notification, which tells BITS who is logged on.
          returned: success
          type: dict
          sample:
            name: SENS
            state: running
            start_type: null
            win32_exit_code: 0
        baseline:
          description: The default definition that this Windows is compared with.
          returned: success
          type: str
          sample: windows-10-1709
        drift:
          description: Every attribute that differs from the baseline.
          returned: success
          type: list
          elements: dict
          sample:
            - attribute: account
              expected: LocalSystem
              actual: .\svc-backup
        events:
          description: Failed starts (C(kind=start)) and failed jobs (C(kind=job)) of the last days, newest first, their codes explained.
          returned: success
          type: list
          elements: dict
          sample:
            - kind: job
              time: "2026-11-20T08:14:03.1234567Z"
              channel: Microsoft-Windows-Bits-Client/Operational
              event_id: 61
              job: WU Client Download
              owner: null
              url: http://wsus.example.com:8530/Content/A5/0123456789ABCDEF.cab
              proxy: proxy.example.com:3128
              wsus: true
              code: "0x80200013"
              name: BG_E_INSUFFICIENT_RANGE_SUPPORT
              meaning: The server or a proxy on the way ignores requests for a range of a file.
              cause: network-proxy
              remedy: reachability
        unreadable_logs:
          description: Channels that could not be read, with the code that C(wevtutil.exe) ended with.
          returned: success
          type: dict
          sample: {}
        damaged_events:
          description: How many events arrived in a form that could not be understood.
          returned: success
          type: int
          sample: 0
    wsus_findings:
      description: What is wrong with BITS, or worth knowing, most severe first. In the form that M(wsus.client.wsus_facts) documents.
      returned: success
      type: list
      elements: dict
    wsus_health:
      description: V(broken) where a finding is an error, V(degraded) where one is a warning, else V(healthy).
      returned: success
      type: str
      sample: healthy
remote_executions:
  description: How many remote executions the call took.
  returned: success
  type: int
  sample: 1
native_commands:
  description: How many programs were run on the machine.
  returned: success
  type: int
  sample: 12
reason:
  description: A stable identifier of the failure, as M(wsus.client.wsus_facts) documents it.
  returned: failure
  type: str
  sample: output_ended_early
"""
