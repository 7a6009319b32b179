# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""The reasons why Windows does not scan after a trigger, so that a run does not wait in vain.

- A restart is pending that completes installed updates: the agent does not scan before it (Microsoft's guides for WSUS).
- Automatic updating is disabled (NoAutoUpdate=1). ``IAutomaticUpdates::DetectNow`` starts a scan only if Automatic Updates is
  enabled; otherwise it returns WU_E_AU_NOSERVICE (learn.microsoft.com, wuapi.h). Orchestrator of Windows 10 and later: not confirmed.
- Configuration Manager (its client is the service CcmExec, "SMS Agent Host") makes the agent scan on its own schedule, and sets
  WUServer itself (MicrosoftDocs/SupportArticles-docs, "Software updates management troubleshooting"). That a trigger does not
  lead to a scan there: not confirmed.
- No user has logged on yet: "for USO scan to kick off the user must log on to a device at least once" (MicrosoftDocs/memdocs issue 2965).
  Each account that has logged on has a profile, named by its SID, below ``...\Windows NT\CurrentVersion\ProfileList``: S-1-5-21-* of
  the machine or a domain, S-1-12-1-* of Entra ID. The logon of Ansible may create one too, so a machine without any is rare.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from ..._windows import registry, sc
from ..._windows.query import Answers, Query
from ..shared import managers
from ..shared.registry_keys import POLICY, UPDATE
from .facts import FIRST_WITH_ORCHESTRATOR

NotExpected: TypeAlias = Literal[
    "restart_pending", "configuration_manager", "automatic_updates_disabled", "no_user_logged_on"
]

WITHOUT_TRIGGER: Mapping[NotExpected, str] = {
    "restart_pending": "A restart of Windows is pending, and the agent does not scan before it: the machine needs a restart",
    "configuration_manager": "Configuration Manager starts the scans of this machine on its own schedule",
}
"""The reasons for which no scan is started either, in words."""


_AUTOMATIC_UPDATES = registry.key(rf"{POLICY}\AU")
_REBOOT_REQUIRED = rf"{UPDATE}\Auto Update\RebootRequired"
_CONFIGURATION_MANAGER = sc.state("CcmExec")
_PROFILE_LIST = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"
_PROFILES = registry.level(_PROFILE_LIST)
_USER = re.compile(r"\\S-1-(5-21|12-1)-[0-9-]+$", re.IGNORECASE)


def probe_for_expectation(build: int) -> tuple[Query[Any], ...]:
    """The queries that show whether Windows will scan."""
    keys = registry.tree(UPDATE), _AUTOMATIC_UPDATES, managers.CONFIGURATION_MANAGER
    return (*keys, _CONFIGURATION_MANAGER, *((_PROFILES,) if build >= FIRST_WITH_ORCHESTRATOR else ()))


def not_expected(answers: Answers) -> NotExpected | None:
    """Why no scan is expected, from the answers; None if one is expected."""
    if answers[registry.tree(UPDATE)].key(_REBOOT_REQUIRED) is not None:
        return "restart_pending"
    if managers.configuration_manager(answers) or answers[_CONFIGURATION_MANAGER].running:
        return "configuration_manager"
    automatic = answers[_AUTOMATIC_UPDATES]
    if automatic and automatic.number("NoAutoUpdate") == 1:
        return "automatic_updates_disabled"
    profiles = answers.get(_PROFILES, None)
    # An unreadable list is ignored: a complete one always contains profiles, those of the system accounts.
    if profiles and profiles.keys and not any(_USER.search(name) for name in profiles.keys):
        return "no_user_logged_on"
    return None
