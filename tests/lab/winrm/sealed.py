"""Encrypted messages: multipart/encrypted with application/HTTP-SPNEGO-session-encrypted (MS-WSMV 2.2.9.1)."""

from __future__ import annotations

import re
import struct

from spnego.exceptions import SpnegoError

from .account import Negotiation

PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"
CONTENT_TYPE = f'multipart/encrypted;protocol="{PROTOCOL}";boundary="Encrypted Boundary"'

_BOUNDARY = b"--Encrypted Boundary"
_PARTS = re.compile(
    rb"\s*--\s*Encrypted Boundary\r\n(?P<head>.*?)"
    rb"--\s*Encrypted Boundary\r\n\s*Content-Type: application/octet-stream\r\n(?P<data>.*)"
    rb"--\s*Encrypted Boundary--\s*",
    re.DOTALL | re.IGNORECASE,
)
_LENGTH = re.compile(rb"Length=(\d+)", re.IGNORECASE)


class Undecipherable(Exception):
    """An encrypted body that this connection's keys do not open, or that is misshapen: HTTP status 400."""


def is_sealed(content_type: str) -> bool:
    return content_type.lower().startswith("multipart/encrypted")


def unseal(body: bytes, keys: Negotiation | None) -> bytes:
    """The message inside an encrypted body; raises Undecipherable, also where the connection has no keys."""
    if keys is None:
        raise Undecipherable("no keys on this connection")
    parts = _PARTS.fullmatch(body)
    length = _LENGTH.search(parts["head"]) if parts else None
    if not parts or not length or PROTOCOL.encode() not in parts["head"]:
        raise Undecipherable("not the two parts of an encrypted message")
    try:
        (size,) = struct.unpack_from("<I", parts["data"])
        message = keys.unseal(parts["data"][4 : 4 + size], parts["data"][4 + size :])
    except (SpnegoError, struct.error) as error:
        raise Undecipherable(str(error)) from error
    if len(message) != int(length[1]):
        raise Undecipherable("the length does not match")
    return message


def seal(message: bytes, keys: Negotiation) -> bytes:
    """The encrypted body for a message."""
    signature, data = keys.seal(message)
    return b"".join(
        (
            _BOUNDARY,
            f"\r\n\tContent-Type: {PROTOCOL}\r\n".encode(),
            f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(message)}\r\n".encode(),
            _BOUNDARY,
            b"\r\n\tContent-Type: application/octet-stream\r\n",
            struct.pack("<I", len(signature)),
            signature,
            data,
            _BOUNDARY,
            b"--\r\n",
        )
    )
