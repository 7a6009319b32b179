# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_reachability
short_description: Test on a machine whether it can use its WSUS server
version_added: 0.9.0
description:
  - The machine requests the documented paths of its WSUS server, on the route of the update agent (directly, or through the machine's proxy) and on the
    alternate route, if there is one. The module returns the stage at which a route fails (name, connection, proxy, TLS, HTTP), the cause, and who is
    responsible.
  - It also requests the length of a file and a part of it, which BITS requires. If the URL is C(https), it requests them from the HTTP port of the
    server, which serves the update files.
  - Requires at most two remote executions, the second with one or two programs, and up to seven requests to the server on each route.
  - Uses C(curl.exe), or .NET on Windows versions without it. If neither is possible, it returns the finding V(reachability.untested), never success.
  - Changes nothing on the machine. Use M(wsus.client.wsus_proxy) to set the proxy.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.facts
options:
  url:
    description:
      - The WSUS server to test, as C(http://server:port) or C(https://server:port).
      - If omitted, the server that policy sets, used or not. If policy sets none, nothing is tested.
    type: str
  proxy:
    description:
      - The proxy to test instead of the one in the machine's settings, as C(host:port) or a list by scheme such as C(http=host:port;https=host:port). No
        bypass list applies to it.
      - A user, a password or a URL is refused.
    type: str
  timeout:
    description:
      - How many seconds to wait for each request, from 1 to 300. C(curl.exe) waits at most 5 of these seconds for a connection.
      - A request without a complete response ends the requests on its route.
    type: int
    default: 15
  required:
    description:
      - Whether to fail with RV(reason=server_unreachable) if the machine cannot use the server, if that could not be tested, or if no server is set.
        Otherwise the module only returns facts and findings.
      - The finding V(reachability.content_port) does not fail the task.
    type: bool
    default: false
seealso:
  - module: wsus.client.wsus_facts
  - module: wsus.client.wsus_proxy
  - module: wsus.client.wsus_policy
  - ref: ansible_collections.wsus.client.docsite.guide_reachability
    description: What is requested, what the responses mean, and which proxy a scan uses.
"""

EXAMPLES = r"""
- name: Test server connectivity
  wsus.client.wsus_reachability:

- name: Fail if the server cannot be used
  wsus.client.wsus_reachability:
    required: true

- name: Test a new server before policy sets it
  wsus.client.wsus_reachability:
    url: https://wsus-new.example.com:8531
    required: true

- name: Test a proxy before it is set
  wsus.client.wsus_reachability:
    proxy: proxy.example.com:8080
  register: tested

- name: Show the result of each request
  ansible.builtin.debug:
    msg: "{{ request.method }} {{ request.url }}: {{ request.stage }} {{ request.status | default('', true) }} {{ request.time_s }} s"
  loop: "{{ tested.ansible_facts.wsus_reachability.agent_route.requests | default([]) }}"
  loop_control:
    loop_var: request
"""

RETURN = r"""
ansible_facts:
  description: Facts about server connectivity.
  returned: success
  type: dict
  contains:
    wsus_system:
      description: The Windows version, as M(wsus.client.wsus_facts) returns it.
      returned: success
      type: dict
    wsus_proxy:
      description: The proxies of the machine and of its users, as in RV(wsus.client.wsus_facts#module:ansible_facts.wsus_proxy).
      returned: success
      type: dict
    wsus_reachability:
      description: The routes to the server, as in RV(wsus.client.wsus_facts#module:ansible_facts.wsus_reachability).
      returned: success
      type: dict
    wsus_findings:
      description: The findings about the routes and the proxies, as in RV(wsus.client.wsus_facts#module:ansible_facts.wsus_findings).
      returned: success
      type: list
      elements: dict
    wsus_health:
      description: V(broken) if a finding is an error, V(degraded) if one is a warning, else V(healthy). Covers the findings of this module only.
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
  sample: 2
native_commands:
  description: The number of programs that were run on the machine.
  returned: success
  type: int
  sample: 7
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
    - V(server_unreachable), O(required) is set and the machine cannot use the server, or could not test it.
    - V(wrong_option), an option is wrong, or one documented by M(wsus.client.wsus_facts).
  returned: failure
  type: str
  sample: server_unreachable
stage:
  description:
    - The stage at which the agent's route fails, V(dns), V(connect), V(proxy), V(tls) or V(http).
    - V(policy) if no server is set, empty if the route could not be tested.
  returned: when RV(reason=server_unreachable)
  type: str
  sample: tls
finding:
  description: The ID of the finding.
  returned: when RV(reason=server_unreachable), unless RV(stage=policy)
  type: str
  sample: reachability.tls
cause:
  description: The possible cause.
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
