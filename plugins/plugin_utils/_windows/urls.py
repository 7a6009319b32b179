# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs that can be shown, without credentials."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_AFTER_SERVER = re.compile(r"[/?#]")


def without_credentials(url: str) -> str:
    """A URL without user, password and query, which must not be in facts.

    Empty if the text is not a URL, or if an @ follows the characters that end the server part: a password may contain them.
    """
    before, separator, after = url.partition("://")
    scheme, rest = (before + separator, after) if separator else ("", url)
    server = _AFTER_SERVER.split(rest, maxsplit=1)[0]
    path = rest[len(server) :]
    if "@" in path:
        return ""
    try:
        return urlsplit(f"{scheme}{server.rpartition('@')[2]}{path}")._replace(query="", fragment="").geturl()
    except ValueError:
        return ""
