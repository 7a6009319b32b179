# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry of the hosts file for the server: it replaces what DNS says, and is forgotten when a server moves."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..._windows.command import Result, command
from ..._windows.query import Query
from .files import host_of

PATH = r"System32\drivers\etc\hosts"
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{2,45}(?:%\w{1,20})?")
_NAME = re.compile(r"[a-z0-9._-]{1,255}")


@dataclass(frozen=True)
class Parser:
    """Parses the lines of a hosts file that contain a name: the address of the first entry for exactly that name."""

    name: str

    def __call__(self, result: Result) -> str | None:
        """The address; None if the file has no entry for the name. Windows ignores a line without an address."""
        for line in result.lines:
            address, *names = line.partition("#")[0].split() or [""]
            if self.name in map(str.lower, names) and _ADDRESS.fullmatch(address):
                return address
        return None


def query(server: str, system_root: str) -> Query[str | None] | None:
    """The query for the entry of a server; None if its URL contains an address instead of a name, which no entry replaces."""
    name = host_of(server)
    if name is None or not _NAME.fullmatch(name) or name.replace(".", "").isdecimal():
        return None
    return Query(command("findstr.exe", "/l", "/i", f"/c:{name}", rf"{system_root}\{PATH}"), Parser(name))
