# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values for the server that no server can have: tools write them to disable Windows Update with the settings of WSUS.

Public reports show ``http://intentionally.disabled`` and a blank text; addresses of the machine itself and names that are reserved
have the same effect (RFC 6761: ``invalid`` and ``localhost``; RFC 1122, 3.2.1.3: 0.0.0.0 and 127.0.0.0/8).
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

# Last labels of a name, or names of one label. None of them is a top-level domain (as "no" is).
_RESERVED = frozenset({"invalid"})
_WORDS = frozenset(
    {
        "blackhole", "block", "blocked", "deactivated", "disable", "disabled", "donotupdate", "doesnotexist", "dummy", "fake", "false",
        "nil", "none", "nonexistent", "noupdate", "noupdates", "noserver", "notexist", "nowhere", "null", "off", "undefined", "void",
    }
)  # fmt: skip

_LABEL = re.compile(r"[^\x00-,./:-@\[-^`{-\x7f-][^\x00-,./:-@\[-^`{-\x7f]{0,62}(?<!-)")
"""A label of a host name: letters of any language, digits, hyphens (not at its ends) and underscores."""


def placeholder(url: str) -> str | None:
    """Why the value of a server's URL can belong to no server, as the end of a sentence; None if it may belong to one."""
    text = url.strip()
    if not text or not text.strip(" ./\\:-_\"'"):
        return "it is blank"
    host = _host(text)
    if host is None:
        return None
    if is_itself(text):
        return "it names the machine itself"
    if address := _address(host):
        special = address.is_unspecified or address.is_multicast or address.is_reserved
        return "no server can have that address" if special else None
    labels = host.removesuffix(".").split(".")
    last = labels[-1]
    if last.isdecimal() or not all(_LABEL.fullmatch(label) for label in labels):
        return "it contains no valid host name"
    if last in _RESERVED:
        return "that name is reserved, and no server can have it"
    return "that name does not exist, and says that updates are disabled" if last in _WORDS else None


def is_itself(url: str) -> bool:
    """Whether the URL names the machine itself: only a WSUS server can be its own client like this."""
    host = _host(url.strip()) or ""
    address = _address(host)
    return address.is_loopback if address else host.removesuffix(".").rpartition(".")[2] == "localhost"


def _host(text: str) -> str | None:
    """The host of a URL, or of a name with or without a port and a path; None if there is none."""
    try:
        return urlsplit(text if "://" in text else f"http://{text}").hostname
    except ValueError:
        return None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
