# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Runs a Windows program with cmd.exe, which waits for any program and returns its exit code.

PowerShell does not wait for a GUI program at the end of a pipeline, and leaves ``$LASTEXITCODE`` unchanged (PowerShell/PowerShell,
``engine/NativeCommandProcessor.cs``: ``_isRunningInBackground``; redirection does not matter). cmd.exe does not wait for such a program at
its prompt, but does in a batch file and after ``/c`` (reactos/reactos, ``base/shell/cmd/cmd.c``, ``Execute``: ``fSingleCommand``; not
confirmed on a real Windows).

The command line is passed as separate words. None of them contains a space, so PowerShell quotes none of them, and the rule by which
cmd.exe removes quotes after ``/c`` (``cmd /?``) does not apply. cmd.exe expands ``%SystemRoot%`` and interprets the parentheses.
"""

from __future__ import annotations

from .command import NOT_FOUND, Command, command

_SYSTEM_FOLDER = r"%SystemRoot%\System32"


def run_waiting(program: str, *arguments: str) -> Command:
    """Run a program in System32 and wait for its end; the exit code is NOT_FOUND if it does not exist."""
    path = rf"{_SYSTEM_FOLDER}\{program}"
    call = f"({' '.join((path, *arguments))})".split(" ")
    return command("cmd.exe", "/d", "/c", "if", "exist", path, *call, "else", "exit", str(NOT_FOUND))
