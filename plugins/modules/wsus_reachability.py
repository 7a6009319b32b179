# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_reachability
short_description: Test from the machine itself whether it can use its WSUS server
version_added: 0.1.0
description:
  - Has the machine ask its WSUS server for the documented paths, on the way that the update agent takes (directly, or through the machine's proxy) and,
    where there is one, on the other way. Tells at which stage a way breaks (name, connection, proxy, TLS, HTTP), the cause, and who must act.
  - A file is also asked for its length and for a part of it, which BITS needs.
  - Takes two remote executions, the second with one or two programs, and up to seven requests to the server on each way.
  - Asks with C(curl.exe), and through .NET on a machine that is too old to have it. Where neither can be done there is the finding
    V(reachability.untested), never a good result.
  - Changes nothing on the machine. M(wsus.client.wsus_proxy) sets its proxy.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.facts
options:
  url:
    description:
      - The WSUS server to test, as C(http://server:port) or C(https://server:port), in place of the one that policy sets.
      - Without it the one of policy is tested, used or not. Where policy sets none nothing is tested.
    type: str
  proxy:
    description:
      - The proxy to test, as C(host:port), in place of the one that the machine's settings name. It may be a list by scheme such as
        C(http=host:port;https=host:port). It goes for every server; no bypass list is applied to it.
      - A user, a password or a URL in it is refused.
    type: str
  timeout:
    description:
      - How many seconds to wait for each request, from 1 to 300. C(curl.exe) waits no longer than 5 seconds of these for a connection.
      - One that gets no whole answer ends the requests of its way.
    type: int
    default: 15
  required:
    description:
      - Fails with RV(reason=server_unreachable) where the machine cannot use the server, where that could not be tested, and where no server is set.
        Otherwise there are facts and findings only.
    type: bool
    default: false
seealso:
  - module: wsus.client.wsus_facts
  - module: wsus.client.wsus_proxy
  - module: wsus.client.wsus_policy
  - ref: ansible_collections.wsus.client.docsite.guide_reachability
    description: What is asked, what the answers mean, and which proxy a scan uses.
"""

EXAMPLES = r"""
- name: Look whether the machine can use its server
  wsus.client.wsus_reachability:

- name: Go on only where it can
  wsus.client.wsus_reachability:
    required: true

- name: Try a new server before policy names it
  wsus.client.wsus_reachability:
    url: https://wsus-new.example.com:8531
    required: true

- name: Try a proxy before it is set
  wsus.client.wsus_reachability:
    proxy: proxy.example.com:8080
  register: tried

- name: Show what each request gave
  ansible.builtin.debug:
    msg: "{{ request.method }} {{ request.url }}: {{ request.stage }} {{ request.status | default('', true) }} {{ request.time_s }} s"
  loop: "{{ tried.ansible_facts.wsus_reachability.agent_route.requests | default([]) }}"
  loop_control:
    loop_var: request
"""

RETURN = r"""
ansible_facts:
  description: Facts of the way to the server.
  returned: success
  type: dict
  contains:
    wsus_system:
      description: The machine's Windows, as M(wsus.client.wsus_facts) returns it.
      returned: success
      type: dict
    wsus_proxy:
      description: The proxies of the machine and of its users, as RV(wsus.client.wsus_facts#module:ansible_facts.wsus_proxy).
      returned: success
      type: dict
    wsus_reachability:
      description: The way to the server, as RV(wsus.client.wsus_facts#module:ansible_facts.wsus_reachability).
      returned: success
      type: dict
    wsus_findings:
      description: What is wrong with the way or the proxies, in the form of RV(wsus.client.wsus_facts#module:ansible_facts.wsus_findings).
      returned: success
      type: list
      elements: dict
    wsus_health:
      description: V(broken) where a finding is an error, V(degraded) where one is a warning, else V(healthy). Covers the findings of this call.
      returned: success
      type: str
      sample: healthy
remote_executions:
  description: How many remote executions the call took.
  returned: success
  type: int
  sample: 2
native_commands:
  description: How many programs were run on the machine.
  returned: success
  type: int
  sample: 7
reason:
  description:
    - A stable identifier of the failure.
    - V(server_unreachable), O(required) is set, and the machine cannot use the server, or it is not known whether it can.
    - V(wrong_option), an option is wrong, or one that M(wsus.client.wsus_facts) documents.
  returned: failure
  type: str
  sample: server_unreachable
stage:
  description:
    - Where the way of the agent breaks, V(dns), V(connect), V(proxy), V(tls) or V(http).
    - V(policy) where no server is set, empty where the way could not be tested.
  returned: when RV(reason=server_unreachable)
  type: str
  sample: tls
finding:
  description: The id of the finding.
  returned: when RV(reason=server_unreachable), unless RV(stage=policy)
  type: str
  sample: reachability.tls
cause:
  description: What may cause it.
  returned: when RV(reason=server_unreachable), unless RV(stage=policy)
  type: str
  sample: >-
    The certificate expired, is from an unknown authority or for another name, or the machine and the server have no protocol version in common.
action:
  description: What to do.
  returned: when RV(reason=server_unreachable), unless RV(stage=policy)
  type: str
  sample: Renew or correct the server's certificate and its chain, and enable a TLS version that both sides support.
remedy:
  description: A role of this collection, or who is responsible.
  returned: when RV(reason=server_unreachable)
  type: str
  sample: server_side
codes:
  description: The codes with which the agent and its BITS jobs fail for this cause.
  returned: when RV(reason=server_unreachable), unless RV(stage=policy)
  type: list
  elements: str
  sample: ["0x80072f8f", "0x80072f7d", "0x80072f05", "0x80072f0d", "0x80072f06"]
url:
  description: The server that was tested.
  returned: when RV(reason=server_unreachable), unless RV(stage=policy)
  type: str
  sample: https://wsus.example.com:8531
"""
