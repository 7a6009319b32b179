# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_facts
short_description: Audit the WSUS client of a Windows machine
version_added: 0.1.0
description:
  - Gathers facts of the WSUS client agent and judges them. What is wrong comes back as findings, each with its evidence, cause and remedy.
  - Needs one remote execution, with at most 18 programs for all components. A second one is made only on a machine where the answers ask for it. That
    is where System Event Notification (SENS) does not run, where a service depends on ones that it depends on in no Windows, and where the update agent
    failed to start, failed in its work, or had no good detection lately. Then the services that it works with are asked as well, and before Windows 10
    its text log.
  - Changes nothing on the machine.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.facts
  - wsus.client.client.events
  - wsus.client.client.server
options:
  gather_subset:
    description:
      - Which components to ask for. V(system) is always gathered.
      - V(events) is one timeline of what the logs tell of the others. It has no findings of its own.
    type: list
    elements: str
    choices: [all, system, policy, bits, agent, events]
    default: [all]
seealso:
  - module: wsus.client.wsus_bits_facts
  - module: wsus.client.wsus_policy
  - module: wsus.client.wsus_agent
  - module: wsus.client.wsus_report
  - name: Troubleshoot issues with WSUS client agents
    description: The article (original KB number 10132) that the findings follow.
    link: https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents
"""

EXAMPLES = r"""
- name: Audit the WSUS client
  wsus.client.wsus_facts:

- name: Only learn which Windows it is
  wsus.client.wsus_facts:
    gather_subset: [system]

- name: Look whether the machine points at the right server
  wsus.client.wsus_facts:
    gather_subset: [policy]
    server_url: http://wsus.example.com:8530

- name: Show what happened to the client in the last three days, oldest first
  ansible.builtin.debug:
    msg: "{{ event.time }} {{ event.component }} {{ event.kind }} {{ event.meaning | default('') }}"
  loop: "{{ ansible_facts.wsus_events.events | selectattr('time', 'ge', since) | reverse }}"
  loop_control:
    loop_var: event
  vars:
    since: "{{ '%Y-%m-%dT%H:%M:%SZ' | ansible.builtin.strftime((now(utc=true).timestamp() | int) - 3 * 86400, utc=true) }}"

- name: Stop where the client is broken, and say why
  ansible.builtin.assert:
    that: ansible_facts.wsus_health != 'broken'
    fail_msg: "{{ ansible_facts.wsus_findings | map(attribute='summary') | join('; ') }}"
"""

RETURN = r"""
ansible_facts:
  description: Facts of the client, each under a name of its own.
  returned: success
  type: dict
  contains:
    wsus_system:
      description: The machine's Windows.
      returned: success
      type: dict
      sample:
        product: Windows 11 Enterprise
        edition: Enterprise
        release: 24H2
        version: 10.0.26100.2314
        build: 26100
        revision: 2314
        service_pack: ""
        server: false
        installation_type: Client
        architecture: amd64
        system_root: C:\Windows
    wsus_policy:
      description: Policy of the update client, and the group policy of the computer.
      returned: when O(gather_subset) holds V(policy) or V(all)
      type: dict
      contains:
        uses_server:
          description: Whether the client is told to use a WSUS server. A server is set, and C(UseWUServer) is 1.
          returned: success
          type: bool
          sample: true
        server_url:
          description: The server that is set (C(WUServer)), used or not. V(null) where none is.
          returned: success
          type: str
          sample: http://wsus.example.com:8530
        settings:
          description:
            - The settings that are there, by the names of O(wsus.client.wsus_policy#module:settings). URLs without credentials.
          returned: success
          type: dict
          sample:
            server_url: http://wsus.example.com:8530
            status_server_url: http://wsus.example.com:8530
            use_server: true
            automatic_updates: 4
        mistyped:
          description: Settings with a registry type that Windows does not read, and that type.
          returned: success
          type: dict
          sample:
            use_server: REG_SZ
        other:
          description: Values in the policy key that are none of the named settings, by their path below it.
          returned: success
          type: dict
          sample: {}
        source:
          description:
            - Where the settings come from, as far as it can be told. V(group_policy) where objects of a domain with administrative templates apply,
              V(local) where none does, V(null) where there are no settings.
          returned: success
          type: str
          sample: group_policy
        managed:
          description: Whether a domain owns the settings, so that they are not to be written beside it.
          returned: success
          type: bool
          sample: true
        domain_member:
          description: Whether the machine is a member of a domain. V(null) where that cannot be told.
          returned: success
          type: bool
          sample: true
        domain:
          description: The domain of the computer's account as group policy saw it last. V(null) where group policy was never processed.
          returned: success
          type: str
          sample: example.com
        site:
          description: The site of the domain that the machine is in. V(null) where that is not known.
          returned: success
          type: str
          sample: Default-First-Site-Name
        objects:
          description:
            - The group policy objects that are meant for the computer. C(reason) says why one was not applied, V(access_denied), V(disabled) or
              V(wmi_filter). C(local) is the machine's own object.
          returned: success
          type: list
          elements: dict
          sample:
            - name: WSUS clients
              id: "{6D1B6B2B-1A56-4B0C-9E58-2A9D43D6C3C1}"
              applied: true
              reason: ""
              local: false
        last_processed:
          description: When group policy was processed last (UTC). V(null) where it never was.
          returned: success
          type: str
          sample: "2026-11-23T03:35:12.498000Z"
        last_processed_age_hours:
          description: How long ago that was.
          returned: success
          type: float
          sample: 0.7
        status:
          description: The Win32 error that it ended with, 0 where it ended well.
          returned: success
          type: int
          sample: 0
        events:
          description: Failures of the computer's group policy (C(kind=policy)) of the last days, newest first, their codes explained.
          returned: success
          type: list
          elements: dict
          sample:
            - kind: policy
              time: "2026-11-23T02:40:12.1234567Z"
              channel: System
              event_id: 1129
              code: "0x800704c6"
              name: ""
              meaning: Windows error 1222 (`net helpmsg 1222` on the machine names it).
              cause: other
              remedy: none
    wsus_bits:
      description: BITS, as M(wsus.client.wsus_bits_facts) returns it.
      returned: when O(gather_subset) holds V(bits) or V(all)
      type: dict
    wsus_agent:
      description: The update agent (the service C(wuauserv)) on this machine.
      returned: when O(gather_subset) holds V(agent) or V(all)
      type: dict
      contains:
        installed:
          description: Whether the service control manager knows the service.
          returned: success
          type: bool
          sample: true
        definition:
          description: The service as it is configured, in the form of RV(wsus.client.wsus_bits_facts#module:ansible_facts.wsus_bits.definition).
          returned: success
          type: dict
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
            - The services that it depends on, and their state. RpcSs is known to run and is asked only where the agent has trouble; else its C(start_type)
              is V(null).
          returned: success
          type: list
          elements: dict
          sample:
            - name: rpcss
              state: running
              start_type: null
              win32_exit_code: 0
        baseline:
          description: The default definition that this Windows is compared with.
          returned: success
          type: str
          sample: windows-10-1803
        drift:
          description: Every attribute that differs from the baseline.
          returned: success
          type: list
          elements: dict
          sample:
            - attribute: start_type
              expected: [auto, delayed_auto, demand]
              actual: disabled
        version:
          description: The agent's version. Before Windows 10 it is read from the text log, only where the agent has trouble, and else V(null).
          returned: success
          type: str
          sample: 10.0.26100.2314
        helpers:
          description:
            - The services that it works with. UsoSvc (from Windows 10 on) starts its detections, CryptSvc verifies signatures, DoSvc (from Windows 10 on)
              downloads.
            - Where the agent has no trouble only the start type of UsoSvc is asked for. Its C(state) is V(null) then, and the list is empty before
              Windows 10.
          returned: success
          type: list
          elements: dict
          sample:
            - name: UsoSvc
              state: null
              start_type: auto
              win32_exit_code: null
        last_detection:
          description:
            - The newest detection, well ended or not. V(null) where none is known. The fields are those of
              RV(wsus.client.wsus_agent#module:detection) from C(outcome) on.
          returned: success
          type: dict
          sample:
            kind: detection
            time: "2026-11-23T03:31:49.9042046Z"
            source: event 26
            outcome: succeeded
            updates: 2
            service: wsus
        last_successful_detection:
          description: When a detection ended well last (UTC). V(null) where none is known.
          returned: success
          type: str
          sample: "2026-11-23T03:31:49.9042046Z"
        last_successful_detection_age_hours:
          description: How long ago that was.
          returned: success
          type: float
          sample: 5.0
        last_success:
          description: When detection, download and installation ended well last (UTC), as the registry of Windows up to 10 1511 keeps it. Empty after that.
          returned: success
          type: dict
          sample:
            detect: "2026-11-23T03:31:49.000Z"
        detection_period_hours:
          description: How often the agent shall detect, from policy or by default.
          returned: success
          type: int
          sample: 22
        reboot_pending:
          description: Whether Windows waits for a restart.
          returned: success
          type: bool
          sample: false
        reboot_reasons:
          description: Why it does, out of V(agent), V(servicing), V(servicing_in_progress), V(packages), V(pending_xml).
          returned: success
          type: list
          elements: str
          sample: []
        free_space_bytes:
          description: The free space on the system drive. V(null) where it could not be read.
          returned: success
          type: int
          sample: 68719476736
        events:
          description:
            - What the agent did in the last days, newest first. Failed starts (C(kind=start)), detections (C(kind=detection)), and failed downloads,
              installations and updates of the agent (C(kind=download), C(kind=install), C(kind=self_update)), their codes explained.
            - A detection that both an event log and the text log tell of stands there twice.
          returned: success
          type: list
          elements: dict
          sample:
            - kind: install
              time: "2026-11-22T21:10:44.1234567Z"
              channel: System
              event_id: 20
              update: 2026-11 Cumulative Update (KB5066791)
              code: "0x80070643"
              name: ERROR_INSTALL_FAILURE
              meaning: The installer of the update failed; see its log.
              cause: update
              remedy: none
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
    wsus_events:
      description: What the logs tell of the client, of all components.
      returned: when O(gather_subset) holds V(events) or V(all)
      type: dict
      contains:
        events:
          description:
            - The events of policy, BITS and the agent, newest first, each with its C(component). Else they are as the facts of that component have them.
          returned: success
          type: list
          elements: dict
          sample:
            - component: agent
              kind: detection
              time: "2026-11-23T03:31:49.9042046Z"
              source: event 26
              outcome: succeeded
              updates: 2
              service: wsus
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
      description: What is wrong with the client, or worth knowing, the gravest first. Covers the components of this call.
      returned: success
      type: list
      elements: dict
      sample:
        - id: bits.disabled
          severity: error
          component: bits
          summary: BITS is disabled
          evidence:
            - what: start_type
              value: disabled
          codes: ["0x80070422"]
          cause: BITS is disabled, or a service that it depends on is.
          remedy: bits
          past: false
          reference: https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents
    wsus_health:
      description:
        - V(broken) where a finding is an error, V(degraded) where one is a warning, else V(healthy). Covers the components of this call.
      returned: success
      type: str
      sample: broken
remote_executions:
  description: How many remote executions the call took.
  returned: success
  type: int
  sample: 1
native_commands:
  description: How many programs were run on the machine.
  returned: success
  type: int
  sample: 18
reason:
  description:
    - The stable name of what went wrong, such as V(not_administrator), V(no_powershell), V(output_ended_early), V(unexpected_output),
      V(become_refused) or V(wrong_option).
  returned: failure
  type: str
  sample: not_administrator
"""
