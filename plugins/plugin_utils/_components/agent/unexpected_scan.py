# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Why Windows will make no scan for a trigger, so that nobody waits for one.

- Automatic updating is off (NoAutoUpdate=1). ``IAutomaticUpdates::DetectNow`` begins a detection only where Automatic Updates is
  enabled, else it returns WU_E_AU_NOSERVICE (learn.microsoft.com, wuapi.h). For the orchestrator of Windows 10 and later: not confirmed.
- Configuration Manager has the agent scan (its client is the service CcmExec, "SMS Agent Host"), on its own schedule, and sets WUServer
  itself (MicrosoftDocs/SupportArticles-docs, "Software updates management troubleshooting"). That a trigger does not lead to a scan
  there: not confirmed.
- Nobody has logged on yet: "for USO scan to kick off the user must log on to a device at least once" (MicrosoftDocs/memdocs issue 2965).
  Each account that did has a profile, by its SID, below ``...\Windows NT\CurrentVersion\ProfileList``: S-1-5-21-* of the machine or a
  domain, S-1-12-1-* of Entra ID. Ansible's own logon may make one too, so that a machine without any is rare.
"""

from __future__ import annotations

import re
from typing import Any, Literal, TypeAlias

from ..._windows import registry, sc
from ..._windows.query import Answers, Query
from ..shared.registry_keys import POLICY
from .facts import FIRST_WITH_ORCHESTRATOR

NotExpected: TypeAlias = Literal["automatic_updates_disabled", "configuration_manager", "no_user_logged_on"]

_AUTOMATIC_UPDATES = registry.key(rf"{POLICY}\AU")
_CONFIGURATION_MANAGER = sc.state("CcmExec")
_PROFILE_LIST = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"
_PROFILES = registry.level(_PROFILE_LIST)
_USER = re.compile(r"\\S-1-(5-21|12-1)-[0-9-]+$", re.IGNORECASE)


def probe_for_expectation(build: int) -> tuple[Query[Any], ...]:
    """The queries that tell whether Windows will make a scan."""
    return (_AUTOMATIC_UPDATES, _CONFIGURATION_MANAGER, *((_PROFILES,) if build >= FIRST_WITH_ORCHESTRATOR else ()))


def not_expected(answers: Answers) -> NotExpected | None:
    """Why no scan is to be expected, from the answers; None where one is."""
    automatic = answers[_AUTOMATIC_UPDATES]
    if automatic and automatic.number("NoAutoUpdate") == 1:
        return "automatic_updates_disabled"
    if answers[_CONFIGURATION_MANAGER].running:
        return "configuration_manager"
    profiles = answers.get(_PROFILES, None)
    # A list that could not be read tells nothing: the accounts of the system always have profiles.
    if profiles and profiles.keys and not any(_USER.search(name) for name in profiles.keys):
        return "no_user_logged_on"
    return None
