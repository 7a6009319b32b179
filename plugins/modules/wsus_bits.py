# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_bits
short_description: Manage BITS, the Background Intelligent Transfer Service
version_added: 0.9.0
description:
  - Repairs the definition of BITS and ensures that it can start. It changes only what differs.
  - Before the first change it backs up the definition on the machine. It verifies every change. If a change or the start fails, it rolls back the changes of
    this run.
  - If a run is interrupted, for example by a lost connection, the next run completes it.
  - If BITS is in the desired state, it is not changed, whether it is running or not. The start types demand, delayed automatic and automatic are accepted
    unless O(start_type) is set.
  - The services that BITS depends on, and System Event Notification (SENS), are enabled if they are disabled, and started.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.change
  - wsus.client.client.backup
  - wsus.client.client.service
options:
  definition:
    description:
      - The desired definition.
      - V(windows_default) is the default of the machine's Windows version.
      - V(kb10132) is the one in the article for Windows Vista, with its typing errors corrected. It makes BITS an interactive process of its own. Use it
        only to follow the article to the letter.
      - V(unmanaged) manages only the attributes that are specified.
    type: str
    choices: [windows_default, kb10132, unmanaged]
    default: windows_default
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: partial
    details:
      - Not with O(state=restarted).
seealso:
  - module: wsus.client.wsus_bits_facts
  - name: Troubleshoot issues with WSUS client agents
    description: The article (original KB number 10132) whose section on repairing BITS this module implements.
    link: https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents
"""

EXAMPLES = r"""
- name: Restore the default definition of BITS
  wsus.client.wsus_bits:

- name: Preview the repair
  wsus.client.wsus_bits:
  check_mode: true
  diff: true

- name: Set only the account, and start BITS
  wsus.client.wsus_bits:
    definition: unmanaged
    account: LocalSystem
    state: started

- name: Follow the article to the letter
  wsus.client.wsus_bits:
    definition: kb10132
    state: restarted
    backup_dir: D:\Backup
"""

RETURN = r"""
changes:
  description: The changes, in order. In check mode, the predicted ones.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description: The attribute, named as in RV(wsus.client.wsus_bits_facts#module:ansible_facts.wsus_bits.drift), or C(state), or C(installed).
      returned: success
      type: str
    before:
      description: The previous value. V(null) if there was none.
      returned: success
      type: raw
    after:
      description: The new value.
      returned: success
      type: raw
  sample:
    - attribute: account
      before: .\svc-backup
      after: LocalSystem
    - attribute: state
      before: stopped
      after: running
backup:
  description: The file on the machine with the previous definition. V(null) if none was required.
  returned: success, and failure if one was made
  type: str
  sample: C:\Windows\Temp\wsus.client-BITS-20261123T041500Z-1b4e28ba.reg
state:
  description: The state of BITS after the run.
  returned: success
  type: str
  sample: running
check_mode:
  description: Whether this was check mode, so C(changes) were only predicted.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: The number of remote executions.
  returned: success
  type: int
  sample: 4
native_commands:
  description: The number of programs that were run on the machine.
  returned: success
  type: int
  sample: 28
left_out:
  description:
    - The number of entries that were left out of lists. A result contains at most 500 entries of a list, and fewer if it were larger than 256 KB.
      Each name is the path of a list.
  returned: if entries were left out
  type: dict
  sample: {"changes": 12}
reason:
  description:
    - A stable identifier of the failure, such as V(backup_failed), V(step_failed), V(not_verified), V(start_failed), V(stop_failed), V(service_hangs),
      V(dependency_missing), V(definition_unreadable), V(group_unreadable), V(unverifiable), or one documented by M(wsus.client.wsus_facts).
  returned: failure
  type: str
  sample: start_failed
rolled_back:
  description: Whether all changes were rolled back.
  returned: when a change or a start failed
  type: bool
step:
  description: The attributes that the failed command sets.
  returned: when RV(reason=step_failed)
  type: str
code:
  description: The error code, which the message explains.
  returned: if Windows returned one
  type: str
  sample: "0x8007042c"
"""
