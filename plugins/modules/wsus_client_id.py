# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_client_id
short_description: Ensure that a machine has a unique WSUS client ID
version_added: 0.9.0
description:
  - Regenerates the client ID (C(SusClientId)), by which a WSUS server identifies a machine, if it is shared with other machines, malformed or missing.
    Machines that were cloned from one image share an ID, and the server's console shows only one of them at a time.
  - A machine cannot know whether others have its ID. The filter P(wsus.client.duplicate_client_ids#filter) finds shared IDs in the facts of many machines,
    and the playbook C(wsus.client.regenerate_client_ids) runs the whole process.
  - To regenerate an ID, the module exports the key to a file, writes the values to a journal on the machine, stops UsoSvc and wuauserv if they are running,
    deletes the four values of the ID (C(SusClientIdValidation), C(PingID), C(AccountDomainSid) and C(SusClientId)), starts the services again, starts a scan
    with a new authorization and a report, and waits for a new, different ID.
  - The journal is the registry key C(HKLM\SOFTWARE\wsus.client). The next run finishes or rolls back an interrupted run, including the services.
  - The server keeps the record with the previous ID until it is removed there. Reassign groups that were assigned on the server.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.change
  - wsus.client.client.backup
  - wsus.client.client.remake
options:
  duplicates:
    description: IDs that are known to be shared, in upper or lower case, with or without braces.
    type: list
    elements: str
    default: []
  force:
    description: Whether to regenerate the ID every time.
    type: bool
    default: false
  restore_on_failure:
    description:
      - Whether to restore the previous values if the agent creates no new ID within O(timeout). Otherwise the machine has no ID until its agent creates one.
      - Earlier failures are always rolled back.
    type: bool
    default: true
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: partial
    details:
      - Not with O(force=true).
seealso:
  - module: wsus.client.wsus_facts
  - plugin: wsus.client.duplicate_client_ids
    plugin_type: filter
  - ref: ansible_collections.wsus.client.docsite.guide_store_and_identity
    description: How to find and regenerate shared IDs in a fleet.
"""

EXAMPLES = r"""
- name: Ensure that the machine has a well-formed ID
  wsus.client.wsus_client_id:

- name: Gather the IDs of all machines
  wsus.client.wsus_facts:
    gather_subset: [client_id]

- name: Regenerate the ID of every machine that shares it
  wsus.client.wsus_client_id:
    duplicates: "{{ hostvars | wsus.client.duplicate_client_ids | list }}"

- name: Regenerate the ID of a cloned machine
  wsus.client.wsus_client_id:
    force: true
"""

RETURN = r"""
changes:
  description: The changes, in order. In check mode, the predicted ones.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description: V(client_id), or V(unfinished) if an interrupted run is finished or rolled back.
      returned: success
      type: str
    before:
      description: The previous value. V(null) if there was none.
      returned: success
      type: raw
    after:
      description: The new value. V(null) for V(unfinished).
      returned: success
      type: raw
  sample:
    - attribute: client_id
      before: 3b4e28ba-2fa1-41d2-883f-0016d3cca427
      after: regenerated
decision:
  description:
    - Why the ID was regenerated, V(missing), V(malformed), V(duplicate) or V(forced), or V(resumed) if an interrupted run was finished.
    - V(unique) if the ID was kept.
  returned: success
  type: str
  sample: duplicate
client_id:
  description: The current ID, in lower case without braces. V(null) if there is none, as in check mode on a machine without one.
  returned: success
  type: str
  sample: ee6896a3-db13-4255-93ae-83a2c1fc162a
previous_client_id:
  description: The previous ID. V(null) if there was no well-formed one.
  returned: success
  type: str
  sample: 3b4e28ba-2fa1-41d2-883f-0016d3cca427
backup:
  description: The file on the machine with the previous values of the key. V(null) if none was required.
  returned: success, and failure if one was made
  type: str
  sample: C:\Windows\Temp\wsus.client-client-id-20261124T031500Z-1b4e28ba.reg
check_mode:
  description: Whether this was check mode, so C(changes) were only predicted.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: The number of remote executions.
  returned: success
  type: int
  sample: 17
native_commands:
  description: The number of programs that were run on the machine.
  returned: success
  type: int
  sample: 49
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
    - V(service_disabled), the agent would not start again afterward. Nothing was changed.
    - V(busy), another run is changing the machine. Nothing was changed. Wait until it ends, then run the task again.
    - V(taken_over), another run took over, because this one made no progress for C(wsus_owner_timeout) seconds. It finishes what this one started.
    - V(backup_failed) or V(journal_failed), the previous values could not be saved. Nothing was changed.
    - V(stop_failed), V(start_failed) or V(service_hangs), a service did not stop or start.
    - V(journal_damaged), the journal cannot be read. Nothing was changed.
    - V(not_deleted), a value still existed after it was deleted.
    - V(not_put_back), the previous values could not be restored.
    - V(reboot_pending), a restart of Windows is pending, and the agent does not scan before it. Nothing was changed.
    - V(no_new_id), the agent created no ID within O(timeout).
    - V(same_id), the agent created the same ID again, or another shared one.
    - V(trigger_missing), the program that starts a scan is missing.
    - V(trigger_failed), the program that starts a scan failed with RV(code).
    - Or one documented by M(wsus.client.wsus_facts).
  returned: failure
  type: str
  sample: no_new_id
code:
  description: The error code of a service or of the program that starts a scan. The message explains it.
  returned: if Windows reported one
  type: str
  sample: "0x80070005"
rolled_back:
  description: Whether all changes were rolled back.
  returned: when a step failed
  type: bool
  sample: true
"""
