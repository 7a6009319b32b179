# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_report
short_description: Report the audit results of a fleet
version_added: 0.1.0
description:
  - Prints one line per machine, most severe first, followed by its findings, and the fleet's totals. Optionally writes a JSON file.
  - Compares the machines first, because some problems are visible only on several of them. These are client IDs that machines share, the same fault on
    most machines of a server, and machines whose Windows is far behind the others.
  - Uses the results of M(wsus.client.wsus_facts) in this play. For machines that were not audited in this play it uses known facts, for example from a fact
    cache.
  - Runs on the controller only and opens no connection.
author:
  - the wsus.client authors (@wsus-client)
options:
  path:
    description:
      - The JSON file on the controller. Missing folders are created, and an existing file is replaced.
      - If omitted, no file is written.
    type: path
  hosts:
    description:
      - The machines to include.
      - If omitted, all hosts of the play, including failed and unreachable ones.
    type: list
    elements: str
  audits:
    description:
      - The variables in which results of tasks of this collection were registered on each host, in the order of the tasks.
      - A machine counts as failed if one of the tasks failed. Its facts are those of the last task that returned facts.
    type: list
    elements: str
    default: [wsus_audit_result]
  show:
    description:
      - What to print.
      - V(all) prints every machine, V(problems) only those that are not healthy, V(totals) only the totals.
    type: str
    choices: [all, problems, totals, none]
    default: all
attributes:
  action:
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  bypass_host_loop:
    description: Forces a 'global' task that does not execute per host.
    support: none
    details:
      - Use it with C(run_once).
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target, if not supported the action will be skipped.
    support: full
    details:
      - Prints, but writes no file. To write the file of an audit in check mode, set C(check_mode=false) on the task, as the role
        P(wsus.client.audit#role) does.
  connection:
    description: Uses the target's configured connection information to execute code on it.
    support: none
  delegation:
    description: Can be used in conjunction with C(delegate_to) and related keywords.
    support: none
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: none
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
    details:
      - A report is an output like a log. The result is never changed.
  platform:
    description: Target OS/families that can be operated against.
    support: full
    platforms: posix
seealso:
  - module: wsus.client.wsus_facts
"""

EXAMPLES = r"""
- name: Audit the WSUS clients
  hosts: windows
  gather_facts: false
  tasks:
    - name: Audit the WSUS client
      wsus.client.wsus_facts:
      register: wsus_audit_result

    - name: Report on the fleet
      wsus.client.wsus_report:
        path: audit.json
        show: problems
      run_once: true
"""

RETURN = r"""
path:
  description: The file that was requested. V(null) if none was.
  returned: success
  type: str
  sample: audit.json
totals:
  description: The number of machines, of machines with each status, and of machines with each finding.
  returned: success
  type: dict
  sample:
    machines: 3
    broken: 1
    degraded: 0
    failed: 0
    unreachable: 0
    not_audited: 0
    healthy: 2
    findings:
      bits.disabled: 1
fleet_findings:
  description: The problems that only a comparison of the machines shows.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description:
        - V(fleet.shared_client_id), machines share a client ID.
        - V(fleet.server_fault), at least three machines, and half of those of a server, have the same fault that their server or network can cause.
        - V(fleet.behind), machines have a much earlier revision of Windows than most others with the same build.
      type: str
    summary:
      description: What was found.
      type: str
    action:
      description: What to do.
      type: str
    machines:
      description: The names of the machines, sorted.
      type: list
      elements: str
  sample:
    - id: fleet.shared_client_id
      summary: 2 machines share the client ID 5e1f0b2c-6a1d-4f0e-9b1a-0c1d2e3f4a5b
      action: "Run the playbook wsus.client.regenerate_client_ids: the server shows only one of these machines at a time."
      machines: [pc-1, pc-2]
reason:
  description:
    - A stable identifier of the failure.
    - V(not_writable), the file cannot be written on the controller.
    - V(wrong_option), an option is wrong.
  returned: failure
  type: str
  sample: not_writable
"""
