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
  - Needs one remote execution. A second one is made only on a machine whose BITS depends on services that it depends on in no Windows.
  - Changes nothing on the machine.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.facts
options:
  gather_subset:
    description:
      - Which components to ask for. V(system) is always gathered.
    type: list
    elements: str
    choices: [all, system, bits]
    default: [all]
seealso:
  - module: wsus.client.wsus_bits_facts
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
    wsus_bits:
      description: BITS, as M(wsus.client.wsus_bits_facts) returns it.
      returned: when O(gather_subset) holds V(bits) or V(all)
      type: dict
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
  sample: 12
reason:
  description:
    - The stable name of what went wrong, such as V(not_administrator), V(no_powershell), V(output_ended_early), V(unexpected_output),
      V(become_refused) or V(wrong_option).
  returned: failure
  type: str
  sample: not_administrator
"""
