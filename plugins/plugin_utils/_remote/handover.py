# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a connection plugin must be given so that the machine is sent the command line of a batch, on every ansible-core.

Connections of earlier releases encode whatever they are given as a PowerShell command line, even one that is encoded already:
winrm before 2.19, ssh to a Windows shell before 2.18 (it also puts a ``chcp.com`` before it). They are given the script, and
encode it as the same command line. psrp takes the script out of an encoded command line, in every release.
"""

from __future__ import annotations

import re

from ansible import release

from .._exceptions import UnquotableArgument
from .._windows import batch

Release = tuple[int, int]

_ENCODES_BEFORE: dict[str, Release] = {"winrm": (2, 19), "ssh": (2, 18)}


def core_release() -> Release:
    """The release of the ansible-core that runs the collection: 2.21.0rc1 is (2, 21)."""
    numbers = re.match(r"(\d+)\.(\d+)", release.__version__)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)


def encodes(transport: str, core: Release, *, windows_shell: bool) -> bool:
    """Whether that connection plugin, as that release has it, encodes what it is given.

    ``windows_shell`` is whether the host's ``ansible_shell_type`` is powershell or cmd: ssh leaves the others alone.
    """
    name = transport.rpartition(".")[2]
    return core < _ENCODES_BEFORE.get(name, (0, 0)) and (name != "ssh" or windows_shell)


def given(script: str, connection: object) -> str:
    """What the connection's exec_command is given to run a script.

    Raises UnquotableArgument where the connection would change the script.
    """
    shell = getattr(connection, "_shell", None)
    if encodes(
        getattr(connection, "transport", ""), core_release(), windows_shell=getattr(shell, "_IS_WINDOWS", False)
    ):
        _require_unchanged(script)
        return script
    return batch.command_line(script)


def _require_unchanged(script: str) -> None:
    """Before it encodes a script, the connection writes it anew, line by line; to Python more characters end a line."""
    if "\n".join(line.strip() for line in script.splitlines() if line.strip()) != script:
        (found, *_more) = [line for line in script.split("\n") if len(line.splitlines()) > 1] or [script]
        raise UnquotableArgument(
            f"a command cannot be passed safely, ansible-core before 2.19 would change a character in it that ends a line: {found!r}"
        )
