# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_proxy
short_description: Set the machine's proxy (WinHTTP), which the update agent uses
version_added: 0.1.0
description:
  - Brings the proxy of WinHTTP to a desired state with C(netsh.exe winhttp). Other programs of the machine that use WinHTTP take the same one.
  - What is compared is the proxy that is set by name and its bypass list. It is read from the registry value C(WinHttpSettings), which is the same in
    every language. Where both are right nothing is changed, unless a script (PAC) or automatic detection is set as well, which is taken away. A value that
    cannot be read is replaced.
  - Before a change the registry key is saved to a file on the machine. The value is read back. When that fails, or is not as asked for, the old value is
    put back byte for byte.
  - Whether the machine reaches its server then is for M(wsus.client.wsus_reachability) to tell.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.change
  - wsus.client.client.backup
options:
  state:
    description:
      - V(direct) sets no proxy (C(netsh.exe winhttp reset proxy)).
      - V(manual) sets O(server) with O(bypass).
      - V(import) takes the proxy and the bypass list over from the Internet Settings of the connection's user (C(netsh.exe winhttp import proxy
        source=ie)), and sets none where that user has none. A script (PAC) or automatic detection is not taken over.
    type: str
    choices: [direct, manual, import]
    required: true
  server:
    description:
      - The proxy as C(host:port), or a list by scheme such as C(http=host:port;https=host:port). Only with O(state=manual), which requires it.
      - A user, a password or a URL in it is refused, because Windows takes none there.
    type: str
  bypass:
    description:
      - The hosts that are asked directly, as names, addresses or patterns such as V(*.example.com). V(<local>) stands for every name without a dot. Only
        with O(state=manual).
    type: list
    elements: str
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
seealso:
  - module: wsus.client.wsus_facts
  - module: wsus.client.wsus_reachability
  - ref: ansible_collections.wsus.client.docsite.guide_reachability
    description: Which proxy a scan uses, and how a change is saved and taken back.
"""

EXAMPLES = r"""
- name: Ask the server inside directly, everything else through the proxy
  wsus.client.wsus_proxy:
    state: manual
    server: proxy.example.com:8080
    bypass:
      - <local>
      - "*.example.com"

- name: Use no proxy
  wsus.client.wsus_proxy:
    state: direct

- name: Take the proxy of the connection's user over, as the article does
  wsus.client.wsus_proxy:
    state: import
    backup_dir: D:\Backup
"""

RETURN = r"""
changes:
  description: Every change, in order. The same in check mode. Credentials that stand in an old setting are left out.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description:
        - C(server), C(bypass), C(modes) where a script or automatic detection was set as well, or C(winhttp_settings) where the value could not be
          read before.
      returned: success
      type: str
    before:
      description: The previous value, empty where there was none; a list for C(modes).
      returned: success
      type: raw
    after:
      description: The new value, empty where there is none; a list for C(modes).
      returned: success
      type: raw
  sample:
    - attribute: server
      before: ""
      after: proxy.example.com:8080
    - attribute: bypass
      before: ""
      after: <local>;*.example.com
proxy:
  description: The proxies at the end, as RV(wsus.client.wsus_facts#module:ansible_facts.wsus_proxy) has them.
  returned: success
  type: dict
backup:
  description: The file on the machine that holds the registry key as it was. V(null) where nothing was changed, or the value was not there.
  returned: success, and failure where one was made
  type: str
  sample: C:\Windows\Temp\wsus.client-proxy-20261123T041500Z.reg
check_mode:
  description: Whether this was check mode, so that C(changes) were only planned.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: How many remote executions the call took.
  returned: success
  type: int
  sample: 3
native_commands:
  description: How many programs were run on the machine.
  returned: success
  type: int
  sample: 12
reason:
  description:
    - A stable identifier of the failure.
    - V(backup_failed), V(step_failed), V(not_verified), as of M(wsus.client.wsus_bits), V(wrong_option), or one that M(wsus.client.wsus_facts) documents.
  returned: failure
  type: str
  sample: not_verified
rolled_back:
  description: Whether the setting is as it was before.
  returned: when RV(reason=step_failed) or RV(reason=not_verified)
  type: bool
step:
  description: The attributes that the command which failed was to change.
  returned: when RV(reason=step_failed)
  type: str
  sample: server, bypass
"""
