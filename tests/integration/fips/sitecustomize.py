"""Python on a controller in FIPS mode: MD5 is refused unless it serves no security. Loaded with PYTHONPATH.

It imitates what hashlib does with an OpenSSL in that mode; the algorithms that C code calls by itself are not touched.
"""

from __future__ import annotations

import hashlib
from typing import Any

_md5, _new = hashlib.md5, hashlib.new


def _refused(data: bytes = b"", *, usedforsecurity: bool = True) -> Any:
    if usedforsecurity:
        raise ValueError("[digital envelope routines] unsupported")
    return _md5(data, usedforsecurity=False)


def _chosen(name: str, data: bytes = b"", *, usedforsecurity: bool = True) -> Any:
    if name.lower() == "md5":
        return _refused(data, usedforsecurity=usedforsecurity)
    return _new(name, data, usedforsecurity=usedforsecurity)


hashlib.md5, hashlib.new = _refused, _chosen
