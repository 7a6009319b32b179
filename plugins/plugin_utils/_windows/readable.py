# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which texts of a machine's answers are the texts on the machine, and which may have been damaged on the way.

A program writes text in a code page of its machine; the controller reads UTF-8. Where the two differ, every character that is
not ASCII may arrive as another one: as U+FFFD (bytes that are not UTF-8), as a C1 control (OEM bytes that were read as ANSI), or
as a question mark (a character that the code page lacks). ASCII arrives unchanged: all code pages of Windows contain it.
"""

from __future__ import annotations

import re

UNREADABLE = "\ufffd"
"""What stands in the place of a character that may have been damaged."""

_DAMAGED = re.compile("[\x80-\x9f\ufffd]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_NOT_ASCII_RUN = re.compile(r"([^\x00-\x7f]+)")


def is_readable(text: str) -> bool:
    """Whether a text is what stands on the machine. One that is not equals no value, and is never written to a machine."""
    return _DAMAGED.search(text) is None


def can_be_written_back(text: str) -> bool:
    """Whether a text that was read may be written to the machine again.

    Stricter than ``is_readable``: a question mark may be a character that a code page lacks, and no path, account or name of a
    service contains one.
    """
    return is_readable(text) and "?" not in text


def distrusted(text: str) -> str:
    """An output of which only ASCII can be trusted: every other character is marked as unreadable."""
    return _NOT_ASCII.sub(UNREADABLE, text)


def may_be(seen: str, known: str) -> bool:
    """Whether a text may be a known one that was damaged. Where it is readable, it must be equal to it.

    A run of characters that are not ASCII may have become any number of damaged ones.
    """
    if seen == known or is_readable(seen):
        return seen == known
    parts = _NOT_ASCII_RUN.split(known)
    pattern = "".join(r"[^\x00-\x3e\x40-\x7f]+" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.fullmatch(pattern, seen) is not None
