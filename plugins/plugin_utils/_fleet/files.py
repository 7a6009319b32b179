# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from .._exceptions import WsusClientError
from .._text import json_text, visible

LARGEST = 512 * 1024 * 1024
"""The largest file that is read, in bytes: an audit of one machine is about 20 KB."""


class NotWritable(WsusClientError):
    """A file on the controller cannot be written."""

    reason = "not_writable"


class NotReadable(WsusClientError):
    """A file on the controller cannot be read, or its content is not what was expected."""

    reason = "not_readable"


def write_texts(texts: Mapping[str, str], mode: int = 0o666) -> None:
    """Write text files by path, with these permissions less the umask, and create missing folders.

    All of them are written beside their places before the first one is renamed: if the disk is full, none is replaced.
    Raises NotWritable if a file cannot be written.
    """
    with ExitStack() as aside:
        written = {}
        for path, text in texts.items():
            with _explained(path):
                target = _target(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                # The whole name may leave no room for more: file systems limit it to 255 bytes.
                handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", text=True)
                aside.callback(Path(name).unlink, missing_ok=True)
                with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).chmod(mode & ~_umask())
                written[path] = Path(name), target
        for path, (temporary, target) in written.items():
            with _explained(path):
                temporary.replace(target)


def require_writable(path: str) -> None:
    """Raises NotWritable if a file cannot be written there, as far as folders and permissions show it."""
    with _explained(path):
        target = _target(path)
        folder = next(each for each in (target.parent, *target.parents) if each.exists())
        if not folder.is_dir():
            raise NotWritable(f"{path} cannot be written: {folder} is not a folder")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise NotWritable(f"{path} cannot be written: no permission to write in {folder}")


def write_json(path: str, data: Mapping[str, Any], mode: int = 0o666) -> None:
    """Write strict JSON atomically; invisible characters are escaped. Raises NotWritable if the file cannot be written."""
    write_texts({path: json_file(data)}, mode)


def json_file(data: Mapping[str, Any]) -> str:
    """The content of a file of strict JSON in which invisible characters are escaped."""
    return f"{json_text(data)}\n"


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


def _target(path: str) -> Path:
    """The place of a file. Raises NotWritable for a folder and for a device, which a file would replace; a link is replaced itself."""
    if "\0" in path:
        raise NotWritable(f"{visible(path)} cannot be written: it contains a null character")
    target = Path(path).absolute()
    if target.is_dir():
        raise NotWritable(f"{path} cannot be written: it is a folder")
    if target.exists() and not target.is_file():
        raise NotWritable(f"{path} cannot be written: it is not a regular file")
    return target


@contextmanager
def _explained(path: str) -> Iterator[None]:
    """Turns an error of the operating system into NotWritable."""
    try:
        yield
    except OSError as error:
        raise NotWritable(f"{path} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    """The umask of the process, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def one_error(error: Exception) -> str:
    """An error's first line."""
    return (str(error) or type(error).__name__).splitlines()[0]
