# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_client_id
short_description: Ensure that a machine has a unique WSUS client ID
version_added: 0.1.0
description:
  - Regenerates the client id (C(SusClientId)), by which a WSUS server knows a machine, where it is shared with other machines, malformed or missing. Machines
    that were cloned from one image share one, and take turns in the server's console.
  - One machine cannot tell whether others have its id. The filter P(wsus.client.duplicate_client_ids#filter) finds that out from the facts of many, and the
    playbook C(wsus.client.regenerate_client_ids) does all of it.
  - What it does, in this order. It exports the key to a file, writes the values to a journal on the machine, stops UsoSvc and wuauserv as far as they run,
    deletes the four values of the identity (C(SusClientIdValidation), C(PingID), C(AccountDomainSid) and C(SusClientId)), starts again exactly what ran, has
    the agent renew its authorization, scan and report, and waits until there is a new id that differs.
  - The journal is one registry key, C(HKLM\SOFTWARE\wsus.client). A run that is cut is finished or undone by the next one, with the services as they were.
  - The server keeps a record of the machine under its former id until somebody removes it there. Membership of groups that was assigned on the server has to
    be assigned again.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.change
  - wsus.client.client.backup
  - wsus.client.client.remake
options:
  duplicates:
    description: Ids that are known to be shared, in any case, with or without braces.
    type: list
    elements: str
    default: []
  force:
    description: Whether the ID is regenerated in any case, every time.
    type: bool
    default: false
  restore_on_failure:
    description:
      - Whether the values are put back as they were where no new id comes within O(timeout). Otherwise the machine has none until its agent makes one.
      - What fails before anything was deleted is always undone.
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
    description: How shared ids are found and regenerated over a fleet.
"""

EXAMPLES = r"""
- name: See to it that there is an id
  wsus.client.wsus_client_id:

- name: Learn the ids of all machines
  wsus.client.wsus_facts:
    gather_subset: [client_id]

- name: Give a new one to every machine that shares its id
  wsus.client.wsus_client_id:
    duplicates: "{{ hostvars | wsus.client.duplicate_client_ids | list }}"

- name: Regenerate the ID of a cloned machine
  wsus.client.wsus_client_id:
    force: true
"""

RETURN = r"""
changes:
  description: Every change, in order. The same in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description: What changes, V(client_id), or V(unfinished) where an earlier run is finished or undone.
      returned: success
      type: str
    before:
      description: The previous value. V(null) where there was none.
      returned: success
      type: raw
    after:
      description: The new value. V(null) where V(unfinished) is no more.
      returned: success
      type: raw
  sample:
    - attribute: client_id
      before: 3b4e28ba-2fa1-41d2-883f-0016d3cca427
      after: regenerated
decision:
  description:
    - Why the ID was regenerated, V(missing), V(malformed), V(duplicate) or V(forced). V(resumed) where an earlier run was finished.
    - V(unique) where it stays.
  returned: success
  type: str
  sample: duplicate
client_id:
  description: The id that the machine has now, lower case and without braces. V(null) where it has none, as in check mode on a machine without one.
  returned: success
  type: str
  sample: ee6896a3-db13-4255-93ae-83a2c1fc162a
previous_client_id:
  description: The id that it had before. V(null) where it had none that was well formed.
  returned: success
  type: str
  sample: 3b4e28ba-2fa1-41d2-883f-0016d3cca427
backup:
  description: The file on the machine that holds the key as it was. V(null) where there was no need of one.
  returned: success, and failure where one was made
  type: str
  sample: C:\Windows\Temp\wsus.client-client-id-20261124T031500Z.reg
check_mode:
  description: Whether this was check mode, so that C(changes) were only planned.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: How many remote executions the call took.
  returned: success
  type: int
  sample: 17
native_commands:
  description: How many programs were run on the machine.
  returned: success
  type: int
  sample: 49
reason:
  description:
    - A stable identifier of the failure.
    - V(service_disabled), the agent would not run again afterwards. Nothing was changed.
    - V(backup_failed) or V(journal_failed), what is there could not be saved. Nothing was changed.
    - V(stop_failed), V(start_failed) or V(service_hangs), a service did not stop or start.
    - V(journal_damaged), somebody changed the journal. Nothing was changed.
    - V(not_deleted), a value was still there after it was deleted.
    - V(not_put_back), the values could not be written back.
    - V(no_new_id), the agent made none within O(timeout).
    - V(same_id), the agent made the same id again, or another one that is shared.
    - V(trigger_missing), the machine does not have the program that starts a scan.
    - V(trigger_failed), that program ended with an error, which RV(code) names.
    - Or one that M(wsus.client.wsus_facts) documents.
  returned: failure
  type: str
  sample: no_new_id
code:
  description: The error code of a service or of the program that starts a scan. The message explains it.
  returned: where Windows gave one
  type: str
  sample: "0x80070005"
rolled_back:
  description: Whether the values and the services are as they were.
  returned: when a step failed
  type: bool
  sample: true
"""
