# Copyright (c) 2026 the wsus.client authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of this collection."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

_TOP = Path(__file__).resolve().parents[3]


@lru_cache(maxsize=1)
def collection_version() -> str:
    """The version from the manifest of an installed collection, or from galaxy.yml of a checkout; empty if neither is there."""
    try:
        return str(json.loads((_TOP / "MANIFEST.json").read_text(encoding="utf-8"))["collection_info"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    try:
        found = re.search(r"^version: *(\S+)", (_TOP / "galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return ""
    return found[1] if found else ""
