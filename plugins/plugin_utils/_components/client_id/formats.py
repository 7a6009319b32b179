# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of a client ID, and the blob that ties it to the hardware of a machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NIL = "00000000-0000-0000-0000-000000000000"


def normalize_id(text: str) -> str:
    """An ID for comparison: lower case, without braces or spaces around it."""
    return text.strip().removeprefix("{").removesuffix("}").strip().lower()


def is_id(text: str) -> bool:
    """Whether a text is an ID, in upper or lower case, with or without braces: a GUID that is not all zeros."""
    return bool(_GUID.fullmatch(normalize_id(text))) and normalize_id(text) != _NIL


@dataclass(frozen=True)
class Validation:
    """The value SusClientIdValidation: its length in bytes, and the text in it, which is probably the disk's serial number.

    ``text`` is None if the blob does not have the known layout.
    """

    length: int
    text: str | None

    def as_fact(self) -> dict[str, Any]:
        """The value as published."""
        return {"bytes": self.length, "text": self.text}


def read_validation(blob: bytes | None) -> Validation | None:
    """Decode the blob; None if the value does not exist.

    Byte 0 is the offset of the text, byte 2 its length in bytes, and the text is UTF-16LE (RegRipper's plugin susclient).
    The rest is undocumented.
    """
    if blob is None:
        return None
    text = None
    if len(blob) > 2:
        start, end = blob[0], blob[0] + blob[2]
        if 2 < start < end <= len(blob):
            decoded = blob[start:end].decode("utf-16-le", errors="replace").rstrip("\0")
            text = decoded.strip() if decoded.isprintable() and "\ufffd" not in decoded else None
    return Validation(len(blob), text or None)


def read_sid(blob: bytes | None) -> str | None:
    """A binary SID as S-1-...; None if it is not a SID ([MS-DTYP] 2.4.2.2)."""
    if blob is None or len(blob) < 8 or blob[0] != 1 or len(blob) != 8 + 4 * blob[1]:
        return None
    parts = (int.from_bytes(blob[8 + 4 * n : 12 + 4 * n], "little") for n in range(blob[1]))
    return "-".join(["S-1", str(int.from_bytes(blob[2:8], "big")), *map(str, parts)])
