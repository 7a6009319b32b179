# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_update_store
short_description: Rebuild the update store, or restore an earlier copy
version_added: 0.1.0
description:
  - Rebuilds the store of the update agent (the folder C(SoftwareDistribution) of Windows) where there is evidence that it is damaged. The folder is renamed
    to C(SoftwareDistribution.) and the time in UTC, never deleted. The agent makes a new one, which is waited for.
  - Evidence are scans, downloads and installations that failed with a code of a damaged store, and reports of damage by the engine of its database.
    Only what happened since the last rebuild or restoration counts, and a scan that ended well disproves failed ones before it.
  - What it does, in this order. It writes what it is about to do to a journal on the machine, stops UsoSvc, wuauserv, BITS and DoSvc as far as they run,
    renames the folder, starts again exactly what ran, has the agent scan and report, and waits for the new store.
  - The journal is one registry key, C(HKLM\SOFTWARE\wsus.client). A run that is cut, by the network, the controller or a power failure, is finished or
    undone by the next one, with the services as they were.
  - Where a step fails, the earlier store is put back and the services are started again. Nothing is ever killed.
  - A rebuild costs the list of installed updates that Windows shows, updates that were downloaded and not yet installed, and a long first scan, which
    the server feels. So do not rebuild a fleet at once, and do not do it without evidence.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.events
  - wsus.client.client.change
  - wsus.client.client.remake
options:
  state:
    description:
      - V(rebuilt) rebuilds the store where there is evidence that it is damaged, or with O(force=true).
      - V(restored) puts a copy back, and keeps the store that was there as a copy. Where that was the last thing done, nothing is done again.
    type: str
    choices: [rebuilt, restored]
    default: rebuilt
  force:
    description: Whether the store is rebuilt without evidence, too. Not within O(min_interval_hours).
    type: bool
    default: false
  min_interval_hours:
    description: How many hours must lie between two rebuilds of a machine. V(0) for none.
    type: int
    default: 24
  restore_from:
    description:
      - The name of the copy that O(state=restored) puts back, such as C(SoftwareDistribution.20261124T031500Z) or C(SoftwareDistribution.old).
      - Without it the newest one that this module made.
    type: str
  keep_copies:
    description:
      - How many copies that this module made stay, at least V(1). Older ones are deleted, whether a rebuild is due or not. Copies that somebody else made are
        never touched.
      - Without it nothing is deleted, and neither with O(state=restored).
    type: int
  catroot2:
    description:
      - Whether the folder C(System32\catroot2) (the catalogs of signatures) is renamed and recreated as well, with CryptSvc stopped meanwhile.
      - It explains no failed scan. Use it where signatures are found damaged.
    type: bool
    default: false
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: partial
    details:
      - Not with O(force=true) and O(min_interval_hours=0), nor with O(state=restored) and another O(restore_from) each time.
seealso:
  - module: wsus.client.wsus_facts
  - module: wsus.client.wsus_agent
  - ref: ansible_collections.wsus.client.docsite.guide_store_and_identity
    description: What is evidence, what a rebuild costs, and how a run that was cut is finished.
"""

EXAMPLES = r"""
- name: Rebuild the store where it is damaged
  wsus.client.wsus_update_store:

- name: The same, and keep only the two newest copies
  wsus.client.wsus_update_store:
    keep_copies: 2

- name: Rebuild it in any case, on a machine that somebody looked at
  wsus.client.wsus_update_store:
    force: true

- name: Put back the store as it was before the last rebuild
  wsus.client.wsus_update_store:
    state: restored
"""

RETURN = r"""
changes:
  description: Every change, in order. The same in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description:
        - What changes, V(store), V(catroot2), V(copies) where old ones go, or V(unfinished) where an earlier run is finished or undone.
      returned: success
      type: str
    before:
      description: The previous value.
      returned: success
      type: raw
    after:
      description: The new value. V(null) where V(unfinished) is no more.
      returned: success
      type: raw
  sample:
    - attribute: store
      before: damaged
      after: rebuilt
decision:
  description:
    - Why the store was changed, V(evidence), V(forced) (O(force)), V(requested) (O(state=restored)) or V(resumed) (an earlier run was finished).
    - Or why not, V(no_evidence), V(too_recent) (within O(min_interval_hours)) or V(restored) (that was done before).
  returned: success
  type: str
  sample: evidence
backup:
  description: The folder that holds the store as it was. V(null) where nothing was changed, or there was none.
  returned: success
  type: str
  sample: C:\Windows\SoftwareDistribution.20261124T031500Z
restored:
  description: The name of the copy that was put back. V(null) where none was.
  returned: success
  type: str
  sample: null
pruned:
  description: The names of the copies that were deleted.
  returned: success
  type: list
  elements: str
  sample: []
evidence:
  description: What showed that the store was damaged, newest first.
  returned: success
  type: list
  elements: dict
  sample:
    - kind: scan
      time: "2026-11-24T01:02:03.1234567Z"
      channel: Microsoft-Windows-WindowsUpdateClient/Operational
      event_id: 25
      code: "0x80248007"
      name: WU_E_DS_NODATA
      meaning: The asked-for data are not in the store; harmless when they are really not there.
      cause: store-corruption
      remedy: update_store
blocked_by:
  description: What would keep the store from being rebuilt now, as RV(wsus.client.wsus_facts#module:ansible_facts.wsus_update_store.blocked_by) has it.
  returned: success
  type: list
  elements: str
  sample: []
check_mode:
  description: Whether this was check mode, so that C(changes) were only planned.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: How many remote executions the call took.
  returned: success
  type: int
  sample: 19
native_commands:
  description: How many programs were run on the machine.
  returned: success
  type: int
  sample: 57
reason:
  description:
    - A stable identifier of the failure.
    - V(blocked), the store must not be touched now, RV(blocked_by) says why. Nothing was changed.
    - V(service_disabled), a service would not run again afterwards. Nothing was changed.
    - V(no_copy), there is nothing to put back. Nothing was changed.
    - V(unsupported_path), the store lies in a folder whose name cannot be passed on safely. Nothing was changed.
    - V(journal_failed), the journal could not be written. Nothing was changed.
    - V(journal_damaged), somebody changed the journal. Nothing was changed.
    - V(stop_failed), V(start_failed) or V(service_hangs), a service did not stop or start.
    - V(store_held), a program holds the folder, or access to it is denied.
    - V(no_new_store), the agent made no new store within O(timeout).
    - V(trigger_missing), the machine does not have the program that starts a scan.
    - V(trigger_failed), that program ended with an error, which RV(code) names.
    - V(not_deleted), an old copy could not be deleted. The store itself is in order.
    - Or one that M(wsus.client.wsus_facts) documents.
  returned: failure
  type: str
  sample: store_held
code:
  description: The error code of a service or of the program that starts a scan. The message explains it.
  returned: where Windows gave one
  type: str
  sample: "0x80070005"
rolled_back:
  description: Whether the store and the services are as they were. Where they are not, the next run goes on.
  returned: when a step failed
  type: bool
  sample: true
"""
