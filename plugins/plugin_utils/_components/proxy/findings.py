# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems with the proxies that their settings show, without a request."""

from __future__ import annotations

from collections.abc import Iterator

from ..._finding import Evidence, Finding, FindingType
from ..._windows.urls import accounts_removed, servers_without_credentials, without_credentials
from .facts import Proxy

MALFORMED = FindingType(
    "proxy.malformed",
    ("warning",),
    "The machine's proxy settings (WinHttpSettings) cannot be read.",
    "Set the machine's proxy again: role wsus.client.reachability with wsus_proxy_state, or netsh winhttp.",
    ("reachability",),
)
USER_ONLY = FindingType(
    "proxy.user_only",
    ("info",),
    "A proxy is set for the user but none for the machine: the agent does not use it.",
    "If the machine requires a proxy to reach its server, set it for the machine (WinHTTP).",
    ("none",),
)
CREDENTIALS = FindingType(
    "proxy.credentials",
    ("warning",),
    "A proxy setting contains a user name and password, which Windows does not use.",
    "Set the proxy without a user name and password, and change the password: all users of the machine can read it.",
    ("reachability",),
)
BETWEEN = FindingType(
    "proxy.between",
    ("info",),
    "The agent connects to its server through a proxy.",
    "If the WSUS server is internal, add it to the bypass list of the machine's proxy.",
    ("none",),
)
FINDINGS: tuple[FindingType, ...] = (MALFORMED, CREDENTIALS, USER_ONLY, BETWEEN)


def findings(proxy: Proxy) -> tuple[Finding, ...]:
    """All findings about the proxies of a machine."""
    return (*_malformed(proxy), *_user_only(proxy), *_credentials(proxy), *_between(proxy))


def _malformed(proxy: Proxy) -> Iterator[Finding]:
    if proxy.malformed:
        yield MALFORMED.found(
            "The machine's proxy settings (WinHttpSettings) cannot be read",
            cause=f"The value was written manually or truncated: {proxy.malformed}.",
            # Only the bytes before the text of the proxy, which may contain a password.
            evidence=(Evidence.value("WinHttpSettings, first bytes", proxy.blob[:16].hex() if proxy.blob else ""),),
        )


def _user_only(proxy: Proxy) -> Iterator[Finding]:
    """A proxy of the user only: since 2020 scans do not use it."""
    machine = proxy.winhttp.manual if proxy.winhttp else ""
    if proxy.user.manual and not machine and not proxy.user_fallback:
        shown = servers_without_credentials(proxy.user.manual)
        yield USER_ONLY.found(
            f"The proxy {shown} is set for the user but none for the machine (WinHTTP): the agent does not use it",
            cause="Since the updates of September 2020 scans use the machine's proxy; the user's only if policy allows it as a fallback.",
            evidence=(
                Evidence.value("user's proxy", shown),
                Evidence.value("machine's proxy", None),
                Evidence.value("user_proxy_fallback", proxy.user_fallback),
            ),
        )


def _credentials(proxy: Proxy) -> Iterator[Finding]:
    settings = {"machine": proxy.winhttp.manual if proxy.winhttp else "", "user": proxy.user.manual}
    for whose, server in settings.items():
        shown = servers_without_credentials(server)
        if accounts_removed(server) != server:
            yield CREDENTIALS.found(
                f"The {whose}'s proxy setting for {shown} contains a user name and password, which Windows does not use",
                cause="Windows reads the whole text as the name of the proxy, which does not resolve, and all users of the machine can read it.",
                evidence=(Evidence.value(f"{whose}'s proxy", shown),),
            )


def _between(proxy: Proxy) -> Iterator[Finding]:
    server = proxy.server
    chosen = proxy.of_scan(server) if server else None
    if server and chosen:
        yield BETWEEN.found(
            f"The agent connects to the WSUS server {without_credentials(server)} through the proxy {chosen}",
            cause="This works if the proxy supports range requests and passes Content-Length on, but an internal WSUS server needs no proxy.",
            evidence=(
                Evidence.value(
                    "bypass list", servers_without_credentials(proxy.winhttp.bypass) if proxy.winhttp else ""
                ),
            ),
        )
