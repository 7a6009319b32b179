# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument for a connection plugin that makes it send the command line of a batch, in every release of ansible-core.

Connection plugins of earlier releases encode their argument as a PowerShell command line, even if it is already encoded: winrm
before 2.19, ssh to a Windows shell before 2.18 (which also prepends ``chcp.com``). These receive the script, and encode it as
the same command line. psrp extracts the script from an encoded command line, in every release.
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
    """Whether the connection plugin in this release encodes its argument.

    ``windows_shell`` is whether ``ansible_shell_type`` of the host is powershell or cmd: ssh does not encode for other shells.
    """
    name = transport.rpartition(".")[2]
    return core < _ENCODES_BEFORE.get(name, (0, 0)) and (name != "ssh" or windows_shell)


def given(script: str, connection: object) -> str:
    """The argument for ``exec_command`` of the connection that runs a script.

    Raises UnquotableArgument if the connection would change the script.
    """
    shell = getattr(connection, "_shell", None)
    if encodes(
        getattr(connection, "transport", ""), core_release(), windows_shell=getattr(shell, "_IS_WINDOWS", False)
    ):
        _require_unchanged(script)
        return script
    return batch.command_line(script)


def _require_unchanged(script: str) -> None:
    """Before the connection encodes a script, it strips and joins its lines; Python splits lines at more characters."""
    if "\n".join(line.strip() for line in script.splitlines() if line.strip()) != script:
        (found, *_more) = [line for line in script.split("\n") if len(line.splitlines()) > 1] or [script]
        program = found.split("'")[1] if found.startswith("x '") else "PowerShell"
        raise UnquotableArgument(
            f"a command of {program} cannot be passed safely: ansible-core before 2.19 would change a line separator in it"
        )
