# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_proxy
short_description: Set the machine's proxy (WinHTTP), which the update agent uses
version_added: 0.9.0
description:
  - Sets the WinHTTP proxy with C(netsh.exe winhttp). All programs that use WinHTTP use this proxy.
  - Compares the manual proxy and its bypass list. It reads them from the registry value C(WinHttpSettings), which is independent of the display language. If
    both are correct, nothing is changed, unless a script (PAC) or automatic detection is set as well, which is removed. A value that cannot be read is
    replaced.
  - Before a change it backs up the registry key on the machine. It verifies the new value. If that fails, it restores the previous value byte for byte.
  - Use M(wsus.client.wsus_reachability) to test whether the machine can then use its server.
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
      - V(import) copies the proxy and the bypass list from the Internet Settings of the connection's user (C(netsh.exe winhttp import proxy source=ie)),
        or sets no proxy if that user has none. A script (PAC) or automatic detection is not copied.
    type: str
    choices: [direct, manual, import]
    required: true
  server:
    description:
      - The proxy as C(host:port), or a list by scheme such as C(http=host:port;https=host:port). Only with O(state=manual), which requires it.
      - A user, a password or a URL is refused, because Windows does not accept them there.
    type: str
  bypass:
    description:
      - The hosts to connect to directly, as names, addresses or patterns such as V(*.example.com). V(<local>) is every name without a dot. Only with
        O(state=manual).
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
    description: Which proxy a scan uses, and how a change is backed up and rolled back.
"""

EXAMPLES = r"""
- name: Use a proxy, except for internal servers
  wsus.client.wsus_proxy:
    state: manual
    server: proxy.example.com:8080
    bypass:
      - <local>
      - "*.example.com"

- name: Use no proxy
  wsus.client.wsus_proxy:
    state: direct

- name: Import the proxy of the connection's user, as in the article
  wsus.client.wsus_proxy:
    state: import
    backup_dir: D:\Backup
"""

RETURN = r"""
changes:
  description: The changes, in order. In check mode, the predicted ones. Credentials in the previous settings are omitted.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description:
        - C(server), C(bypass), C(modes) if a script or automatic detection is removed, or C(winhttp_settings) if the previous value could not be read.
      returned: success
      type: str
    before:
      description: The previous value. Empty if there was none; a list for C(modes).
      returned: success
      type: raw
    after:
      description: The new value. Empty if there is none; a list for C(modes).
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
  description: The proxies after the run, as in RV(wsus.client.wsus_facts#module:ansible_facts.wsus_proxy).
  returned: success
  type: dict
backup:
  description: The file on the machine with the previous values of the registry key. V(null) if nothing was changed, or the value did not exist.
  returned: success, and failure if one was made
  type: str
  sample: C:\Windows\Temp\wsus.client-proxy-20261123T041500Z-1b4e28ba.reg
check_mode:
  description: Whether this was check mode, so C(changes) were only predicted.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: The number of remote executions.
  returned: success
  type: int
  sample: 3
native_commands:
  description: The number of programs that were run on the machine.
  returned: success
  type: int
  sample: 12
left_out:
  description:
    - The number of entries that were left out of lists. A result contains at most 500 entries of a list, and fewer if it were larger than 256 KB.
      Each name is the path of a list.
  returned: if entries were left out
  type: dict
  sample: {"changes": 12}
reason:
  description:
    - A stable identifier of the failure.
    - V(unverifiable), the user's proxy to import has characters that are not ASCII. Nothing was changed.
    - V(backup_failed), V(step_failed), V(not_verified), as for M(wsus.client.wsus_bits), V(wrong_option), or one documented by M(wsus.client.wsus_facts).
  returned: failure
  type: str
  sample: not_verified
rolled_back:
  description: Whether the previous value was restored.
  returned: when the proxy could not be set or verified
  type: bool
step:
  description: The attributes that the failed command sets.
  returned: when RV(reason=step_failed)
  type: str
  sample: server, bypass
"""
