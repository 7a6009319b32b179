# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of machines as people see it: on one line, bounded, and with everything visible that a terminal would act on."""

from __future__ import annotations

import re
from typing import Any

# What a terminal acts on or does not show: controls, marks of direction, and what is no character.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufeff\ufff9-\ufffb]"
)
_LONGEST = 300


def visible(text: str) -> str:
    """The text with each hidden character as ``\\uXXXX``. Line feeds and tabs remain."""
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(value: Any, longest: int = _LONGEST) -> str:
    """A value as one visible line of at most ``longest`` characters; three dots mark what is left out."""
    text = str(value)
    kept = visible(" ".join(text[: longest * 4].split()))
    return kept if len(kept) <= longest and len(text) <= longest * 4 else f"{kept[:longest]}..."
