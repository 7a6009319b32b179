# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether Configuration Manager manages the machine: its client writes settings of the update client to the local policy.

Source: Microsoft, "Software updates management troubleshooting" (WUA Managed server policy), and the key of its client.
"""

from __future__ import annotations

from ..._windows import registry
from ..._windows.query import Answers

KEY = r"HKLM\SOFTWARE\Microsoft\SMS\Mobile Client"
CLIENT = registry.level(KEY)


def configuration_manager(answers: Answers) -> bool | None:
    """Whether its client is installed; None if that was not queried."""
    found = answers.get(CLIENT, None)
    return None if found is None else bool(found.keys)
