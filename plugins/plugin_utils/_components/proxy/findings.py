# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the proxies, as far as their settings alone show it."""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Finding
from .facts import Proxy
from .selection import hidden


def findings(proxy: Proxy) -> tuple[Finding, ...]:
    """All that is wrong with the proxies of a machine, or worth knowing."""
    return (*_malformed(proxy), *_user_only(proxy), *_credentials(proxy), *_between(proxy))


def _malformed(proxy: Proxy) -> Iterator[Finding]:
    if proxy.malformed:
        yield Finding(
            "proxy.malformed",
            "warning",
            "The machine's proxy settings (WinHttpSettings) cannot be read",
            f"The value was written by hand or cut off: {proxy.malformed}.",
            "reachability",
            # No more than up to the length of the proxy: its text may hold a password.
            ({"what": "WinHttpSettings, first bytes", "value": proxy.blob[:16].hex() if proxy.blob else ""},),
        )


def _user_only(proxy: Proxy) -> Iterator[Finding]:
    """A proxy of the user alone: since 2020 a scan does not take it."""
    machine = proxy.winhttp.manual if proxy.winhttp else ""
    if proxy.user.manual and not machine and not proxy.user_fallback:
        yield Finding(
            "proxy.user_only",
            "info",
            "A proxy is set for the user but none for the machine (WinHTTP): the agent does not use it",
            "Since the updates of September 2020 scans use the machine's proxy; the user's only where policy allows it as a fallback.",
            "none",
            (
                {"what": "user's proxy", "value": hidden(proxy.user.manual)},
                {"what": "machine's proxy", "value": None},
                {"what": "user_proxy_fallback", "value": proxy.user_fallback},
            ),
        )


def _credentials(proxy: Proxy) -> Iterator[Finding]:
    settings = {"machine": proxy.winhttp.manual if proxy.winhttp else "", "user": proxy.user.manual}
    for whose, server in settings.items():
        if hidden(server) != server:
            yield Finding(
                "proxy.credentials",
                "warning",
                f"The {whose}'s proxy setting holds a user and password, which Windows does not take from there",
                "Windows takes the whole text for the proxy's name, which does not resolve, and everybody on the machine can read it.",
                "reachability",
                ({"what": f"{whose}'s proxy", "value": hidden(server)},),
            )


def _between(proxy: Proxy) -> Iterator[Finding]:
    server = next(iter(proxy.servers), None)
    chosen = proxy.of_scan(server) if server else None
    if chosen:
        yield Finding(
            "proxy.between",
            "info",
            f"The agent asks the WSUS server through the proxy {chosen}",
            "It works if the proxy passes ranges and lengths on; a WSUS server inside is better on the bypass list.",
            "none",
            ({"what": "bypass list", "value": hidden(proxy.winhttp.bypass) if proxy.winhttp else ""},),
        )
