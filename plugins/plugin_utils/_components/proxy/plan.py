# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state of the machine's proxy, and the step that sets it."""

from __future__ import annotations

from dataclasses import dataclass

from ..._exceptions import Unverifiable
from ..._plan import Change, Step
from ..._windows import registry
from ..._windows.command import Command, command
from ..._windows.urls import servers_without_credentials
from .facts import CONNECTIONS, VALUE, Proxy
from .options import ProxyOptions


@dataclass(frozen=True)
class Desired:
    """The desired proxy: ``server`` is empty for a direct connection. ``imported``: Windows copies it from the user."""

    server: str
    bypass: str
    imported: bool = False


def desired(options: ProxyOptions, proxy: Proxy) -> Desired:
    """The proxy that the options request for a machine.

    Raises Unverifiable if it is to be imported and has text that cannot be read back.
    """
    if options.state == "manual":
        return Desired(options.server or "", ";".join(options.bypass or ()))
    if options.state == "import" and not (proxy.user.manual + proxy.user.bypass).isascii():
        raise Unverifiable(
            "the user's proxy or its bypass list contains characters that are not ASCII, so whether Windows imported them could not be "
            "verified. Set the machine's proxy with state=manual. Nothing was changed"
        )
    if options.state == "import" and proxy.user.manual:
        return Desired(proxy.user.manual, proxy.user.bypass, imported=True)
    return Desired("", "", imported=options.state == "import")


def plan(proxy: Proxy, wanted: Desired) -> tuple[Step, ...]:
    """The step that sets the machine's proxy, with its undo; empty if it is set already."""
    before = proxy.winhttp
    now = (before.manual, before.bypass if before.manual else "") if before else ("", "")
    # Netsh sets neither of these modes: no proxy other than the requested one may be detected.
    found = [mode for mode in before.modes if mode in ("script", "detect")] if before else []
    if now == (wanted.server, wanted.bypass) and not proxy.malformed and not found:
        return ()
    changes = tuple(
        Change(attribute, servers_without_credentials(old), servers_without_credentials(new))
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
    """Export the key that contains the machine's proxy to a .reg file on the machine."""
    return registry.export(CONNECTIONS, file)


def restore(file: str | None) -> tuple[Command, ...]:
    """What brings back the previous value from the backup, byte for byte."""
    return (registry.import_file(file),) if file else ()


def _do(wanted: Desired) -> Command:
    if wanted.imported:
        return command("netsh.exe", "winhttp", "import", "proxy", "source=ie")
    if not wanted.server:
        return command("netsh.exe", "winhttp", "reset", "proxy")
    bypass = (f"bypass-list={wanted.bypass}",) if wanted.bypass else ()
    return command("netsh.exe", "winhttp", "set", "proxy", f"proxy-server={wanted.server}", *bypass)


def _undo(proxy: Proxy) -> tuple[Command, ...]:
    """What removes the new value if there was none. A previous value, which may contain a password, is in the backup only."""
    return (registry.delete_value(CONNECTIONS, VALUE),) if proxy.blob is None else ()
