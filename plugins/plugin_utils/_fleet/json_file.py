# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON files on the controller."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._exceptions import WsusClientError


class NotWritable(WsusClientError):
    """A file on the controller cannot be written."""

    reason = "not_writable"


# What a terminal acts on or does not show: C1 controls, marks of direction, and what is no character.
_HIDDEN = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufeff\ufff9-\ufffb]")


def write_json(path: str, data: Mapping[str, Any], mode: int = 0o644) -> None:
    """Write a JSON file atomically with these permissions, and create missing folders. Invisible characters are escaped.

    Raises NotWritable if the file cannot be written.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", text=True)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                text = json.dumps(data, indent=2, ensure_ascii=False)
                file.write(_HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")
            Path(temporary).chmod(mode)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise NotWritable(f"{target} cannot be written: {error.strerror or error}") from error
