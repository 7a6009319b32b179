# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter explain: what an error code of Windows Update or BITS means, why it occurs and who can fix it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: explain
short_description: Explain an error code of Windows Update or BITS
version_added: 0.9.0
author:
  - the wsus.client authors (@wsus-client)
description:
  - Returns the name of a code, what it means, the class of its cause, and who can fix it.
  - The meaning of a code depends on its context. C(0x80200013) means a proxy that ignores range requests if a BITS job failed
    with it, and damaged components if a scan failed with it. Set O(context) to where the code was seen.
  - The table contains more than 800 codes of Windows Update, BITS, WinHTTP, Windows services, the update store's database and
    Delivery Optimization. A code that is not in the table is explained by its number, with an empty C(name).
positional: _input, context
options:
  _input:
    description:
      - The code, in any of these formats.
      - Hexadecimal text with C(0x), in upper or lower case.
      - A whole number of 32 bits, signed or unsigned, or the same as text.
      - A Win32 error number, from V(1) to V(65535). It represents C(0x80070000) plus the number.
      - A name, such as C(BG_E_INSUFFICIENT_RANGE_SUPPORT) or C(ERROR_SERVICE_DISABLED), in upper or lower case.
    type: raw
    required: true
  context:
    description:
      - Where the code was seen.
      - A code without a specific meaning in this context has its general meaning.
    type: str
    choices:
      "": Anywhere.
      bits_start: BITS failed to start with it, or a service command on BITS failed with it.
      service_start: Another service than BITS or the update agent failed to start with it.
      bits_job: A BITS job (a transfer) failed with it.
      scan: A scan by the agent failed with it.
      download: A download of an update by the agent failed with it.
      install: An installation of an update failed with it.
    default: ""
seealso:
  - module: wsus.client.wsus_bits_facts
  - module: wsus.client.wsus_facts
"""

EXAMPLES = r"""
- name: Show why a download failed
  ansible.builtin.debug:
    msg: "{{ ('0x80200013' | wsus.client.explain('bits_job')).meaning }}"

- name: Explain a number from an event log and a name
  ansible.builtin.debug:
    msg: "{{ [-2145844848, 1058, 'ERROR_SERVICE_DISABLED'] | map('wsus.client.explain') | map(attribute='name') }}"
  # ["BG_E_HTTP_ERROR_400", "ERROR_SERVICE_DISABLED", "ERROR_SERVICE_DISABLED"]

- name: Explain the exit code of sc.exe
  vars:
    reason: "{{ result.rc | wsus.client.explain('bits_start') }}"
  ansible.builtin.fail:
    msg: "{{ reason.code }} {{ reason.name }}: {{ reason.meaning }} Remedy: {{ reason.remedy }}"
  when: result.rc != 0
"""

RETURN = r"""
_value:
  description: The explanation.
  type: dict
  contains:
    code:
      description: The code as C(0x) and eight lower-case hexadecimal digits.
      type: str
      sample: "0x80200013"
    name:
      description: Its name in the Windows headers. Empty if the code is unknown.
      type: str
      sample: BG_E_INSUFFICIENT_RANGE_SUPPORT
    meaning:
      description: What it means, and what to check.
      type: str
      sample: "The server or a proxy on the path ignores requests for a range of a file (Range, Content-Range): configure the proxy to pass them."
    cause:
      description: The class of its cause, for example C(service), C(network-proxy), C(server), C(permissions), C(transient).
      type: str
      sample: network-proxy
    remedy:
      description:
        - A role of this collection (C(bits), C(agent), C(policy), C(reachability), C(update_store), C(client_id)),
          or who is responsible (C(network), C(server_side), C(administrator)), C(retry) if it is transient, or C(none).
      type: str
      sample: network
    context:
      description: The O(context) of the explanation. Empty if it is the general one.
      type: str
      sample: bits_job
"""

from collections.abc import Callable
from typing import Any, cast, get_args

from ..plugin_utils import _error_codes
from ..plugin_utils._filter import filter_errors


def explain(code: object, context: object = "") -> dict[str, Any]:
    """The explanation of a code, in any of the accepted formats, in a context. Raises AnsibleFilterError if invalid."""
    with filter_errors("explain", code, context):
        contexts = get_args(_error_codes.CodeContext)
        if context not in contexts:
            known = ", ".join(repr(each) for each in contexts)
            raise ValueError(f"{context!r} is not a context; the contexts are {known}")
        try:
            number = _error_codes.parse(code)
        except ValueError as error:
            raise ValueError(f"{code!r} is not an error code: {error}. Accepted: {_error_codes.ACCEPTED}") from None
    explanation = _error_codes.explain(number, cast(_error_codes.CodeContext, context))
    return {**explanation.as_fact(), "context": explanation.context}


class FilterModule:
    """The entry point for Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"explain": explain}
