# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that make the agent scan and report, in the form that the build supports.

Up to Windows 8.1 and Server 2012 R2 these are the switches of wuauclt.exe (Microsoft KB 10132). From Windows 10 on they have no
effect, and UsoClient.exe makes the orchestrator start a scan. Neither program writes output or waits for the scan.

Both are GUI programs on many builds, so cmd.exe runs them. UsoClient.exe of Windows 11 is one: its entry point is
``wWinMain`` (onecore/enduser/windowsupdate/undocked/stubexes/main.cpp, disassembled in public repositories), and its exit code is
the result of ``UsoClientImpl.dll!ProcessUsoClientCommand``: 0, or the HRESULT of the call to the orchestrator, 0x80070057 for an
unknown verb (``PerformOperationOnManager``, ClientImpl.cpp, the same source). UsoClient.exe of Windows 10, and wuauclt.exe: not confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..._windows import cmd
from ..._windows.command import Command
from .facts import FIRST_WITH_ORCHESTRATOR


@dataclass(frozen=True)
class Trigger:
    """A program that makes the agent do something, and the command that runs it and waits for its end."""

    program: str
    command: Command


def start_scan(build: int, *, renew_authorization: bool = False) -> tuple[Trigger, ...]:
    """Start a scan; with ``renew_authorization`` an agent before Windows 10 deletes its cookie first."""
    if build >= FIRST_WITH_ORCHESTRATOR:
        return (_trigger("UsoClient.exe", "StartScan"),)
    switches = ("/resetauthorization", "/detectnow") if renew_authorization else ("/detectnow",)
    return (_trigger("wuauclt.exe", *switches),)


def send_report(build: int) -> tuple[Trigger, ...]:
    """Send the pending reports; empty from Windows 10 on, where the agent sends them some minutes after a scan."""
    return () if build >= FIRST_WITH_ORCHESTRATOR else (_trigger("wuauclt.exe", "/reportnow"),)


def drop_authorization(build: int) -> tuple[Trigger, ...]:
    """Delete the cookie of an agent from Windows 10 on, by which the server identifies it until the cookie expires ([MS-WUSP]).

    Guides for cloned machines use it there as well. Whether it still has an effect is not confirmed, and Server Core 2016 has
    no wuauclt.exe (MicrosoftDocs/windowsserverdocs issue 4838): nothing may depend on it.
    """
    return (_trigger("wuauclt.exe", "/resetauthorization"),) if build >= FIRST_WITH_ORCHESTRATOR else ()


def failure(exit_code: int) -> int | None:
    """The HRESULT of a failed trigger; None if the exit code is not negative.

    A negative exit code is an HRESULT of severity error, or the status of a program that crashed; others have no meaning.
    """
    return exit_code & 0xFFFFFFFF if exit_code < 0 else None


def _trigger(program: str, *arguments: str) -> Trigger:
    return Trigger(program, cmd.run_waiting(program, *arguments))
