# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_bits
short_description: Manage BITS, the Background Intelligent Transfer Service
version_added: 0.1.0
description:
  - Repairs the definition of BITS and makes sure that it can start. It changes only what differs from what is asked for.
  - Before the first change the definition is saved to a file on the machine. Every change is read back. When a change, or the start, fails, what was
    changed in this run is put back.
  - A run that is interrupted, for example by a lost connection, is completed by the next one.
  - A BITS that is as asked for is left alone, running or not. Both start types, demand and delayed automatic, are right unless O(start_type) asks for one.
  - The services that BITS depends on, and System Event Notification (SENS), are enabled where they are disabled, and started.
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
      - The definition that is asked for.
      - V(windows_default) is the default of the machine's Windows.
      - V(kb10132) is the one that the article prints for Windows Vista, its typing errors mended. It makes BITS an interactive process of its own. Use it
        only where the article is to be followed to the letter.
      - V(unmanaged) asks for nothing but the single attributes that are given.
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
    description: The article (original KB number 10132) whose section on repairing BITS this does.
    link: https://learn.microsoft.com/en-us/troubleshoot/mem/configmgr/update-management/troubleshoot-issues-with-wsus-client-agents
"""

EXAMPLES = r"""
- name: Repair BITS to the default of this Windows
  wsus.client.wsus_bits:

- name: See what would be repaired
  wsus.client.wsus_bits:
  check_mode: true
  diff: true

- name: Only the account, and BITS running
  wsus.client.wsus_bits:
    definition: unmanaged
    account: LocalSystem
    state: started

- name: The article to the letter
  wsus.client.wsus_bits:
    definition: kb10132
    state: restarted
    backup_dir: D:\Backup
"""

RETURN = r"""
changes:
  description: Every change, in order. The same in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description: What changes, as RV(wsus.client.wsus_bits_facts#module:ansible_facts.wsus_bits.drift) names it, or C(state), or C(installed).
      returned: success
      type: str
    before:
      description: The previous value. V(null) where there was none.
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
  description: The file on the machine that holds the definition as it was. V(null) where there was no need of one.
  returned: success, and failure where one was made
  type: str
  sample: C:\Windows\Temp\wsus.client-BITS-20261123T041500Z.reg
state:
  description: The state of BITS at the end.
  returned: success
  type: str
  sample: running
check_mode:
  description: Whether this was check mode, so that C(changes) were only planned.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: How many remote executions the call took.
  returned: success
  type: int
  sample: 4
native_commands:
  description: How many programs were run on the machine.
  returned: success
  type: int
  sample: 28
reason:
  description:
    - A stable identifier of the failure, such as V(backup_failed), V(step_failed), V(not_verified), V(start_failed), V(stop_failed), V(service_hangs),
      V(dependency_missing), V(definition_unreadable), or one that M(wsus.client.wsus_facts) documents.
  returned: failure
  type: str
  sample: start_failed
rolled_back:
  description: Whether all that was changed before the failure is put back.
  returned: when a change or a start failed
  type: bool
step:
  description: The attributes that the command which failed was to change.
  returned: when RV(reason=step_failed)
  type: str
code:
  description: The error code; the message explains it.
  returned: where Windows gave one
  type: str
  sample: "0x8007042c"
"""
