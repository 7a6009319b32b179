# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_result
short_description: Fail for a machine whose audit or repair failed
version_added: 0.9.0
description:
  - The playbooks of this collection ignore failed tasks, so that the report includes every machine. This task at their end fails for each machine
    as the first failed task did, so that the exit code and the recap are correct.
  - Uses the results that the playbooks register. Runs on the controller only and opens no connection.
author:
  - the wsus.client authors (@wsus-client)
options: {}
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
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target, if not supported the action will be skipped.
    support: full
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
      - The result is never changed.
  platform:
    description: Target OS/families that can be operated against.
    support: full
    platforms: posix
seealso:
  - module: wsus.client.wsus_report
"""

EXAMPLES = r"""
- name: Audit the WSUS client
  wsus.client.wsus_facts:
  register: wsus_audit_result
  ignore_errors: true
  ignore_unreachable: true

- name: Report on the fleet
  wsus.client.wsus_report:
  run_once: true

- name: Return the failure of the machine
  wsus.client.wsus_result:
"""

RETURN = r"""
reason:
  description:
    - The identifier of the failure of the earlier task, as its module documents it.
    - V(wrong_option), an option is wrong.
  returned: failure
  type: str
  sample: output_ended_early
"""
