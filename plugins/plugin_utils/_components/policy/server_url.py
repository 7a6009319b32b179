# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The URL of a WSUS server: validation and comparison."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from ..._exceptions import WrongOption
from ..._options import Spec
from ..._text import has_hidden
from ..._windows.urls import is_server

# Not allowed in URLs (RFC 3986), and some have a special meaning for programs.
_NOT_IN_URLS = frozenset('"<>\\^`{|}')
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Ports of WSUS (Microsoft, "Configure WSUS"): 80 and 443 up to 3.2, 8530 and 8531 since Server 2012; each has one scheme.
_SCHEMES = {80: "http", 8530: "http", 443: "https", 8531: "https"}

SERVER = Spec({"server_url": {"type": "str"}})
"""The expected server of the machine."""


def require_server(option: str, url: str | None) -> None:
    """Raises WrongOption if the option is set but is not the URL of a WSUS server."""
    if url and (error := url_error(url)):
        raise WrongOption(f"{option} is not the URL of a WSUS server: {error}")


def url_error(url: str) -> str | None:
    """Why Windows cannot use a text as the URL of the server; None if it can."""
    if url != url.strip() or any(character.isspace() for character in url):
        return "it contains whitespace"
    parts = _split(url)
    if parts is None:
        return "it is not a URL"
    if parts.scheme not in _DEFAULT_PORTS:
        return "it does not begin with http:// or https://"
    if _NOT_IN_URLS & set(url) or has_hidden(url):
        return "it contains characters that are not allowed in a URL"
    if not parts.hostname:
        return "it has no host name"
    if parts.query or parts.fragment or parts.path.strip("/"):
        return "it contains more than scheme, server and port"
    if parts.username is not None:
        return "it contains credentials, which the agent does not send"
    if not is_server(parts.netloc):
        return "its server is not a name or address with a port"
    return None


def wrong_port(url: str) -> str | None:
    """The scheme that the port of a valid URL belongs to, if the URL has the other scheme; otherwise None."""
    parts = urlsplit(url)
    scheme = _SCHEMES.get(parts.port or _DEFAULT_PORTS[parts.scheme])
    return scheme if scheme != parts.scheme else None


def same(first: str, second: str) -> bool:
    """Whether two URLs name the same server: case, a trailing slash and the default port are ignored."""
    return _canonical(first) == _canonical(second)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return None
    return parts


def _canonical(url: str) -> tuple[str, str, int | None] | str:
    parts = _split(url.strip())
    if parts is None or not parts.hostname:
        return url.strip().lower()
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)
