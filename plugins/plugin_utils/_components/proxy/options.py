# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of wsus_proxy, and the validation of a proxy in the options of other modules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

from ..._exceptions import WrongOption
from ..._options import BACKUP, Options, Spec
from ..._windows.urls import servers_without_credentials

STATES = ("direct", "manual", "import")
# A list entry: a name or address, with an optional scheme and port. WinHTTP accepts neither a user nor a path.
_SERVER = re.compile(r"(?:(?:http|https|ftp|socks)=)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_BYPASS = re.compile(r"<local>|[A-Za-z0-9._*?:\[\]-]+")

_OWN = Spec(
    {
        "state": {"type": "str", "choices": list(STATES), "required": True},
        "server": {"type": "str"},
        "bypass": {"type": "list", "elements": "str"},
    },
    required_if=(("state", "manual", ("server",)),),
)


@dataclass(frozen=True)
class ProxyOptions(Options):
    """The module options."""

    SPEC: ClassVar[Spec] = _OWN | BACKUP

    state: Literal["direct", "manual", "import"]
    server: str | None
    bypass: list[str] | None
    backup_dir: str | None

    def validate(self) -> None:
        """Raises WrongOption; its message never contains credentials of a proxy."""
        manual = self.state == "manual"
        if manual and not self.server:
            raise WrongOption("state=manual requires server: the proxy as host:port")
        if not manual and (self.server or self.bypass):
            raise WrongOption(f"state is {self.state}; server and bypass require state=manual")
        if self.server:
            require_proxy("server", self.server)
        for entry in self.bypass or ():
            if not _BYPASS.fullmatch(entry):
                raise WrongOption(
                    f"bypass: {servers_without_credentials(entry)!r} is not a name, an address, a pattern such as *.example.com, or <local>"
                )


def require_proxy(option: str, server: str) -> None:
    """Raises WrongOption if a text is not a proxy or a list of proxies by scheme; its message contains no password."""
    if "@" in server or "//" in server:
        raise WrongOption(
            f"{option} contains a user, a password or a URL; it must be host:port, or a list http=host:port;https=host:port"
        )
    for entry in server.split(";"):
        if not _SERVER.fullmatch(entry):
            raise WrongOption(
                f"{option}: {servers_without_credentials(entry)!r} is not host:port, http=host:port or https=host:port"
            )
