# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Selects the proxy for a request: from a list by scheme, unless the server is on the bypass list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from ..._windows.urls import accounts_removed

_DEFAULT_PORT = 80
_SERVER = re.compile(r"(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?P<port>:[0-9]{1,5})?")
"""A server that is accepted; other text is never used on a command line, and it may contain a password."""
_PATH = re.compile(r"[/?#\\]")


def proxy_for(url: str, proxy: str, bypass: str) -> str | None:
    """The ``host:port`` of the proxy for a request to the URL; None if the request is sent directly.

    ``proxy`` is one for all schemes or a list such as ``http=a:80;https=b:80``. ``bypass`` has the format of WinHTTP (Microsoft,
    WINHTTP_PROXY_INFO): names with wildcards, separated by semicolons or spaces; ``<local>`` is every name without a dot.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not parts.hostname or bypassed(parts.hostname, bypass):
        return None
    single = None
    for entry in _entries(accounts_removed(proxy)):
        scheme, separator, server = entry.rpartition("=")
        if not separator:
            single = entry
        elif scheme.lower() == parts.scheme:
            return _host_and_port(server)
    return _host_and_port(single) if single else None


def bypassed(host: str, bypass: str) -> bool:
    """Whether a host is on a bypass list."""
    host = host.lower()
    for entry in _entries(bypass.lower()):
        if entry == "<local>":
            if "." not in host and ":" not in host:
                return True
        elif _matches(entry.partition("://")[2] or entry, host):
            return True
    return False


def _matches(entry: str, host: str) -> bool:
    """Whether an entry of a bypass list matches: only the asterisk is special, and the brackets of an IPv6 address are removed.

    Each part between asterisks is searched for after the one before it, so that the time is linear.
    """
    if entry.startswith("[") and entry.endswith("]"):
        entry = entry[1:-1]
    first, *rest = entry.split("*")
    if not rest:
        return entry == host
    last = rest.pop()
    if not host.startswith(first) or not host.endswith(last) or len(host) < len(first) + len(last):
        return False
    position, end = len(first), len(host) - len(last)
    for part in filter(None, rest):
        found = host.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def _entries(text: str) -> Iterator[str]:
    return (entry for entry in re.split(r"[;\s]+", text) if entry)


def _host_and_port(server: str) -> str | None:
    """The server without a scheme, with the default port of Windows if it has none (that of curl differs); None if invalid."""
    server = _PATH.split(server.rpartition("://")[2], maxsplit=1)[0]
    found = _SERVER.fullmatch(server)
    if not found:
        return None
    return server if found["port"] else f"{server}:{_DEFAULT_PORT}"
