# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""The registry keys of what manages updates besides Group Policy.

- Configuration Manager: its client keeps ProductVersion in ``HKLM\SOFTWARE\Microsoft\SMS\Mobile Client``, and is the service CcmExec
  (scripts of administrators, stored files 39766821396 and 55919981931). It sets WUServer in the policy of the machine itself
  (MicrosoftDocs/SupportArticles-docs, "Software updates management troubleshooting").
- Device management (MDM): ``HKLM\SOFTWARE\Microsoft\PolicyManager\current\device\Update`` (stored file 69221231829).
"""

from __future__ import annotations

from ..._windows import registry
from ..._windows.query import Answers

CONFIGURATION_MANAGER = registry.key(r"HKLM\SOFTWARE\Microsoft\SMS\Mobile Client")
DEVICE_MANAGEMENT = registry.key(r"HKLM\SOFTWARE\Microsoft\PolicyManager\current\device\Update")

SCAN_PERIOD_HOURS = 7 * 24
"""The default schedule of the scans of Configuration Manager (Microsoft, "About client settings": every 7 days)."""


def configuration_manager(answers: Answers) -> str | None:
    """The version of the client of Configuration Manager; None if there is none, or if the key was not queried.

    An uninstalled client may leave keys, but not its version.
    """
    key = answers.get(CONFIGURATION_MANAGER, None)
    return key.text("ProductVersion") if key else None
