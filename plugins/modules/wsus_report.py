# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_report
short_description: Report the audit results of a fleet
version_added: 0.9.0
description:
  - Prints one line per machine, most severe first, followed by its open findings, and the fleet's totals. Optionally writes files.
  - Compares the machines first, because some problems are visible only on several of them. These are client IDs that machines share, the same fault on
    most machines of a server, and machines whose Windows is far behind the others.
  - Uses the results of M(wsus.client.wsus_facts) in this play, audit files, and known facts, for example from a fact cache. A machine that cannot be
    reached is shown with its known facts and their age.
  - Sets the statistic C(wsus_report), which AWX shows as an artifact of the job.
  - Runs on the controller only and opens no connection.
author:
  - the wsus.client authors (@wsus-client)
options:
  path:
    description:
      - The JSON file on the controller. Missing folders are created, and an existing file is replaced.
      - All files are written under temporary names and renamed at the end, so a reader never sees an incomplete file. If one of them cannot be
        written, for example because the disk is full, none is replaced.
      - If omitted, no file is written.
    type: path
  html:
    description:
      - The HTML page on the controller. It is one file that needs no network.
    type: path
  csv:
    description:
      - The CSV file on the controller, with one row for each machine. Text that a spreadsheet program would evaluate is quoted.
    type: path
  prometheus:
    description:
      - The file for the textfile collector of the Prometheus node exporter. Its name must end with C(.prom).
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
  repair:
    description:
      - Report what a repair did, from the results that the playbook C(wsus.client.repair) registers. O(audits) is ignored then.
    type: bool
    default: false
  audit_files:
    description:
      - Audit files whose machines are included, such as those of job slices. If several contain a machine, its latest facts are used.
    type: list
    elements: path
    default: []
  previous:
    description:
      - An earlier audit file. The report then shows which findings are new or gone, and how long the others have existed.
    type: path
  server_computers:
    description:
      - The computers of the WSUS console, as CSV or JSON, to compare with the machines.
      - The guide R(Auditing a fleet, ansible_collections.wsus.client.docsite.guide_audit) has the PowerShell command that exports them.
    type: path
  report_overdue_days:
    description:
      - After how many days without a report to WSUS a machine is overdue. Used with O(server_computers).
    type: int
    default: 30
  max_age_hours:
    description:
      - Older facts are reported as a fleet finding. V(0) accepts every age.
    type: int
    default: 0
  show:
    description:
      - What to print.
      - V(all) prints every machine, V(problems) only those that are not healthy, V(totals) only the totals.
    type: str
    choices: [all, problems, totals, none]
    default: all
  language:
    description:
      - The language of the HTML page.
    type: str
    choices: [en, ja]
    default: en
  fail_on:
    description:
      - The status of a machine with which the task fails, after the report is printed and written.
      - V(unreachable) fails for machines that are unreachable, failed or not audited, V(broken) also for broken ones, V(degraded) also for degraded ones.
    type: str
    choices: [never, broken, degraded, unreachable]
    default: never
  validate_only:
    description:
      - Only validate the options, read the files that they name, and verify that the others can be written. Report nothing.
    type: bool
    default: false
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
        html: audit.html
        show: problems
      run_once: true

- name: Join the audits of job slices
  hosts: windows
  gather_facts: false
  tasks:
    - name: Report on the fleet
      wsus.client.wsus_report:
        audit_files: [slice1.json, slice2.json]
        previous: last-week.json
        csv: audit.csv
        fail_on: broken
      run_once: true
"""

RETURN = r"""
path:
  description: The file that was requested. V(null) if none was.
  returned: success
  type: str
  sample: audit.json
files:
  description: The files that were requested, by format.
  returned: success
  type: dict
  sample:
    json: audit.json
    html: audit.html
run:
  description:
    - A random ID of this report. The JSON file, the HTML page and the statistic C(wsus_report) have the same. It shows whether a file is that of this run.
  returned: success
  type: str
  sample: 0b6f3f6e-8a0c-4a55-9d0f-5f2f5f1b8a57
totals:
  description:
    - The number of machines, of machines with each status, with each open finding, by who is responsible, and with each outcome of a repair.
    - C(severities) counts findings; resolved ones are counted apart from other information.
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
    severities: {error: 1, warning: 0, info: 1, resolved: 2}
    remedies: {bits: 1}
    outcomes: {repaired: 0, partly: 0, planned: 0, failed: 0, administrator: 0, none: 0}
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
        - V(fleet.not_seen), machines were not audited within O(max_age_hours).
        - V(fleet.not_in_console), V(fleet.not_in_inventory), V(fleet.report_overdue) and V(fleet.shared_entry) compare with O(server_computers).
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
    - V(fleet_not_healthy), machines have a status that O(fail_on) names.
    - V(not_readable), a file on the controller cannot be read or does not have the expected content.
    - V(not_writable), a file cannot be written on the controller.
    - V(wrong_option), an option is wrong.
  returned: failure
  type: str
  sample: not_writable
"""
