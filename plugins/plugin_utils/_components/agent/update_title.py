# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the title of an update shows: its KB number, its product and its version.

A title is in the language of the machine, and may arrive damaged. The KB number, the month at its beginning and version numbers are
the same in every language.
"""

from __future__ import annotations

import re

from ..._windows.readable import is_readable

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}\b")
_ARTICLE = re.compile(r"\bKB[0-9]{6,8}\b")
_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,5}")
_LONGEST = 100


def article(title: str | None) -> str:
    """The KB number in a title, such as KB5066791; empty if there is none."""
    match = _ARTICLE.search(title or "")
    return match[0] if match else ""


def product(title: str) -> str:
    """What is the same in the titles of an update and of its other versions: the KB number, or the title without version numbers."""
    return article(title) or _VERSION.sub("", title).strip()


def shown(title: str | None) -> str:
    """The name of an update for a message: its KB number, or its title; empty if there is none, or the title may be damaged."""
    if number := article(title):
        return number
    text = (title or "").strip()
    if not text or not text.isprintable() or not is_readable(text):
        return ""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def is_same_or_later(title: str, earlier: str) -> bool:
    """Whether a title is that of the same update, of a later month of its series, or of the same or a later version of its product."""
    return title == earlier or _is_later_month(title, earlier) or _is_later_version(title, earlier)


def _is_later_month(title: str, earlier: str) -> bool:
    """Whether the titles of two monthly updates differ only in month and KB number, and the first has the later month."""
    if not _MONTH.match(title) or not _MONTH.match(earlier):
        return False
    return _series(title) == _series(earlier) and title[:7] > earlier[:7]


def _series(title: str) -> str:
    return re.sub(r"\(?KB[0-9]{6,8}\)?", "", title[7:])


def _is_later_version(title: str, earlier: str) -> bool:
    """Whether both titles name the same product, and the first not an earlier version of it."""
    if product(title) != product(earlier):
        return False
    versions = [
        [[int(part) for part in each.split(".")] for each in _VERSION.findall(text)] for text in (title, earlier)
    ]
    return all(versions) and versions[0] >= versions[1]
