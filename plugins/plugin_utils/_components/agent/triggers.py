# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the agent is told to scan and to report, in the way that the build understands.

Up to Windows 8.1 and Server 2012 R2 by the switches of wuauclt.exe (Microsoft KB 10132); from Windows 10 on these do nothing
and UsoClient.exe has the orchestrator start a scan. None of them says anything or waits for the scan.

Both are programs of the GUI subsystem on many builds, so cmd.exe runs them. UsoClient.exe of Windows 11 is one: its entry point is
``wWinMain`` (onecore/enduser/windowsupdate/undocked/stubexes/main.cpp, disassembled in public repositories), and it ends with what
``UsoClientImpl.dll!ProcessUsoClientCommand`` returns: 0, or the HRESULT of the call to the orchestrator, 0x80070057 for a verb that it
does not know (``PerformOperationOnManager``, ClientImpl.cpp, the same source). UsoClient.exe of Windows 10, and wuauclt.exe: not confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..._windows import cmd
from ..._windows.command import Command
from .facts import FIRST_WITH_ORCHESTRATOR


@dataclass(frozen=True)
class Trigger:
    """A program that tells the agent to do something, and the command that runs it to its end."""

    program: str
    command: Command


def start_scan(build: int, *, renew_authorization: bool = False) -> tuple[Trigger, ...]:
    """Start a scan; ``renew_authorization`` has an agent before Windows 10 drop its cookie first."""
    if build >= FIRST_WITH_ORCHESTRATOR:
        return (_trigger("UsoClient.exe", "StartScan"),)
    switches = ("/resetauthorization", "/detectnow") if renew_authorization else ("/detectnow",)
    return (_trigger("wuauclt.exe", *switches),)


def send_report(build: int) -> tuple[Trigger, ...]:
    """Send what is to be reported; from Windows 10 on a scan does it by itself, some minutes later."""
    return () if build >= FIRST_WITH_ORCHESTRATOR else (_trigger("wuauclt.exe", "/reportnow"),)


def drop_authorization(build: int) -> tuple[Trigger, ...]:
    """Have an agent from Windows 10 on drop its cookie, by which the server knows it until the cookie expires ([MS-WUSP]).

    Administrators' guides to cloned machines run it there as well. Whether it still has an effect is not confirmed, and Server Core of
    2016 has no wuauclt.exe (MicrosoftDocs/windowsserverdocs issue 4838): nothing may depend on it.
    """
    return (_trigger("wuauclt.exe", "/resetauthorization"),) if build >= FIRST_WITH_ORCHESTRATOR else ()


def failure(exit_code: int) -> int | None:
    """The HRESULT that a trigger failed with; None for an exit code that says nothing.

    Only a negative one says something: an HRESULT of severity error, or the status that Windows ends a crashed program with.
    """
    return exit_code & 0xFFFFFFFF if exit_code < 0 else None


def _trigger(program: str, *arguments: str) -> Trigger:
    return Trigger(program, cmd.run_waiting(program, *arguments))
