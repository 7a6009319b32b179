# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_facts
short_description: Audit the WSUS client of a Windows machine
version_added: 0.9.0
description:
  - Gathers facts about the WSUS client and returns findings, each with its evidence, cause, action and remedy.
  - Requires one remote execution with at most 24 programs for all components, and a second one for V(reachability), because policy names the server. The
    second runs one program, or two if there is an alternate route.
  - Other components use the second execution only if the first output requires it, that is, if System Event Notification (SENS) is not running, if a
    service has unusual dependencies, or if the update agent failed to start, failed in its work, or had no recent successful scan. Then its helper services are
    queried, and before Windows 10 its text log if the event log contains no scan.
  - If the update store is damaged, the second execution also checks whether Windows is installing something. If the store is redirected to another folder,
    it lists the copies there.
  - With V(reachability) the machine sends up to seven requests to its WSUS server on each route, of 15 seconds at most each, as
    M(wsus.client.wsus_reachability) does.
  - Failures of the agent that a damaged update store explains are joined with the finding V(update_store.damaged), if V(update_store) is gathered.
  - Failed BITS jobs and failed scans are correlated with the tested routes, if V(reachability) is gathered. If the fault persists, they are joined with its
    finding; if it does not, they become information with C(resolved=true).
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
      - The components to gather. V(system) is always gathered.
      - V(management) is what manages the updates. If only other components are gathered, it is queried for their findings, but not returned.
      - V(update_store) is the update store (SoftwareDistribution), V(client_id) the ID by which the server identifies the machine.
      - V(events) is one timeline of the events of the other components. It has no findings.
      - V(proxy) is the proxies of the machine and of its users. V(reachability) tests the routes to the WSUS server.
      - If the output for a component cannot be parsed, its fact contains only C(unreadable), and its finding C(unreadable) gives the reason.
    type: list
    elements: str
    choices: [all, system, policy, management, bits, agent, update_store, client_id, events, proxy, reachability]
    default: [all]
  repair_volatile:
    description:
      - Whether machines that lose changes at the next restart are audited like other machines, so that the roles repair them until the restart.
        Then V(management.volatile) is a warning.
      - If V(false), disabled services are reported as information, and other findings have the remedy V(administrator), because the image must be
        corrected.
    type: bool
    default: false
seealso:
  - module: wsus.client.wsus_bits_facts
  - module: wsus.client.wsus_policy
  - module: wsus.client.wsus_agent
  - module: wsus.client.wsus_update_store
  - module: wsus.client.wsus_client_id
  - module: wsus.client.wsus_reachability
  - module: wsus.client.wsus_proxy
  - module: wsus.client.wsus_report
  - module: wsus.client.wsus_capture
  - name: Troubleshoot issues with WSUS client agents
    description: The article (original KB number 10132) that the findings cover.
    link: https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents
"""

EXAMPLES = r"""
- name: Audit the WSUS client
  wsus.client.wsus_facts:

- name: Gather only the Windows version
  wsus.client.wsus_facts:
    gather_subset: [system]

- name: Verify that the machine uses the right server
  wsus.client.wsus_facts:
    gather_subset: [policy]
    server_url: http://wsus.example.com:8530

- name: Audit the client without requests to its server
  wsus.client.wsus_facts:
    gather_subset: [policy, bits, agent, update_store, client_id, events, proxy]

- name: Show the events of the last three days, oldest first
  ansible.builtin.debug:
    msg: "{{ event.time }} {{ event.component }} {{ event.kind }} {{ event.meaning | default('') }}"
  loop: "{{ ansible_facts.wsus_events.events | selectattr('time', 'ge', since) | reverse }}"
  loop_control:
    loop_var: event
  vars:
    since: "{{ '%Y-%m-%dT%H:%M:%SZ' | ansible.builtin.strftime((now(utc=true).timestamp() | int) - 3 * 86400, utc=true) }}"

- name: Show what the WSUS administrators must fix
  ansible.builtin.debug:
    msg: "{{ ansible_facts.wsus_findings | selectattr('remedy', 'eq', 'server_side') | map(attribute='summary') }}"

- name: Fail if the client is broken
  ansible.builtin.assert:
    that: ansible_facts.wsus_health != 'broken'
    fail_msg: "{{ ansible_facts.wsus_findings | map(attribute='summary') | join('; ') }}"
"""

RETURN = r"""
ansible_facts:
  description: Facts about the client.
  returned: success
  type: dict
  contains:
    wsus_system:
      description: The Windows version.
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
      description: The Windows Update policy, and the Group Policy of the computer.
      returned: when O(gather_subset) contains V(policy) or V(all)
      type: dict
      contains:
        uses_server:
          description: Whether policy configures a WSUS server. A server is set, and C(UseWUServer) is 1. V(null) if the server cannot be read.
          returned: success
          type: bool
          sample: true
        server_url:
          description: The server that is set (C(WUServer)), used or not. V(null) if none is.
          returned: success
          type: str
          sample: http://wsus.example.com:8530
        settings:
          description:
            - The current settings, named as in O(wsus.client.wsus_policy#module:settings). Credentials in URLs are omitted.
          returned: success
          type: dict
          sample:
            server_url: http://wsus.example.com:8530
            status_server_url: http://wsus.example.com:8530
            use_server: true
            automatic_updates: 4
        unreadable_settings:
          description: Settings whose text cannot be read over this connection. They are V(null) in C(settings).
          returned: success
          type: list
          elements: str
          sample: []
        mistyped:
          description: Settings with a registry type that Windows does not read, with that type.
          returned: success
          type: dict
          sample:
            use_server: REG_SZ
        other:
          description: Other values in the policy key, by their path below it.
          returned: success
          type: dict
          sample: {}
        source:
          description:
            - The probable source of the settings. V(group_policy) if GPOs of a domain with administrative templates apply, V(local) if none does, V(null)
              if there are no settings.
          returned: success
          type: str
          sample: group_policy
        managed:
          description: Whether a domain manages the settings, so they must not be changed locally.
          returned: success
          type: bool
          sample: true
        domain_member:
          description: Whether the machine is a member of a domain. V(null) if unknown.
          returned: success
          type: bool
          sample: true
        domain:
          description: The domain of the computer account when Group Policy was last processed. V(null) if it never was.
          returned: success
          type: str
          sample: example.com
        site:
          description: The Active Directory site of the machine. V(null) if unknown.
          returned: success
          type: str
          sample: Default-First-Site-Name
        objects:
          description:
            - The GPOs that are linked for the computer. C(reason) is why one was not applied, V(access_denied), V(disabled) or V(wmi_filter). C(local) says
              whether it is the local GPO of the machine.
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
          description: When Group Policy was last processed (UTC). V(null) if it never was.
          returned: success
          type: str
          sample: "2026-11-23T03:35:12.498000Z"
        last_processed_age_hours:
          description: The hours since then. V(null) if it never was.
          returned: success
          type: float
          sample: 0.7
        status:
          description: The Win32 error of the last processing. V(0) is success. V(null) if it never was processed.
          returned: success
          type: int
          sample: 0
        events:
          description:
            - Recent failures of the computer's Group Policy (C(kind=policy)), newest first, with their codes explained. C(object), C(file) and C(controller)
              are what the event names. Failures that do not concern settings, such as that of a script, are not included.
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
    wsus_management:
      description: What manages the updates of the machine, and whether it keeps changes.
      returned: when O(gather_subset) contains V(management) or V(all)
      type: dict
      contains:
        managed_by:
          description:
            - Who manages the updates. V(group_policy), V(local_policy), V(windows_update_client_policies) (deferrals or a target version in the policy),
              V(configuration_manager), V(mdm), V(azure_update_manager). Several are possible. V(null) if the policy cannot be read.
            - V(mdm) and V(azure_update_manager) are queried only if another component has a problem, or if O(gather_subset) contains V(management).
          returned: success
          type: list
          elements: str
          sample: [local_policy, configuration_manager]
        evidence:
          description: What shows each of them.
          returned: success
          type: list
          elements: dict
          sample:
            - manager: configuration_manager
              what: version of the client
              value: 5.00.9128.1000
        volatile:
          description: Whether the next restart or logoff reverts changes. V(null) if it was not queried, as for RV(ansible_facts.wsus_management.managed_by).
          returned: success
          type: bool
          sample: false
        volatile_because:
          description: Why. V(unified_write_filter), V(instant_clone) (Horizon), V(citrix_provisioning), V(citrix_machine_creation).
          returned: success
          type: list
          elements: str
          sample: []
    wsus_bits:
      description: Facts about BITS, as M(wsus.client.wsus_bits_facts) returns them.
      returned: when O(gather_subset) contains V(bits) or V(all)
      type: dict
    wsus_agent:
      description: Facts about the update agent (the service C(wuauserv)).
      returned: when O(gather_subset) contains V(agent) or V(all)
      type: dict
      contains:
        installed:
          description: Whether the service is installed.
          returned: success
          type: bool
          sample: true
        definition:
          description: The configuration of the service, as in RV(wsus.client.wsus_bits_facts#module:ansible_facts.wsus_bits.definition). V(null) if the
            registry contains none.
          returned: success
          type: dict
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
            - The services that it depends on, and their state. RpcSs always runs and is queried only if the agent has problems; otherwise its C(start_type)
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
          description: The default definition that is compared.
          returned: success
          type: str
          sample: windows-10-1803
        drift:
          description: The attributes that differ from the baseline.
          returned: success
          type: list
          elements: dict
          sample:
            - attribute: start_type
              expected: [auto, delayed_auto, demand]
              actual: disabled
        version:
          description: The version of the agent. Before Windows 10 it is V(null) unless the text log was read.
          returned: success
          type: str
          sample: 10.0.26100.2314
        helpers:
          description:
            - The helper services. UsoSvc (since Windows 10) starts scans, CryptSvc verifies signatures, DoSvc (since Windows 10) downloads.
            - If the agent has no problems, only the start type of UsoSvc is queried. Then its C(state) is V(null), and the list is empty before Windows 10.
          returned: success
          type: list
          elements: dict
          sample:
            - name: UsoSvc
              state: null
              start_type: auto
              win32_exit_code: null
        last_scan:
          description:
            - The newest scan of the services that count, successful or not. V(null) if none is known. If policy sets a WSUS server, these are
              WSUS and, if policy names it as the source of a class of updates, Windows Update. The fields are those of
              RV(wsus.client.wsus_agent#module:scan) from C(outcome) on.
          returned: success
          type: dict
          sample:
            kind: scan
            time: "2026-11-23T03:31:49.9042046Z"
            source: event 26
            outcome: succeeded
            updates: 2
            service: wsus
        last_successful_scan:
          description: The time of the last successful scan (UTC). V(null) if none is known.
          returned: success
          type: str
          sample: "2026-11-23T03:31:49.9042046Z"
        last_successful_scan_age_hours:
          description: The hours since then. V(null) if none is known.
          returned: success
          type: float
          sample: 5.0
        last_success:
          description: The times of the last successful scan, download and installation (UTC) in the registry of Windows up to 10 1511. Empty in later versions.
          returned: success
          type: dict
          sample:
            scan: "2026-11-23T03:31:49.000Z"
        scan_period_hours:
          description: The interval between scans in hours, from policy or by default.
          returned: success
          type: int
          sample: 22
        reboot_pending:
          description: Whether a restart of Windows is pending.
          returned: success
          type: bool
          sample: false
        reboot_reasons:
          description: The reasons, out of V(agent), V(servicing), V(servicing_in_progress), V(packages), V(pending_xml).
          returned: success
          type: list
          elements: str
          sample: []
        free_space_bytes:
          description: The free space on the system drive. V(null) if it could not be read.
          returned: success
          type: int
          sample: 68719476736
        events:
          description:
            - Recent events, newest first. Failed starts (C(kind=start)) and unexpected terminations (C(kind=crash)) of the agent or of the C(service) that it
              uses, scans (C(kind=scan)), and failed downloads, installations and updates of the agent (C(kind=download), C(kind=install),
              C(kind=self_update)), with their codes explained.
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
          description: Channels that could not be read, with the exit code of C(wevtutil.exe).
          returned: success
          type: dict
          sample: {}
        damaged_events:
          description: The number of events that could not be parsed.
          returned: success
          type: int
          sample: 0
    wsus_update_store:
      description: Facts about the update store (SoftwareDistribution).
      returned: when O(gather_subset) contains V(update_store) or V(all)
      type: dict
      contains:
        path:
          description: The folder that contains the store.
          returned: success
          type: str
          sample: C:\Windows\SoftwareDistribution
        redirected:
          description: Whether a junction redirects the usual folder to this one.
          returned: success
          type: bool
          sample: false
        exists:
          description: Whether the folder exists.
          returned: success
          type: bool
          sample: true
        database_bytes:
          description: The size of the database, C(DataStore.edb). V(null) if there is none.
          returned: success
          type: int
          sample: 35651584
        size_class:
          description: The size class of the database, V(none), V(small), V(medium) (from 256 MiB) or V(large) (from 1 GiB).
          returned: success
          type: str
          sample: small
        made:
          description:
            - When the store was created (UTC), from an event of the database engine or the journal of this collection. V(null) if unknown, as for a store older
              than O(event_days).
          returned: success
          type: str
          sample: null
        age_hours:
          description: The age of the store. V(null) if unknown.
          returned: success
          type: float
          sample: null
        copies:
          description:
            - Earlier stores in the same folder. C(time) is when M(wsus.client.wsus_update_store) made the copy, C(ours) whether it did.
          returned: success
          type: list
          elements: dict
          sample:
            - name: SoftwareDistribution.20261001T031500Z
              time: "2026-10-01T03:15:00Z"
              ours: true
        evidence:
          description: The evidence of damage since the last rebuild or restore, newest first.
          returned: success
          type: list
          elements: dict
          sample: []
        suspicions:
          description: Failures with a code of a damaged store that are not sufficient for a rebuild, newest first. The fields are those of C(evidence).
          returned: success
          type: list
          elements: dict
          sample: []
        installing:
          description: Whether TrustedInstaller is running. Checked only if the store may be damaged or a run is unfinished. A rebuild waits for it.
          returned: success
          type: bool
          sample: false
        blocked_by:
          description:
            - What blocks a rebuild. V(agent), V(servicing), V(packages) and V(pending_xml) are reasons for a pending restart of Windows,
              V(servicing_in_progress) is servicing in progress, V(space) is low free space, V(space_unknown) is free space that could not be
              read, which does not block a restore, and V(installation) is a running TrustedInstaller in addition to
              V(packages) or V(servicing_in_progress), which is checked only if the store is damaged or a run is unfinished.
          returned: success
          type: list
          elements: str
          sample: []
        free_space_bytes:
          description: The free space on the drive of the store. V(null) if it could not be read.
          returned: success
          type: int
          sample: 68719476736
        unfinished:
          description: A rebuild or restore that was interrupted. V(null) if there is none.
          returned: success
          type: dict
          sample: null
        last:
          description: The last run of M(wsus.client.wsus_update_store), with C(state), C(time) (UTC) and the C(name) of the copy that it made or restored.
            V(null) if there was none.
          returned: success
          type: dict
          sample: null
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
    wsus_client_id:
      description: The ID by which a WSUS server identifies the machine.
      returned: when O(gather_subset) contains V(client_id) or V(all)
      type: dict
      contains:
        id:
          description: The ID, in lower case without braces. V(null) if there is no well-formed one.
          returned: success
          type: str
          sample: 1b4e28ba-2fa1-41d2-883f-0016d3cca427
        written:
          description: The ID as in the registry. V(null) if there is none.
          returned: success
          type: str
          sample: 1b4e28ba-2fa1-41d2-883f-0016d3cca427
        state:
          description: V(present), V(missing) or V(malformed).
          returned: success
          type: str
          sample: present
        validation:
          description:
            - The value C(SusClientIdValidation), by which the agent detects different hardware. C(bytes) is its length, C(text) the text in it, probably the
              serial number of the disk. The rest is undocumented. V(null) if there is no such value.
          returned: success
          type: dict
          sample:
            bytes: 32
            text: S3Z9NB0K123456
        ping_id:
          description: The ID for status pings. V(null) if there is none.
          returned: success
          type: str
          sample: a7c814b5-9ab3-4a54-9367-25dc18452be8
        account_domain_sid:
          description: The SID of the domain in which the machine was registered. V(null) if there is none, or it cannot be read.
          returned: success
          type: str
          sample: S-1-5-21-2127521184-1604012920-1887927527
        regenerated:
          description: When M(wsus.client.wsus_client_id) last regenerated the ID (UTC). V(null) if it never did.
          returned: success
          type: str
          sample: null
        previous_id:
          description: The ID before that. V(null) if there was no well-formed one, or M(wsus.client.wsus_client_id) never regenerated it.
          returned: success
          type: str
          sample: null
        age_hours:
          description: The hours since that regeneration. V(null) if there was none.
          returned: success
          type: float
          sample: null
        unfinished:
          description: A regeneration that was interrupted. V(null) if there is none.
          returned: success
          type: dict
          sample: null
    wsus_events:
      description: The events of all components.
      returned: when O(gather_subset) contains V(events) or V(all)
      type: dict
      contains:
        events:
          description:
            - The events of policy, BITS and the agent, newest first, each with its C(component), otherwise as in the facts of that component.
          returned: success
          type: list
          elements: dict
          sample:
            - component: agent
              kind: scan
              time: "2026-11-23T03:31:49.9042046Z"
              source: event 26
              outcome: succeeded
              updates: 2
              service: wsus
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
    wsus_proxy:
      description: The proxies of the machine and of its users. Credentials are omitted.
      returned: when O(gather_subset) contains V(proxy) or V(all)
      type: dict
      contains:
        winhttp:
          description: The machine's proxy (WinHTTP), which the update agent uses, from the registry value C(WinHttpSettings).
          returned: success
          type: dict
          contains:
            modes:
              description:
                - What is set, out of V(direct), V(proxy) (a manual proxy), V(script) (a PAC file) and V(detect) (WPAD). V(direct) may be combined with the
                  others. An unknown flag is returned as its number.
              returned: success
              type: list
              elements: str
              sample: [direct, proxy]
            server:
              description: The manual proxy, or the list by scheme. Empty if none is used.
              returned: success
              type: str
              sample: proxy.example.com:8080
            bypass:
              description: The hosts to connect to directly, separated by semicolons or spaces.
              returned: success
              type: str
              sample: <local>;*.example.com
            version:
              description: The version of the value, such as 24 or 40. V(null) if there is no value, which means direct, or it is malformed.
              returned: success
              type: int
              sample: 40
            malformed:
              description: Why the value cannot be read. V(null) if it can.
              returned: success
              type: str
              sample: null
        user:
          description: The proxy of the connection's user (Internet Settings). C(script) is the URL of a PAC file.
          returned: success
          type: dict
          sample:
            enabled: false
            server: ""
            bypass: ""
            script: ""
        system_account:
          description: The proxy of LocalSystem, the account of the agent and its jobs.
          returned: success
          type: dict
          sample:
            enabled: false
            server: ""
            bypass: ""
            script: ""
        user_fallback:
          description: Whether policy allows scans to fall back to a user's proxy (C(SetProxyBehaviorForUpdateDetection) is 1).
          returned: success
          type: bool
          sample: false
        scan:
          description:
            - The proxy that the agent uses for scans. That is the machine's, unless the server is on the bypass list.
            - C(direct) is true if the agent connects directly, and if no server is set. A script or automatic detection is not evaluated.
          returned: success
          type: dict
          sample:
            server: null
            direct: true
    wsus_reachability:
      description: The routes from the machine to its WSUS server.
      returned: when O(gather_subset) contains V(reachability) or V(all)
      type: dict
      contains:
        url:
          description: The server that was tested, without credentials. V(null) if policy sets none, or its value is not the URL of a server.
          returned: success
          type: str
          sample: http://wsus.example.com:8530
        content_url:
          description:
            - The URL from which update files are downloaded. If RV(ansible_facts.wsus_reachability.url) is C(https), the HTTP port that belongs to its TLS
              port, otherwise the same URL. V(null) if there is no server.
          returned: success
          type: str
          sample: http://wsus.example.com:8530
        method:
          description: The client, V(curl) or V(dotnet). V(null) if there is no server.
          returned: success
          type: str
          sample: curl
        untested:
          description:
            - Why the server could not be tested. V(language_mode), .NET is required and PowerShell runs in Constrained Language Mode. V(no_program),
              C(curl.exe) is missing or blocked. V(no_answer), the client ended without output. Otherwise V(null).
          returned: success
          type: str
          sample: null
        reachable:
          description: Whether the agent's route works. V(null) if it was not tested. Range requests and lengths are separate facts.
          returned: success
          type: bool
          sample: true
        generation:
          description:
            - The generation of the server, from the file C(/iuident.cab), which only WSUS 3 serves in the root of its site. V(3), or V(2012) for 2012 to 2025.
              V(null) if unknown.
          returned: success
          type: str
          sample: "2012"
        agent_route:
          description: The route that the agent uses. V(null) if nothing was tested.
          returned: success
          type: dict
          contains:
            proxy:
              description: The proxy on this route. V(null) if there is none.
              returned: success
              type: str
              sample: null
            works:
              description: Whether a client can use this route.
              returned: success
              type: bool
              sample: true
            stage:
              description: The stage at which it fails, V(dns), V(connect), V(proxy), V(tls) or V(http). V(http) if it works.
              returned: success
              type: str
              sample: http
            content_works:
              description: Whether the port of update files responds as it should. V(null) if it is the port of the server's URL, or if unknown.
              returned: success
              type: bool
              sample: null
            range_support:
              description: Whether range requests work, which BITS requires. V(null) if unknown.
              returned: success
              type: bool
              sample: true
            content_length:
              description: Whether the response to C(HEAD) contains the length of the file. V(null) if unknown.
              returned: success
              type: bool
              sample: true
            requests:
              description: The requests, in order. A request without a complete response is the last one.
              returned: success
              type: list
              elements: dict
              contains:
                path:
                  description: The path below the URL of the server.
                  returned: success
                  type: str
                  sample: /ClientWebService/client.asmx
                url:
                  description: The URL that was requested.
                  returned: success
                  type: str
                  sample: http://wsus.example.com:8530/ClientWebService/client.asmx
                method:
                  description: V(GET) or V(HEAD).
                  returned: success
                  type: str
                  sample: GET
                stage:
                  description: The stage that it reached, V(http) if the server responded.
                  returned: success
                  type: str
                  sample: http
                status:
                  description: The HTTP status of the response. V(null) if there is none.
                  returned: success
                  type: int
                  sample: 200
                curl_code:
                  description: The exit code of C(curl.exe), V(0) for a complete response of any status. With .NET the code that matches the failure.
                  returned: success
                  type: int
                  sample: 0
                healthy:
                  description:
                    - Whether the response is that of a WSUS server for this path. False for C(/iuident.cab) of servers newer than WSUS 3, which is not a fault.
                  returned: success
                  type: bool
                  sample: true
                time_s:
                  description: The duration in seconds.
                  returned: success
                  type: float
                  sample: 0.016
                address:
                  description: The address of the connection, the proxy's if there is one. Empty if there was no connection, and with .NET.
                  returned: success
                  type: str
                  sample: 10.0.0.5
                proxy:
                  description: The proxy that was used. V(null) if there was none.
                  returned: success
                  type: str
                  sample: null
                content_type:
                  description: The content type of the response.
                  returned: success
                  type: str
                  sample: text/html; charset=utf-8
                size:
                  description: The number of bytes of the body that were received.
                  returned: success
                  type: int
                  sample: 7267
                length:
                  description: The C(Content-Length) of the response to C(HEAD). V(null) if there is none, and for C(GET).
                  returned: success
                  type: int
                  sample: null
        alternate_route:
          description:
            - The route that the agent does not use, as in RV(ansible_facts.wsus_reachability.agent_route). Direct if the agent uses a proxy, otherwise
              through the proxy of the connection's user. V(null) if there is none, and if nothing was tested.
          returned: success
          type: dict
        files:
          description:
            - Update files of failed BITS jobs, the two newest, requested again with C(HEAD). First on the route of the agent, then directly if that route
              has a proxy. Empty if no job of WSUS failed, or if O(gather_subset) does not include V(bits).
          returned: success
          type: list
          elements: dict
          contains:
            url:
              description: The URL of the file.
              returned: success
              type: str
              sample: http://wsus.example.com:8530/Content/5E/0A2C.cab
            method:
              description: Always V(HEAD).
              returned: success
              type: str
              sample: HEAD
            status:
              description: The HTTP status of the response. V(null) if there is none.
              returned: success
              type: int
              sample: 404
            curl_code:
              description: The exit code of C(curl.exe), V(0) for a complete response of any status. With .NET the code that matches the failure.
              returned: success
              type: int
              sample: 0
            healthy:
              description: Whether the file can be downloaded.
              returned: success
              type: bool
              sample: false
            length:
              description: The C(Content-Length) of the response. V(null) if there is none.
              returned: success
              type: int
              sample: 1245
            time_s:
              description: The duration in seconds.
              returned: success
              type: float
              sample: 0.009
            address:
              description: The address of the connection, the proxy's if there is one. Empty if there was no connection, and with .NET.
              returned: success
              type: str
              sample: 10.0.0.5
            proxy:
              description: The proxy that was used. V(null) if there was none.
              returned: success
              type: str
              sample: null
        automatic_proxy:
          description:
            - The response of the network to the request for a proxy script by the DNS name C(wpad). It is requested if the agent received responses that
              only a proxy sends, and no setting names a proxy. Otherwise V(null).
          returned: success
          type: dict
          contains:
            found:
              description: Whether there is a script.
              returned: success
              type: bool
              sample: true
            proxies:
              description: The proxies that the text of the script names.
              returned: success
              type: list
              elements: str
              sample: ["proxy.example.com:3128"]
        hosts_entry:
          description:
            - The address that the hosts file gives the server. V(null) if it has no entry for it, or if it was not read. It is read if scans, downloads or
              jobs of WSUS failed with codes of the connection.
          returned: success
          type: str
          sample: null
    wsus_findings:
      description: The findings about the gathered components, most severe first.
      returned: success
      type: list
      elements: dict
      contains:
        id:
          description: A stable identifier of the finding. The README lists all.
          returned: success
          type: str
          sample: bits.disabled
        severity:
          description: V(error), the client cannot work. V(warning), it works but not reliably, or may soon fail. V(info), information only.
          returned: success
          type: str
          sample: error
        component:
          description: The component.
          returned: success
          type: str
          sample: bits
        summary:
          description: What is wrong, in one sentence.
          returned: success
          type: str
          sample: BITS is disabled
        evidence:
          description:
            - What was observed. C(type) is V(value) for a value on the machine, V(event) for a past event, and V(request) for a request to the server during
              this audit. The other keys depend on the observation.
          returned: success
          type: list
          elements: dict
          sample:
            - type: value
              what: start_type
              value: disabled
        codes:
          description: The error codes in the evidence, or those that this cause produces.
          returned: success
          type: list
          elements: str
          sample: ["0x80070422"]
        cause:
          description: The possible cause.
          returned: success
          type: str
          sample: BITS is disabled, or a service that it depends on is.
        action:
          description: What to do.
          returned: success
          type: str
          sample: "Run the role wsus.client.bits: it restores the default definition of BITS."
        remedy:
          description: A role of this collection, or who is responsible.
          returned: success
          type: str
          sample: bits
        resolved:
          description: Whether only past events show it and the cause no longer exists.
          returned: success
          type: bool
          sample: false
        reference:
          description: The address of the description of the finding.
          returned: success
          type: str
          sample: https://github.com/wsus-client/wsus.client/blob/main/docs/docsite/rst/guide_findings.rst#bitsdisabled
      sample:
        - id: bits.disabled
          severity: error
          component: bits
          summary: BITS is disabled
          evidence:
            - type: value
              what: start_type
              value: disabled
          codes: ["0x80070422"]
          cause: BITS is disabled, or a service that it depends on is.
          action: "Run the role wsus.client.bits: it restores the default definition of BITS."
          remedy: bits
          resolved: false
          reference: https://github.com/wsus-client/wsus.client/blob/main/docs/docsite/rst/guide_findings.rst#bitsdisabled
    wsus_health:
      description:
        - V(broken) if a finding is an error, V(degraded) if one is a warning, else V(healthy). Covers the gathered components.
      returned: success
      type: str
      sample: broken
    wsus_gathered:
      description: When the facts were gathered, by the clock of the controller, in UTC and ISO 8601.
      returned: success
      type: str
      sample: "2026-11-23T05:00:00+00:00"
remote_executions:
  description: The number of remote executions.
  returned: success
  type: int
  sample: 2
native_commands:
  description: The number of programs that were run on the machine. The requests of one route through .NET count as one.
  returned: success
  type: int
  sample: 22
left_out:
  description:
    - The number of entries that were left out of lists. A result contains at most 500 entries of a list, and fewer if it were larger than 256 KB.
      Each name is the path of a list.
    - The fact C(wsus_left_out) contains the same.
  returned: if entries were left out
  type: dict
  sample: {"changes": 12}
reason:
  description:
    - A stable identifier of the failure.
    - V(wrong_option) or V(become_refused), the task is wrong. Nothing was sent to the machine.
    - V(not_administrator), the connection's user is not an administrator of the machine.
    - V(no_powershell) or V(no_reg_exe), the program was not found on the machine.
    - V(output_ended_early), V(answer_too_long) or V(unexpected_output), the output was truncated or longer than a million characters, or the Windows version
      could not be read from it.
    - V(unquotable_argument) or V(command_too_long), a value cannot be passed to a program on the machine. It was not sent.
  returned: failure
  type: str
  sample: not_administrator
"""
