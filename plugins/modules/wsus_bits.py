# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_bits
short_description: Bring BITS, the Background Intelligent Transfer Service, to a desired state
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
  path:
    description: The image path, with its arguments, in place of the one of O(definition).
    type: str
  service_type:
    description: The service type in place of the one of O(definition).
    type: str
    choices: [share_process, own_process]
  start_type:
    description: The start type. Without it V(demand), V(delayed_auto) and V(auto) are all right.
    type: str
    choices: [auto, delayed_auto, demand, disabled]
  error_control:
    description: The error control in place of the one of O(definition).
    type: str
    choices: [ignore, normal, severe, critical]
  account:
    description: The account that BITS runs as, in place of the one of O(definition). Only accounts without a password can be set.
    type: str
  dependencies:
    description: The services that BITS depends on, in place of the ones of O(definition).
    type: list
    elements: str
  privileges:
    description: The privileges that BITS requires, in place of the ones of O(definition).
    type: list
    elements: str
  sid_type:
    description: The type of the service's own SID in place of the one of O(definition). It takes effect when Windows starts next.
    type: str
    choices: [none, unrestricted, restricted]
  failure_actions:
    description: What Windows does when BITS fails, in place of what O(definition) has.
    type: dict
    suboptions:
      reset_period_s:
        description: After how many seconds without a failure the count of failures starts again.
        type: int
        required: true
      actions:
        description: What is done after the first failure, the second, and so on. The last one is repeated.
        type: list
        elements: dict
        required: true
        suboptions:
          action:
            description: What is done.
            type: str
            choices: [none, restart, reboot, run_command]
            required: true
          delay_ms:
            description: After how many milliseconds.
            type: int
            default: 0
  service_dll:
    description: The library in C(Parameters\\ServiceDll) in place of the one of O(definition).
    type: str
  state:
    description:
      - The state that is asked for.
      - With V(startable) BITS may run or not. One that does not run is started only after something was repaired, or where its last run ended with an
        error, to prove that it starts. One that runs is restarted only where a repair takes effect at a start.
      - V(started) and V(stopped) start and stop it. V(restarted) restarts it every time.
    type: str
    choices: [startable, started, stopped, restarted]
    default: startable
  backup_dir:
    description:
      - The folder on the machine, which must exist, for the file with the definition as it was.
      - Without it the folder C(Temp) of Windows, C(C:\\Windows\\Temp) on most machines.
    type: str
  timeout:
    description: How many seconds to wait for each start and stop of a service. Nothing is killed when they are over.
    type: int
    default: 60
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target, if not supported the action will be skipped.
    support: full
    details:
      - Reads the machine and plans as it does otherwise, and changes nothing.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: full
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
      description: What was there.
      returned: success
      type: raw
    after:
      description: What is there now.
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
    - The stable name of what went wrong, such as V(backup_failed), V(step_failed), V(not_verified), V(start_failed), V(stop_failed), V(service_hangs),
      V(dependency_missing), or one that M(wsus.client.wsus_facts) documents.
  returned: failure
  type: str
  sample: start_failed
undone:
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
