# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the agent is told to scan and to report, in the way that the build understands.

Up to Windows 8.1 and Server 2012 R2 by the switches of wuauclt.exe (Microsoft KB 10132); from Windows 10 on these do nothing
and UsoClient.exe has the orchestrator start a scan. None of them says anything or waits.
"""

from __future__ import annotations

from ..._windows.command import Command, command
from .facts import FIRST_WITH_ORCHESTRATOR


def start_scan(build: int, *, renew_authorization: bool = False) -> tuple[Command, ...]:
    """Start a scan; ``renew_authorization`` has an old agent drop its cookie first."""
    if build >= FIRST_WITH_ORCHESTRATOR:
        return (command("UsoClient.exe", "StartScan"),)
    switches = ("/resetauthorization", "/detectnow") if renew_authorization else ("/detectnow",)
    return (command("wuauclt.exe", *switches),)


def send_report(build: int) -> tuple[Command, ...]:
    """Send what is to be reported; from Windows 10 on a scan does it by itself, some minutes later."""
    return () if build >= FIRST_WITH_ORCHESTRATOR else (command("wuauclt.exe", "/reportnow"),)
