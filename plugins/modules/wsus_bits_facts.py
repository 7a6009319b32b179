# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_bits_facts
short_description: Audit BITS, the Background Intelligent Transfer Service
version_added: 0.9.0
description:
  - Reads the definition and state of BITS, compares the definition with the default of the machine's Windows version, reads recent failures of its
    start and its jobs, and explains their codes.
  - The findings cover every row of both tables on BITS in the article (does not start; jobs fail).
  - BITS is healthy if it is stopped but can start. All start types except disabled are healthy, because BITS switches between them.
  - Failed jobs of other programs are reported as information only.
  - Changes nothing on the machine.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.facts
  - wsus.client.client.events
options:
  repair_volatile:
    description:
      - Whether machines that lose changes at the next restart are audited like other machines, so that the roles repair them until the restart.
        Then V(management.volatile) is a warning.
      - If V(false), disabled services are reported as information, and other findings have the remedy V(administrator), because the image must be
        corrected.
    type: bool
    default: false
seealso:
  - module: wsus.client.wsus_facts
  - name: Troubleshoot issues with WSUS client agents
    description: The article (original KB number 10132) whose tables on BITS the findings cover.
    link: https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents
"""

EXAMPLES = r"""
- name: Audit BITS
  wsus.client.wsus_bits_facts:
  register: bits

- name: Show what differs from the default definition
  ansible.builtin.debug:
    msg: "{{ bits.ansible_facts.wsus_bits.drift }}"

- name: Audit BITS with the events of half a year
  wsus.client.wsus_bits_facts:
    event_days: 180
"""

RETURN = r"""
ansible_facts:
  description: Facts about BITS and the Windows version.
  returned: success
  type: dict
  contains:
    wsus_system:
      description: The Windows version, as M(wsus.client.wsus_facts) returns it.
      returned: success
      type: dict
    wsus_bits:
      description: Facts about BITS.
      returned: success
      type: dict
      contains:
        installed:
          description: Whether the service is installed.
          returned: success
          type: bool
          sample: true
        definition:
          description: The configuration of the service. V(null) if the registry contains none.
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
          description: The state in the service control manager. C(error) explains the exit code of the service.
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
            - The services that BITS depends on, and their state.
            - If SENS is running, so are RpcSs and EventSystem, on which it depends, and they are not queried. Then their C(start_type) is V(null).
          returned: success
          type: list
          elements: dict
          sample:
            - name: RpcSs
              state: running
              start_type: null
              win32_exit_code: 0
        sens:
          description: System Event Notification (SENS), which notifies BITS of logons.
          returned: success
          type: dict
          sample:
            name: SENS
            state: running
            start_type: null
            win32_exit_code: 0
        baseline:
          description: The default definition that is compared.
          returned: success
          type: str
          sample: windows-10-1709
        drift:
          description: The attributes that differ from the baseline.
          returned: success
          type: list
          elements: dict
          sample:
            - attribute: account
              expected: LocalSystem
              actual: .\svc-backup
        events:
          description:
            - Recent failed starts (C(kind=start)), unexpected terminations (C(kind=crash)) and failed jobs (C(kind=job)), newest first, with their codes
              explained.
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
              meaning: The server or a proxy on the path ignores requests for a range of a file.
              cause: network-proxy
              remedy: reachability
        unreadable_logs:
          description: Channels that could not be read, with the exit code of C(wevtutil.exe).
          returned: success
          type: dict
          sample: {}
        damaged_events:
          description: The number of events that could not be parsed.
          returned: success
          type: int
          sample: 0
    wsus_findings:
      description: The findings about BITS, most severe first, in the format of M(wsus.client.wsus_facts).
      returned: success
      type: list
      elements: dict
    wsus_health:
      description: V(broken) if a finding is an error, V(degraded) if one is a warning, else V(healthy).
      returned: success
      type: str
      sample: healthy
    wsus_gathered:
      description: When the facts were gathered, by the clock of the controller, in UTC and ISO 8601.
      returned: success
      type: str
      sample: "2026-11-23T05:00:00+00:00"
remote_executions:
  description: The number of remote executions.
  returned: success
  type: int
  sample: 1
native_commands:
  description: The number of programs that were run on the machine.
  returned: success
  type: int
  sample: 12
left_out:
  description:
    - The number of entries that were left out of lists. A result contains at most 500 entries of a list, and fewer if it were larger than 256 KB.
      Each name is the path of a list.
    - The fact C(wsus_left_out) contains the same.
  returned: if entries were left out
  type: dict
  sample: {"changes": 12}
reason:
  description: A stable identifier of the failure, documented by M(wsus.client.wsus_facts).
  returned: failure
  type: str
  sample: output_ended_early
"""
