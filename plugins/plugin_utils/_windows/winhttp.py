# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parser of the registry value WinHttpSettings, in which WinHTTP stores the machine's proxy.

Layout (Microsoft KB4494447 shows one value; the fields are known from many): little-endian u32 version, u32 counter, u32 flags,
u32 length and text of the proxy, u32 length and text of the bypass list, and additional data in newer versions. The value is
used because the output of netsh.exe is localized.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .._exceptions import WsusClientError

DIRECT, MANUAL, SCRIPT, DETECT = 0x1, 0x2, 0x4, 0x8
"""The flags: direct connection, manual proxy, proxy script (PAC), automatic detection (WPAD)."""
FLAGS = {DIRECT: "direct", MANUAL: "proxy", SCRIPT: "script", DETECT: "detect"}

_HEADER = struct.Struct("<3I")
_LENGTH = struct.Struct("<I")
_LONGEST = 0x10000


class MalformedWinHttp(WsusClientError):
    """The value is shorter than its lengths require."""

    reason = "malformed_winhttp_settings"


@dataclass(frozen=True)
class WinHttp:
    """The settings. ``version`` is 0x18 (Windows 7) or 0x28 (8 and later); other versions and ``rest`` are kept unchanged."""

    version: int = 0x28
    counter: int = 0
    flags: int = DIRECT
    proxy: str = ""
    bypass: str = ""
    rest: bytes = b""

    @property
    def modes(self) -> tuple[str, ...]:
        """The names of the flags; unknown flags as one number."""
        known = tuple(name for flag, name in FLAGS.items() if self.flags & flag)
        unknown = self.flags & ~(DIRECT | MANUAL | SCRIPT | DETECT)
        return (*known, *((f"{unknown:#x}",) if unknown else ()))

    @property
    def manual(self) -> str:
        """The manual proxy; empty if its flag is not set."""
        return self.proxy if self.flags & MANUAL else ""


def read(blob: bytes) -> WinHttp:
    """The settings in a value. Raises MalformedWinHttp."""
    if len(blob) < _HEADER.size:
        raise MalformedWinHttp(
            f"WinHttpSettings has {len(blob)} bytes, which is too short for version, counter and flags"
        )
    version, counter, flags = _HEADER.unpack_from(blob)
    proxy, end = _text(blob, _HEADER.size, "proxy")
    bypass, end = _text(blob, end, "bypass list")
    return WinHttp(version, counter, flags, proxy, bypass, blob[end:])


def _text(blob: bytes, start: int, what: str) -> tuple[str, int]:
    if len(blob) < start + _LENGTH.size:
        raise MalformedWinHttp(f"WinHttpSettings ends after {len(blob)} bytes, before the length of the {what}")
    (length,) = _LENGTH.unpack_from(blob, start)
    begin = start + _LENGTH.size
    if length > _LONGEST or len(blob) < begin + length:
        raise MalformedWinHttp(
            f"WinHttpSettings specifies a {what} of {length} bytes, but contains only {len(blob) - begin} more"
        )
    return blob[begin : begin + length].decode("latin-1"), begin + length
