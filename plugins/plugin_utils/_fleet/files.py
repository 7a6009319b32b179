# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._exceptions import WsusClientError
from .text import visible

LARGEST = 512 * 1024 * 1024
"""The largest file that is read, in bytes: an audit of one machine is about 20 KB."""


class NotWritable(WsusClientError):
    """A file on the controller cannot be written."""

    reason = "not_writable"


class NotReadable(WsusClientError):
    """A file on the controller cannot be read, or its content is not what was expected."""

    reason = "not_readable"


def write_text(path: str, text: str, mode: int = 0o666) -> None:
    """Write a text file atomically with these permissions less the umask, and create missing folders.

    Raises NotWritable if the file cannot be written.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", text=True)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.write(text)
            Path(temporary).chmod(mode & ~_umask())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise NotWritable(f"{target} cannot be written: {error.strerror or error}") from error


def require_writable(path: str) -> None:
    """Raises NotWritable if a file cannot be written there, as far as folders and permissions show it."""
    target = Path(path)
    folder = next(each for each in (target.absolute().parent, *target.absolute().parents) if each.exists())
    if not folder.is_dir():
        raise NotWritable(f"{target} cannot be written: {folder} is not a folder")
    if target.is_dir():
        raise NotWritable(f"{target} cannot be written: it is a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise NotWritable(f"{target} cannot be written: no permission to write in {folder}")


def write_json(path: str, data: Mapping[str, Any], mode: int = 0o666) -> None:
    """Write strict JSON atomically; invisible characters are escaped. Raises NotWritable if the file cannot be written."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(path, f"{visible(text)}\n", mode)


def read_text(path: str) -> str:
    """The text of a file in UTF-8 or, with a mark of byte order as Windows PowerShell writes it, UTF-16.

    Raises NotReadable.
    """
    try:
        if Path(path).stat().st_size > LARGEST:
            raise NotReadable(f"{path} is larger than {LARGEST // 1024 // 1024} MiB")
        data = Path(path).read_bytes()
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except OSError as error:
        raise NotReadable(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise NotReadable(f"{path} is not text in UTF-8 or UTF-16") from error


def read_json(path: str) -> Any:
    """The content of a JSON file. Raises NotReadable."""
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"{path} is not JSON: {one_error(error)}") from error


def _umask() -> int:
    """The umask of the process, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def one_error(error: Exception) -> str:
    """An error's first line."""
    return (str(error) or type(error).__name__).splitlines()[0]
