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
  - Nothing is installed on the machine and no script of ours runs there. Windows' own programs (such as C(reg.exe), C(sc.exe), C(wevtutil.exe)) are called
    in one remote execution, and their output is understood on the controller. This works in every display language and in PowerShell's
    Constrained Language Mode.
  - There is one exception. Where the WSUS server is asked from a machine without C(curl.exe) (before Windows 10 1803 and Server 2019), that is done
    through the .NET client of the PowerShell that carries the calls. Constrained Language Mode forbids it; then there is the finding
    V(reachability.untested), and the rest works as ever.
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
options: {}
"""

    EVENTS = r"""
options:
  event_days:
    description:
      - How many days back events are read, from 1 to 365.
    type: int
    default: 14
"""

    SERVER = r"""
options:
  server_url:
    description:
      - The WSUS server that the machine should have, as C(http://server:port) or C(https://server:port). A machine that points at another one gets the
        finding V(policy.unexpected_server). Case, a final slash and the scheme's own port do not count.
      - Without it any server is right.
    type: str
"""

    CHANGE = r"""
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target, if not supported the action will be skipped.
    support: full
    details:
      - Reads the machine and plans as it does otherwise, and changes nothing.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: full
options: {}
"""

    BACKUP = r"""
options:
  backup_dir:
    description:
      - The folder on the machine, which must exist, for the file with what was there before the first change.
      - Without it the folder C(Temp) of Windows, C(C:\Windows\Temp) on most machines.
    type: str
"""

    SERVICE = r"""
options:
  path:
    description: The image path, with its arguments, in place of the one of O(definition).
    type: str
  service_type:
    description: The service type in place of the one of O(definition).
    type: str
    choices: [share_process, own_process]
  start_type:
    description:
      - The start type. Without it V(demand), V(delayed_auto) and V(auto) are all right.
      - V(disabled) needs O(state=stopped).
    type: str
    choices: [auto, delayed_auto, demand, disabled]
  error_control:
    description: The error control in place of the one of O(definition).
    type: str
    choices: [ignore, normal, severe, critical]
  account:
    description: The account that the service runs as, in place of the one of O(definition). Only accounts without a password can be set.
    type: str
  dependencies:
    description: The services that the service depends on, in place of the ones of O(definition).
    type: list
    elements: str
  privileges:
    description: The privileges that the service requires, in place of the ones of O(definition).
    type: list
    elements: str
  sid_type:
    description: The type of the service's own SID in place of the one of O(definition). It takes effect when Windows starts next.
    type: str
    choices: [none, unrestricted, restricted]
  failure_actions:
    description: What Windows does when the service fails, in place of what O(definition) has.
    type: dict
    suboptions:
      reset_period_s:
        description: After how many seconds without a failure the count of failures starts again.
        type: int
        required: true
      actions:
        description: What is done after the first failure, the second, and so on. The last one is repeated.
        type: list
        elements: dict
        required: true
        suboptions:
          action:
            description: What is done.
            type: str
            choices: [none, restart, reboot, run_command]
            required: true
          delay_ms:
            description: After how many milliseconds.
            type: int
            default: 0
  service_dll:
    description: The library in C(Parameters\ServiceDll) in place of the one of O(definition).
    type: str
  state:
    description:
      - The state that is asked for.
      - With V(startable) the service may run or not. One that does not run is started only after something was repaired, or where its last run ended
        with an error, to prove that it starts. One that runs is restarted only where a repair takes effect at a start.
      - V(started) and V(stopped) start and stop it. V(restarted) restarts it every time.
    type: str
    choices: [startable, started, stopped, restarted]
    default: startable
  timeout:
    description: How many seconds to wait for each start and stop of a service. Nothing is killed when they are over.
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
    description: How many seconds to wait for each start and stop of a service, and for a folder to be let go of. Nothing is killed when they are over.
    type: int
    default: 120
"""
