# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machine's proxy shall be, and the step that makes it so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..._exceptions import WrongOption
from ..._plan import Change, Step
from ..._windows import registry
from ..._windows.command import Command, command
from ..._windows.registry import Value
from .facts import CONNECTIONS, VALUE, Proxy
from .selection import hidden

STATES = ("direct", "given", "import_user")
# A list entry: perhaps a scheme, then a name or address, perhaps a port. WinHTTP takes neither user nor path.
_SERVER = re.compile(r"(?:(?:http|https|ftp|socks)=)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_BYPASS = re.compile(r"<local>|[A-Za-z0-9._*?:\[\]-]+")


@dataclass(frozen=True)
class Desired:
    """The machine's proxy as it shall be: ``server`` empty for a direct connection. ``imported``: taken from the user by Windows."""

    server: str
    bypass: str
    imported: bool = False


def check(options: Mapping[str, Any]) -> None:
    """Look at the options of wsus_proxy before anything is sent. Raises WrongOption; what a server holds is never shown."""
    given = options["state"] == "given"
    if given and not options["server"]:
        raise WrongOption("state is given, but no server is: name the proxy as host:port")
    if not given and (options["server"] or options["bypass"]):
        raise WrongOption(f"state is {options['state']}; server and bypass go with state: given")
    if options["server"]:
        check_server("server", options["server"])
    for entry in options["bypass"] or ():
        if not _BYPASS.fullmatch(entry):
            raise WrongOption(
                f"bypass: {hidden(entry)!r} is no name, address, pattern such as *.example.com, nor <local>"
            )


def check_server(option: str, server: str) -> None:
    """Look at a proxy, or a list of proxies by scheme. Raises WrongOption, in which no password stands."""
    if "@" in server or "//" in server:
        raise WrongOption(
            f"{option} holds a user, a password or a URL; it must be host:port, or a list http=host:port;https=host:port"
        )
    for entry in server.split(";"):
        if not _SERVER.fullmatch(entry):
            raise WrongOption(f"{option}: {entry!r} is no host:port, nor http=host:port or https=host:port")


def desired(options: Mapping[str, Any], proxy: Proxy) -> Desired:
    """What the options ask for on a machine."""
    if options["state"] == "given":
        return Desired(options["server"], ";".join(options["bypass"] or ()))
    if options["state"] == "import_user" and proxy.user.manual:
        return Desired(proxy.user.manual, proxy.user.bypass, imported=True)
    return Desired("", "", imported=options["state"] == "import_user")


def plan(proxy: Proxy, wanted: Desired) -> tuple[Step, ...]:
    """The step that brings the machine's proxy there, with its undo; empty where it is right."""
    before = proxy.winhttp
    now = (before.manual, before.bypass if before.manual else "") if before else ("", "")
    # Netsh sets neither: who asks for a proxy, or for none, does not want another one to be found.
    found = [mode for mode in before.modes if mode in ("script", "detect")] if before else []
    if now == (wanted.server, wanted.bypass) and not proxy.malformed and not found:
        return ()
    changes = tuple(
        Change(attribute, hidden(old), hidden(new))
        for attribute, old, new in (("server", now[0], wanted.server), ("bypass", now[1], wanted.bypass))
        if old != new
    )
    if before and found:
        modes = ["direct", "proxy"] if wanted.server else ["direct"]
        changes = (*changes, Change("modes", list(before.modes), modes))
    if proxy.malformed:
        changes = (Change("winhttp_settings", "malformed", "readable"), *changes)
    return (Step(changes, _do(wanted), _undo(proxy)),)


def backup(file: str) -> Command:
    """Export the key that holds the machine's proxy to a .reg file on the machine."""
    return registry.export(CONNECTIONS, file)


def _do(wanted: Desired) -> Command:
    if wanted.imported:
        return command("netsh.exe", "winhttp", "import", "proxy", "source=ie")
    if not wanted.server:
        return command("netsh.exe", "winhttp", "reset", "proxy")
    bypass = (f"bypass-list={wanted.bypass}",) if wanted.bypass else ()
    return command("netsh.exe", "winhttp", "set", "proxy", f"proxy-server={wanted.server}", *bypass)


def _undo(proxy: Proxy) -> tuple[Command, ...]:
    """The value as it was, byte for byte."""
    if proxy.blob is None:
        return (registry.delete_value(CONNECTIONS, VALUE),)
    return (registry.add(CONNECTIONS, Value(VALUE, "REG_BINARY", proxy.blob)),)
