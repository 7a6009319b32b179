"""Windows programs as files: which subsystem they belong to (Microsoft, "PE Format": Windows-specific fields of the optional header)."""

from __future__ import annotations

import struct

_GUI = 2
_HEADER = 0x3C  # where a file says its PE header begins
_OPTIONAL = 24  # behind the signature and the COFF header
_SUBSYSTEM = 68  # in the optional header, of PE32 as well as PE32+


def of_gui(program: bytes) -> bytes:
    """The program, made one of the GUI subsystem."""
    (header,) = struct.unpack_from("<I", program, _HEADER)
    changed = bytearray(program)
    struct.pack_into("<H", changed, header + _OPTIONAL + _SUBSYSTEM, _GUI)
    return bytes(changed)
