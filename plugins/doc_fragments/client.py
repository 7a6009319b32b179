# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation that the modules share."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes and notes of every module that asks or changes a Windows machine."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  become:
    description: Is usable alongside C(become) keywords.
    support: none
    details:
      - Programs run as the user of the connection, who must be an administrator of the machine. A task with C(become) is refused.
  bypass_host_loop:
    description: Forces a 'global' task that does not execute per host.
    support: none
  connection:
    description: Uses the target's configured connection information to execute code on it.
    support: full
  delegation:
    description: Can be used in conjunction with C(delegate_to) and related keywords.
    support: full
  platform:
    description: Target OS/families that can be operated against.
    support: full
    platforms: windows
notes:
  - Nothing is installed on the machine and no script of ours runs there. Windows' own programs (C(reg.exe), C(sc.exe), C(wevtutil.exe)) are called
    in one remote execution, and their output is understood on the controller. This works in every display language and in PowerShell's
    Constrained Language Mode.
  - Works with the connections P(ansible.builtin.winrm#connection), P(ansible.builtin.psrp#connection) and P(ansible.builtin.ssh#connection).
  - The keyword C(environment) has no effect.
"""

    FACTS = r"""
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target, if not supported the action will be skipped.
    support: full
    details:
      - Only reads, so it does the same in check mode.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: N/A
    details:
      - Nothing is changed.
  facts:
    description: Action returns an C(ansible_facts) dictionary that will update existing host facts.
    support: full
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
options:
  event_days:
    description:
      - How many days back events are read, from 1 to 365.
    type: int
    default: 14
"""
