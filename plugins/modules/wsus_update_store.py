# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_update_store
short_description: Rebuild the update store, or restore an earlier copy
version_added: 0.9.0
description:
  - Rebuilds the store of the update agent (the folder C(SoftwareDistribution) of Windows) if there is evidence of damage. The folder is renamed to
    C(SoftwareDistribution.) with the time in UTC, and the module waits until the agent has created a new one.
  - Evidence is damage that the database engine reported, or two scans or the downloads of two updates that failed with a code of a damaged store.
    Only events since the last rebuild or restore count. A successful scan disproves failed scans and reports of the database engine before it, and a later
    success of the same update disproves its failures. A single failure is not evidence. Neither are failures of the Store, flighting or the definitions that
    Defender downloads itself.
  - While TrustedInstaller runs, the module waits for it, at most O(service_timeout).
  - To rebuild, the module writes a journal on the machine, stops UsoSvc, wuauserv, BITS and DoSvc if they are running, renames the folder, starts the
    services again, starts a scan and a report, and waits for the new store.
  - The journal is the registry key C(HKLM\SOFTWARE\wsus.client). The next run finishes or rolls back a run that was interrupted by the network, the
    controller or a power failure, including the services.
  - If a step fails, the previous store is restored and the services are started again. No process is killed.
  - A rebuild loses the update history that Windows shows and updates that were downloaded but not installed. The first scan is long and puts load on the
    server. Do not rebuild a whole fleet at once, and do not rebuild without evidence.
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
      - V(rebuilt) rebuilds the store if there is evidence of damage, or with O(force=true).
      - V(restored) restores a copy, and keeps the current store as a copy. It does nothing if that copy was restored last.
    type: str
    choices: [rebuilt, restored]
    default: rebuilt
  force:
    description: Whether to rebuild the store without evidence. O(min_interval_hours) still applies.
    type: bool
    default: false
  min_interval_hours:
    description: The minimum number of hours between two rebuilds of a machine. V(0) for none.
    type: int
    default: 24
  restore_from:
    description:
      - The name of the copy to restore, such as C(SoftwareDistribution.20261124T031500Z) or C(SoftwareDistribution.old). Requires O(state=restored).
      - If omitted, the newest copy that this module made.
    type: str
  keep_copies:
    description:
      - How many of the copies that this module made to keep, at least V(1). Older ones are deleted, even if no rebuild is required. Copies made by others are
        never deleted.
      - If omitted, or with O(state=restored), nothing is deleted.
    type: int
  catroot2:
    description:
      - Whether to recreate the folder C(System32\catroot2) (signature catalogs) as well, while CryptSvc is stopped.
      - Use it only if signatures are damaged. It does not fix failed scans.
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
    description: What is evidence, what a rebuild costs, and how an interrupted run is finished.
"""

EXAMPLES = r"""
- name: Rebuild the store if it is damaged
  wsus.client.wsus_update_store:

- name: Rebuild the store if it is damaged, and keep only the two newest copies
  wsus.client.wsus_update_store:
    keep_copies: 2

- name: Rebuild the store without evidence
  wsus.client.wsus_update_store:
    force: true

- name: Restore the store that the last rebuild replaced
  wsus.client.wsus_update_store:
    state: restored
"""

RETURN = r"""
changes:
  description: The changes, in order. In check mode, the predicted ones.
  returned: success
  type: list
  elements: dict
  contains:
    attribute:
      description:
        - V(store), V(catroot2), V(copies) if old ones are deleted, or V(unfinished) if an interrupted run is finished or rolled back.
      returned: success
      type: str
    before:
      description: The previous value.
      returned: success
      type: raw
    after:
      description: The new value. V(null) for V(unfinished).
      returned: success
      type: raw
  sample:
    - attribute: store
      before: damaged
      after: rebuilt
decision:
  description:
    - Why the store was changed, V(evidence), V(forced) (O(force)), V(requested) (O(state=restored)) or V(resumed) (an interrupted run was finished).
    - Or why not, V(no_evidence), V(too_recent) (within O(min_interval_hours)) or V(restored) (that copy was restored before).
  returned: success
  type: str
  sample: evidence
backup:
  description: The folder with the previous store. V(null) if nothing was changed, or there was none.
  returned: success
  type: str
  sample: C:\Windows\SoftwareDistribution.20261124T031500Z
restored:
  description: The name of the copy that was restored. V(null) if none was.
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
  description: The evidence of damage, newest first.
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
      meaning: The requested data are not in the store; harmless if they really do not exist, otherwise the store is damaged.
      cause: store-corruption
      remedy: update_store
blocked_by:
  description: What blocks a rebuild, as in RV(wsus.client.wsus_facts#module:ansible_facts.wsus_update_store.blocked_by).
  returned: success
  type: list
  elements: str
  sample: []
check_mode:
  description: Whether this was check mode, so C(changes) were only predicted.
  returned: success
  type: bool
  sample: false
remote_executions:
  description: The number of remote executions.
  returned: success
  type: int
  sample: 19
native_commands:
  description: The number of programs that were run on the machine.
  returned: success
  type: int
  sample: 57
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
    - V(blocked), the store must not be changed now for the reasons in RV(blocked_by). Nothing was changed.
    - V(service_disabled), a service would not start again afterward. Nothing was changed.
    - V(no_copy), there is no copy to restore. Nothing was changed.
    - V(unsupported_path), the path of the store contains characters that cannot be passed safely. Nothing was changed.
    - V(busy), another run is changing the machine. Nothing was changed. Wait until it ends, then run the task again.
    - V(taken_over), another run took over, because this one made no progress for C(wsus_owner_timeout) seconds. It finishes what this one started.
    - V(journal_failed), the journal could not be written. Nothing was changed.
    - V(journal_damaged), the journal cannot be read. Nothing was changed.
    - V(stop_failed), V(start_failed) or V(service_hangs), a service did not stop or start.
    - V(store_held), a program keeps the folder open, or access to it is denied.
    - V(no_new_store), the agent created no store within O(timeout).
    - V(trigger_missing), the program that starts a scan is missing.
    - V(trigger_failed), the program that starts a scan failed with RV(code).
    - V(not_deleted), an old copy could not be deleted. The store itself works.
    - Or one documented by M(wsus.client.wsus_facts).
  returned: failure
  type: str
  sample: store_held
code:
  description: The error code of a service or of the program that starts a scan. The message explains it.
  returned: if Windows reported one
  type: str
  sample: "0x80070005"
rolled_back:
  description: Whether all changes were rolled back. If not, the next run continues.
  returned: when a step failed
  type: bool
  sample: true
"""
