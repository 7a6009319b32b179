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
  - Needs one remote execution, with at most 23 programs for all components, and a second one for V(reachability), since policy tells which server to ask. That
    one has one program, or two where there is a proxy, so that both ways are tested.
  - Other components ask for more in the second execution only on a machine where the answers ask for it. That is where System Event Notification (SENS)
    does not run, where a service depends on ones that it depends on in no Windows, and where the update agent failed to start, failed in its work, or
    had no good scan lately. Then the services that it works with are asked as well, and before Windows 10 its text log where the event
    log tells of no scan.
  - With V(reachability) the machine makes up to seven requests to its WSUS server on each way, of 15 seconds at most each, as
    M(wsus.client.wsus_reachability) does.
  - Where the update store is damaged, a second execution asks whether Windows is installing something; where the store lies in another folder than
    the usual one, what lies beside it.
  - Findings of the agent's failures are held against the store where that was asked for, too. What a damaged store explains is joined with that finding.
  - Findings of failed jobs of BITS and failed scans are held against the way to the server where that was tested. What is still so is joined into one
    finding, what is not any more becomes information with C(resolved=true).
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
      - V(update_store) is the update store (SoftwareDistribution), V(client_id) the id by which the server knows the machine.
      - V(events) is one timeline of what the logs tell of the others. It has no findings of its own.
      - The fact of a component whose answers cannot be read contains only C(unreadable), and the finding C(X.unreadable) says why.
      - V(proxy) is the proxies of the machine and of its users. V(reachability) is the way to the WSUS server, which the machine asks.
    type: list
    elements: str
    choices: [all, system, policy, bits, agent, update_store, client_id, events, proxy, reachability]
    default: [all]
seealso:
  - module: wsus.client.wsus_bits_facts
  - module: wsus.client.wsus_policy
  - module: wsus.client.wsus_agent
  - module: wsus.client.wsus_update_store
  - module: wsus.client.wsus_client_id
  - module: wsus.client.wsus_reachability
  - module: wsus.client.wsus_proxy
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

- name: Audit the client without a request to its server
  wsus.client.wsus_facts:
    gather_subset: [policy, bits, agent, update_store, client_id, events, proxy]

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
          description: How long ago that was. V(null) where it never was.
          returned: success
          type: float
          sample: 0.7
        status:
          description: The Win32 error that it ended with, 0 where it ended well, V(null) where it was never processed.
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
          description: The service as it is configured, in the form of RV(wsus.client.wsus_bits_facts#module:ansible_facts.wsus_bits.definition). V(null) where
            the registry holds no definition.
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
          description: The agent's version. Before Windows 10 it is read from the text log where that was asked, and else V(null).
          returned: success
          type: str
          sample: 10.0.26100.2314
        helpers:
          description:
            - The services that it works with. UsoSvc (from Windows 10 on) starts its scans, CryptSvc verifies signatures, DoSvc (from Windows 10 on)
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
        last_scan:
          description:
            - The newest scan of the services that are judged, well ended or not. V(null) where none is known. Where policy sets a WSUS server that
              is WSUS alone, and Windows Update where policy names that as the source of a class of updates. The fields are those of
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
          description: When a scan ended well last (UTC). V(null) where none is known.
          returned: success
          type: str
          sample: "2026-11-23T03:31:49.9042046Z"
        last_successful_scan_age_hours:
          description: How long ago that was. V(null) where none is known.
          returned: success
          type: float
          sample: 5.0
        last_success:
          description: When scan, download and installation ended well last (UTC), as the registry of Windows up to 10 1511 keeps it. Empty after that.
          returned: success
          type: dict
          sample:
            scan: "2026-11-23T03:31:49.000Z"
        scan_period_hours:
          description: How often the agent shall scan, from policy or by default.
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
            - What the agent did in the last days, newest first. Failed starts (C(kind=start)), scans (C(kind=scan)), and failed downloads,
              installations and updates of the agent (C(kind=download), C(kind=install), C(kind=self_update)), their codes explained.
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
    wsus_update_store:
      description: The store of the update agent (SoftwareDistribution).
      returned: when O(gather_subset) holds V(update_store) or V(all)
      type: dict
      contains:
        path:
          description: Where its files lie.
          returned: success
          type: str
          sample: C:\Windows\SoftwareDistribution
        redirected:
          description: Whether that is another folder, to which a junction leads from the usual one.
          returned: success
          type: bool
          sample: false
        exists:
          description: Whether the folder exists.
          returned: success
          type: bool
          sample: true
        database_bytes:
          description: The size of its database, C(DataStore.edb). V(null) where there is none.
          returned: success
          type: int
          sample: 35651584
        size_class:
          description: Of the database, V(none), V(small), V(medium) (from 256 MiB) or V(large) (from 1 GiB).
          returned: success
          type: str
          sample: small
        made:
          description:
            - When it was made (UTC), as far as an event of the database's engine or our journal tells. V(null) where nothing does, as for a store that is older
              than O(event_days).
          returned: success
          type: str
          sample: null
        age_hours:
          description: The age of it. V(null) where that is not known.
          returned: success
          type: float
          sample: null
        copies:
          description:
            - Earlier stores beside it. C(time) is when M(wsus.client.wsus_update_store) set one aside, C(ours) whether it did.
          returned: success
          type: list
          elements: dict
          sample:
            - name: SoftwareDistribution.20261001T031500Z
              time: "2026-10-01T03:15:00Z"
              ours: true
        evidence:
          description: What shows that it is damaged, since it was last rebuilt or restored, newest first.
          returned: success
          type: list
          elements: dict
          sample: []
        suspicions:
          description: What has a code of a damaged store and is not enough to rebuild it, newest first. The fields are those of C(evidence).
          returned: success
          type: list
          elements: dict
          sample: []
        installing:
          description: Whether TrustedInstaller runs, which is asked only where the store is damaged. A rebuild waits for it.
          returned: success
          type: bool
          sample: false
        blocked_by:
          description:
            - What would keep it from being rebuilt now. V(agent), V(servicing), V(packages) and V(pending_xml) are reasons for which Windows waits for a
              restart, V(servicing_in_progress) is work that goes on, V(space) too little free space, and V(installation) that Windows is installing
              something, beside V(packages) or V(servicing_in_progress). The last is asked only where the store is damaged.
          returned: success
          type: list
          elements: str
          sample: []
        free_space_bytes:
          description: The free space on its drive. V(null) where it could not be read.
          returned: success
          type: int
          sample: 68719476736
        unfinished:
          description: A rebuild or restoration that was begun and cut. V(null) where there is none.
          returned: success
          type: dict
          sample: null
        last:
          description: What M(wsus.client.wsus_update_store) did last, C(state), C(time) (UTC) and the C(name) of the copy that it made or put back.
            V(null) where nothing.
          returned: success
          type: dict
          sample: null
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
    wsus_client_id:
      description: The identity by which a WSUS server knows the machine.
      returned: when O(gather_subset) holds V(client_id) or V(all)
      type: dict
      contains:
        id:
          description: The id, lower case and without braces. V(null) where there is none that is well formed.
          returned: success
          type: str
          sample: 1b4e28ba-2fa1-41d2-883f-0016d3cca427
        written:
          description: The id as it is written in the registry. V(null) where there is none.
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
            - The value C(SusClientIdValidation), by which the agent sees that it runs on other hardware. C(bytes) is its length, C(text) the text in it,
              believed to be the serial number of the disk. The rest of it is in no document. V(null) where there is no such value.
          returned: success
          type: dict
          sample:
            bytes: 32
            text: S3Z9NB0K123456
        ping_id:
          description: The id for status pings. V(null) where there is none.
          returned: success
          type: str
          sample: a7c814b5-9ab3-4a54-9367-25dc18452be8
        account_domain_sid:
          description: The SID of the domain that the machine was registered in. V(null) where none is there, or it cannot be read.
          returned: success
          type: str
          sample: S-1-5-21-2127521184-1604012920-1887927527
        regenerated:
          description: When M(wsus.client.wsus_client_id) last regenerated the id (UTC). V(null) where it never did.
          returned: success
          type: str
          sample: null
        previous_id:
          description: The id before that. V(null) where there was none, or M(wsus.client.wsus_client_id) never regenerated it.
          returned: success
          type: str
          sample: null
        age_hours:
          description: The age of the id, where we made it; nothing else tells. Otherwise V(null).
          returned: success
          type: float
          sample: null
        unfinished:
          description: A regeneration that was begun and cut. V(null) where there is none.
          returned: success
          type: dict
          sample: null
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
              kind: scan
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
    wsus_proxy:
      description: The proxies of the machine and of its users. Credentials in them are left out.
      returned: when O(gather_subset) holds V(proxy) or V(all)
      type: dict
      contains:
        winhttp:
          description: The machine's proxy (WinHTTP), which the update agent uses, as the registry value C(WinHttpSettings) has it.
          returned: success
          type: dict
          contains:
            modes:
              description:
                - What is set, out of V(direct), V(proxy) (the one that is named), V(script) (a PAC file) and V(detect) (WPAD). V(direct) stands there beside
                  the others, too. A flag that has no name stands there as its number.
              returned: success
              type: list
              elements: str
              sample: [direct, proxy]
            server:
              description: The proxy that is named, or the list by scheme. Empty where none is in use.
              returned: success
              type: str
              sample: proxy.example.com:8080
            bypass:
              description: The hosts that are asked directly, divided by semicolons.
              returned: success
              type: str
              sample: <local>;*.example.com
            version:
              description: The version of the value, such as 24 or 40. V(null) where there is no value, which means direct, or it is malformed.
              returned: success
              type: int
              sample: 40
            malformed:
              description: Why the value cannot be read. V(null) where it can.
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
          description: The same of LocalSystem, the account of the agent and its jobs.
          returned: success
          type: dict
          sample:
            enabled: false
            server: ""
            bypass: ""
            script: ""
        user_fallback:
          description: Whether policy lets a scan fall back to the proxy of a user (C(SetProxyBehaviorForUpdateDetection) is 1).
          returned: success
          type: bool
          sample: false
        scan:
          description:
            - The proxy that the agent asks its WSUS server through, by the rules of today. That is the machine's, unless the server is on the bypass list.
            - C(direct) is true where it asks directly, and where no server is set. A script or automatic detection is not followed.
          returned: success
          type: dict
          sample:
            server: null
            direct: true
    wsus_reachability:
      description: The way from the machine to its WSUS server, as the machine itself went it.
      returned: when O(gather_subset) holds V(reachability) or V(all)
      type: dict
      contains:
        url:
          description: The server that was asked, without credentials. V(null) where policy sets none, or what it sets is no URL of one.
          returned: success
          type: str
          sample: http://wsus.example.com:8530
        method:
          description: How it is asked, V(curl) or V(dotnet). V(null) where there is no server.
          returned: success
          type: str
          sample: curl
        untested:
          description:
            - Why it could not be asked. V(language_mode), it would have to be asked through .NET, and PowerShell runs in Constrained Language Mode.
              V(no_program), C(curl.exe) was deleted. V(no_answer), what was to ask ended without a word. Else V(null).
          returned: success
          type: str
          sample: null
        reachable:
          description: Whether the agent's way can be used. V(null) where that was not tested. Lengths and parts of files are told apart from it.
          returned: success
          type: bool
          sample: true
        generation:
          description:
            - The server's generation by the file C(/iuident.cab), which only WSUS 3 serves in the root of its site. V(3), or V(2012) for 2012 to 2025.
              V(null) where it was not seen.
          returned: success
          type: str
          sample: "2012"
        agent_route:
          description: The way that the agent takes. V(null) where nothing was tested.
          returned: success
          type: dict
          contains:
            proxy:
              description: The proxy on this way. V(null) where there is none.
              returned: success
              type: str
              sample: null
            works:
              description: Whether a client can use this way.
              returned: success
              type: bool
              sample: true
            stage:
              description: The stage at which it breaks, V(dns), V(connect), V(proxy), V(tls) or V(http). V(http) too where it works.
              returned: success
              type: str
              sample: http
            range_support:
              description: Whether a part of a file can be asked for, as BITS does. V(null) where that was not seen.
              returned: success
              type: bool
              sample: true
            content_length:
              description: Whether C(HEAD) is answered with the length of the file. V(null) where that was not seen.
              returned: success
              type: bool
              sample: true
            requests:
              description: What each request gave, in their order. Those after one that got no whole answer are missing.
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
                  description: The URL that was asked.
                  returned: success
                  type: str
                  sample: http://wsus.example.com:8530/ClientWebService/client.asmx
                method:
                  description: V(GET) or V(HEAD).
                  returned: success
                  type: str
                  sample: GET
                stage:
                  description: The stage that it reached, V(http) where there is an answer of the server.
                  returned: success
                  type: str
                  sample: http
                status:
                  description: The HTTP status of the answer. V(null) where there is none.
                  returned: success
                  type: int
                  sample: 200
                curl_code:
                  description: The exit code of C(curl.exe), 0 for a whole answer of any status. Through .NET the one that fits the failure.
                  returned: success
                  type: int
                  sample: 0
                healthy:
                  description:
                    - Whether it is what a WSUS server answers for this path. Not so for C(/iuident.cab) of one that is newer than WSUS 3, which is no fault.
                  returned: success
                  type: bool
                  sample: true
                time_s:
                  description: How many seconds it took.
                  returned: success
                  type: float
                  sample: 0.016
                address:
                  description: The address that was connected to, the proxy's where there is one. Empty where there was no connection, and through .NET.
                  returned: success
                  type: str
                  sample: 10.0.0.5
                proxy:
                  description: The proxy that it went through. V(null) where there was none.
                  returned: success
                  type: str
                  sample: null
                content_type:
                  description: The type of the answer as the server names it.
                  returned: success
                  type: str
                  sample: text/html; charset=utf-8
                size:
                  description: How many bytes of a body came.
                  returned: success
                  type: int
                  sample: 7267
                length:
                  description: The length that the answer to C(HEAD) announces. V(null) where it announces none, and for C(GET).
                  returned: success
                  type: int
                  sample: null
        alternate_route:
          description:
            - The way that the agent does not take, in the form of RV(ansible_facts.wsus_reachability.agent_route). Direct where the agent goes
              through a proxy, else through the proxy of the connection's user. V(null) where there is none, and where nothing was tested.
          returned: success
          type: dict
    wsus_findings:
      description: What is wrong with the client, or worth knowing, most severe first. Covers the components of this call.
      returned: success
      type: list
      elements: dict
      contains:
        id:
          description: A stable identifier of the kind of finding. The README lists them all.
          returned: success
          type: str
          sample: bits.disabled
        severity:
          description: V(error), the client cannot work. V(warning), it works badly or soon will not. V(info), worth knowing.
          returned: success
          type: str
          sample: error
        component:
          description: The component that the finding is about.
          returned: success
          type: str
          sample: bits
        summary:
          description: What is wrong, in a sentence that names the object.
          returned: success
          type: str
          sample: BITS is disabled
        evidence:
          description:
            - What shows it. C(type) is V(value) for a value on the machine, V(event) for an event of the past, and V(request) for a request that the machine
              made to its server for this audit. The other keys depend on what was observed.
          returned: success
          type: list
          elements: dict
          sample:
            - type: value
              what: start_type
              value: disabled
        codes:
          description: The error codes among the evidence, or those with which the client fails for this cause.
          returned: success
          type: list
          elements: str
          sample: ["0x80070422"]
        cause:
          description: What may cause it.
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
          description: Whether only events of the past show it, and the cause is gone since.
          returned: success
          type: bool
          sample: false
        reference:
          description: Where to read more.
          returned: success
          type: str
          sample: https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents
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
  sample: 2
native_commands:
  description: How many programs were run on the machine. A request through .NET counts as one.
  returned: success
  type: int
  sample: 22
reason:
  description:
    - A stable identifier of the failure.
    - V(wrong_option) or V(become_refused), the task is wrong. Nothing was sent.
    - V(not_administrator), the connection's user is not an administrator of the machine.
    - V(no_powershell) or V(no_reg_exe), the program is not found on the machine.
    - V(output_ended_early) or V(unexpected_output), the machine's answer ended early, or does not tell its Windows version.
    - V(unquotable_argument) or V(command_too_long), a value cannot be passed to a program of the machine. It was not sent.
  returned: failure
  type: str
  sample: not_administrator
"""
