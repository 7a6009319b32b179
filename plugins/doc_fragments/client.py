# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation that the modules share."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes and notes of every module that reads or changes a Windows machine."""

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
      - Programs run as the connection's user, who must be an administrator of the machine. A task with C(become) is refused.
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
  - The module installs nothing and copies no script to the machine. It calls Windows programs (such as C(reg.exe), C(sc.exe), C(wevtutil.exe))
    in one remote execution and parses their output on the controller. This works in every display language and in PowerShell's
    Constrained Language Mode.
  - There is one exception. A machine without C(curl.exe) (before Windows 10 1803 and Server 2019) sends the requests to its WSUS server through the
    .NET client of PowerShell. Constrained Language Mode prevents that; then the finding V(reachability.untested) is returned, and everything else works.
  - Works with the connections P(ansible.builtin.winrm#connection), P(ansible.builtin.psrp#connection) and P(ansible.builtin.ssh#connection).
  - The keyword C(environment) has no effect.
  - Commands that only read are sent again after a lost connection, up to three times. The variable C(wsus_retries) of a host or group, from 0 to 10,
    sets another number.
"""

    FACTS = r"""
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target, if not supported the action will be skipped.
    support: full
    details:
      - The module only reads and does the same in check mode.
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
options: {}
"""

    EVENTS = r"""
options:
  event_days:
    description:
      - How many days of events to read, from 1 to 365.
    type: int
    default: 14
"""

    SERVER = r"""
options:
  server_url:
    description:
      - The expected WSUS server, as C(http://server:port) or C(https://server:port). A machine that uses another server has the finding
        V(policy.unexpected_server). Case, a trailing slash and the default port of the scheme are ignored.
      - If omitted, any server is accepted.
    type: str
"""

    CHANGE = r"""
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target, if not supported the action will be skipped.
    support: full
    details:
      - Predicts the same changes and makes none.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: full
options: {}
"""

    BACKUP = r"""
options:
  backup_dir:
    description:
      - An existing folder on the machine for the backup of the previous settings.
      - If omitted, the folder C(Temp) of Windows, C(C:\Windows\Temp) on most machines.
    type: str
"""

    SERVICE = r"""
options:
  path:
    description: The image path with its arguments. Overrides O(definition).
    type: str
  service_type:
    description: The service type. Overrides O(definition).
    type: str
    choices: [share_process, own_process]
  start_type:
    description:
      - The start type. If omitted, V(demand), V(delayed_auto) and V(auto) are accepted.
      - V(disabled) requires O(state=stopped).
    type: str
    choices: [auto, delayed_auto, demand, disabled]
  error_control:
    description: The error control. Overrides O(definition).
    type: str
    choices: [ignore, normal, severe, critical]
  account:
    description: The account that the service runs as. Overrides O(definition). Only accounts without a password can be set.
    type: str
  dependencies:
    description: The services that the service depends on. Overrides O(definition).
    type: list
    elements: str
  privileges:
    description: The privileges that the service requires. Overrides O(definition).
    type: list
    elements: str
  sid_type:
    description: The service SID type. Overrides O(definition). It takes effect at the next start of Windows.
    type: str
    choices: [none, unrestricted, restricted]
  failure_actions:
    description: What Windows does when the service fails. Overrides O(definition).
    type: dict
    suboptions:
      reset_period_s:
        description: The number of seconds without a failure after which the failure count is reset.
        type: int
        required: true
      actions:
        description: The actions for the first failure, the second, and so on. The last one is repeated.
        type: list
        elements: dict
        required: true
        suboptions:
          action:
            description: The action.
            type: str
            choices: [none, restart, reboot, run_command]
            required: true
          delay_ms:
            description: The delay before the action in milliseconds.
            type: int
            default: 0
  service_dll:
    description: The DLL in C(Parameters\ServiceDll). Overrides O(definition).
    type: str
  state:
    description:
      - The desired state.
      - With V(startable) the service may be running or not. If it is stopped, it is started only after a repair, or if its last run ended with an error,
        to verify that it starts. If it is running, it is restarted only if a repair takes effect at a start.
      - V(started) and V(stopped) start and stop it. V(restarted) restarts it every time.
    type: str
    choices: [startable, started, stopped, restarted]
    default: startable
  timeout:
    description: How many seconds to wait for each start and stop of a service. No process is killed after that.
    type: int
    default: 60
"""

    REMAKE = r"""
options:
  timeout:
    description: How many seconds to wait for the agent to recreate it. Progress is shown with C(-v).
    type: int
    default: 600
  service_timeout:
    description: How many seconds to wait for each start and stop of a service, and for a folder to be released. No process is killed after that.
    type: int
    default: 120
"""
