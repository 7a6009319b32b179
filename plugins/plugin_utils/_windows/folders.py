# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Folders on the machine: which paths may be in a command of cmd.exe, and the only constructors of such commands.

What follows ``/c`` is interpreted by cmd.exe, and a path may come from the machine's registry or from a listing. So every path is
validated here, for every caller.
"""

from __future__ import annotations

import re

from .._exceptions import WsusClientError
from .command import Command, command

_LONGEST = 240
"""Below MAX_PATH (260), so that a stamp can be added."""
_PART = re.compile(r"[\w #$~.-]{1,120}")
_VARIABLES = ("%windir%", "%SystemRoot%", "%ALLUSERSPROFILE%", "%ProgramData%")
"""Variables of Windows that a path in our own code may begin with."""
# The folders of Windows and its users. They are never renamed or deleted, even if the machine says that a store is there.
_PROTECTED = frozenset(
    {
        "$recycle.bin",
        "boot",
        "documents and settings",
        "efi",
        "perflogs",
        "program files",
        "program files (x86)",
        "programdata",
        "recovery",
        "system volume information",
        "users",
        "windows",
    }
)
_STORES = ("softwaredistribution", "catroot2")


class UnsupportedPath(WsusClientError):
    """A path cannot be passed to cmd.exe safely, or must not be changed."""

    reason = "unsupported_path"


def is_plain(path: str) -> bool:
    """Whether a text is a full local path that cmd.exe passes on unchanged."""
    return len(path) <= _LONGEST and bool(re.match(r"[A-Za-z]:\\", path)) and _are_plain(path[3:].split("\\"))


def is_plain_name(name: str) -> bool:
    """Whether a text is the name of a file or folder that cmd.exe passes on unchanged."""
    return _are_plain([name])


def is_protected(path: str) -> bool:
    r"""Whether a plain path is a folder of Windows or of its users that no repair may rename or delete.

    In ``C:\Windows`` and ``C:\Windows\System32`` only the two folders that this collection renames, and their copies, are not.
    """
    parts = path[3:].lower().split("\\")
    if len(parts) == 1:
        return parts[0] in _PROTECTED
    ours = parts[-1].startswith(_STORES)
    if parts[0] == "windows":
        return not (ours and (len(parts) == 2 or (len(parts) == 3 and parts[1] == "system32")))
    return parts[0] == "users" and len(parts) == 2


def list_folders(*paths: str, then: tuple[str, ...] = ()) -> Command:
    """List paths whose last part may end with an asterisk. ``then`` are words of our own that cmd.exe runs afterward."""
    for path in paths:
        _require(path.removesuffix("*"))
    return command("cmd.exe", "/d", "/c", "dir", "/-c", "/a", *paths, *(("&", *then) if then else ()))


def list_names(path: str) -> Command:
    """List the names in a folder."""
    _require(path)
    return command("cmd.exe", "/d", "/c", "dir", "/b", path)


def make_folder(path: str) -> Command:
    """Create an empty folder."""
    _require(path)
    return command("cmd.exe", "/d", "/c", "mkdir", path)


def rename_folder(path: str, name: str) -> Command:
    """Rename a folder, without copying its content. Raises UnsupportedPath for a folder of Windows or its users."""
    _require_own(path)
    if not is_plain_name(name):
        raise UnsupportedPath(f"{name} contains characters that cmd.exe would change. Nothing was changed")
    return command("cmd.exe", "/d", "/c", "ren", path, name)


def delete_folder(path: str) -> tuple[Command, ...]:
    r"""Delete a folder with its content; once more with the prefix \\?\ for what is in paths of 260 characters or more.

    ``rd`` fails at these (microsoft/azure-pipelines-task-lib issue 721; the content of a downloaded update can have them). With the
    prefix, Windows has no such limit (Microsoft, "Naming Files, Paths, and Namespaces"), and scripts use it with ``rd``. No document
    of Microsoft says that ``rd`` accepts it, so the plain command is first. If nothing is left, the second one fails, which does not matter.
    Raises UnsupportedPath for a folder of Windows or its users.
    """
    _require_own(path)
    return tuple(command("cmd.exe", "/d", "/c", "rd", "/s", "/q", each) for each in (path, rf"\\?\{path}"))


def _require(path: str) -> None:
    variable = next((each for each in _VARIABLES if path.startswith(f"{each}\\")), None)
    plain = _are_plain(path[len(variable) + 1 :].split("\\")) if variable else is_plain(path)
    if not plain:
        raise UnsupportedPath(
            f"the path {path[:200]} contains characters that cmd.exe would change. Nothing was changed"
        )


def _require_own(path: str) -> None:
    if not is_plain(path):
        raise UnsupportedPath(
            f"the path {path[:200]} contains characters that cmd.exe would change. Nothing was changed"
        )
    if is_protected(path):
        raise UnsupportedPath(
            f"{path} is a folder of Windows or its users, which no repair renames or deletes. Nothing was changed"
        )


def _are_plain(parts: list[str]) -> bool:
    return all(_PART.fullmatch(part) and not part.endswith((".", " ")) for part in parts)
