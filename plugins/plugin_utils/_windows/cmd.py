# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""A program of Windows run by cmd.exe, which waits for it whatever it is and ends with its exit code.

PowerShell waits for no program of the GUI subsystem that ends a pipeline, and leaves ``$LASTEXITCODE`` as it was (PowerShell/PowerShell,
``engine/NativeCommandProcessor.cs``: ``_isRunningInBackground``; redirection does not matter). cmd.exe does not wait for such a program at
its prompt, but does in a batch file and after ``/c`` (reactos/reactos, ``base/shell/cmd/cmd.c``, ``Execute``: ``fSingleCommand``; not
confirmed on a real Windows).

The line is handed over as separate words. None of them holds a blank, so PowerShell puts none in double quotes, and the rule by which
cmd.exe takes quotes away after ``/c`` (``cmd /?``) does not apply. cmd.exe writes out ``%SystemRoot%``, and reads the parentheses.
"""

from __future__ import annotations

from .command import NOT_FOUND, Command, command

_SYSTEM_FOLDER = r"%SystemRoot%\System32"


def run_waiting(program: str, *arguments: str) -> Command:
    """Run a program of System32 to its end; NOT_FOUND where Windows does not have it."""
    path = rf"{_SYSTEM_FOLDER}\{program}"
    call = f"({' '.join((path, *arguments))})".split(" ")
    return command("cmd.exe", "/d", "/c", "if", "exist", path, *call, "else", "exit", str(NOT_FOUND))
