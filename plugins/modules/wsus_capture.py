# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: wsus_capture
short_description: Write the output that an audit reads to a file, with names replaced
version_added: 0.9.0
description:
  - Audits the WSUS client with all components, as M(wsus.client.wsus_facts) does, and writes the output of the machine, with the facts and findings that
    follow from it, to a file on the controller. Use it to report a wrong diagnosis.
  - Names of computers, domains, users, servers, proxies, sites and GPOs, addresses, SIDs, the client ID and other GUIDs of the machine, and mail
    addresses are replaced, the same name by the same replacement throughout the file. Credentials in URLs, queries of URLs, product IDs and most binary
    values are removed.
  - Numbers, error codes, times, versions, file names of Windows and titles of updates are kept.
  - The facts and findings in the file are derived from the replaced output. RV(same_findings) says whether they are the findings of the machine.
  - A name cannot be recognized if no output identifies it as a name. Read the file before you publish it.
  - Changes nothing on the machine.
author:
  - the wsus.client authors (@wsus-client)
extends_documentation_fragment:
  - wsus.client.client
  - wsus.client.client.events
options:
  dest:
    description:
      - The folder on the controller. It is created if it is missing.
      - The file has the name of the machine in the inventory. Characters other than letters, digits, dots, hyphens and underscores become underscores; then
        a suffix that is computed from the name follows. An existing file is replaced.
      - Only its owner can read the file.
    type: path
    default: ./captures
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target, if not supported the action will be skipped.
    support: full
    details:
      - Reads the machine and returns the same, but writes no file.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: N/A
    details:
      - Nothing is changed.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
    details:
      - A capture is an output like a log. The result is never changed.
seealso:
  - module: wsus.client.wsus_facts
"""

EXAMPLES = r"""
- name: Capture the WSUS client
  wsus.client.wsus_capture:

- name: Capture the client with the events of a month
  wsus.client.wsus_capture:
    dest: /var/tmp/captures
    event_days: 30
  register: wsus_capture_result

- name: Show where the file is
  ansible.builtin.debug:
    var: wsus_capture_result.path
"""

RETURN = r"""
path:
  description: The file on the controller. In check mode, the file that would be written.
  returned: success
  type: str
  sample: captures/pc17.example.com.json
findings:
  description: The IDs of the findings in the file, most severe first.
  returned: success
  type: list
  elements: str
  sample: [bits.disabled]
same_findings:
  description:
    - Whether the audit of the machine has the same findings as the replaced output.
    - If V(false), replacing a name changed the diagnosis. The file contains the IDs of both.
  returned: success
  type: bool
  sample: true
remote_executions:
  description: The number of remote executions.
  returned: success
  type: int
  sample: 2
native_commands:
  description: The number of programs that were run on the machine.
  returned: success
  type: int
  sample: 24
left_out:
  description:
    - The number of entries that were left out of lists. A result contains at most 500 entries of a list, and fewer if it were larger than 256 KB.
      Each name is the path of a list.
  returned: if entries were left out
  type: dict
  sample: {"changes": 12}
reason:
  description:
    - A stable identifier of the failure. In addition to those of M(wsus.client.wsus_facts),
    - V(not_writable), the file cannot be written on the controller.
  returned: failure
  type: str
  sample: not_writable
"""
