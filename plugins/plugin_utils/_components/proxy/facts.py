# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe and facts of the proxies: the machine's (WinHTTP), the user's, and the one that a scan uses by the current rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..._windows import registry, winhttp
from ..._windows.query import Answers, Query
from ..._windows.registry import Key
from ..._windows.urls import servers_without_credentials, without_credentials
from ..._windows.winhttp import MalformedWinHttp, WinHttp
from .. import Context
from ..shared import registry_keys
from ..system import System
from .selection import proxy_for

CONNECTIONS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
VALUE = "WinHttpSettings"
_SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
# The user of the connection, whose settings netsh.exe imports, and LocalSystem, the account of the agent and its jobs.
_USERS = {"user": rf"HKCU\{_SETTINGS}", "system_account": rf"HKU\S-1-5-18\{_SETTINGS}"}
_STRANGE = re.compile(r'["\x00-\x1f\x7f\ufffd]')
_SETTING = registry.value(CONNECTIONS, VALUE)


@dataclass(frozen=True)
class UserProxy:
    """A user's proxy, which programs such as browsers use. ``script`` is the URL of a PAC file."""

    enabled: bool
    server: str
    bypass: str
    script: str

    @property
    def manual(self) -> str:
        """The proxy that is used; empty if it is disabled."""
        return self.server if self.enabled else ""

    def as_fact(self) -> dict[str, Any]:
        """The proxy as published."""
        return {
            "enabled": self.enabled,
            "server": servers_without_credentials(self.server),
            "bypass": servers_without_credentials(self.bypass),
            "script": without_credentials(self.script),
        }


@dataclass(frozen=True)
class Proxy:
    """The proxies of one machine.

    ``winhttp`` is None if nothing is set (direct) or the value cannot be read; ``malformed`` says why it cannot be read.
    ``user_fallback``: whether policy lets a scan fall back to the user's proxy. ``server`` is the URL of
    the WSUS server that policy sets, None if it sets none.
    """

    winhttp: WinHttp | None
    blob: bytes | None
    malformed: str | None
    user: UserProxy
    system_account: UserProxy
    user_fallback: bool
    server: str | None

    def of_scan(self, url: str) -> str | None:
        """The proxy through which the agent connects to a WSUS server; None if it connects directly.

        By the rules since September 2020 (HTTP) and January 2021 (HTTPS): the machine's proxy, regardless of the user's. The
        user's proxy is only a fallback, and only if policy allows it (SetProxyBehaviorForUpdateDetection).
        """
        if self.winhttp is None:
            return None
        return proxy_for(url, self.winhttp.manual, self.winhttp.bypass)

    def as_fact(self) -> dict[str, Any]:
        """The facts as published."""
        chosen = self.of_scan(self.server) if self.server else None
        return {
            "winhttp": {
                "modes": list(self.winhttp.modes) if self.winhttp else ["direct"],
                "server": servers_without_credentials(self.winhttp.manual) if self.winhttp else "",
                "bypass": servers_without_credentials(self.winhttp.bypass) if self.winhttp else "",
                "version": self.winhttp.version if self.winhttp else None,
                "malformed": self.malformed,
            },
            "user": self.user.as_fact(),
            "system_account": self.system_account.as_fact(),
            "user_fallback": self.user_fallback,
            "scan": {"server": chosen, "direct": chosen is None},
        }


def probe(context: Context) -> tuple[Query[Any], ...]:
    """The queries for all facts, in one remote execution."""
    return (_SETTING, *(registry.key(path) for path in _USERS.values()), registry.tree(registry_keys.POLICY))


def read(answers: Answers, system: System, context: Context) -> Proxy:
    """The facts from the answers to the probe. Raises UnexpectedOutput if the output of reg.exe cannot be parsed."""
    key = answers[_SETTING]
    blob = key.binary(VALUE) if key else None
    settings, malformed = None, None
    if blob is not None:
        try:
            settings = winhttp.read(blob)
            if settings.manual and _STRANGE.search(settings.manual):
                settings, malformed = (
                    None,
                    "WinHttpSettings contains a proxy with control characters or quotes, or characters that are not ASCII",
                )
        except MalformedWinHttp as error:
            malformed = error.message
    policy = answers[registry.tree(registry_keys.POLICY)].key(registry_keys.POLICY)
    return Proxy(
        winhttp=settings,
        blob=blob,
        malformed=malformed,
        user=_user(answers[registry.key(_USERS["user"])]),
        system_account=_user(answers[registry.key(_USERS["system_account"])]),
        user_fallback=policy is not None and policy.number("SetProxyBehaviorForUpdateDetection") == 1,
        server=registry_keys.wsus_server(answers),
    )


def _user(key: Key | None) -> UserProxy:
    if key is None:
        return UserProxy(enabled=False, server="", bypass="", script="")
    return UserProxy(
        enabled=key.number("ProxyEnable") == 1,
        server=key.text("ProxyServer") or "",
        bypass=key.text("ProxyOverride") or "",
        script=key.text("AutoConfigURL") or "",
    )
