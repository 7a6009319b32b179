# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry value WinHttpSettings, in which WinHTTP keeps the machine's proxy, read byte for byte.

Layout (Microsoft KB4494447 shows one; the fields are known from many): little-endian u32 version, u32 counter, u32 flags, u32
length and text of the proxy, u32 length and text of the bypass list, and what newer versions add. It is not localized, which
the output of netsh.exe is.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .._exceptions import WsusClientError

DIRECT, MANUAL, SCRIPT, DETECT = 0x1, 0x2, 0x4, 0x8
"""The flags: connect directly, by the proxy that is named, by a script (PAC) that is named, by what is found (WPAD)."""
FLAGS = {DIRECT: "direct", MANUAL: "proxy", SCRIPT: "script", DETECT: "detect"}

_HEADER = struct.Struct("<3I")
_LENGTH = struct.Struct("<I")
_LONGEST = 0x10000


class MalformedWinHttp(WsusClientError):
    """The value does not hold what its lengths announce."""

    reason = "malformed_winhttp_settings"


@dataclass(frozen=True)
class WinHttp:
    """The settings. ``version`` is 0x18 (Windows 7) or 0x28 (8 and later); other versions and the ``rest`` are kept as they are."""

    version: int = 0x28
    counter: int = 0
    flags: int = DIRECT
    proxy: str = ""
    bypass: str = ""
    rest: bytes = b""

    @property
    def modes(self) -> tuple[str, ...]:
        """The flags in words; one that has no name as its number."""
        known = tuple(name for flag, name in FLAGS.items() if self.flags & flag)
        unknown = self.flags & ~(DIRECT | MANUAL | SCRIPT | DETECT)
        return (*known, *((f"{unknown:#x}",) if unknown else ()))

    @property
    def manual(self) -> str:
        """The proxy that is used: empty where the flag for it is not set."""
        return self.proxy if self.flags & MANUAL else ""


def read(blob: bytes) -> WinHttp:
    """The settings in a value. Raises MalformedWinHttp."""
    if len(blob) < _HEADER.size:
        raise MalformedWinHttp(f"WinHttpSettings has {len(blob)} bytes: too few for its version, counter and flags")
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
            f"WinHttpSettings announces a {what} of {length} bytes, but only {len(blob) - begin} follow"
        )
    # In which code page netsh.exe or a program wrote it is not known: only ASCII can be read, the bytes are kept by the caller.
    return blob[begin : begin + length].decode("ascii", errors="replace"), begin + length
